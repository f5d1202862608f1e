import BenchmarkStatistics
import ChildProcesses
import Glibc
import StrictDocuments
import Testing

@testable import pulsegate

/// The exact layer on a suite with planted costs: nothing is found where nothing is, and one more is found as one more.
@Suite("counting")
struct CountingTests {
    private static func builds(_ variables: [String: String]) throws -> (base: CountedRun, head: CountedRun) {
        (try #require(try Probe.count("allocating")), try #require(try Probe.count("allocating", variables)))
    }

    @Test("ten allocations an iteration are ten, and are released")
    func planted() throws {
        let run = try #require(try Probe.count("allocating"))
        #expect(run.iterations == 8)
        #expect(run.clock == "thread-cpu")
        #expect(run.counts["allocations"] == 80)
        #expect(run.counts["releases"] == 80)
        #expect(run.counts["allocated_bytes"] == 1920)
        #expect(run.counts["read_calls"] == 0)
        #expect(run.counts["write_calls"] == 0)
    }

    @Test("code that allocates nothing counts nothing, however often it runs", arguments: [1, 8, 1000])
    func nothing(iterations: Int) throws {
        let run = try #require(try Probe.count("arithmetic", iterations: iterations))
        #expect(run.counts["allocations"] == 0)
        #expect(run.counts["allocated_bytes"] == 0)
    }

    @Test("one allocation more is found")
    func oneMore() throws {
        let (base, head) = try Self.builds(["PROBE_ALLOCATIONS": "1"])
        let comparison = CountComparison(
            metric: "allocations", base: [base, base].compactMap { $0.counts["allocations"] },
            head: [head, head].compactMap { $0.counts["allocations"] })
        #expect(comparison.verdict == .more)
        #expect(comparison.change == 8)
    }

    @Test(
        "twenty processes of one build count the same",
        arguments: ["arithmetic", "allocating", "hashing", "consuming", "calling"])
    func repeats(benchmark: String) throws {
        var first: CountedRun?
        for _ in 0..<20 {
            let run = try #require(try Probe.count(benchmark))
            for metric in ["allocations", "allocated_bytes", "releases", "regions", "read_calls", "write_calls"] {
                #expect(run.counts[metric] == (first ?? run).counts[metric], "\(metric)")
            }
            first = first ?? run
        }
    }

    @Test("what other threads allocate is counted, though how often they are woken is not always the same")
    func threads() throws {
        let run = try #require(try Probe.count("async"))
        #expect(run.clock == "process-cpu")
        #expect((run.counts["allocations"] ?? 0) >= 80)
        let more = try #require(try Probe.count("async", ["PROBE_ALLOCATIONS": "100"]))
        #expect((more.counts["allocations"] ?? 0) >= 880)
    }

    @Test("what an input costs to make is not counted")
    func inputs() throws {
        let few = try #require(try Probe.count("consuming", iterations: 10))
        let many = try #require(try Probe.count("consuming", iterations: 20))
        // One array each for what is sorted.
        #expect(few.counts["allocations"].map { $0 * 2 } == many.counts["allocations"])
    }

    @Test("writing is counted by the kernel as well")
    func writes() throws {
        let run = try #require(try Probe.count("writing"))
        #expect(run.counts["write_calls"] == 8)
        #expect(run.counts["read_calls"] == 0)
    }

    @Test("a benchmark that throws, one that is missing and one without iterations are failures with a name")
    func failures() throws {
        let broken = try Probe.command(["count", "broken"]).run()
        #expect(broken.termination == .exited(3))
        #expect(CountedRun.failure(output: broken.standardOutput.complete ?? [])?.contains("Planted") == true)
        let missing = try Probe.command(["count", "absent"]).run()
        #expect(missing.termination == .exited(2))
        #expect(missing.standardError.text.contains("count NAME"))
        #expect(try Probe.command(["count", "arithmetic", "--iterations", "0"]).run().termination == .exited(2))
    }

    @Test("two builds are compared metric by metric")
    func comparison() throws {
        // The environment makes the difference, so that each side has a counting of its own here.
        let counting = Counting(environment: Probe.environment, scratch: Probe.scratch)
        let same = counting.compare("allocating", base: Probe.path, head: Probe.path)
        let verdicts = Dictionary(uniqueKeysWithValues: same.comparisons.map { ($0.metric, $0.verdict) })
        #expect(verdicts["allocations"] == .equal)
        #expect(verdicts["allocated_bytes"] == .equal)
        #expect(verdicts["binary_bytes"] == .equal)
        #expect(verdicts["code_bytes"] == .equal)
        #expect(verdicts["system_calls"] == (Probe.traces ? .equal : .unknown))
        let alone = counting.compare("allocating", base: nil, head: Probe.path)
        #expect(alone.comparisons.first?.metric == "allocations")
        #expect(alone.comparisons.first?.head == [80, 80])
        #expect(alone.comparisons.first?.verdict == .unknown)
    }

    @Test("what cannot be counted is unknown, with the reason")
    func unknown() throws {
        let counting = Counting(environment: Probe.environment, scratch: Probe.scratch)
        let result = counting.compare("broken", base: Probe.path, head: Probe.path)
        #expect(result.comparisons.allSatisfy { $0.verdict == .unknown })
        #expect(result.notes.contains { $0.contains("head: counting 'broken' failed: Planted()") })
        let absent = counting.compare("allocating", base: "/nowhere/suite", head: Probe.path)
        #expect(absent.comparisons.allSatisfy { $0.verdict == .unknown })
        #expect(absent.notes.contains { $0.contains("base:") })
    }
}

/// System calls, where ptrace(2) is permitted.
@Suite("system calls", .enabled(if: Probe.traces, "ptrace is not permitted here"))
struct SystemCallTests {
    private func tally(_ benchmark: String, iterations: Int = 8, _ variables: [String: String] = [:]) throws -> SystemCallTally? {
        let outcome = try Probe.command(["count", benchmark, "--iterations", "\(iterations)"], variables).countSystemCalls()
        guard case .counted(let tally) = outcome else {
            Issue.record("\(outcome)")
            return nil
        }
        return tally
    }

