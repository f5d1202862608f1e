import StrictDocuments

/// What XCTest says on the console (swift-corelibs-xctest, serial mode), read while it runs; the only trace of XCTest
/// cases that `swift test` leaves in serial mode.
///
/// ```swift
/// var state = XCTestConsoleState(context: ReadingContext(file: "swift test"))
/// state.feed(outputBytes)                 // any pieces, as they arrive
/// state.running                           // ["X.testHangs"]
/// let facts = try state.finish()          // a started case without an end is `unfinished`
/// ```
///
/// The lines that matter:
/// ```
/// Test Case 'X.testA' started at 2026-11-21 11:11:17.323
/// /repo/Tests/T.swift:26: error: X.testB : failed - no
/// Test Case 'X.testB' failed (0.002 seconds)
///      Executed 5 tests, with 1 test skipped and 2 failures (1 unexpected) in 0.002 (0.002) seconds
/// ```
///
/// **Programs print too.** Text without a line end may stand before XCTest's, so the last "Test Case '" of a line counts.
/// A program that prints such lines itself cannot be told from XCTest by its text; therefore nothing it prints makes
/// a result better (of several ends of one case the worst stays, an end without a start is no result), and at the end the
/// totals that XCTest declares for "All tests" or "Selected tests" must agree with the cases seen: ``finish()`` throws a
/// contradiction otherwise. Output of several threads torn inside a line of XCTest hides that line; then the totals
/// disagree, or the case is unfinished: never a pass.
///
/// No test at all is no error here: a package may hold Swift Testing tests only. Memory: about 200 bytes a case.
public struct XCTestConsoleState: Sendable {
    /// Longest line that is looked at, in bytes; the rest of a longer one is passed over.
    public static let maximumLineBytes = 64 << 10
    /// Most cases; further ones are a contradiction with the declared totals.
    public static let maximumCases = 1_000_000

    /// The totals that XCTest declared for the whole run.
    public struct Totals: Hashable, Sendable {
        public var executed: Int
        public var skipped: Int
        public var failures: Int
        public var unexpected: Int
    }

    /// Declared for "All tests" or "Selected tests"; nil until then.
    public private(set) var declared: Totals?

    private let context: ReadingContext
    private var cases: [Case] = []
    private var indexOfCase: [String: Int] = [:]
    /// The executed line that follows belongs to the whole run.
    private var awaitsTotals = false
    private var sawOuterSuite = false
    private var partial: [UInt8] = []

    private struct Case: Sendable {
        var id: String
        var starts = 0
        var ends = 0
        var skips = 0
        var outcome = TestOutcome.passed
        var threw = false
        var issues = 0
        var durationNanoseconds: Int64?
        var message: String?
        var location: String?
    }

    public init(context: ReadingContext) { self.context = context }

    /// Takes the next bytes of the output.
    public mutating func feed(_ bytes: [UInt8]) {
        var start = 0
        while let newline = bytes[start...].firstIndex(of: 0x0A) {
            append(bytes[start..<newline])
            line(String(decoding: partial, as: UTF8.self))
            partial.removeAll(keepingCapacity: true)
            start = newline + 1
        }
        append(bytes[start...])
    }

    private mutating func append(_ piece: ArraySlice<UInt8>) {
        partial += piece.prefix(Self.maximumLineBytes - partial.count)
    }

    /// Cases that have started and not ended.
    public var running: [String] { cases.filter { $0.starts > $0.ends }.map(\.id) }

    /// The facts, now that nothing more will come; throws where the declared totals contradict the cases seen.
    public mutating func finish() throws(DocumentError) -> Facts {
        if !partial.isEmpty {
            line(String(decoding: partial, as: UTF8.self))
            partial = []
        }
        var facts = Facts()
        for entry in cases where entry.starts > 0 {
            var fact = TestFact(
                id: entry.id, outcome: entry.outcome, cases: entry.starts, durationNanoseconds: entry.durationNanoseconds,
                location: entry.location, message: entry.message)
            if entry.outcome == .failed, entry.threw { fact.outcome = .errored }
            if entry.starts > entry.ends, fact.outcome.severity < TestOutcome.unfinished.severity {
                fact.outcome = .unfinished
                fact.message = "the test started and never ended"
            }
            if fact.outcome == .skipped { fact.cases = 0 }
            facts.tests.append(fact)
        }
        try check(facts)
        if sawOuterSuite, declared == nil, !facts.tests.contains(where: { $0.outcome.severity >= TestOutcome.unfinished.severity }) {
            facts.tests.append(
                TestFact(id: "(run)", outcome: .unfinished, cases: 0, message: "the run did not end: its process died or was killed"))
        }
        return facts.normalised()
    }

