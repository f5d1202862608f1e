import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// A campaign on one target: workers, their shards, the corpus and the crashes on the disk, and a line of JSON a second.
///
/// This process runs no code under test. Each worker is a zygote forked from it, which forks its runners.
struct SuiteCampaign {
    let target: FuzzTarget
    let folder: String
    let seed: UInt64
    let workers: Int
    let seconds: Double
    let executions: UInt64
    let seedFolders: [String]
    let limits: Zygote.Limits
    let untilCrash: Bool
    /// Whether findings are sorted and stability is measured beside the search.
    let isAssisted: Bool

    /// The suite's type with its module.
    let suite: String

    init(target: FuzzTarget, suite: String, options: inout SuiteArguments) {
        self.target = target
        self.suite = suite
        folder = options.value("--folder") ?? ".pulsegate/fuzz/\(target.name)"
        seed = options.number("--seed", default: 1)
        workers = min(64, max(1, options.number("--workers", default: 1)))
        seconds = options.number("--seconds", default: 60)
        executions = options.number("--executions", default: 0)
        seedFolders = options.values("--seeds")
        var limits = Zygote.Limits()
        limits.time = Int64(options.number("--time-limit-ms", default: 1000)) * 1_000_000
        limits.memory = UInt64(options.number("--memory-limit-mb", default: 512)) << 20
        self.limits = limits
        untilCrash = options.value("--until") == "crash"
        isAssisted = options.value("--assist") == "yes"
    }

