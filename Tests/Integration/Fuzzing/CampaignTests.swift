import ChildProcesses
import FuzzingRuntime
import StrictDocuments
import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

/// Campaigns on a suite with planted bugs, which is instrumented in every build.
@Suite("campaigns")
struct CampaignTests {
    private func run(_ target: String, _ folder: CampaignFolder, executions: Int, seed: Int = 1, _ more: [String] = []) throws
        -> SuiteProcess.Output
    {
        let output = try SuiteProcess.run(
            "PlantedSuite",
            ["run", "--target", target, "--folder", folder.path, "--seconds", "60", "--executions", "\(executions)", "--seed", "\(seed)"]
                + more)
        #expect(output.termination == .exited(0), "\(output.errors)")
        return output
    }

    @Test("a suite says what it has, and that it is not blind")
    func list() throws {
        let output = try SuiteProcess.run("PlantedSuite", ["list"])
        #expect(output.events(named: "target").compactMap { $0.text("name") }.starts(with: ["magic", "two-bugs", "order", "quiet"]))
        let build = try #require(output.events(named: "build").first)
        #expect(build.number("edges") ?? 0 > 20 && build.number("fault") == 0)
    }

    @Test("a suite without instrumentation refuses to run, and says how to build it")
    func blind() throws {
        let folder = CampaignFolder()
        let output = try SuiteProcess.run(
            "pulsegate-fuzz", ["run", "--target", "json", "--folder", folder.path, "--executions", "10", "--sensor", "inline"])
        #expect(output.termination == .exited(2))
        #expect(output.errors.contains("blind") && output.errors.contains("PULSEGATE_FUZZ=1"))
        #expect(folder.files("corpus").isEmpty)
    }

    @Test(
        "wrong options are refused with what is known", arguments: [["run"], ["run", "--target", "none"], ["run", "--target"], ["dance"]])
    func usage(arguments: [String]) throws {
        let output = try SuiteProcess.run("PlantedSuite", arguments)
        #expect(output.termination == .exited(2) && output.errors.hasPrefix("error: "))
    }

