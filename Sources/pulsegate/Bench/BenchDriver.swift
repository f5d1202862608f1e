import BenchmarkStatistics
import ChildProcesses
import Gates
import StrictDocuments

/// Starts a suite for one launch or question and reads what it says.
struct BenchDriver: Sendable {
    let environment: [String: String]
    let folder: String
    let interruption: Interruption?
    /// Told that time has passed while a suite is waited for.
    var tick: @Sendable () -> Void = {}

    static let answerLimit: Int64 = 120_000_000_000
    static let maximumLineBytes = 8 << 20

    /// What a suite says of itself.
    struct Account: Sendable {
        struct Entry: Sendable {
            var name: String
            var tags: [String]
            var clock: String
            var elements: Int64?
            var bytes: Int64?
            var reference: String?
            var series: (name: String, size: Int)?
            var cold: [String]?
        }
        var version: Int64
        var isDebug: Bool
        var countsAllocations: Bool
        /// Picoseconds an iteration that the loop costs.
        var loopPicoseconds: Int64
        var entries: [Entry]
    }

    func account(_ executable: String) throws(Failure) -> Account {
        let (events, problem) = try ask(executable, ["list"], limit: Self.answerLimit)
        guard let head = events.first(where: { $0["event"]?.stringValue == "suite" }) else {
            throw Failure(
                .cannotEvaluate, "\(Workspace.fileName(of: executable)) does not say what it is: \(problem)",
                hint: "a suite is `@main struct Suite: BenchmarkSuite` and writes nothing to standard output itself")
        }
        let version = head["version"]?.intValue ?? 0
        guard version == 1 else {
            throw Failure(
                .cannotEvaluate, "the suite speaks version \(version), this program version 1",
                hint: "build the suite against this version of PulseGate")
        }
        return Account(
            version: version, isDebug: head["debug"]?.boolValue ?? false, countsAllocations: head["allocations"]?.boolValue ?? false,
            loopPicoseconds: head["loop_ps"]?.intValue ?? 0,
            entries: events.filter { $0["event"]?.stringValue == "benchmark" }.compactMap { fields in
                guard let name = fields["name"]?.stringValue else { return nil }
                let series = fields["series"]?.stringValue.map { ($0, Int(clamping: fields["size"]?.intValue ?? 0)) }
                return Account.Entry(
                    name: name, tags: fields["tags"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    clock: fields["clock"]?.stringValue ?? "thread-cpu", elements: fields["elements"]?.intValue,
                    bytes: fields["bytes"]?.intValue, reference: fields["reference"]?.stringValue, series: series,
                    cold: fields["cold"]?.arrayValue?.compactMap(\.stringValue))
            })
    }

    /// One launch of some benchmarks.
    struct Launch: Sendable {
        var benchmarks: [String]
        /// Executables; nil: head alone.
        var base: String?
        var head: String
        var stage: LaunchRecord.Stage
        var layout = 0
        var headFirst = false
        var cpu = 0
        /// Milliseconds for each benchmark.
        var milliseconds = 100
        /// Head does so many millionths of the work.
        var headWork: Int64 = 1_000_000
        /// Where stack and heap begin, the same for both sides: 0 to 4095.
        var padding = 0
        var extra: [String] = []
    }

    struct LaunchAnswer: Sendable {
        var records: [LaunchRecord] = []
        /// Benchmarks that failed, with why. One at which the process ended is the first that is missing.
        var failures: [(benchmark: String, problem: String)] = []
    }

    func launch(_ launch: Launch) throws(Failure) -> LaunchAnswer {
        var words = ["launch"] + launch.benchmarks + ["--ms", "\(launch.milliseconds)", "--cpu", "\(launch.cpu)"] + launch.extra
        if let base = launch.base { words += ["--plan", "process", "--base", base, "--head", launch.head] }
        if launch.padding > 0 { words += ["--padding", "\(launch.padding)"] }
        if launch.headFirst { words.append("--head-first") }
        if launch.headWork != 1_000_000 { words += ["--head-work", "\(launch.headWork)"] }
        // Generous: a benchmark may take a second an iteration.
        let limit = Int64(launch.benchmarks.count) * 60_000_000_000
        let (events, problem) = try ask(launch.head, words, limit: limit)
        var answer = LaunchAnswer()
        for fields in events {
            switch fields["event"]?.stringValue {
            case "launch":
                do {
                    let bytes = JSONValue.object(fields).canonicalBytes()
                    let node = try JSONDocument.parse(bytes, file: "launch")
                    answer.records.append(try LaunchRecord(node, file: "launch", stage: launch.stage, layout: launch.layout))
                } catch {
                    throw Failure(.collectorFailed, "\(error)")
                }
            case "failed":
                let message = fields["message"]?.stringValue ?? "no reason"
                if let name = fields["benchmark"]?.stringValue {
                    answer.failures.append((name, message))
                } else {
                    throw Failure(.cannotEvaluate, message)
                }
            default: break
            }
        }
        let answered = Set(answer.records.map(\.benchmark) + answer.failures.map(\.benchmark))
        if let silent = launch.benchmarks.first(where: { !answered.contains($0) }) {
            answer.failures.append((silent, "its process ended: \(problem)"))
        }
        return answer
    }

    /// The JSON lines of one command, and what else it said or how it ended.
    func ask(_ executable: String, _ words: [String], limit: Int64) throws(Failure) -> (events: [[String: JSONValue]], problem: String) {
        var own = Environment.allowing(from: environment)
        own["SWIFT_DETERMINISTIC_HASHING"] = "1"
        own["SWIFT_BACKTRACE"] = "enable=no"
        let command = Command(
            [executable] + words, environment: own, workingDirectory: folder, timeoutNanoseconds: limit, outputLimitBytes: 1 << 16)
        var lines = LineAssembler(limitBytes: Self.maximumLineBytes)
        var texts: [String] = []
        let outcome: Outcome
        do {
            outcome = try command.run(interruption: interruption) { event in
                switch event {
                case .standardOutput(let bytes): texts += lines.append(bytes)
                case .tick: tick()
                default: break
                }
            }
        } catch {
            throw Failure(.collectorFailed, "\(executable): \(error.description)")
        }
        if let rest = lines.finish() { texts.append(rest) }
        if outcome.interrupted { throw Failure(.collectorFailed, "interrupted; what was measured is kept") }
        var events: [[String: JSONValue]] = []
        for text in texts where !text.isEmpty {
            guard let node = try? JSONDocument.parse(Array(text.utf8), file: "suite"), let value = try? JSONValue(node, file: "suite"),
                let fields = value.objectValue
            else {
                throw Failure(
                    .collectorFailed, "the suite wrote a line that is no JSON: \(text.prefix(80))",
                    hint: "a suite must not write to standard output itself")
            }
            events.append(fields)
        }
        let ending =
            switch outcome.termination {
            case _ where outcome.timedOut: "exceeded its time limit"
            case .exited(let code): "exit code \(code)"
            case .signalled(let signal): "signal \(signal)"
            }
        let words = outcome.standardError.text.split(separator: "\n").last.map { "\($0) (\(ending))" } ?? ending
        return (events, words)
    }
}
