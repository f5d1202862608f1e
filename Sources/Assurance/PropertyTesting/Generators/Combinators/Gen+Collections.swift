extension Gen {
    /// A list; the empty one, or the shortest allowed, is simplest. See ``Draws/array(_:of:)``.
    public static func array<Element>(of element: Gen<Element>, count: ClosedRange<Int> = 0...20) -> Gen where Value == [Element] {
        Gen { $0.array(count, of: element.body) }
    }

    /// A list of a fixed length.
    public static func array<Element>(of element: Gen<Element>, count: Int) -> Gen where Value == [Element] {
        array(of: element, count: count...count)
    }

    /// A list whose elements have different keys. Rejects the case when the domain is too small, see ``Draws/unique(_:by:of:)``.
    public static func unique<Element, Key: Hashable & SendableMetatype>(
        of element: Gen<Element>, by key: @escaping @Sendable (Element) -> Key, count: ClosedRange<Int> = 0...20
    ) -> Gen where Value == [Element] {
        Gen { $0.unique(count, by: key, of: element.body) }
    }

    /// A list of different elements.
    public static func unique<Element: Hashable & SendableMetatype>(of element: Gen<Element>, count: ClosedRange<Int> = 0...20) -> Gen
    where Value == [Element] {
        Gen { $0.unique(count, by: { $0 }, of: element.body) }
    }

    /// A set. Its order is Swift's and differs from process to process: a property must not depend on it.
    public static func set<Element: Hashable & SendableMetatype>(of element: Gen<Element>, count: ClosedRange<Int> = 0...20) -> Gen
    where Value == Set<Element> {
        Gen { Set($0.unique(count, by: { $0 }, of: element.body)) }
    }

    /// A dictionary; see ``Draws/dictionary(_:key:value:)``.
    public static func dictionary<Key: Hashable & SendableMetatype, Entry>(
        key: Gen<Key>, value: Gen<Entry>, count: ClosedRange<Int> = 0...20
    ) -> Gen where Value == [Key: Entry] {
        Gen { $0.dictionary(count, key: key.body, value: value.body) }
    }

    /// The same values in another order; the order given is simplest.
    public static func permutation<Element: Sendable>(of values: [Element]) -> Gen where Value == [Element] {
        Gen { $0.permutation(of: values) }
    }

    /// Some of the values, in the order given; none is simplest.
    public static func subset<Element: Sendable>(of values: [Element], count: ClosedRange<Int>? = nil) -> Gen where Value == [Element] {
        Gen { $0.subset(of: values, count) }
    }

    /// What this generator draws, in any order.
    public func shuffled<Element>() -> Gen where Value == [Element] {
        Gen { [body] draws in draws.permutation(of: body(draws)) }
    }

    /// A list of what this generator draws. The same as the static `array(of:count:)`, for chains: `gen.array(count: 1...3).map { … }`.
    public func array(count: ClosedRange<Int> = 0...20) -> Gen<[Value]> { .array(of: self, count: count) }

    /// A value of this generator or nil; nil is simplest.
    public func optional(probability: Double = 0.75) -> Gen<Value?> { .optional(self, probability: probability) }
}