    @Test(
        "the same seed and one worker give the same corpus and the same crash at the same execution",
        arguments: ["magic", "two-bugs", "order"])
    func deterministic(target: String) throws {
        let (one, two, three) = (CampaignFolder(), CampaignFolder(), CampaignFolder())
        let executions = target == "order" ? 30_000 : 6000
        let first = try run(target, one, executions: executions)
        let second = try run(target, two, executions: executions)
        let crashes = first.events(named: "crash").map {
            "\($0.text("place") ?? "") \($0.number("execution") ?? 0) \($0.number("length") ?? 0)"
        }
        #expect(!crashes.isEmpty)
        #expect(
            second.events(named: "crash").map { "\($0.text("place") ?? "") \($0.number("execution") ?? 0) \($0.number("length") ?? 0)" }
                == crashes)
        let corpus = one.files("corpus")
        #expect(corpus.count > 1 && two.files("corpus") == corpus)
        // Were the corpus the same for every seed, the above would prove nothing.
        _ = try run(target, three, executions: executions, seed: 2)
        #expect(three.files("corpus") != corpus)
    }

    @Test("a bug that crashes a thousand times is one folder, and keeps one input of the smallest size")
    func onePlace() throws {
        let folder = CampaignFolder()
        let output = try run("fatal", folder, executions: 1100)
        let last = try #require(output.events(named: "sample").last)
        #expect((last.number("crashes") ?? 0) > 1000, "\(last.number("crashes") ?? 0) crashes")
        #expect(output.events(named: "crash").count == 1)
        let places = CampaignFolder.names("\(folder.path)/crashes")
        #expect(places.count == 1 && folder.files("crashes/\(places.first ?? "")")["input"] == [])
    }

    @Test("a bug that is met all the time does not hide the one behind it")
    func twoBugs() throws {
        let folder = CampaignFolder()
        let output = try run("two-bugs", folder, executions: 40_000)
        let last = try #require(output.events(named: "sample").last)
        #expect((last.number("crashes") ?? 0) > 50, "\(last.number("crashes") ?? 0) crashes")
        #expect(output.events(named: "crash").count == 2)
        let inputs = CampaignFolder.names("\(folder.path)/crashes").compactMap { folder.files("crashes/\($0)")["input"] }
        #expect(inputs.count == 2)
        #expect(inputs.contains { $0.first == 0x21 } && inputs.contains { $0.starts(with: Array("?deeper".utf8)) })
    }

    @Test(
        "a race between operations is found, under the order of its tasks that shows it, and is one finding; without the race there is none"
    )
    func race() throws {
        let folder = CampaignFolder()
        let output = try run("overselling", folder, executions: 4000)
        #expect(output.events(named: "crash").map { $0.text("kind") } == ["failure"])
        let sorted = try SuiteProcess.run("PlantedSuite", ["triage", "--target", "overselling", "--folder", folder.path])
        let bugs = sorted.events(named: "bug")
        #expect(bugs.count == 1, "\(sorted.errors)")
        // Two that take, side by side, and nothing else.
        let value = bugs.first?.text("value") ?? ""
        #expect(value.components(of: "stock.take") >= 2 && !value.contains("stock.count"), "\(value)")
        if case .bool(false)? = bugs.first?["flaky"] {} else { Issue.record("flaky") }
        let other = CampaignFolder()
        #expect(try run("careful-stock", other, executions: 2000).events(named: "crash").isEmpty)
    }

    @Test(
        "a campaign that is told to end by any of three signals ends in order and takes none of them for a finding",
        arguments: [SIGTERM, SIGINT, SIGHUP])
    func signalled(signal: Int32) throws {
        let folder = CampaignFolder()
        var told = false
        var lines = ""
        let command = Command(
            [SuiteProcess.path("PlantedSuite"), "run", "--target", "quiet", "--folder", folder.path, "--seconds", "60", "--workers", "2"],
            environment: SuiteProcess.environment, timeoutNanoseconds: 120_000_000_000)
        var process: Int32 = 0
        let outcome = try command.run { event in
            switch event {
            case .started(let identifier): process = identifier
            case .standardOutput(let bytes):
                lines += String(decoding: bytes, as: UTF8.self)
                guard !told, lines.contains("\"sample\""), process > 0 else { return }
                told = true
                // To the whole group, as a terminal and a gate's limit send it.
                kill(getpgid(process) == getpgrp() ? process : -process, signal)
            default: break
            }
        }
        #expect(told && outcome.termination == .exited(0))
        #expect(lines.contains("\"finished\"") && !lines.contains("\"crash\","))
        #expect(CampaignFolder.names("\(folder.path)/crashes").isEmpty)
    }

    @Test("the tests that findings of a campaign come with compile, of bytes and of values")
    func repros() throws {
        let folder = CampaignFolder()
        var sources: [String] = []
        for (target, executions) in [("two-bugs", 6000), ("order", 8000)] {
            let part = "\(folder.path)/\(target)"
            _ = try SuiteProcess.run(
                "PlantedSuite",
                ["run", "--target", target, "--folder", part, "--seconds", "60", "--executions", "\(executions)", "--seed", "1"])
            _ = try SuiteProcess.run("PlantedSuite", ["triage", "--target", target, "--folder", part])
            for bucket in CampaignFolder.names("\(part)/crashes") {
                let source = try DocumentFile.read("\(part)/crashes/\(bucket)/Repro.swift", maximumBytes: 1 << 20)
                // Two files of one module need two names.
                sources.append("\(folder.path)/\(bucket).swift")
                try DocumentFile.replace(sources[sources.count - 1], with: source)
            }
        }
        #expect(sources.count >= 2 && sources.contains { $0.contains("failure-") } && sources.contains { $0.contains("crash-") })
        let products = String(SuiteProcess.path("").dropLast())
        let maps = ["FuzzingRuntime", "PropertyTestingRuntime"].flatMap {
            ["-Xcc", "-fmodule-map-file=\(products)/\($0).build/module.modulemap"]
        }
        func check(_ sources: [String]) throws -> Outcome {
            try Command(
                ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors", "-I", "\(products)/Modules"] + maps + sources,
                environment: Environment.current(), timeoutNanoseconds: 300_000_000_000
            ).run()
        }
        let outcome = try check(sources)
        #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
        // Were anything taken, the above would prove nothing.
        let text = String(decoding: try DocumentFile.read(sources[0], maximumBytes: 1 << 20), as: UTF8.self)
        try DocumentFile.replace(sources[0], with: Array(text.split(separator: ".run(").joined(separator: ".walk(").utf8))
        #expect(try check([sources[0]]).termination != .exited(0))
    }

    @Test("an assisted campaign names its findings while it runs, and measures whether inputs light the same edges again")
    func assisted() throws {
        let folder = CampaignFolder()
        var lines = ""
        var process: Int32 = 0
        func campaign(_ target: String, until isDone: @escaping (String) -> Bool) throws {
            lines = ""
            let command = Command(
                [
                    SuiteProcess.path("PlantedSuite"), "run", "--target", target, "--folder", "\(folder.path)/\(target)", "--seconds", "60",
                    "--assist", "yes",
                ], environment: SuiteProcess.environment, timeoutNanoseconds: 120_000_000_000)
            _ = try command.run { event in
                switch event {
                case .started(let identifier): process = identifier
                case .standardOutput(let bytes):
                    lines += String(decoding: bytes, as: UTF8.self)
                    if isDone(lines), process > 0 {
                        kill(process, SIGINT)
                        process = 0
                    }
                default: break
                }
            }
        }
        try campaign("order") { $0.contains("\"bug\"") }
        #expect(lines.contains("Order(quantity: 90001, side: .sell, symbol: \\\"\\\")"))
        let place = try #require(lines.split(separator: "\"place\":\"").dropFirst().first?.prefix(16))
        #expect(lines.contains("\"places\":[\"\(place)\"]"))
        func unstable() -> [String] {
            lines.split(separator: "\n").filter { $0.contains("stabilityChecks") && !$0.contains("\"stabilityChecks\":0,") }.map(
                String.init)
        }
        try campaign("moody") {
            $0.split(separator: "\n").contains { $0.contains("stabilityChecks") && !$0.contains("\"stabilityChecks\":0,") }
        }
        #expect(unstable().contains { !$0.contains("\"unstable\":0,") }, "\(lines)")
        try campaign("tokenizer") {
            $0.split(separator: "\n").contains { $0.contains("stabilityChecks") && !$0.contains("\"stabilityChecks\":0,") }
        }
        #expect(!unstable().isEmpty && unstable().allSatisfy { $0.contains("\"unstable\":0,") }, "\(lines)")
    }

    @Test("a seed that kills does not keep those behind it from being used, nor the campaign from going on")
    func killingSeeds() throws {
        let (folder, seeds) = (CampaignFolder(), CampaignFolder())
        #expect(mkdir(seeds.path, 0o755) == 0)
        for (name, text) in [("a", "!"), ("b", "!!"), ("c", "?deeper"), ("d", "no bug"), ("e", "?deepe_")] {
            try DocumentFile.replace("\(seeds.path)/\(name)", with: Array(text.utf8))
        }
        let output = try run("two-bugs", folder, executions: 200, ["--seeds", seeds.path])
        #expect(output.events(named: "started").first?.number("seeds") == 5)
        #expect(output.events(named: "crash").count == 2)
        #expect(output.events(named: "sample").last?.number("executions") ?? 0 >= 200)
        #expect(folder.files("corpus").values.contains(Array("no bug".utf8)))
    }

    @Test("a campaign that is run again goes on: nothing is run twice, nothing is lost")
    func resumes() throws {
        let folder = CampaignFolder()
        _ = try run("magic", folder, executions: 2000)
        let corpus = folder.files("corpus")
        let output = try run("magic", folder, executions: 4000)
        let started = try #require(output.events(named: "started").first)
        #expect(started.number("resumed") ?? 0 >= 2000)
        let last = try #require(output.events(named: "sample").last)
        #expect((4000...4300).contains(last.number("executions") ?? 0))
        #expect(Set(corpus.keys).isSubset(of: folder.files("corpus").keys))
    }

    @Test("a shard that was cut short stops the campaign with an explanation and is left as it is")
    func truncatedShard() throws {
        let folder = CampaignFolder()
        _ = try run("quiet", folder, executions: 100)
        let path = "\(folder.path)/shards/0.state"
        #expect(truncate(path, 100_000) == 0)
        let output = try SuiteProcess.run("PlantedSuite", ["run", "--target", "quiet", "--folder", folder.path, "--executions", "10"])
        #expect(output.termination == .exited(2) && output.errors.contains("cut short"))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_size == 100_000)
    }

    @Test("two workers share what they find and report a bug once")
    func workers() throws {
        let folder = CampaignFolder()
        let output = try run("magic", folder, executions: 60_000, ["--workers", "2"])
        #expect(output.events(named: "started").first?.number("workers") == 2)
        #expect(CampaignFolder.names("\(folder.path)/crashes").count == 1)
        #expect(CampaignFolder.names("\(folder.path)/shards") == ["0.deaths", "0.state", "1.deaths", "1.state"])
    }

    @Test("replay tells how each input ended, and of typed targets the value")
    func replay() throws {
        let folder = CampaignFolder()
        #expect(mkdir(folder.path, 0o755) == 0)
        for (name, text) in [("crash", "PGFZ"), ("fine", "PGF")] {
            try DocumentFile.replace("\(folder.path)/\(name)", with: Array(text.utf8))
        }
        let files = ["\(folder.path)/crash", "\(folder.path)/fine", "\(folder.path)/none"]
        let output = try SuiteProcess.run("PlantedSuite", ["replay", "--target", "magic"] + files)
        #expect(output.events(named: "replay").compactMap { $0.text("end") } == ["crash", "passed", "unreadable"])
        let typed = try SuiteProcess.run("PlantedSuite", ["replay", "--target", "order", files[1]])
        #expect(typed.events(named: "replay").first?.text("value")?.hasPrefix("Order(") == true)
    }
}

extension String {
    /// How often a word stands in it.
    fileprivate func components(of word: String) -> Int { split(separator: word, omittingEmptySubsequences: false).count - 1 }
}
