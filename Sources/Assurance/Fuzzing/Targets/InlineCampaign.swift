import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// A short campaign in one process, without anybody to take over when the target ends it: for tests.
///
/// Without instrumentation nothing guides it: committed inputs are changed, and values are drawn as a property's are. What runs stands in a file, so
/// that it is known afterwards which input it was.
public struct InlineCampaign: Sendable, Hashable, Codable {
    public var target: String
    public var executions: UInt64
    public var seed: UInt64
    /// The memory of the campaign; what ran last is read from it when the process is gone.
    public var file: String

    /// - Parameter file: where its memory is kept; an empty file, or one that is not there yet.
    public init(target: String, executions: UInt64, seed: UInt64, file: String) {
        self.target = target
        self.executions = executions
        self.seed = seed
        self.file = file
    }

    private static func layout(_ target: FuzzTarget) -> Shard.Layout {
        var layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: target.maximumLength)
        layout.entryCapacity = 1 << 12
        layout.listCapacity = 1 << 20
        layout.arenaCapacity = 1 << 24
        return layout
    }

    /// Runs it.
    ///
    /// - Throws: the first error that the target throws, ``FuzzFailure`` or ``ShardError`` where it cannot be run.
    public func run(in targets: [FuzzTarget], inputs: [CommittedInput]) throws {
        guard let target = targets.first(where: { $0.name == self.target }) else { throw FuzzFailure("there is no target \(self.target)") }
        let shard = try Shard(path: file, layout: Self.layout(target), build: pulsegate_fuzz_build_number(), seed: seed)
        let runner = TargetRunner(target: target)
        let end = EndOfCampaign()
        var options = FuzzEngine.Options()
        options.maximumLength = target.maximumLength
        options.valueProfile = false
        shard.header.pointee.execution_limit = executions
        var engine = FuzzEngine(shard: shard, options: options, harvest: []) { input in
            guard end.error == nil else { return }
            do { try runner.run(Array(input)) } catch {
                end.error = error
                end.input = Array(input)
                shard.header.pointee.stop = 1
            }
        }
        engine.drawn = runner.drawn
        engine.explore(from: inputs.filter { $0.target == target.name }.compactMap(\.bytes))
        guard let error = end.error else {
            shard.header.pointee.input_length = 0
            return
        }
        shard.header.pointee.in_flight = 1
        let length = engine.load(end.input)
        shard.header.pointee.input_length = UInt64(length)
        throw error
    }

    private final class EndOfCampaign {
        var error: (any Error)?
        var input: [UInt8] = []
    }

    /// The input that ran when the process ended, and how many had run before it; nil where the campaign came to its end.
    public func lastInput(in targets: [FuzzTarget]) -> (input: [UInt8], executions: UInt64)? {
        guard let target = targets.first(where: { $0.name == self.target }),
            let shard = try? Shard(path: file, layout: Self.layout(target), build: pulsegate_fuzz_build_number(), seed: seed)
        else { return nil }
        defer { shard.unmap() }
        guard shard.header.pointee.in_flight != 0 else { return nil }
        return (Array(shard.currentInput), shard.header.pointee.executions)
    }
}

extension FuzzEngine {
    /// Changes the inputs given, and what they lead to, until the limit: also where nothing tells one run from another.
    mutating func explore(from seeds: [[UInt8]]) {
        pulsegate_fuzz_clear_counters()
        for seed in seeds + [[]] {
            if isOver { return }
            let length = load(seed)
            if !execute(length, parent: 0, operators: Operators.seed.rawValue) {
                keep(length, parent: 0, operators: Operators.seed.rawValue, depth: 0, flags: [.edges])
            }
        }
        if drawn != nil { plantDrawn() }
        while !isOver {
            // The process has other threads, whose compares are not the target's: no run is traced.
            for entry in knownRepairs.count..<max(knownRepairs.count, shard.entryCount) { knownRepairs[entry] = [] }
            havocRound()
        }
    }
}
