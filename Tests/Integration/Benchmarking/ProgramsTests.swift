import ChildProcesses
import StrictDocuments
import TemporaryFolders
import Testing

@testable import pulsegate

/// `pulsegate bench programs`: suites that are built already, as its user calls it.
@Suite("benchmarks of built programs")
struct ProgramsTests {
    private let folder: String

    init() throws {
        folder = try #require(TemporaryFolder.make())
        try DocumentFile.replace(folder + "/Package.swift", with: Array("// of a test\n".utf8))
    }

    private func run(_ words: [String]) throws -> (code: Int32?, output: [UInt8], problems: String) {
        let tool = Probe.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/pulsegate"
        let outcome = try Command(
            [tool, "bench", "programs"] + words + ["--package-path", folder], environment: Probe.environment,
            timeoutNanoseconds: 120_000_000_000, graceNanoseconds: 0
        ).run()
        guard case .exited(let code) = outcome.termination else { return (nil, [], "\(outcome.termination)") }
        return (
            code, outcome.standardOutput.complete ?? [], String(decoding: outcome.standardError.complete ?? [], as: UTF8.self)
        )
    }

    @Test("a program that does more by its environment is found slower than itself, and is not counted without that environment")
    func slower() throws {
        defer { TemporaryFolder.remove(folder) }
        let words = [Probe.path, Probe.path, "--only", "arithmetic", "--seconds", "2", "--json", "--quiet"]
        let (code, output, problems) = try run(words + ["--head-env", "PROBE_WORK=1000000"])
        let result = try JSONValue(JSONDocument.parse(output, file: "result"), file: "result")
        let benchmark = try #require(result["benchmarks"]?.arrayValue?.first, "\(problems)")
        #expect(benchmark["outcome"]?.stringValue == "fail")
        #expect((benchmark["time"]?["ratio_ppm"]?.intValue ?? 0) > 1_300_000)
        #expect(benchmark["counts"]?.arrayValue?.isEmpty == true)
        #expect(result["placement"]?["functions"]?.intValue == 0)
        #expect(result["other_harness"]?.boolValue == false)
        // The tests' own build is one for debugging, which no verdict rests on.
        #expect(code == 3 && result["problems"]?.arrayValue?.count == 1)
    }

    @Test("the same program twice is counted")
    func counted() throws {
        defer { TemporaryFolder.remove(folder) }
        let (_, output, problems) = try run([Probe.path, Probe.path, "--only", "allocating", "--seconds", "0.5", "--json", "--quiet"])
        let result = try JSONValue(JSONDocument.parse(output, file: "result"), file: "result")
        let counts = try #require(result["benchmarks"]?.arrayValue?.first?["counts"]?.arrayValue, "\(problems)")
        #expect(counts.contains { $0["metric"]?.stringValue == "allocations" && $0["change"]?.intValue == 0 })
    }

    @Test(
        "what cannot be a program or a variable is refused by name",
        arguments: [
            (["/nowhere/suite", Probe.path], "'/nowhere/suite' does not exist"), ([Probe.path, "/"], "is no program"),
            ([Probe.path, "@/Package.swift"], "is no program"), ([Probe.path, Probe.path, "--base-env", "NOTHING"], "--base-env NOTHING"),
            ([Probe.path, Probe.path, "--head-env", "=x"], "--head-env =x"), ([Probe.path], "Missing expected argument"),
            ([Probe.path, Probe.path, "--only", "none"], "there is no benchmark 'none'"),
        ])
    func refused(words: [String], message: String) throws {
        defer { TemporaryFolder.remove(folder) }
        let (code, output, problems) = try run(words.map { $0.hasPrefix("@") ? folder + $0.dropFirst() : $0 } + ["--quiet"])
        #expect(code == 2 && output.isEmpty && problems.contains(message), "\(problems)")
    }

    @Test("a program that is no suite says nothing that can be measured")
    func noSuite() throws {
        defer { TemporaryFolder.remove(folder) }
        let (code, _, problems) = try run(["/bin/true", "/bin/true", "--quiet"])
        #expect(code == 3 && problems.contains("does not say what it is"), "\(problems)")
    }
}
