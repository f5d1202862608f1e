import StrictDocuments

/// The raw figures of one benchmark in one launch: what a suite prints, what the ledger keeps, and what every verdict is computed from.
///
/// All figures are whole numbers, so that a verdict is recomputed from what was kept, bit for bit.
public struct LaunchRecord: Sendable, Equatable {
    /// Why a launch was made.
    public enum Stage: String, Sendable, CaseIterable {
        /// Towards the first decision.
        case first
        /// To confirm a slow-down that the first decision found.
        case confirmation
        /// Of one build alone.
        case single
    }

    public var benchmark: String
    public var stage: Stage
    /// 0: as the linker laid the code out; otherwise the seed that shuffled its functions.
    public var layout: Int
    /// Iterations of each batch.
    public var iterations: Int64
    /// Which time was measured: `thread-cpu`, `process-cpu` or `wall`.
    public var clock: String
    public var headFirst: Bool
    public var base: Side?
    public var head: Side
    /// What the operating system counted during the launch, by name.
    public var usage: [String: Int64]

    /// The batches of one build, in the order of measuring; all lists are equally long, but for those that could not be counted.
    public struct Side: Sendable, Equatable {
        /// Nanoseconds of a batch.
        public var times: [Int64]
        public var wall: [Int64]
        /// Involuntary context switches during a batch.
        public var switches: [Int64]
        public var allocations: [Int64]
        public var allocatedBytes: [Int64]

        public init(times: [Int64], wall: [Int64] = [], switches: [Int64] = [], allocations: [Int64] = [], allocatedBytes: [Int64] = []) {
            self.times = times
            self.wall = wall
            self.switches = switches
            self.allocations = allocations
            self.allocatedBytes = allocatedBytes
        }
    }

    public init(
        benchmark: String, stage: Stage, layout: Int = 0, iterations: Int64, clock: String, headFirst: Bool, base: Side?, head: Side,
        usage: [String: Int64] = [:]
    ) {
        self.benchmark = benchmark
        self.stage = stage
        self.layout = layout
        self.iterations = iterations
        self.clock = clock
        self.headFirst = headFirst
        self.base = base
        self.head = head
        self.usage = usage
    }

    /// What the launch says of head over base; nil where there is no base or no whole quad.
    public var ratio: LaunchRatio? {
        guard let base else { return nil }
        return LaunchRatio(base: base.times, head: head.times, disturbances: base.switches + head.switches)
    }
}

extension LaunchRecord {
    public var json: JSONValue {
        var fields: [String: JSONValue] = [
            "benchmark": .string(benchmark), "stage": .string(stage.rawValue), "layout": .int(Int64(layout)),
            "iterations": .int(iterations), "clock": .string(clock), "first": .string(headFirst ? "head" : "base"),
            "head": head.json, "usage": .object(usage.mapValues { .int($0) }),
        ]
        if let base { fields["base"] = base.json }
        return .object(fields)
    }

    /// - Throws: what is missing or no number, with the place of it.
    public init(_ node: JSONNode, file: String, stage: Stage? = nil, layout: Int? = nil) throws(DocumentError) {
        let value = try JSONValue(node, file: file)
        func refuse(_ what: String) -> DocumentError { DocumentError(.badValue, file: file, at: node.position, what) }
        guard let fields = value.objectValue, let benchmark = fields["benchmark"]?.stringValue,
            let iterations = fields["iterations"]?.intValue, iterations > 0, let clock = fields["clock"]?.stringValue,
            let head = fields["head"].flatMap(Side.init)
        else { throw refuse("a launch has 'benchmark', 'iterations', 'clock' and 'head'") }
        self.benchmark = benchmark
        self.iterations = iterations
        self.clock = clock
        self.head = head
        headFirst = fields["first"]?.stringValue == "head"
        if let other = fields["base"] {
            guard let base = Side(other) else { throw refuse("'base' has lists of whole numbers") }
            self.base = base
        }
        self.stage = stage ?? fields["stage"]?.stringValue.flatMap(Stage.init) ?? (base == nil ? .single : .first)
        self.layout = layout ?? fields["layout"]?.intValue.map { Int(clamping: $0) } ?? 0
        usage = (fields["usage"]?.objectValue ?? [:]).compactMapValues { $0.intValue ?? $0.boolValue.map { $0 ? 1 : 0 } }
    }
}

extension LaunchRecord.Side {
    var json: JSONValue {
        func list(_ values: [Int64]) -> JSONValue { .array(values.map { .int($0) }) }
        return [
            "ns": list(times), "wall_ns": list(wall), "switches": list(switches), "allocations": list(allocations),
            "allocated_bytes": list(allocatedBytes),
        ]
    }

    init?(_ value: JSONValue) {
        guard let fields = value.objectValue else { return nil }
        func list(_ name: String) -> [Int64]? {
            guard let field = fields[name] else { return [] }
            guard let values = field.arrayValue else { return nil }
            let numbers = values.compactMap(\.intValue)
            return numbers.count == values.count ? numbers : nil
        }
        guard let times = list("ns"), !times.isEmpty, let wall = list("wall_ns"), let switches = list("switches"),
            let allocations = list("allocations"), let bytes = list("allocated_bytes")
        else { return nil }
        self.init(times: times, wall: wall, switches: switches, allocations: allocations, allocatedBytes: bytes)
    }
}
