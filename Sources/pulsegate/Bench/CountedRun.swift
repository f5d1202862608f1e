import StrictDocuments

/// What the command `count` of a suite printed: the counts of a fixed number of iterations in one process.
struct CountedRun: Equatable, Sendable {
    var benchmark: String
    var iterations: Int64
    /// Which time the benchmark is judged by; another one than `thread-cpu` says that several threads may be at work.
    var clock: String
    /// By name: allocations, allocated_bytes, releases, regions, instructions, read_calls, write_calls, voluntary_switches, peak_resident_bytes.
    /// What could not be counted is not there.
    var counts: [String: Int64]

    static let names = [
        "allocations", "allocated_bytes", "releases", "regions", "instructions", "read_calls", "write_calls", "voluntary_switches",
        "peak_resident_bytes",
    ]
    private static let limits = JSONLimits(maximumBytes: 1 << 16, maximumDepth: 4)

    /// The last such line of what a suite printed; a body may print lines of its own before it. nil where there is none.
    init?(output: [UInt8]) {
        for line in output.split(separator: 0x0A).reversed() {
            guard line.first == UInt8(ascii: "{"), let node = try? JSONDocument.parse(Array(line), file: "suite", limits: Self.limits),
                let fields = (try? JSONValue(node, file: "suite"))?.objectValue, fields["event"]?.stringValue == "counted",
                let benchmark = fields["benchmark"]?.stringValue, let iterations = fields["iterations"]?.intValue, iterations > 0,
                let clock = fields["clock"]?.stringValue
            else { continue }
            self.benchmark = benchmark
            self.iterations = iterations
            self.clock = clock
            counts = [:]
            for name in Self.names { if let value = fields[name]?.intValue, value >= 0 { counts[name] = value } }
            return
        }
        return nil
    }

    /// The message of a suite that could not run the benchmark.
    static func failure(output: [UInt8]) -> String? {
        for line in output.split(separator: 0x0A).reversed() {
            guard line.first == UInt8(ascii: "{"), let node = try? JSONDocument.parse(Array(line), file: "suite", limits: limits),
                let fields = (try? JSONValue(node, file: "suite"))?.objectValue, fields["event"]?.stringValue == "failed"
            else { continue }
            return fields["message"]?.stringValue
        }
        return nil
    }
}
