import StrictDocuments

/// What is known of a Swift Testing run from its event stream so far: for a collector that reads a named pipe while the
/// tests run, and can name a hung test before it kills the process.
///
/// ```swift
/// var state = EventStreamState(context: ReadingContext(file: "events"))
/// try state.feed(bytes)                  // any pieces, as they arrive
/// state.running                          // ["DemoTests.Suite/hangs()"]
/// let facts = try state.finish()         // the process ended: what started and never ended is `unfinished`
/// ```
///
/// Rules:
/// - Suites are no tests. An issue that belongs to a suite or to no test at all is an errored entry of its own, so that it is
///   never lost.
/// - A test that was declared and of which no event speaks is `unfinished`: only selected tests are declared (6.3.1, also
///   with `--filter`), skipped ones get an event, so silence means that its turn never came.
/// - An unknown issue is a failure; from 6.3 on `isFailure` and `severity` say so, and severity "warning" is a warning.
/// - A cancelled test counts as skipped, as Swift Testing itself counts it; a failure before it still fails it.
/// - A test that runs again in one stream (repetitions): the worst outcome wins, cases and times are added.
/// - When the run itself says that it failed and no test did, "(run)" is errored; when it did not end and no test is left
///   running, "(run)" is unfinished.
/// - Ids leave out the place ("/File.swift:3:6") that the stream puts behind them, unless two tests differ in nothing else.
///
/// Memory: about 300 bytes a test. `feed` is O(bytes).
public struct EventStreamState: Sendable {
    /// Whether every run that began has ended.
    public var sawRunEnd: Bool { runsEnded > 0 && runsEnded >= runsStarted }

    private let context: ReadingContext
    private var entries: [Entry] = []
    private var indexOfTest: [String: Int] = [:]
    private var shortIDUses: [String: Int] = [:]
    private var runsStarted = 0
    private var runsEnded = 0
    private var runFailure: String?
    private var runIssues: [String] = []
    /// The line that has not ended yet.
    private var partial: [UInt8] = []
    private var lineNumber = 0
    private var consumed = 0

    private struct Entry: Sendable {
        var id: String
        var shortID: String
        var isSuite: Bool
        var location: String?
        var isRunning = false
        var startNanoseconds: Int64?
        var durationNanoseconds: Int64?
        var attemptsEnded = 0
        var isSkipped = false
        var isCancelled = false
        var failures = 0
        var knownIssues = 0
        var warnings = 0
        var casesStarted = 0
        var casesCancelled = 0
        var failureMessage: String?
        var failureLocation: String?
        var skipMessage: String?
    }

    public init(context: ReadingContext) { self.context = context }

    /// Takes the next bytes of the stream; throws at the first line that is no record.
    public mutating func feed(_ bytes: [UInt8]) throws(DocumentError) {
        var start = 0
        while let newline = bytes[start...].firstIndex(of: 0x0A) {
            let piece = bytes[start..<newline]
            let line = partial.isEmpty ? Array(piece) : partial + piece
            partial = []
            try take(line)
            consumed += line.count + 1
            start = newline + 1
        }
        partial += bytes[start...]
        guard partial.count <= SwiftTestingEventStream.maximumLineBytes else {
            throw DocumentError(
                .limit, file: context.file, at: SourcePosition(line: lineNumber + 1, column: 1, byteOffset: consumed),
                "a record is longer than the limit maximumLineBytes of \(SwiftTestingEventStream.maximumLineBytes)")
        }
    }

    /// Tests that have started and not ended, in the order in which they were declared.
    public var running: [String] { entries.filter { $0.isRunning && !$0.isSuite }.map(id) }

    /// How many tests are declared so far.
    public var declaredTests: Int { entries.reduce(0) { $0 + ($1.isSuite ? 0 : 1) } }

