import Evidence
import Fuzzing
import PropertyTesting
import StrictDocuments

/// Every reader of reports, each with what must hold of all facts; and those that read in pieces, which must not see where pieces end.
enum EvidenceTargets {
    static let all: [FuzzTarget] =
        ReportFormats.all.map { format in
            FuzzTarget("report-\(format.format)", maximumLength: 2048) { bytes in
                do { try check(format.read(bytes, context), of: bytes, format) } catch let error as DocumentError {
                    try DocumentTargets.located(error, in: bytes)
                }
            }
        } + [eventPieces, console, diff, facts, metricNames]

    static let context = ReadingContext(file: "f", roots: ["/r"], stripPrefix: "p/")

    /// What a reader answers is in order, survives its JSON, and is the same the second time.
    private static func check(_ facts: Facts, of bytes: [UInt8], _ format: any ReportReader.Type) throws {
        try wellFormed(facts)
        try expect(!facts.tests.isEmpty || !facts.coverage.isEmpty || !facts.measures.isEmpty, "a report that says nothing is read")
        try expect(try format.read(bytes, context) == facts, "the same bytes give other facts")
    }

    static func wellFormed(_ facts: Facts) throws {
        try expect(facts.normalised() == facts, "facts are not in order")
        for file in facts.coverage {
            var last = 0
            for line in file.lines {
                try expect(line.line > last && line.count >= 0, "lines of \(file.path) are not in order")
                last = line.line
            }
            for tally in [file.branches, file.functions, file.regions] {
                if let tally {
                    try expect(tally.covered >= 0 && tally.covered <= tally.total, "more of \(file.path) is covered than there is")
                }
            }
        }
        for test in facts.tests {
            try expect(test.cases >= 0 && (test.durationNanoseconds ?? 0) >= 0, "a negative number of \(test.id)")
            try expect(test.knownIssues >= 0 && test.warnings >= 0, "a negative number of \(test.id)")
        }
        try expect((try? Facts(json: facts.json)) == facts, "facts do not survive their JSON")
        guard let text = DocumentTargets.read(facts.json.canonicalBytes()) else { throw FuzzFailure("the JSON of facts is not read") }
        try expect((try? Facts(json: text)) == facts, "facts do not survive the text of their JSON")
    }

    /// A stream that comes in two pieces means what the whole means.
    private static let eventPieces = FuzzTarget("event-pieces", maximumLength: 2048) { bytes in
        guard let first = bytes.first else { return }
        let stream = Array(bytes.dropFirst())
        let cut = stream.count * Int(first) / 256
        var whole = EventStreamState(context: context)
        var pieces = EventStreamState(context: context)
        let readsWhole = (try? whole.feed(stream)) != nil
        let readsPieces = (try? pieces.feed(Array(stream[..<cut]))) != nil && (try? pieces.feed(Array(stream[cut...]))) != nil
        try expect(readsWhole == readsPieces, "a cut makes a stream good or bad")
        guard readsWhole else { return }
        try expect(whole.running == pieces.running, "a cut changes what is running")
        let facts = whole.finish()
        try expect(facts == pieces.finish(), "a cut changes the facts")
        try wellFormed(facts)
    }

    private static let console = FuzzTarget("xctest-console", maximumLength: 2048) { bytes in
        guard let first = bytes.first else { return }
        let stream = Array(bytes.dropFirst())
        let cut = stream.count * Int(first) / 256
        var whole = XCTestConsoleState(context: context)
        var pieces = XCTestConsoleState(context: context)
        whole.feed(stream)
        pieces.feed(Array(stream[..<cut]))
        pieces.feed(Array(stream[cut...]))
        try expect(whole.running == pieces.running, "a cut changes what is running")
        let (facts, others) = (try? whole.finish(), try? pieces.finish())
        try expect(facts == others, "a cut changes the facts")
        if let facts { try wellFormed(facts) }
    }

