/// How to draw a value: a generator as a value of its own, to be named, combined and passed on.
///
/// ```swift
/// struct Order: Sendable { var symbol: String; var quantity: Int; var limit: Int? }
///
/// let order = zip(.element(of: ["AAPL", "MSFT"]), .int(in: 1...10_000), .optional(.int(in: 1...500)))
///     .map { Order(symbol: $0, quantity: $1, limit: $2) }
///
/// try checkProperty { draws in draws.draw(.array(of: order)) } holds: { orders in … }
/// ```
///
/// A generator holds no state and no randomness: all it does is ask ``Draws`` for choices, hence its values shrink, replay and are mutated as
/// choices, whatever `map`, `flatMap` and `filter` do with them. Index 0 of every choice is the simplest value; each generator says what that is.
///
/// Where a plain function will do, write one: `(Draws) -> Value` is the same thing, and ``Draws/array(_:of:)`` and its like take it as it is.
public struct Gen<Value>: Sendable {
    @usableFromInline let body: @Sendable (Draws) -> Value

    /// - Parameter body: makes a value from draws, and from nothing else.
    @inlinable
    public init(_ body: @escaping @Sendable (Draws) -> Value) { self.body = body }

    /// Draws a value: `gen(draws)` and `draws.draw(gen)` are the same.
    @inlinable
    public func callAsFunction(_ draws: Draws) -> Value { draws.journaled { body(draws) } }
}

extension Draws {
    /// Draws a value of a generator: `draws.draw(.int(in: 0...9))`.
    @inlinable
    public func draw<Value>(_ generator: Gen<Value>) -> Value { journaled { generator.body(self) } }
}

extension Gen {
    /// What `transform` makes of a drawn value. Shrinks as the value that it is made of does.
    public func map<Mapped>(_ transform: @escaping @Sendable (Value) -> Mapped) -> Gen<Mapped> {
        Gen<Mapped> { [body] draws in transform(body(draws)) }
    }

    /// Draws a value, then one of the generator that `next` makes of it: a length, then a list of that length.
    ///
    /// Shrinks through both: when the first value becomes smaller, the second is drawn anew from the choices that are left.
    public func flatMap<Mapped>(_ next: @escaping @Sendable (Value) -> Gen<Mapped>) -> Gen<Mapped> {
        Gen<Mapped> { [body] draws in next(body(draws)).body(draws) }
    }

    /// Only values that are accepted.
    ///
    /// - Parameters:
    ///   - attempts: the discard budget of one draw, at least 1. When it is used up the case is rejected, which the run counts; a filter that refuses
    ///     most values is better replaced by a generator that builds what is wanted.
    ///   - isIncluded: must depend on the value alone.
    /// - Complexity: at most `attempts` draws. Refused values are marked, so that shrinking removes them first.
    public func filter(attempts: Int = Draws.maximumAttempts, _ isIncluded: @escaping @Sendable (Value) -> Bool) -> Gen<Value> {
        Gen { [body] draws in
            var value = draws.span(Label.attempt) { body(draws) }
            var left = attempts - 1
            while left > 0, !draws.isOverrun, !isIncluded(value) {
                draws.discardLastSpan(Label.attempt)
                draws.temper.relax()
                value = draws.span(Label.attempt) { body(draws) }
                left -= 1
            }
            draws.assume(isIncluded(value))
            return value
        }
    }

    /// Values made by `transform`, which may refuse: for types whose initialiser can fail.
    ///
    /// - Throws: ``DerivationError`` when none of ``Gen/probes`` cases is accepted: then there is nothing to draw. (What was accepted stands in for
    ///   a value when a later case uses up its attempts and is rejected.)
    public func compactMap<Mapped>(_ transform: @escaping @Sendable (Value) -> Mapped?) throws(DerivationError) -> Gen<Mapped> {
        try Gen<Mapped>.attempting { [body] draws throws(DerivationError) in
            guard let mapped = transform(body(draws)) else {
                throw DerivationError(.refused, type: String(reflecting: Mapped.self), path: [], "compactMap gave nil")
            }
            return mapped
        }
    }

    /// Gathers what is drawn in a span, so that it is shrunk, removed and replaced as one.
    ///
    /// - Parameter label: ``Label/firstFree`` or above; spans with the same label may replace one another.
    public func labelled(_ label: UInt32) -> Gen<Value> {
        Gen { [body] draws in draws.span(label) { body(draws) } }
    }
}

/// Several generators as one, drawn from left to right into a tuple of any width.
///
/// ```swift
/// zip(.int(in: 0...9), .bool(), .text()).map { count, isOpen, name in … }
/// ```
public func zip<each Value>(_ generators: repeat Gen<each Value>) -> Gen<(repeat each Value)> {
    Gen { draws in (repeat (each generators).body(draws)) }
}
