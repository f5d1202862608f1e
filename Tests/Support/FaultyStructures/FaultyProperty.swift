import PropertyTesting

/// A property of a structure that has mutants built in: hand-written faults that a parameter switches on.
///
/// A *task* is one mutant and one property that can notice it; how many cases an engine needs for it says how well the engine hunts. The
/// trees, their mutants and their properties follow ETNA (J. Shi et al., "Etna: An Evaluation Platform for Property-Based Testing", ICFP
/// 2023).
///
/// ```swift
/// for property in FaultyProperties.all() {
///     for mutant in property.mutants { _ = property.run(mutant, PropertySettings(cases: 1000, seed: 1)) }
/// }
/// ```
public struct FaultyProperty: Sendable {
    /// "bst", "rbt", "sorted", "intervals", "parser", "needle", and those of ``FaultyProperties/heldOut``.
    public let family: String
    public let name: String
    /// Names of the mutants that this property can notice.
    public let mutants: [String]
    /// Runs the property with one mutant switched on, or with the correct code; an unknown mutant is the correct code.
    public let run: @Sendable (_ mutant: String?, PropertySettings) -> PropertyReport

    init<Fault: RawRepresentable & Sendable, Value>(
        _ family: String, _ name: String, noticing mutants: [Fault], generate: @escaping @Sendable (Draws) -> Value,
        holds: @escaping @Sendable (Value, Fault?) -> Bool
    ) where Fault.RawValue == String {
        self.family = family
        self.name = name
        self.mutants = mutants.map(\.rawValue)
        run = { mutant, settings in
            let fault = mutant.flatMap { Fault(rawValue: $0) }
            return PropertyEngine.run(settings, generate: generate) { holds($0, fault) }.report
        }
    }
}

/// All the properties, and with them the tasks.
public enum FaultyProperties {
    /// Where keys come from: a framework is asked for both.
    public enum Keys: Sendable {
        /// Any integer: equal keys come up only if the engine makes them.
        case any
        /// 0…50: equal keys come up by chance.
        case few
    }

    /// Trees, searches, intervals, round trips: what plain generation should find.
    public static func all(keys: Keys = .any) -> [FaultyProperty] {
        BinarySearchTree.properties(keys: keys) + RedBlackTree.properties(keys: keys) + SortedArrays.properties + IntervalUnion.properties
            + Expression.properties
    }

    /// Other shapes: maps of intervals, caches, words, tables, dates, queues. No constant of the engine was fitted to them, though the faults of
    /// two of the twelve informed its design; what it finds here says what its figures on the others are worth.
    public static var heldOut: [FaultyProperty] {
        IntervalMap.properties + RecentCache.properties + WordTree.properties + CommaSeparated.properties + CalendarMonths.properties
            + GrowingRing.properties
    }
}

extension Draws {
    func key(_ keys: FaultyProperties.Keys) -> Int {
        switch keys {
        case .any: int()
        case .few: int(in: 0...50)
        }
    }

    func entries(_ keys: FaultyProperties.Keys) -> [Entry] { array { Entry(key: $0.key(keys), value: $0.int()) } }
}

/// What the trees hold.
public struct Entry: Hashable, Sendable {
    public var key: Int
    public var value: Int

    public init(key: Int, value: Int) {
        self.key = key
        self.value = value
    }
}

/// The model of a tree: entries by key, in order.
enum Model {
    static func inserting(_ entry: Entry, into entries: [Entry]) -> [Entry] {
        (deleting(entry.key, from: entries) + [entry]).sorted { $0.key < $1.key }
    }

    static func deleting(_ key: Int, from entries: [Entry]) -> [Entry] { entries.filter { $0.key != key } }

    /// The first one's value counts.
    static func union(_ first: [Entry], _ second: [Entry]) -> [Entry] { first.reduce(second) { inserting($1, into: $0) } }

    static func find(_ key: Int, in entries: [Entry]) -> Int? { entries.first { $0.key == key }?.value }
}