    /// Ranges of changed lines are in order and apart, each path comes once, and a changed line is found again.
    private static let diff = FuzzTarget("unified-diff", maximumLength: 2048) { bytes in
        let changes: ChangedLines
        do { changes = try UnifiedDiff.parse(bytes, file: "f") } catch let error as DocumentError {
            try DocumentTargets.located(error, in: bytes)
            return
        }
        for file in changes.files {
            var last = -1
            for range in file.ranges {
                try expect(range.lowerBound > last + (last < 0 ? 0 : 1), "ranges of \(file.path) meet or are out of order")
                try expect(file.contains(line: range.lowerBound) && file.contains(line: range.upperBound), "a changed line is not found")
                try expect(!file.contains(line: range.upperBound + 1), "a line behind a range is changed")
                last = range.upperBound
            }
        }
    }

    /// Facts as the ledger keeps them: what is read is written back as the same value.
    private static let facts = FuzzTarget("facts-json", maximumLength: 2048) { bytes in
        guard let value = DocumentTargets.read(bytes), let facts = try? Facts(json: value) else { return }
        try expect((try? Facts(json: facts.json)) == facts, "facts do not survive their JSON")
        try expect(facts.normalised().normalised() == facts.normalised(), "putting facts in order twice changes them")
        try expect(facts.merging(Facts()).normalised() == facts.normalised(), "merging with nothing changes facts")
    }

    private static let metricNames = FuzzTarget("metric-names", maximumLength: 128) { bytes in
        let name = String(decoding: bytes, as: UTF8.self)
        if MetricCatalogue.definition(of: name) == nil { _ = MetricCatalogue.suggestion(for: name) }
        if let nearest = SpellingSuggestion.nearest(to: name, among: MetricCatalogue.fixed.map(\.name)) {
            try expect(MetricCatalogue.definition(of: nearest) != nil, "a metric is suggested that is not known")
        }
    }
}

/// An evidence document of any shape: what our writer writes, our reader reads, with the same figures.
struct DrawnEvidence {
    var subject: String?
    var measures: [(metric: String, subject: String?, numerator: Int, denominator: Int, samples: Int)]
    var tests: [(id: String, outcome: EvidenceTest.Outcome, cases: Int, location: String?, message: String?)]

    private static let metrics = MetricCatalogue.fixed.filter { $0.unit == .count && $0.scopes.contains(.overall) }.map(\.name)

    static func draw(_ draws: Draws) -> DrawnEvidence {
        DrawnEvidence(
            subject: draws.optional { $0.anyText(1...6) },
            measures: draws.array(0...4) { draws in
                (
                    metric: draws.element(of: metrics), subject: draws.optional { $0.anyText(0...6) }, numerator: draws.int(),
                    denominator: draws.int(in: 1...1000), samples: draws.int(in: 0...100)
                )
            },
            tests: draws.array(0...4) { draws in
                (
                    id: draws.anyText(0...8), outcome: draws.element(of: EvidenceTest.Outcome.allCases), cases: draws.int(in: 0...3),
                    location: draws.optional { $0.anyText(0...6) }, message: draws.optional { $0.anyText(0...6) }
                )
            })
    }

    func check() throws {
        var document = EvidenceDocument(kind: "golden", producer: .init(name: "suite", version: "1"), subject: subject)
        for measure in measures {
            document.measures.append(
                EvidenceMeasure(
                    measure.metric, subject: measure.subject,
                    EvidenceValue(Int64(measure.numerator), over: Int64(measure.denominator), unit: .count), samples: measure.samples))
        }
        for test in tests {
            document.tests.append(
                EvidenceTest(id: test.id, outcome: test.outcome, cases: test.cases, location: test.location, message: test.message))
        }
        let bytes = document.json.prettyBytes()
        // The writer does not look at what it is given (two tests of one id, a metric without its subject); where the reader takes it, it
        // is the same.
        let facts: Facts
        do { facts = try EvidenceDocumentReader.read(bytes, ReadingContext(file: "f")) } catch {
            try expect(
                error.kind != .syntax && error.kind != .truncated && error.kind != .encoding, "what is written is not read: \(error)")
            return
        }
        try EvidenceTargets.wellFormed(facts)
        try expect(facts.tests.count == tests.count && facts.measures.count == measures.count, "an entry is lost or made up")
        let numerators = facts.measures.map { Int($0.quantity.numerator) }.sorted()
        try expect(numerators == measures.map(\.numerator).sorted(), "a figure is changed")
        try expect(
            Set(facts.tests.map { Array($0.id.utf8) }) == Set(tests.map { Array($0.id.utf8) }), "the name of a test is changed")
    }
}
