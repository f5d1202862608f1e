import FuzzingRuntime

/// Runs an engine in before a zygote forks its first runner.
///
/// What the Swift runtime makes at first use (the metadata of generic types, conformances that are looked up) is made once in the zygote instead of in each
/// runner: a third of what a death costs otherwise. The engine runs on a target that does nothing but compare, on memory of its own.
enum EngineWarmth {
    static let executions: UInt64 = 3000

    static func warm(_ options: FuzzEngine.Options, _ harvest: [[UInt8]]) {
        guard let memory = ReplayShard(maximumInput: options.maximumLength) else { return }
        defer { memory.close() }
        memory.header.pointee.execution_limit = executions
        var engine = FuzzEngine(shard: memory.shard, options: options, harvest: harvest) {
            pulsegate_fuzz_exercise($0.baseAddress, $0.count)
        }
        engine.run(seeds: [])
        // As after a death in an analysis.
        memory.header.pointee.stage = 1
        memory.header.pointee.execution_limit = executions + 200
        var next = FuzzEngine(shard: memory.shard, options: options, harvest: harvest) { pulsegate_fuzz_exercise($0.baseAddress, $0.count) }
        next.run(seeds: [])
    }
}
