/// What the catalogue knows of one metric.
public struct MetricDefinition: Hashable, Sendable {
    /// Which way is better; conditions such as `drop_at_most` mean worsening in this direction.
    public enum Direction: String, Hashable, Sendable, CaseIterable {
        case higherIsBetter = "higher_is_better"
        case lowerIsBetter = "lower_is_better"
        /// Neither: a figure that is shown and compared, and that never "drops".
        case neutral
    }

    /// What a condition may be asked of.
    public enum Scope: String, Hashable, Sendable, CaseIterable, Comparable {
        case overall
        /// Only lines that the change added or altered.
        case new
        case eachPackage = "each_package"
        case eachFile = "each_file"
        /// Each subject of the measure: each golden file, each benchmark, each property.
        case eachItem = "each_item"

        public static func < (a: Scope, b: Scope) -> Bool { a.order < b.order }
        private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The name as asked for; of a pattern, the name that matched.
    public var name: String
    public var unit: Unit
    public var direction: Direction
    /// One line for the documentation and for messages.
    public var meaning: String
    /// In order of ``Scope``.
    public var scopes: [Scope]
    /// Whether it is a change against something else: it may be negative or exceed 100 %, and is not itself compared with a baseline.
    public var isChange = false

    public init(name: String, unit: Unit, direction: Direction, meaning: String, scopes: [Scope]) {
        self.name = name
        self.unit = unit
        self.direction = direction
        self.meaning = meaning
        self.scopes = scopes
    }
}
