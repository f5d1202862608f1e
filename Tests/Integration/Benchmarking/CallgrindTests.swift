import BenchmarkStatistics
import Glibc
import Testing

@testable import pulsegate

/// Profiles of the suite with planted costs, where valgrind is installed.
@Suite("callgrind", .enabled(if: Probe.hasCallgrind, "valgrind is not installed"), .serialized)
struct CallgrindTests {
    private func profile(_ benchmark: String, _ variables: [String: String] = [:]) throws -> CallgrindProfile {
        let callgrind = try #require(Callgrind(environment: Probe.planted(variables), scratch: Probe.scratch))
        return try callgrind.profile(benchmark, of: Probe.path, iterations: 2)
    }

    @Test("a thousandth more work is found, and none where there is none")
    func work() throws {
        let base = [try profile("arithmetic"), try profile("arithmetic")].map(\.total)
        let head = [try profile("arithmetic", ["PROBE_WORK": "1000"]), try profile("arithmetic", ["PROBE_WORK": "1000"])].map(\.total)
        #expect(CountComparison(metric: "instructions", base: base, head: head, tolerance: Callgrind.tolerance).verdict == .more)
        #expect(CountComparison(metric: "instructions", base: base, head: base, tolerance: Callgrind.tolerance).verdict == .equal)
    }

    @Test("the function that was made slower stands first in the difference")
    func difference() throws {
        let base = try profile("arithmetic")
        let head = try profile("arithmetic", ["PROBE_WORK": "100000"])
        let first = try #require(head.difference(from: base).first)
        let added = Double(head.total - base.total) / Double(base.total)
        #expect(abs(added - 0.1) < 0.01)
        #expect(first.exclusive > 0)
        let names = SymbolNames.readable([first.function], environment: Probe.environment)
        #expect(first.function.contains("arithmetic") || !SymbolNames.isMangled(first.function) || names[first.function] != nil)
    }

    @Test("a profile is shown as a table, with the names that people write")
    func table() throws {
        var profile = BenchmarkProfile(environment: Probe.environment, scratch: Probe.scratch)
        profile.iterations = 2
        let text = try profile.table("arithmetic", head: Probe.path).markdown
        #expect(text.contains("instructions an iteration"))
        #expect(text.contains("Workload.arithmetic"))
    }

    @Test("a benchmark that fails has no profile, with the reason")
    func broken() {
        let profile = BenchmarkProfile(environment: Probe.environment, scratch: Probe.scratch)
        #expect(throws: Callgrind.Problem(description: "under callgrind the suite failed: Planted()")) {
            try profile.table("broken", head: Probe.path)
        }
    }

    @Test("allocations are counted under callgrind, and are unknown under a checker that takes malloc")
    func checkers() throws {
        let program = try #require(Callgrind(environment: Probe.environment, scratch: Probe.scratch)).withoutDebugInformation(Probe.path)
        defer { if program != Probe.path { unlink(program) } }
        func run(_ tool: [String]) throws -> CountedRun? {
            var command = Probe.command([])
            command.arguments = ["valgrind", "-q"] + tool + [program, "count", "allocating"]
            let outcome = try command.run()
            #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
            return CountedRun(output: outcome.standardOutput.complete ?? [])
        }
        let checked = try #require(try run(["--tool=memcheck"]))
        #expect(checked.counts["allocations"] == nil)
        #expect(checked.counts["read_calls"] != nil)
        #expect(try run(["--tool=callgrind", "--callgrind-out-file=/dev/null"])?.counts["allocations"] == 80)
    }
}

/// Without valgrind.
@Suite("no callgrind")
struct NoCallgrindTests {
    @Test("without valgrind there is no profile, and instructions are unknown with the reason")
    func absent() throws {
        let environment = Probe.planted(["PATH": "/nowhere"])
        #expect(throws: Callgrind.Problem(description: "valgrind is not installed: profiles need its tool callgrind")) {
            try BenchmarkProfile(environment: environment, scratch: Probe.scratch).table("arithmetic", head: Probe.path)
        }
        var counting = Counting(environment: environment, scratch: Probe.scratch)
        counting.usesCallgrind = true
        let result = counting.compare("arithmetic", base: nil, head: Probe.path)
        if result.comparisons.first(where: { $0.metric == "instructions" })?.head.isEmpty == true {
            #expect(result.notes.contains { $0.contains("valgrind is not installed") })
        }
    }
}
