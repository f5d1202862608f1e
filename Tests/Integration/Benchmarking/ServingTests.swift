import ChildProcesses
import TemporaryFolders
import Testing

@testable import pulsegate

/// The words between the two processes of a launch: a base may have been built with another version of Benchmarking than head.
@Suite("serving batches")
struct ServingTests {
    private func answers(_ lines: [String]) throws -> [String] {
        let folder = try #require(TemporaryFolder.make())
        defer { TemporaryFolder.remove(folder) }
        try Failure.replacing(folder + "/questions", with: Array((lines.joined(separator: "\n") + "\n").utf8))
        var command = Probe.command(["serve"])
        command.standardInput = .file(folder + "/questions")
        let outcome = try command.run()
        return String(decoding: outcome.standardOutput.complete ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("a batch is asked for with or without work that is added, and answered with its six figures")
    func batches() throws {
        let answers = try answers(["prepare arithmetic", "run 0 10", "run 0 10 1000", "release 0"])
        #expect(answers.map { $0.prefix(2) } == ["ok", "ok", "ok", "ok"], "\(answers)")
        #expect(answers.dropFirst().prefix(2).allSatisfy { $0.split(separator: " ").count == 7 }, "\(answers)")
    }

    @Test("what is not understood is answered, and the process goes on")
    func nonsense() throws {
        let answers = try answers(["run 0", "run 7 1", "prepare nothing", "run x y", "", "prepare arithmetic"])
        #expect(answers.map { $0.prefix(2) } == ["no", "no", "no", "no", "no", "ok"], "\(answers)")
    }

    @Test("a word that nobody knows is answered with those that are known, which is how another build finds out")
    func words() throws {
        #expect(try answers(["words"]) == ["no prepare NAME | run HANDLE ITERATIONS [SPINS] | release HANDLE"])
    }
}