    func run() {
        pulsegate_fuzz_fix_layout()
        let fault = pulsegate_fuzz_instrumentation_fault()
        guard fault == 0 else {
            SuiteProgram.stop("this build is blind (\(fault)): build the suite with PULSEGATE_FUZZ=1 in a scratch path of its own")
        }
        for part in ["shards", "corpus", "crashes"] { SuiteFiles.makeFolder("\(folder)/\(part)") }
        var engineOptions = FuzzEngine.Options()
        engineOptions.maximumLength = target.maximumLength
        let layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: target.maximumLength)
        let build = pulsegate_fuzz_build_number()
        var shards: [Shard] = []
        for worker in 0..<workers {
            shards.append(open("\(folder)/shards/\(worker).state", layout, build, worker))
            shards[worker].header.pointee.stop = 0
            shards[worker].header.pointee.execution_limit = executions == 0 ? 0 : max(1, executions / UInt64(workers))
        }
        pulsegate_fuzz_catch_stop()
        SuiteOutput.lockFile = pulsegate_fuzz_capture()
        let harvest = CodeHarvest.words()
        let seeds = loadSeeds()
        let start = pulsegate_fuzz_clock()
        SuiteOutput.write([
            ("event", .text("started")), ("target", .text(target.name)), ("seed", .number(seed)), ("workers", .number(UInt64(workers))),
            ("edges", .number(UInt64(layout.edges))), ("build", .hexadecimal(build)), ("words", .number(UInt64(harvest.count))),
            ("seeds", .number(UInt64(seeds.count))), ("resumed", .number(shards.reduce(0) { $0 + $1.header.pointee.executions })),
        ])
        let end = start + Int64(seconds * 1e9)
        var zygotes: [Int32] = []
        for worker in 0..<workers {
            let child = pulsegate_fuzz_fork()
            if child == 0 {
                serve(shards, worker, engineOptions, harvest, seeds, end)
                pulsegate_fuzz_leave(0)
            }
            zygotes.append(child)
        }
        var corpus = CorpusWriter(folder: "\(folder)/corpus", workers: workers)
        var nextSample = start
        var nextStuck = start + Self.stuckInterval
        var assistant = SuiteAssistant(
            target: target, suite: suite, folder: folder, limits: limits, shard: shards[0], begun: start)
        while !zygotes.isEmpty {
            var status: Int32 = 0
            zygotes.removeAll { pulsegate_fuzz_wait($0, false, &status) != 0 }
            let now = pulsegate_fuzz_clock()
            if pulsegate_fuzz_stop_asked() { for shard in shards { pulsegate_fuzz_publish(&shard.header.pointee.stop, 1) } }
            if now >= nextSample || zygotes.isEmpty {
                for worker in 0..<workers { corpus.keep(shards[worker], worker: worker) }
                sample(shards, seconds: Double(now - start) / 1e9)
                nextSample += 1_000_000_000
                if isAssisted, !zygotes.isEmpty { assistant.look(at: now) }
                if now >= nextStuck || zygotes.isEmpty {
                    tellStuck(shards)
                    nextStuck += Self.stuckInterval
                }
            }
            if let first = zygotes.first {
                _ = pulsegate_fuzz_await(first, min(100_000_000, max(1_000_000, nextSample - now)), &status)
            }
        }
        assistant.end()
        SuiteOutput.write([("event", .text("finished")), ("seconds", .real(Double(pulsegate_fuzz_clock() - start) / 1e9))])
    }

    private func open(_ path: String, _ layout: Shard.Layout, _ build: UInt64, _ worker: Int) -> Shard {
        for _ in 0..<2 {
            do {
                return try Shard(path: path, layout: layout, build: build, seed: seed &+ UInt64(worker))
            } catch .otherBuild {
                // The inputs are in the corpus folder and are run anew; what they lit belongs to other code.
                unlink(path)
            } catch {
                SuiteProgram.stop("\(error)")
            }
        }
        SuiteProgram.stop("\(path): cannot be made anew")
    }

    private func loadSeeds() -> [[UInt8]] {
        var seeds: [[UInt8]] = []
        for folder in seedFolders + ["\(folder)/corpus"] {
            for name in SuiteFiles.names(folder) {
                if let bytes = SuiteFiles.read("\(folder)/\(name)", limit: target.maximumLength) { seeds.append(bytes) }
            }
        }
        return seeds
    }

    /// The zygote of one worker.
    private func serve(
        _ shards: [Shard], _ worker: Int, _ options: FuzzEngine.Options, _ harvest: [[UInt8]], _ seeds: [[UInt8]], _ end: Int64
    ) {
        EngineWarmth.warm(options, harvest)
        let crashes = CrashFolder(path: "\(folder)/crashes", table: "\(folder)/shards/\(worker).deaths")
        let zygote = Zygote(
            shard: shards[worker], limits: limits, capture: pulsegate_fuzz_capture(),
            work: { shard in
                let runner = TargetRunner(target: target)
                var engine = FuzzEngine(shard: shard, options: options, harvest: harvest, target: runner.function(shard))
                engine.drawn = runner.drawn
                engine.peers = shards.enumerated().filter { $0.offset != worker }.map(\.element)
                engine.run(seeds: seeds)
            },
            died: { record in
                if crashes.keep(record) {
                    SuiteOutput.write([
                        ("event", .text("crash")), ("place", .hexadecimal(record.place)), ("kind", .text(record.kind.rawValue)),
                        ("execution", .number(record.execution)), ("length", .number(UInt64(record.input.count))),
                    ])
                }
                return untilCrash ? .stop : .goOn
            })
        zygote.serve(until: end)
    }

    /// Nanoseconds between two `stuck` events.
    private static let stuckInterval: Int64 = 5_000_000_000
    private static let stuckSites = 24

    /// Compares whose two sides no input has made equal.
    private func tellStuck(_ shards: [Shard]) {
        let sites = ComparedSite.unmet(shards.map(\.sites), limit: Self.stuckSites)
        SuiteOutput.write([
            ("event", .text("stuck")),
            (
                "sites",
                .list(
                    sites.map {
                        .members([
                            ("site", .number($0.address)), ("form", .text($0.form)), ("left", .text($0.left)), ("right", .text($0.right)),
                            ("reached", .number($0.reached)),
                        ])
                    })
            ),
        ])
    }

    /// Edges that were seen to run once only, and the executions looked at: by I. J. Good and A. M. Turing (Biometrika 40, 1953)
    /// their quotient estimates the chance that one more execution runs an edge that none ran before. Each sixteenth execution of
    /// havoc is looked at, so that it errs upwards: what ran twice may have been seen once.
    private func rare(_ shards: [Shard]) -> (once: UInt64, looked: UInt64) {
        var once: UInt64 = 0
        var looked: UInt64 = 0
        for shard in shards {
            for edge in 0..<shard.layout.edges where shard.hits[edge] == 1 { once += 1 }
            let header = shard.header
            looked += (header.pointee.executions &- min(header.pointee.executions, header.pointee.analysis_executions)) / 16
        }
        return (once, looked)
    }

    private func sample(_ shards: [Shard], seconds: Double) {
        func sum(_ field: KeyPath<pulsegate_fuzz_shard, UInt64>) -> SuiteOutput.Value {
            .number(shards.reduce(0) { $0 + $1.header.pointee[keyPath: field] })
        }
        func most(_ field: KeyPath<pulsegate_fuzz_shard, UInt64>) -> SuiteOutput.Value {
            .number(shards.reduce(0) { max($0, $1.header.pointee[keyPath: field]) })
        }
        let rare = rare(shards)
        SuiteOutput.write([
            ("event", .text("sample")), ("seconds", .real(seconds)), ("executions", sum(\.executions)), ("traced", sum(\.traced)),
            ("edges", most(\.edges_seen)), ("features", most(\.features_seen)), ("corpus", most(\.entries)), ("crashes", sum(\.crashes)),
            ("restarts", sum(\.restarts)), ("lastFind", most(\.last_find)), ("depth", most(\.depth_seen)),
            ("cpuNanoseconds", sum(\.cpu_nanoseconds)), ("stabilityChecks", sum(\.stability_checks)), ("unstable", sum(\.unstable)),
            ("once", .number(rare.once)), ("looked", .number(rare.looked)),
            ("workers", .list(shards.map { .number($0.header.pointee.executions) })),
        ])
    }
}