    private func check(_ facts: Facts) throws(DocumentError) {
        guard let declared else { return }
        let executed = cases.reduce(0) { $0 + min($1.starts, $1.ends) }
        let skipped = cases.reduce(0) { $0 + $1.skips }
        let hasFailure = facts.tests.contains { $0.outcome == .failed || $0.outcome == .errored }
        var seen: String?
        if declared.executed != executed {
            seen = "\(declared.executed) executed tests, but \(executed) cases started and ended"
        } else if declared.skipped != skipped {
            seen = "\(declared.skipped) skipped tests, but \(skipped) cases were skipped"
        } else if (declared.failures > 0) != hasFailure {
            seen = "\(declared.failures) failures, but \(hasFailure ? "a" : "no") case failed"
        }
        if let seen {
            throw DocumentError(
                .contradiction, file: context.file, at: nil, "XCTest declares \(seen)",
                hint: "a test prints lines that look like XCTest's, or its output tore one; use --parallel or print whole lines")
        }
    }

    // MARK: Lines

    private mutating func line(_ text: String) {
        // Nearly every line of a program holds none of these words.
        if let rest = Self.afterLast("Test Case '", in: text), caseLine(rest) { return }
        if let rest = Self.afterLast("Test Suite '", in: text) {
            suiteLine(rest)
        } else if awaitsTotals, let rest = Self.afterLast("Executed ", in: text) {
            if let totals = Self.totals(rest) {
                declared = totals
                awaitsTotals = false
            }
        } else if let place = Self.firstRange(of: ": error: ", in: text) {
            issue(location: text[..<place.lowerBound], rest: text[place.upperBound...])
        } else if let place = Self.firstRange(of: " : Test skipped", in: text) {
            skipReason(text[..<place.lowerBound], rest: text[place.upperBound...])
        }
    }

    /// `X.testA' started at …`, `X.testA' passed (0.002 seconds)`; whether it was such a line.
    private mutating func caseLine(_ rest: Substring) -> Bool {
        guard let quote = rest.utf8.firstIndex(of: UInt8(ascii: "'")) else { return false }
        let id = String(rest[..<quote])
        guard !id.isEmpty, id.utf8.count <= JUnitXML.maximumIdentifierBytes else { return false }
        let words = rest[rest.index(after: quote)...]
        if words.utf8.starts(with: " started at ".utf8) {
            guard let index = entry(id) else { return false }
            cases[index].starts += 1
            return true
        }
        for (word, outcome) in [(" passed (", TestOutcome.passed), (" failed (", .failed), (" skipped (", .skipped)] {
            guard words.utf8.starts(with: word.utf8), words.utf8.reversed().starts(with: "seconds)".utf8.reversed()) else { continue }
            guard let index = indexOfCase[id] else { return true }
            let number = words.utf8.dropFirst(word.utf8.count).prefix { $0 != 0x20 }
            end(index, outcome, seconds: String(Substring(number)))
            return true
        }
        return false
    }

    private mutating func entry(_ id: String) -> Int? {
        if let index = indexOfCase[id] { return index }
        guard cases.count < Self.maximumCases else { return nil }
        indexOfCase[id] = cases.count
        cases.append(Case(id: id))
        return cases.count - 1
    }

    private mutating func end(_ index: Int, _ outcome: TestOutcome, seconds: String) {
        if outcome.severity > cases[index].outcome.severity { cases[index].outcome = outcome }
        // A second end of the same start is the program's own print, or the true one behind it: only worse counts.
        guard cases[index].ends < cases[index].starts else { return }
        cases[index].ends += 1
        if outcome == .skipped { cases[index].skips += 1 }
        if let duration = DecimalSeconds.nanoseconds(seconds) {
            cases[index].durationNanoseconds = saturatingSum(cases[index].durationNanoseconds ?? 0, duration)
        }
    }