    @Test("three calls an iteration are three, and nothing of the meter is among them")
    func exact() throws {
        let tally = try #require(try tally("calling"))
        #expect(tally.total == 24)
        #expect(tally.byNumber.values.reduce(0, +) == 24)
        #expect(tally.byNumber.count == 1)
        #expect(try self.tally("arithmetic")?.total == 0)
        #expect(try self.tally("writing", iterations: 100)?.total == 100)
    }

    @Test("one call more is found")
    func oneMore() throws {
        #expect(try tally("calling", ["PROBE_CALLS": "1"])?.total == 32)
    }

    @Test("twenty processes of one build make the same calls", arguments: ["calling", "allocating", "consuming"])
    func repeats(benchmark: String) throws {
        let first = try tally(benchmark)
        for _ in 1..<20 { #expect(try tally(benchmark) == first) }
    }

    @Test("calls of other threads count")
    func threads() throws {
        // A task that is waited for by a thread has woken another one.
        #expect((try tally("async")?.total ?? 0) > 0)
    }

    @Test("a program that hangs is killed with what it started")
    func hang() throws {
        var template = Array("\(Probe.scratch)/bench-pids-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        #expect(file >= 0)
        close(file)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let command = Probe.command(["count", "hanging"], ["PROBE_PIDS": path], seconds: 5)
        #expect(try command.countSystemCalls() == .failed("it was still running at its time limit and was killed"))
        let text = String(decoding: try DocumentFile.read(path, maximumBytes: 1000), as: UTF8.self)
        let processes = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { pid_t($0) }
        #expect(processes.count == 2)
        for process in processes {
            // The kernel kills them when the tracer ends; a moment may pass until they are gone.
            var tries = 0
            while Self.runs(process), tries < 2000 {
                usleep(5000)
                tries += 1
            }
            #expect(!Self.runs(process))
        }
    }

    private static func runs(_ process: pid_t) -> Bool {
        guard let bytes = try? DocumentFile.read("/proc/\(process)/stat", maximumBytes: 4096), let end = bytes.lastIndex(of: 0x29) else {
            return false
        }
        return !bytes[end...].starts(with: Array(") Z".utf8)) && !bytes[end...].starts(with: Array(") X".utf8))
    }

    @Test("a program that crashes, fails, sets no mark or is none has no count")
    func failures() throws {
        #expect(try Probe.command(["count", "crashing"], ["PROBE_CRASH": "1"]).countSystemCalls() == .failed("it was ended by signal 9"))
        #expect(try Probe.command(["count", "broken"]).countSystemCalls() == .failed("it ended with code 3"))
        #expect(try Probe.command(["list"]).countSystemCalls() == .failed("it set no pair of marks"))
        var absent = Probe.command([])
        absent.arguments = ["/nowhere/suite"]
        guard case .failed(let reason) = try absent.countSystemCalls() else {
            Issue.record("counted")
            return
        }
        #expect(reason.contains("/nowhere/suite"))
        absent.arguments = []
        #expect(throws: SpawnError.noExecutableNamed) { try absent.countSystemCalls() }
    }

    @Test("one call more is told by its number")
    func moved() {
        let base = Counting(environment: Probe.environment, scratch: Probe.scratch)
        let result = base.compare("calling", base: Probe.path, head: Probe.path)
        #expect(result.comparisons.first { $0.metric == "system_calls" }?.base == [24, 24])
        #expect(!result.notes.contains { $0.contains("by number") })
    }
}
