import StrictDocuments

/// Reads JUnit XML: `testsuites` or one `testsuite`, as dozens of tools write it.
///
/// ```xml
/// <testsuite name="A" tests="2" failures="1" errors="0">
///   <testcase classname="A" name="works" time="0.01"/>
///   <testcase classname="A" name="breaks"><failure message="1 is not 2"/></testcase>
/// </testsuite>
/// ```
///
/// - The test's id is "classname.name", or the name alone where there is no class name.
/// - Several results in one case: error, then failure, then skipped, then passed.
/// - The same id again is a further case of the same (parameterised) test: cases and times are added, the worst outcome
///   wins, the first message of that outcome stays.
/// - `flakyFailure`, `flakyError` (passed on a later attempt) count as warnings of a test that passed; `rerunFailure`,
///   `rerunError` accompany a failure and add nothing.
/// - `status` "notrun", "disabled" or "skipped", and `result="suppressed"`, are skipped.
/// - A `failure` or `error` directly in a suite, such as a broken set-up, is an errored test with the suite's name.
/// - Declared totals are recomputed (``JUnitTotals``).
/// - `time` may hold thousands commas ("1,234.5"); "0,5" is refused, because it would become 5 seconds.
///
/// Refused: everything that is not a complete well-formed document (libxml2 decides), a document type declaration, other
/// roots, a case without a name, contradicting totals, and a report without a case. Complexity: O(bytes).
public enum JUnitXML: ReportReader {
    public static let format = "junit"
    public static let parserVersion = 1
    public static let summary = "JUnit XML (testsuites or testsuite)"