    private mutating func suiteLine(_ rest: Substring) {
        for name in ["All tests'", "Selected tests'"] where rest.utf8.starts(with: name.utf8) {
            let words = rest.utf8.dropFirst(name.utf8.count)
            if words.starts(with: " started at ".utf8) {
                sawOuterSuite = true
                declared = nil
            }
            awaitsTotals = words.starts(with: " passed at ".utf8) || words.starts(with: " failed at ".utf8)
            return
        }
        awaitsTotals = false
    }

    /// `X.testB : failed - no` behind `path:line: error: `.
    private mutating func issue(location: Substring, rest: Substring) {
        guard let colon = Self.firstRange(of: " : ", in: rest), let index = indexOfCase[String(rest[..<colon.lowerBound])] else { return }
        cases[index].issues += 1
        let message = rest[colon.upperBound...]
        if message.utf8.starts(with: "threw error ".utf8) { cases[index].threw = true }
        cases[index].message = cases[index].message ?? ReportText.boundedOrNil(String(message))
        if cases[index].location == nil, !location.utf8.starts(with: "<".utf8) {
            cases[index].location = ReportPath.relative(ReportText.bounded(String(location)), context)
        }
    }

    /// `path:line: X.testC` before ` : Test skipped`, and ` - reason` behind it.
    private mutating func skipReason(_ front: Substring, rest: Substring) {
        guard let place = Self.lastRange(of: ": ", in: front), let index = indexOfCase[String(front[place.upperBound...])] else { return }
        let reason = rest.utf8.starts(with: " - ".utf8) ? String(rest.utf8.dropFirst(3)) : nil
        cases[index].message = cases[index].message ?? reason.flatMap(ReportText.boundedOrNil)
        if cases[index].location == nil {
            cases[index].location = ReportPath.relative(ReportText.bounded(String(front[..<place.lowerBound])), context)
        }
    }

    /// `5 tests, with 1 test skipped and 2 failures (1 unexpected) in …`, or without the skipped part.
    private static func totals(_ rest: Substring) -> Totals? {
        let numbers = rest.split(separator: " ").map { word in
            Int(Substring(word.utf8.first == UInt8(ascii: "(") ? word.utf8.dropFirst() : word.utf8[...]))
        }
        let words = rest.split(separator: " ")
        guard let executed = numbers.first ?? nil, executed >= 0, words.count >= 7, words[1].utf8.starts(with: "test".utf8),
            words[2] == "with"
        else { return nil }
        var index = 3
        var skipped = 0
        if words.count > index + 3, words[index + 2] == "skipped", words[index + 3] == "and" {
            guard let number = numbers[index] else { return nil }
            skipped = number
            index += 4
        }
        guard words.count > index + 3, let failures = numbers[index], words[index + 1].utf8.starts(with: "failure".utf8),
            let unexpected = numbers[index + 2], words[index + 3] == "unexpected)"
        else { return nil }
        return Totals(executed: executed, skipped: skipped, failures: failures, unexpected: unexpected)
    }

    // MARK: Searching

    private static func afterLast(_ word: String, in text: String) -> Substring? {
        lastRange(of: word, in: text[...]).map { text[$0.upperBound...] }
    }

    /// O(n · m) with m the length of a short constant.
    private static func firstRange(of word: String, in text: some StringProtocol) -> Range<String.Index>? {
        let first = word.utf8.first
        var index = text.utf8.startIndex
        while let start = text.utf8[index...].firstIndex(where: { $0 == first }) {
            if text.utf8[start...].starts(with: word.utf8) {
                return start..<text.utf8.index(start, offsetBy: word.utf8.count)
            }
            index = text.utf8.index(after: start)
        }
        return nil
    }

    private static func lastRange(of word: String, in text: Substring) -> Range<String.Index>? {
        let first = word.utf8.first
        var rest = text.utf8[...]
        while let start = rest.lastIndex(where: { $0 == first }) {
            if text.utf8[start...].starts(with: word.utf8) {
                return start..<text.utf8.index(start, offsetBy: word.utf8.count)
            }
            rest = rest[..<start]
        }
        return nil
    }
}
