import BenchmarkStatistics
import ChildProcesses
import Glibc

/// Compares what a benchmark of two builds counts: the exact layer, judged before any time.
///
/// ```swift
/// let counting = Counting(environment: environment, scratch: folder)
/// let result = counting.compare("parse", base: basePath, head: headPath)
/// result.comparisons.filter { $0.verdict == .more }        // one allocation more is one allocation more
/// ```
///
/// Two processes a side: where they agree the count is exact, where they do not the metric says nothing (``CountComparison``). Nothing here throws:
/// what cannot be counted is unknown, and a note says why.
struct Counting {
    struct Result: Equatable, Sendable {
        var comparisons: [CountComparison]
        /// Why something is unknown, and which calls or functions moved; each once.
        var notes: [String]
    }

    static let exactMetrics = ["allocations", "allocated_bytes", "regions"]

    let environment: [String: String]
    /// A folder for files of the moment.
    let scratch: String
    var iterations: Int64 = 8
    var processes = 2
    /// Counts instructions by callgrind where no hardware counter opens: a second or more a process.
    var usesCallgrind = false
    var timeoutNanoseconds: Int64 = 60_000_000_000
    var interruption: Interruption?

    init(environment: [String: String], scratch: String) {
        self.environment = environment
        self.scratch = scratch
    }

    /// - Parameter base: nil where there is nothing to compare with; the counts of head are in the result all the same.
    func compare(_ benchmark: String, base: String?, head: String) -> Result {
        var notes: [String] = []
        let baseCounts = base.map { count(benchmark, of: $0, side: "base", &notes) } ?? Counts()
        let headCounts = count(benchmark, of: head, side: "head", &notes)
        let metrics = Self.exactMetrics + ["system_calls", "instructions", "binary_bytes", "code_bytes", "data_bytes"]
        let comparisons = metrics.map { metric in
            CountComparison(
                metric: metric, base: baseCounts.values[metric] ?? [], head: headCounts.values[metric] ?? [],
                tolerance: metric == "instructions" ? Callgrind.tolerance : 0)
        }
        if base != nil, comparisons.contains(where: { $0.metric == "system_calls" && [.more, .fewer].contains($0.verdict) }) {
            notes.append("system calls by number: \(Self.moved(baseCounts.calls, headCounts.calls))")
        }
        var seen: Set<String> = []
        return Result(comparisons: comparisons, notes: notes.filter { seen.insert($0).inserted })
    }

    // MARK: One build

    private struct Counts {
        var values: [String: [Int64]] = [:]
        var calls: [Int: Int64] = [:]
    }

    private func count(_ benchmark: String, of suite: String, side: String, _ notes: inout [String]) -> Counts {
        var counts = Counts()
        var clock = ""
        for _ in 0..<processes {
            switch run(benchmark, suite) {
            case .success(let run):
                clock = run.clock
                for (name, value) in run.counts { counts.values[name, default: []].append(value) }
            case .failure(let problem):
                notes.append("\(side): \(problem.description)")
                return Counts()
            }
        }
        countCalls(benchmark, suite, side, &counts, &notes)
        if usesCallgrind, counts.values["instructions"] == nil {
            countInstructions(benchmark, suite, side, isOneThread: clock == "thread-cpu", &counts, &notes)
        }
        do {
            let sections = try ExecutableSections.ofFile(suite)
            // Read once: it is what it is.
            counts.values["binary_bytes"] = [sections.file, sections.file]
            counts.values["code_bytes"] = [sections.code, sections.code]
            counts.values["data_bytes"] = [sections.data + sections.constants, sections.data + sections.constants]
        } catch {
            notes.append("\(side): \(error.description)")
        }
        return counts
    }

    private struct Problem: Error { var description: String }

    private func command(_ benchmark: String, _ suite: String) -> Command {
        var variables = environment
        variables["LLVM_PROFILE_FILE"] = "/dev/null"
        return Command(
            [suite, "count", benchmark, "--iterations", "\(iterations)"], environment: variables, timeoutNanoseconds: timeoutNanoseconds,
            graceNanoseconds: 0)
    }

    private func run(_ benchmark: String, _ suite: String) -> Swift.Result<CountedRun, Problem> {
        let outcome: Outcome
        do { outcome = try command(benchmark, suite).run(interruption: interruption) } catch {
            return .failure(Problem(description: error.description))
        }
        guard !outcome.endedByOrder else { return .failure(Problem(description: "counting '\(benchmark)' did not end in time")) }
        let output = outcome.standardOutput.complete ?? outcome.standardOutput.tail
        guard outcome.termination == .exited(0), let run = CountedRun(output: output), run.benchmark == benchmark else {
            let words = CountedRun.failure(output: output) ?? outcome.standardError.text.split(separator: "\n").last.map(String.init) ?? ""
            return .failure(Problem(description: "counting '\(benchmark)' failed: \(words.prefix(200))"))
        }
        return .success(run)
    }

    private func countCalls(_ benchmark: String, _ suite: String, _ side: String, _ counts: inout Counts, _ notes: inout [String]) {
        for _ in 0..<processes {
            if let interruption, interruption.isTripped { return }
            do {
                switch try command(benchmark, suite).countSystemCalls() {
                case .counted(let tally):
                    counts.values["system_calls", default: []].append(tally.total)
                    counts.calls = tally.byNumber
                case .unavailable(let reason):
                    notes.append("system calls are not counted: \(reason)")
                    return
                case .failed(let reason):
                    notes.append("\(side): system calls were not counted: \(reason)")
                    return
                }
            } catch {
                notes.append("\(side): system calls were not counted: \(error.description)")
                return
            }
        }
    }

    private func countInstructions(
        _ benchmark: String, _ suite: String, _ side: String, isOneThread: Bool, _ counts: inout Counts, _ notes: inout [String]
    ) {
        guard isOneThread else {
            notes.append("instructions are not counted: callgrind collects one thread, and the benchmark may use several")
            return
        }
        guard var callgrind = Callgrind(environment: environment, scratch: scratch) else {
            notes.append("instructions are not counted: no hardware counter opens here, and valgrind is not installed")
            return
        }
        callgrind.interruption = interruption
        callgrind.timeoutNanoseconds = min(timeoutNanoseconds.multipliedReportingOverflow(by: 10).partialValue, 3_600_000_000_000)
        for _ in 0..<processes {
            do {
                let profile = try callgrind.profile(benchmark, of: suite, iterations: iterations)
                counts.values["instructions", default: []].append(max(0, profile.total))
            } catch {
                counts.values["instructions"] = nil
                notes.append("\(side): \(error.description)")
                return
            }
        }
    }

    /// "0: +8, 257: −1": the numbers of the kernel and what was added.
    private static func moved(_ base: [Int: Int64], _ head: [Int: Int64]) -> String {
        Set(base.keys).union(head.keys).sorted().compactMap { number in
            let change = (head[number] ?? 0) - (base[number] ?? 0)
            return change == 0 ? nil : "\(number): \(change > 0 ? "+" : "−")\(change.magnitude)"
        }.joined(separator: ", ")
    }
}