    /// The facts, now that nothing more will come.
    ///
    /// - Parameter processEnded: false while the process still runs (it hangs and will be killed): the last line may then be
    ///   incomplete, and is left out. A process that died may leave half a line too; both are no error here.
    public mutating func finish(processEnded: Bool = true) -> Facts {
        if processEnded, !partial.isEmpty {
            // The last line may lack its line end and still be whole.
            let line = partial
            partial = []
            try? take(line)
        }
        var facts = Facts()
        for entry in entries {
            if let fact = fact(entry) { facts.tests.append(fact) }
        }
        for message in runIssues { facts.tests.append(TestFact(id: "(run)", outcome: .errored, cases: 0, message: message)) }
        let isGreen = !facts.tests.contains { $0.outcome == .failed || $0.outcome == .errored || $0.outcome == .unfinished }
        if isGreen, let runFailure {
            facts.tests.append(TestFact(id: "(run)", outcome: .errored, cases: 0, message: runFailure))
        }
        if isGreen, !sawRunEnd {
            facts.tests.append(
                TestFact(id: "(run)", outcome: .unfinished, cases: 0, message: "the run did not end: its process died or was killed"))
        }
        return facts.normalised()
    }

    /// Takes a last line that has no line end; for whole files.
    mutating func endOfFile() throws(DocumentError) {
        guard !partial.isEmpty else { return }
        let line = partial
        partial = []
        try take(line)
    }

    // MARK: Records

