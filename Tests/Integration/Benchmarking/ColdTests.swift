import BenchmarkStatistics
import Glibc
import StrictDocuments
import TemporaryFolders
import Testing

@testable import pulsegate

/// Benchmarks that are judged by the first iteration in a fresh process, driven as `pulsegate bench` drives them.
@Suite("cold benchmarks")
struct ColdTests {
    private let folder: String

    init() throws {
        folder = try #require(TemporaryFolder.make())
        try DocumentFile.replace(folder + "/Package.swift", with: Array("// of a test\n".utf8))
    }

    /// Another build of the probe: one that sees these variables, and notes each of its processes.
    private func build(_ name: String, _ variables: [String: String] = [:]) throws -> BenchBuilder.Built {
        let path = folder + "/" + name
        let settings = variables.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)' " }.joined()
        let script = """
            #!/bin/sh
            echo "\(name) $1 $2" >> '\(folder)/log'
            LLVM_PROFILE_FILE=/dev/null \(settings)exec '\(Probe.path)' "$@"

            """
        try DocumentFile.replace(path, with: Array(script.utf8))
        #expect(chmod(path, 0o755) == 0)
        return .init(executable: path, scratch: folder, product: name, name: name, commit: nil)
    }

    /// Which builds had a first iteration, in order.
    private func firsts() throws -> [String] {
        String(decoding: try DocumentFile.read(folder + "/log", maximumBytes: 1 << 20), as: UTF8.self).split(separator: "\n")
            .filter { $0.contains(" once ") }.map { String($0.split(separator: " ")[0]) }
    }

    private func compare(
        base: BenchBuilder.Built?, head: BenchBuilder.Built, _ names: [String], budget: BenchmarkBudget = BenchmarkBudget(),
        seconds: Double = 0.5
    ) throws -> BenchSession.Comparison {
        var settings = BenchSession.Settings()
        settings.milliseconds = 10
        settings.seconds = seconds
        return try BenchSession(package: folder, quiet: true).compare(
            "BenchProbe", base: base, head: head, names: names, tags: [], settings: settings, budget: { _ in budget })
    }

    @Test("the suite says which benchmarks are cold, and which files go out of the cache")
    func account() throws {
        defer { TemporaryFolder.remove(folder) }
        let driver = BenchDriver(environment: Probe.environment, folder: folder, interruption: nil)
        let entries = try driver.account(build("head", ["PROBE_EVICTED": folder + "/data"]).executable).entries
        #expect(entries.first { $0.name == "cold" }?.cold == [folder + "/data"])
        #expect(entries.first { $0.name == "cold.broken" }?.cold == [])
        #expect(entries.first { $0.name == "arithmetic" }?.cold == nil)
    }

    @Test("alone, fifteen fresh processes run one first iteration each, and what that allocates is counted")
    func alone() throws {
        defer { TemporaryFolder.remove(folder) }
        let result = try compare(base: nil, head: build("head"), ["cold", "allocating"])
        let records = result.records.filter { $0.benchmark == "cold" }
        #expect(records.count == BenchDriver.coldProcesses)
        #expect(records.allSatisfy { $0.iterations == 1 && $0.head.times.count == 1 && $0.stage == .single && $0.base == nil })
        #expect(try firsts().count == BenchDriver.coldProcesses)
        let verdict = try #require(result.suite.benchmarks.first { $0.name == "cold" })
        #expect(verdict.isCold && verdict.outcome == .new && verdict.head?.launches == BenchDriver.coldProcesses)
        // The second iteration finds the table.
        #expect((verdict.allocations ?? 0) >= 41)
        let hot = try #require(result.suite.benchmarks.first { $0.name == "allocating" })
        #expect(!hot.isCold && hot.head?.launches == BenchSession.singleLaunches && hot.allocations == 10)
        let text = PerformanceText(verdict: result.suite).rendered(width: 120, colour: .plain)
        #expect(text.split(separator: "\n").contains { $0.hasPrefix("cold ") && $0.contains(" cold ") })
        #expect(PerformanceReport(verdict: result.suite).markdown().contains("| `cold` | new | cold |"))
        // They are read again as they were measured.
        let store = try BenchStore(path: BenchFolders(package: folder).database, readOnly: true)
        #expect(try store.launches(of: result.number, benchmark: "cold") == records)
    }

    @Test("compared, processes of both builds take turns, A B B A, and a first iteration that does half as much again is found")
    func slower() throws {
        defer { TemporaryFolder.remove(folder) }
        let result = try compare(base: build("base"), head: build("head", ["PROBE_WORK": "500000"]), ["cold"])
        let verdict = try #require(result.suite.benchmarks.first)
        #expect(verdict.time?.outcome == .fail && verdict.outcome == .fail)
        let estimate = try #require(verdict.time?.interval?.estimate)
        #expect((1.2...1.9).contains(estimate))
        let firsts = try firsts()
        let record = try #require(result.records.first)
        #expect(record.base?.times.count == 2 * BenchDriver.coldQuads && record.head.times.count == 2 * BenchDriver.coldQuads)
        #expect(firsts.count == result.records.count * 4 * BenchDriver.coldQuads)
        for (index, record) in result.records.enumerated() {
            let quad = Array(firsts[(index * 4 * BenchDriver.coldQuads)...].prefix(4))
            #expect(quad == (record.headFirst ? ["head", "base", "base", "head"] : ["base", "head", "head", "base"]))
        }
        #expect(Set(result.records.map(\.stage)) == [.first, .confirmation])
        // The verdict is computed again from what was kept.
        let rule = try #require(verdict.time?.rule)
        #expect(PairedDecision.replay(result.records, rule: rule) == verdict.time)
    }

    @Test("one allocation more in the first iteration is a broken budget, and budgets of time hold for cold ones too")
    func budgets() throws {
        defer { TemporaryFolder.remove(folder) }
        let result = try compare(base: nil, head: build("head"), ["cold"], budget: BenchmarkBudget(time: 1, allocations: 3))
        let limits = try #require(result.suite.benchmarks.first?.limits)
        #expect(limits.first { $0.kind == .time }?.outcome == .fail)
        #expect(limits.first { $0.kind == .allocations }?.outcome == .fail)
    }

    @Test("one that fails or ends its process is broken by name, and the others are measured")
    func broken() throws {
        defer { TemporaryFolder.remove(folder) }
        let head = try build("head", ["PROBE_CRASH": "1"])
        let result = try compare(base: build("base"), head: head, ["cold.broken", "cold.crashing", "cold"], seconds: 0.05)
        let problems = Dictionary(uniqueKeysWithValues: result.suite.benchmarks.map { ($0.name, $0.problem) })
        #expect(problems["cold.broken"]??.contains("Planted") == true)
        #expect(problems["cold.crashing"]??.contains("signal 9") == true)
        #expect(problems["cold"] == .some(nil))
        #expect(result.suite.exitCode == .cannotEvaluate)
    }
}
