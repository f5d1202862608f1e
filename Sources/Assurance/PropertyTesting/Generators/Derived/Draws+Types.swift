extension Draws {
    /// Any case of an enumeration, evenly; the first is simplest.
    ///
    /// - Precondition: the type has a case.
    public func any<Value: CaseIterable>(_ type: Value.Type = Value.self) -> Value { element(of: Array(Value.allCases)) }

    /// A value of any `Decodable` type, built by its own decoder from draws. `Gen.any(of:)` is faster where many values of one
    /// type are drawn.
    ///
    /// - Throws: ``DerivationError`` when the type refuses what it is given, naming the coding path.
    public func any<Value: Decodable>(_ type: Value.Type = Value.self, _ derivations: [Derivation] = []) throws(DerivationError) -> Value {
        let start = count
        quiet += 1
        defer { quiet -= 1 }
        let value: Value = try Deriving(derivations).attempt(self)
        if isJournaling, quiet == 1 { tell(SwiftLiteral.text(of: value), start..<max(start, count)) }
        return value
    }

    /// Any case, evenly; the first is simplest. What lists its cases needs no decoder.
    public func any<Value: CaseIterable & Decodable>(_ type: Value.Type = Value.self) -> Value { element(of: Array(Value.allCases)) }
}

extension Gen where Value: CaseIterable & SendableMetatype {
    /// Any case of an enumeration, evenly; the first is simplest.
    public static func any(of type: Value.Type = Value.self) -> Gen { Gen { $0.any(type) } }
}

extension Gen where Value: CaseIterable & Decodable & SendableMetatype {
    /// Any case, evenly; the first is simplest. What lists its cases needs no decoder.
    public static func any(of type: Value.Type = Value.self) -> Gen { Gen { $0.element(of: Array(Value.allCases)) } }
}

extension Gen where Value: RawRepresentable & SendableMetatype {
    /// Values made of raw values; a raw value that the type refuses is drawn again. Shrinks as the raw value does.
    ///
    /// - Throws: ``DerivationError`` when none of ``probes`` raw values is accepted.
    public static func any(of type: Value.Type = Value.self, raw: Gen<Value.RawValue>) throws(DerivationError) -> Gen {
        try raw.compactMap { Value(rawValue: $0) }
    }
}

extension Gen where Value: Decodable & SendableMetatype {
    /// Values of any `Decodable` type, built by its own decoder from draws.
    ///
    /// ```swift
    /// struct Fill: Codable { var price: Double; var sides: [Side]; var venue: String? }
    /// let fills = try Gen.any(of: Fill.self)
    /// ```
    ///
    /// Structs, classes, enumerations with and without payloads, optionals, lists, sets, dictionaries and types that contain themselves, as Swift
    /// synthesises their decoding or as it is written by hand with keyed, unkeyed and single-value containers. What lists its cases
    /// (`CaseIterable`) is drawn from them. Simplest are nil, the empty list, 0, the first case that does not contain its own type.
    ///
    /// - Parameter derivations: generators for the types within that draws cannot make by themselves, or not as they are wanted.
    /// - Throws: ``DerivationError`` when none of ``probes`` values is accepted; it names the coding path to the part that refuses. A value that is
    ///   refused later is drawn again, then its case is rejected.
    /// - Complexity: one call of `init(from:)` for each value. Values end at 12 containers within one another, lists at 12 elements.
    public static func any(of type: Value.Type = Value.self, _ derivations: [Derivation] = []) throws(DerivationError) -> Gen {
        let deriving = Deriving(derivations)
        return try attempting { draws throws(DerivationError) in try deriving.attempt(draws) }
    }
}

/// A generator for one type wherever it occurs within a derived value.
///
/// ```swift
/// try Gen.any(of: Order.self, [Derivation(Symbol.self, .element(of: symbols))])
/// ```
public struct Derivation: Sendable {
    let type: ObjectIdentifier
    let draw: @Sendable (Draws) -> Any

    /// - Parameter generator: draws every value of `type` within a derived one, whatever `type` could do by itself.
    public init<Value: SendableMetatype>(_ type: Value.Type, _ generator: Gen<Value>) {
        self.type = ObjectIdentifier(type)
        draw = { generator.body($0) }
    }
}
