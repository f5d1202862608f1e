import FuzzingRuntime
import KilledSuites
import StrictDocuments
import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

/// What is left of a campaign whose processes are killed: everything.
@Suite("killed campaigns")
struct CampaignKillTests {
    /// A suite that is not waited for.
    private static func start(_ arguments: [String]) throws -> pid_t {
        let path = SuiteProcess.path("PlantedSuite")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        // A process that is killed while it writes its coverage profile would leave a torn one.
        let environment =
            SuiteProcess.environment.merging(["LLVM_PROFILE_FILE": "/dev/null"]) { _, new in new }.map { strdup("\($0.key)=\($0.value)") }
            + [nil]
        defer { for word in words + environment { free(word) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, path, &actions, nil, words, environment) == 0)
        return pid
    }

    /// What a shard holds, read from outside. Entries whose bytes are not those that their number says are listed as damaged.
    private struct Holding {
        var executions: UInt64 = 0
        var crashes: UInt64 = 0
        var entries = 0
        var damaged: [Int] = []
    }

    private static func look(_ path: String, edges: Int, build: UInt64) throws -> Holding {
        let shard = try Shard(path: path, layout: Shard.Layout(edges: edges, maximumInput: 4096), build: build, seed: 1)
        defer { shard.unmap() }
        var holding = Holding()
        holding.executions = shard.header.pointee.executions
        holding.crashes = shard.header.pointee.crashes
        holding.entries = shard.entryCount
        for index in 0..<shard.entryCount where ContentNumber.of(shard.bytes(ofEntry: index)) != shard.entries[index].hash {
            holding.damaged.append(index)
        }
        return holding
    }

    @Test("no entry of the corpus and no crash is lost when suite, zygote or runner are killed at any moment")
    func kills() throws {
        let folder = CampaignFolder()
        let build = try #require(SuiteProcess.run("PlantedSuite", ["list"]).events(named: "build").first)
        let edges = Int(build.number("edges") ?? 0)
        let text = try #require(build.text("build"))
        let number = try #require(UInt64(text, radix: 16))
        let arguments = ["run", "--target", "two-bugs", "--folder", folder.path, "--seconds", "60", "--seed", "1"]
        var generator = ShardGenerator(seed: 4)
        var before = Holding()
        let rounds = Int(getenv("PULSEGATE_FUZZ_KILLS").flatMap { Int(String(cString: $0)) } ?? 20)
        var round = -1
        // On a busy machine a campaign begins later: it is killed later and later until one got under way.
        while round + 1 < rounds || ((before.crashes == 0 || before.entries < 2) && round < 20 * rounds) {
            round += 1
            let suite = try Self.start(arguments)
            usleep(UInt32(1000 * (5 + generator.below(60 + 2 * max(0, round - rounds)))))
            KilledSuite.kill(suite, round: round)
            guard access("\(folder.path)/shards/0.state", F_OK) == 0 else { continue }
            let after = try Self.look("\(folder.path)/shards/0.state", edges: edges, build: number)
            #expect(after.executions >= before.executions && after.crashes >= before.crashes && after.entries >= before.entries)
            #expect(after.damaged.isEmpty)
            before = after
        }
        #expect(before.entries > 1 && before.crashes > 0, "the campaign got under way: \(before)")
        // The last run writes down what the killed ones found.
        let last = try SuiteProcess.run("PlantedSuite", arguments + ["--executions", "\(before.executions + 40_000)"])
        #expect(last.termination == .exited(0), "\(last.errors)")
        let corpus = folder.files("corpus")
        #expect(corpus.count >= 3)
        for (name, bytes) in corpus {
            #expect(SuiteOutput.hexadecimal(bytes.withUnsafeBufferPointer(ContentNumber.of)) == name, "a corpus file is whole")
        }
        let inputs = CampaignFolder.names("\(folder.path)/crashes").compactMap { folder.files("crashes/\($0)")["input"] }
        #expect(inputs.contains { $0.first == 0x21 } && inputs.contains { $0.starts(with: Array("?deeper".utf8)) })
    }

    @Test("a death that nobody was told of is told when the campaign goes on")
    func untold() throws {
        let folder = CampaignFolder()
        let build = try #require(SuiteProcess.run("PlantedSuite", ["list"]).events(named: "build").first)
        let edges = Int(build.number("edges") ?? 0)
        let text = try #require(build.text("build"))
        let number = try #require(UInt64(text, radix: 16))
        let arguments = ["run", "--target", "quiet", "--folder", folder.path, "--seconds", "60"]
        _ = try SuiteProcess.run("PlantedSuite", arguments + ["--executions", "50"])
        let shard = try Shard(
            path: "\(folder.path)/shards/0.state", layout: .init(edges: edges, maximumInput: 4096), build: number, seed: 1)
        for (offset, byte) in "the last input".utf8.enumerated() { shard.input[offset] = byte }
        shard.header.pointee.input_length = 14
        shard.header.pointee.signal = 4
        shard.header.pointee.death = UInt64(PULSEGATE_FUZZ_SIGNAL.rawValue)
        shard.unmap()
        let output = try SuiteProcess.run("PlantedSuite", arguments + ["--executions", "100"])
        #expect(output.events(named: "crash").count == 1)
        let name = try #require(CampaignFolder.names("\(folder.path)/crashes").first)
        #expect(folder.files("crashes/\(name)")["input"] == Array("the last input".utf8))
        let again = try SuiteProcess.run("PlantedSuite", arguments + ["--executions", "150"])
        #expect(again.events(named: "crash").isEmpty, "once")
    }
}