    /// Longest identifier of a test, in bytes.
    public static let maximumIdentifierBytes = 4096
    /// Most cases of one report.
    public static let maximumCases = 5_000_000

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<Facts, DocumentError> in
            do throws(DocumentError) {
                var parser = JUnitParser(xml: try XMLPullReader(buffer, file: context.file), context: context)
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

private struct JUnitParser: ~Copyable {
    var xml: XMLPullReader
    let context: ReadingContext

    /// Open `testsuites` and `testsuite` elements.
    private var suites: [JUnitTotals] = []
    private var test: OpenCase?
    private var tests: [TestFact] = []
    private var indexOfTest: [String: Int] = [:]
    private var caseCount = 0
    /// Depth of an element whose inside does not matter, 0 for none.
    private var ignoring = 0
    /// The element whose text may become a message.
    private var open: OpenResult?

    private struct OpenCase {
        var id: String
        var location: String?
        var durationNanoseconds: Int64?
        var line: Int
        var notRun = false
        var outcome: TestOutcome?
        var message: String?
        var failures = 0
        var errors = 0
        var skips = 0
        var flakes = 0

        mutating func add(_ next: TestOutcome, message text: String?) {
            if let outcome, outcome.severity >= next.severity {
                if outcome == next, message == nil { message = text }
                return
            }
            outcome = next
            message = text
        }
    }

    private struct OpenResult {
        var outcome: TestOutcome
        var attribute: String?
        var text = ""
    }

    init(xml: consuming XMLPullReader, context: ReadingContext) {
        self.xml = xml
        self.context = context
    }

    mutating func document() throws(DocumentError) -> Facts {
        reading: while true {
            switch try xml.next() {
            case .start(let name, let isEmpty):
                try start(name, isEmpty: isEmpty)
                if isEmpty { try end(name) }
            case .end(let name): try end(name)
            case .text(let text):
                if ignoring == 0, open != nil, (open?.text.utf8.count ?? 0) <= ReportText.maximumScalars * 4 {
                    open?.text += ReportText.bounded(text)
                }
            case .finished: break reading
            }
        }
        guard !tests.isEmpty else {
            throw DocumentError(
                .empty, file: context.file, at: nil, "the report holds no test case", hint: "did the tests run, and did a filter match any?"
            )
        }
        var facts = Facts()
        facts.tests = tests
        return facts.normalised()
    }

    // MARK: Elements

    private mutating func start(_ name: String, isEmpty: Bool) throws(DocumentError) {
        if ignoring > 0 {
            ignoring += 1
            return
        }
        if suites.isEmpty {
            guard name == "testsuites" || name == "testsuite" else {
                throw xml.error(
                    .badValue, "the root element is '\(ReportText.bounded(name))', not 'testsuites' or 'testsuite'",
                    hint: "is this a JUnit report?")
            }
            try startSuite(name)
            return
        }
        switch name {
        case "testsuite" where test == nil && open == nil: try startSuite(name)
        case "testcase" where test == nil && open == nil: try startCase()
        case "failure" where open == nil: startResult(.failed)
        case "error" where open == nil: startResult(.errored)
        case "skipped" where open == nil && test != nil: startResult(.skipped)
        case "flakyFailure" where test != nil, "flakyError" where test != nil:
            test?.flakes += 1
            ignoring = 1
        case "testsuites", "testsuite", "testcase":
            throw xml.error(.syntax, "a '\(name)' may not stand here", hint: "suites hold suites and cases; cases hold neither")
        default: ignoring = 1
        }
    }

    private mutating func end(_ name: String) throws(DocumentError) {
        if ignoring > 0 {
            ignoring -= 1
            return
        }
        switch name {
        case "testsuite", "testsuites": try endSuite()
        case "testcase": try endCase()
        default: endResult()
        }
    }

    private mutating func startSuite(_ element: String) throws(DocumentError) {
        let line = xml.line
        var suite = JUnitTotals(name: element, line: line)
        var bad: (field: String, value: String)?
        xml.attributes { name, value in
            if name == "name" { suite.name = ReportText.bounded(value) }
            guard let index = JUnitTotals.fields.firstIndex(of: name) else { return }
            // An attribute that is there and empty says nothing.
            if value.isEmpty { return }
            guard value.utf8.count <= 10, value.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(value) else {
                bad = (name, value)
                return
            }
            suite.declared[index] = number
        }
        if let bad {
            throw xml.error(.badValue, "\(bad.field)=\"\(ReportText.bounded(bad.value))\" is no count", line: line)
        }
        suites.append(suite)
    }

    private mutating func endSuite() throws(DocumentError) {
        guard var suite = suites.popLast() else { return }
        suite.deep.add(suite.own)
        if let contradiction = suite.contradiction() {
            throw xml.error(
                .contradiction, contradiction, hint: "the report was cut, edited or joined badly; write it again", line: suite.line)
        }
        if !suites.isEmpty { suites[suites.count - 1].deep.add(suite.deep) }
    }

    private mutating func startCase() throws(DocumentError) {
        var name: String?
        var className = ""
        var file: String?
        var lineAttribute: String?
        var time: String?
        var notRun = false
        let line = xml.line
        xml.attributes { key, value in
            switch key {
            case "name": name = value
            case "classname": className = value
            case "file": file = value
            case "line": lineAttribute = value
            case "time": time = value
            case "status": notRun = notRun || value == "notrun" || value == "disabled" || value == "skipped"
            case "result": notRun = notRun || value == "suppressed"
            default: break
            }
        }
        guard let name, !name.isEmpty else { throw xml.error(.missingKey, "a testcase has no name", line: line) }
        let id = className.isEmpty ? name : "\(className).\(name)"
        guard id.utf8.count <= JUnitXML.maximumIdentifierBytes else {
            throw xml.error(
                .limit, "a test's id is longer than the limit maximumIdentifierBytes of \(JUnitXML.maximumIdentifierBytes)", line: line)
        }
        caseCount += 1
        guard caseCount <= JUnitXML.maximumCases else {
            throw xml.error(.limit, "more cases than the limit maximumCases of \(JUnitXML.maximumCases)", line: line)
        }
        var location: String?
        if let file, !file.isEmpty {
            location = ReportPath.relative(ReportText.bounded(file), context)
            if let number = lineAttribute.flatMap({ Int($0) }), number > 0 { location? += ":\(number)" }
        }
        var duration: Int64?
        if let time, !time.isEmpty {
            guard let nanoseconds = DecimalSeconds.nanoseconds(time, thousandsCommas: true) else {
                throw xml.error(
                    .badValue, "time=\"\(ReportText.bounded(time))\" is no number of seconds", hint: "write 1234.5 or 1,234.5", line: line)
            }
            duration = nanoseconds
        }
        test = OpenCase(id: id, location: location, durationNanoseconds: duration, line: line, notRun: notRun)
    }

    private mutating func startResult(_ outcome: TestOutcome) {
        var message: String?
        xml.attributes { name, value in if name == "message" { message = value } }
        open = OpenResult(outcome: outcome, attribute: message.flatMap(ReportText.boundedOrNil))
    }

    private mutating func endResult() {
        guard let result = open else { return }
        open = nil
        let message = result.attribute ?? ReportText.boundedOrNil(result.text)
        guard test != nil else {
            // The suite itself broke.
            let suite = suites.last?.name ?? "testsuite"
            record(TestFact(id: suite, outcome: .errored, cases: 0, message: message))
            if result.outcome == .failed { suites[suites.count - 1].own.failureElements += 1 }
            if result.outcome == .errored { suites[suites.count - 1].own.errorElements += 1 }
            return
        }
        switch result.outcome {
        case .failed: test?.failures += 1
        case .errored: test?.errors += 1
        default: test?.skips += 1
        }
        test?.add(result.outcome, message: message)
    }

    private mutating func endCase() throws(DocumentError) {
        guard let ended = test else { return }
        test = nil
        let outcome = ended.outcome ?? (ended.notRun ? .skipped : .passed)
        var count = JUnitTotals.Count()
        count.tests = 1
        count.disabled = ended.notRun && ended.outcome == nil ? 1 : 0
        count.skippedCases = outcome == .skipped ? 1 : 0
        count.failedCases = outcome == .failed ? 1 : 0
        count.erroredCases = outcome == .errored ? 1 : 0
        count.casesWithFailure = ended.failures > 0 ? 1 : 0
        count.casesWithError = ended.errors > 0 ? 1 : 0
        count.casesWithSkip = ended.skips > 0 ? 1 : 0
        count.failureElements = ended.failures
        count.errorElements = ended.errors
        suites[suites.count - 1].own.add(count)
        record(
            TestFact(
                id: ended.id, outcome: outcome, cases: outcome == .skipped ? 0 : 1, durationNanoseconds: ended.durationNanoseconds,
                location: ended.location, message: ended.message, warnings: ended.flakes))
    }

    private mutating func record(_ fact: TestFact) {
        if let index = indexOfTest[fact.id] {
            // Of equal outcomes the first message stays, in the order of the report.
            let first = tests[index]
            tests[index] = first.merging(fact)
            if first.outcome.severity >= fact.outcome.severity, first.message != nil { tests[index].message = first.message }
            if first.location != nil { tests[index].location = first.location }
        } else {
            indexOfTest[fact.id] = tests.count
            tests.append(fact)
        }
    }
}
