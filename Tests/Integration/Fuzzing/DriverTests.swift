import ChildProcesses
import StrictDocuments
import Testing

@testable import Fuzzing

/// Targets that are linked as libFuzzer's, and suites that another engine drives.
@Suite("other ways to drive a target")
struct DriverTests {
    private func run(_ program: String, _ arguments: [String], target: String? = nil) throws -> Outcome {
        var environment = SuiteProcess.environment
        environment["PULSEGATE_FUZZ_TARGET"] = target
        return try Command([SuiteProcess.path(program)] + arguments, environment: environment, timeoutNanoseconds: 120_000_000_000).run()
    }

    /// The one line of a driven target.
    private func result(_ outcome: Outcome) throws -> [String: JSONNode.Content] {
        let node = try JSONDocument.parse(Array(outcome.standardOutput.text.utf8), file: "output")
        guard case .object(let members) = node.content else { return [:] }
        return Dictionary(members.map { ($0.key, $0.value.content) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("a linked target's bug is found, written and made small, the same in each run with one seed")
    func bytes() throws {
        var executions: Set<UInt64> = []
        for _ in 0..<2 {
            let folder = CampaignFolder()
            SuiteFiles.makeFolder(folder.path)
            let outcome = try run("FuzzBytesProbe", ["--seed", "3", "--seconds", "60", "--minimise", "--out", folder.path])
            #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
            let line = try result(outcome)
            #expect(line.flag("found") == true && line.text("kind") == "crash" && line.number("minimisedSize") == 4, "\(line)")
            #expect(line.text("input") == "\(folder.path)/found")
            #expect(folder.files("")["found"]?.starts(with: Array("PGFZ".utf8)) == true)
            #expect(folder.files("")["minimised"] == Array("PGFZ".utf8))
            if let count = line.number("execs") { executions.insert(count) }
        }
        #expect(executions.count == 1)
    }

    @Test("with --go-on a bug is passed by, and the executions are as many as were asked for")
    func goesOn() throws {
        let folder = CampaignFolder()
        SuiteFiles.makeFolder(folder.path)
        let outcome = try run("FuzzBytesProbe", ["--go-on", "--executions", "3000", "--seconds", "60", "--out", folder.path])
        let line = try result(outcome)
        #expect(line.flag("found") == true && line.number("restarts") ?? 0 >= 1)
        #expect(CampaignFolder.names(folder.path) == ["found"], "the memory of the search goes")
    }

    @Test("what cannot be driven says why")
    func refused() throws {
        let folder = CampaignFolder()
        for (program, arguments, words) in [
            ("FuzzBytesProbe", ["--fast"], "unknown option --fast"), ("FuzzBytesProbe", ["--out", "\(folder.path)/nowhere"], "nowhere"),
            ("FuzzBytes", [], "no LLVMFuzzerTestOneInput is linked"), ("FuzzDriverProbe", ["-runs=1"], "PULSEGATE_FUZZ_TARGET"),
        ] {
            let outcome = try run(program, arguments)
            #expect(outcome.termination == .exited(2) && outcome.standardError.text.contains(words), "\(outcome.standardError.text)")
        }
    }

    @Test(
        "another engine is told of a target what it would not know, and what the user said counts",
        arguments: [
            ("bytes", [], ["-max_len=64", "-len_control=100"]), ("typed", [], ["-max_len=32"]),
            ("bytes", ["-max_len=7", "-len_control=3"], []), ("bytes", ["-runs=9"], ["-max_len=64", "-len_control=100"]),
        ])
    func options(target: String, given: [String], added: [String]) throws {
        let outcome = try run("FuzzDriverProbe", given, target: target)
        // Its own code is the program's.
        #expect(outcome.termination == .exited(3), "\(outcome.standardError.text)")
        #expect(outcome.standardOutput.text == "called \(added + given)\n")
    }

    @Test("another engine's changes of a typed target's input stay within its room, are choices, and are its own now and then")
    func mutations() throws {
        let outcome = try run("FuzzDriverProbe", ["abcdef"], target: "typed")
        let lines = outcome.standardOutput.text.split(separator: "\n")
        let changed = lines.filter { $0.hasPrefix("changed ") }
        #expect(changed.count == 8 && changed.allSatisfy { $0.contains(" true true ") }, "\(lines)")
        #expect(changed.count { $0.hasSuffix(" true") } <= 2, "most of them change something: \(changed)")
        #expect(lines.count { $0.hasPrefix("ran [") } == 9)
        let turned = try run("FuzzDriverProbe", ["abcdef"], target: "bytes").standardOutput.text
        #expect(turned.contains("ran \(Array("fedcba".utf8))"), "bytes are changed by the engine alone: \(turned)")
    }

    @Test("an error that a target lets out ends the process under another engine, with its words")
    func thrown() throws {
        let outcome = try run("FuzzDriverProbe", ["!"], target: "bytes")
        #expect(outcome.termination == .signalled(6) && outcome.standardError.text.contains("the planted bug"))
    }

    @Test("a suite in whose link another engine is still says what it has")
    func list() throws {
        #expect(try run("FuzzDriverProbe", ["list"]).standardOutput.text.contains("\"name\":\"typed\""))
    }
}