    private mutating func take(_ line: [UInt8]) throws(DocumentError) {
        lineNumber += 1
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return }
        do throws(DocumentError) {
            try apply(try EventStreamRecord(line, file: context.file))
        } catch {
            // Places inside the line become places in the stream.
            let position = SourcePosition(
                line: lineNumber, column: error.position?.column ?? 1, byteOffset: consumed + (error.position?.byteOffset ?? 0))
            throw DocumentError(error.kind, file: error.file, at: position, error.message, hint: error.hint)
        }
    }

    private mutating func apply(_ record: EventStreamRecord) throws(DocumentError) {
        switch record.kind {
        case .other: return
        case .test: try declare(record)
        case .event: try event(record)
        }
    }

    private mutating func declare(_ record: EventStreamRecord) throws(DocumentError) {
        guard let id = record.testID, indexOfTest[id] == nil else { return }
        guard id.utf8.count <= JUnitXML.maximumIdentifierBytes else {
            throw DocumentError(
                .limit, file: context.file, at: nil,
                "a test's id is longer than the limit maximumIdentifierBytes of \(JUnitXML.maximumIdentifierBytes)")
        }
        let short = Self.withoutPlace(id)
        shortIDUses[short, default: 0] += 1
        indexOfTest[id] = entries.count
        entries.append(Entry(id: id, shortID: short, isSuite: record.subkind == "suite", location: location(record)))
    }

    private mutating func event(_ record: EventStreamRecord) throws(DocumentError) {
        switch record.subkind {
        case "runStarted":
            runsStarted += 1
            return
        case "runEnded":
            runsEnded += 1
            guard runsEnded <= runsStarted else {
                throw DocumentError(
                    .contradiction, file: context.file, at: nil, "a run ends that did not begin", hint: "the stream lacks its beginning")
            }
            if record.symbol == "fail" { runFailure = ReportText.bounded(record.messages.first ?? "the run failed") }
            return
        default: break
        }
        guard let id = record.testID else {
            if record.subkind == "issueRecorded", isFailure(record) { runIssues.append(message(record) ?? "an issue of the run") }
            return
        }
        guard let index = indexOfTest[id] else {
            throw DocumentError(
                .contradiction, file: context.file, at: nil, "an event names '\(ReportText.bounded(id))', which was not declared",
                hint: "the stream lacks its beginning")
        }
        apply(record, to: &entries[index])
    }

    private func apply(_ record: EventStreamRecord, to entry: inout Entry) {
        switch record.subkind {
        case "testStarted":
            entry.isRunning = true
            entry.startNanoseconds = record.instantNanoseconds
        case "testCaseStarted": entry.casesStarted += 1
        case "testCaseCancelled": entry.casesCancelled += 1
        case "testSkipped":
            entry.isSkipped = true
            entry.skipMessage = entry.skipMessage ?? message(record)
        case "testCancelled": entry.isCancelled = true
        case "issueRecorded":
            if isFailure(record) {
                entry.failures += 1
                entry.failureMessage = entry.failureMessage ?? message(record)
                entry.failureLocation = entry.failureLocation ?? location(record)
            } else if record.isKnown {
                entry.knownIssues += 1
            } else {
                entry.warnings += 1
            }
        case "testEnded":
            entry.attemptsEnded += 1
            entry.isRunning = false
            if let start = entry.startNanoseconds, let end = record.instantNanoseconds {
                entry.durationNanoseconds = saturatingSum(entry.durationNanoseconds ?? 0, max(0, end - start))
            }
            if entry.isCancelled { entry.skipMessage = entry.skipMessage ?? message(record) }
            if record.symbol == "fail", entry.failures == 0, !entry.isSuite {
                // The run knows of a failure that no issue told.
                entry.failures += 1
                entry.failureMessage = message(record)
            }
        default: break
        }
    }

    private func isFailure(_ record: EventStreamRecord) -> Bool {
        if let isFailure = record.isFailure { return isFailure }
        if record.isKnown { return false }
        return record.severity != "warning"
    }

    // MARK: Facts

    private func fact(_ entry: Entry) -> TestFact? {
        if entry.isSuite {
            guard entry.failures > 0 else { return nil }
            return TestFact(
                id: id(entry), outcome: .errored, cases: 0, location: entry.failureLocation ?? entry.location,
                message: entry.failureMessage, knownIssues: entry.knownIssues, warnings: entry.warnings)
        }
        var fact = TestFact(
            id: id(entry), outcome: .passed, durationNanoseconds: entry.durationNanoseconds, location: entry.location,
            knownIssues: entry.knownIssues, warnings: entry.warnings)
        let attempts = entry.attemptsEnded + (entry.isRunning ? 1 : 0)
        fact.cases = entry.casesStarted > 0 ? max(0, entry.casesStarted - entry.casesCancelled) : attempts
        if entry.failures > 0 {
            fact.outcome = .failed
            fact.message = entry.failureMessage
            fact.location = entry.failureLocation ?? entry.location
            fact.cases = max(fact.cases, 1)
        } else if entry.isRunning {
            fact.outcome = .unfinished
            fact.message = "the test started and never ended"
        } else if entry.isSkipped || entry.isCancelled {
            fact.outcome = .skipped
            fact.message = entry.skipMessage
            fact.cases = 0
        } else if entry.attemptsEnded == 0 {
            fact.outcome = .unfinished
            fact.message = "the test was declared and never started"
            fact.cases = 0
        }
        return fact
    }

    private func id(_ entry: Entry) -> String { shortIDUses[entry.shortID, default: 0] > 1 ? entry.id : entry.shortID }

    private func message(_ record: EventStreamRecord) -> String? {
        ReportText.boundedOrNil(record.messages.joined(separator: "\n"))
    }

    /// "Tests/A.swift:3" where the path lies under a root, else by the file's id ("ATests/A.swift:3").
    private func location(_ record: EventStreamRecord) -> String? {
        var path = record.filePath.map { ReportPath.relative($0, context) }
        if path == nil || path?.utf8.first == UInt8(ascii: "/") { path = record.fileID ?? path }
        guard let path, !path.isEmpty else { return nil }
        return record.line.map { "\(ReportText.bounded(path)):\($0)" } ?? ReportText.bounded(path)
    }

    /// "A.B/c()/File.swift:3:6" without its last part, where that ends in two numbers.
    static func withoutPlace(_ id: String) -> String {
        guard let slash = id.utf8.lastIndex(of: UInt8(ascii: "/")) else { return id }
        let parts = id.utf8[id.utf8.index(after: slash)...].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.suffix(2).allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 >= 48 && $0 <= 57 } }) else { return id }
        return String(id[..<slash])
    }
}
