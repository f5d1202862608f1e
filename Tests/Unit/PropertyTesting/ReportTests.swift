import Determinism
import StrictDocuments
import Testing

@testable import PropertyTesting

struct ReportTests {
    private func failing() -> PropertyAccount {
        let report = PropertyEngine.run(PropertySettings(cases: 500, seed: 7)) { draws in
            let xs = draws.array { $0.int() }
            if draws.isOverrun { return .rejected }
            draws.didRunBody = true
            return xs == xs.reversed()
                ? .passed
                : .failed(
                    CaseFailure(origin: FailureOrigin(reason: "falsified", location: "Tests/ListTests.swift:12"), message: "not equal"))
        }
        var account = PropertyAccount(property: "Lists/reversal once", location: "Tests/ListTests.swift:10", seed: 7, report: report)
        var explanation = Explanation()
        explanation.relations = [Explanation.Relation(positions: [1, 3], text: "b != a")]
        explanation.irrelevant = [0..<1, 2..<4]
        account.details = [.init(counterexample: "let xs: [Int] = [0, 1]", journal: ["step 1", "step 2"], explanation: explanation)]
        return account
    }

    private func green(_ cases: Int) -> PropertyAccount {
        var report = PropertyReport()
        report.cases = cases
        return PropertyAccount(property: "p", seed: 1, report: report)
    }

    @Test("a failure is reported with its value as code, what matters, and how to see it again")
    func failure() throws {
        let account = failing()
        let text = account.text
        for part in [
            "property 'Lists/reversal once' does not hold: 1 failure, after", "(seed 7)\n",
            "\nfalsified at Tests/ListTests.swift:12\n    not equal\n",
            "\n    let xs: [Int] = [0, 1]\n    step 1\n    step 2\n", "\n    // b != a\n",
            "// any value fails, also at once: choices 0, 2–3",
            "\n    replay: \(account.report.failures[0].token)\n",
        ] {
            #expect(text.contains(part), "\(part) is not in:\n\(text)")
        }
        let line = try #require(text.split(separator: "\n").first { $0.contains("replay: ") })
        #expect(ReplayToken(String(line.split(separator: " ").last ?? "")) != nil)
        #expect(!text.contains("\u{1B}") && text == account.text && !text.contains("residual risk"))
    }

    @Test("the letters of a relation are explained where no line shows the numbers themselves")
    func letters() throws {
        let report = PropertySession(PropertySettings(cases: 200, seed: 3)).run { draws in
            // Told in words, as machines tell their steps.
            draws.quiet += 1
            let (x, y) = (draws.int(in: 0...100), draws.int(in: 0...100))
            draws.quiet -= 1
            draws.note("two numbers")
            draws.didRunBody = true
            return y <= x ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "falsified")))
        }
        let shown = try #require(report.failures.first).description
        let relation = "// b >= a + 1 (a is 0, b is 1)\n"
        #expect(shown.contains("\n  \(relation)"), "\(shown)")
        let text = report.account(of: "p").text
        #expect(text.contains("\n    \(relation)"), "\(text)")
    }

    @Test("a run that tried all cases there are is a proof and says so; any other states its residual risk")
    func green() {
        var proved = green(64)
        proved.report.isExhausted = true
        #expect(proved.text.contains("property 'p' holds: all 64 cases that there are were tried: proved (seed 1)"))
        #expect(!proved.text.contains("residual risk"))
        var open = green(100)
        var risk = ResidualRisk()
        for number in 0..<100 { risk.count(features: [UInt64(number / 2)]) }
        risk.count(features: [1000])
        open.risk = risk
        #expect(open.text.contains("property 'p' held in 100 cases"))
        #expect(open.text.contains("residual risk: at most 3.0 % of such cases fail (95 % confidence)"))
        #expect(open.text.contains("with a probability of about 0.990 %"))
    }

    @Test("no case is no pass, and neither is a coverage requirement that is not met")
    func notPassed() {
        #expect(green(0).verdict == .empty && green(0).text.contains("was not tried"))
        var account = green(500)
        for _ in 0..<500 { account.coverage.count([CoverageObservation(label: "sorted", share: .percent(20), isHit: false)]) }
        #expect(account.verdict == .notCovered)
        #expect(account.text.contains("sorted: 0.0 % (0.0 % to 0.735 %), at least 20 % demanded: NOT MET"), "\(account.text)")
        account.report.outcome = .gaveUp
        account.report.discarded = 1500
        #expect(account.verdict == .gaveUp && account.text.contains("1500 discarded (75.0 %)"))
        let document = PropertyEvidence.document([green(0), account], producer: .init(name: "t", version: "1"))
        #expect(document.tests.map(\.outcome) == [.failed])
    }

    @Test("labels are a table with exact intervals, in an order that depends on nothing but the counts")
    func labels() {
        var account = green(200)
        account.report.labels = ["b": 100, "a": 100, "rare": 1]
        account.report.duplicates = 3
        account.remembered = 2
        account.warnings = ["x.example: it is broken"]
        let text = account.text
        #expect(text.contains("labels:\n    a: 100, 50.0 % (42.9 % to 57.1 %)\n    b: 100, 50.0 %"), "\(text)")
        #expect(text.contains("rare: 1, 0.500 % (0.013 % to 2.8 %)"), "\(text)")
        #expect(text.contains("3 drawn again and not run again, 2 from the memory first"))
        #expect(text.hasSuffix("warnings:\n    x.example: it is broken\n"))
        for number in 0..<100 { account.report.labels["l\(number)"] = 1 }
        #expect(account.text.contains("63 more labels (the limit PropertyReportText.maximumRows)"))
    }

    @Test("the form for programs says the same, and reads back")
    func json() throws {
        let account = failing()
        let json = try JSONValue(JSONDocument.parse(account.json.prettyBytes(), file: "report"), file: "report")
        #expect(json == account.json)
        #expect(json["verdict"]?.stringValue == "falsified")
        let failure = try #require(json["failures"]?.arrayValue?.first)
        #expect(failure["replay"]?.stringValue == account.report.failures[0].token.description)
        #expect(failure["counterexample"]?.stringValue == "let xs: [Int] = [0, 1]")
        #expect(failure["notes"]?.arrayValue?.count == 3)
    }

    @Test("the evidence document has the metrics of the catalogue for each property, whatever the order of the runs")
    func evidence() throws {
        var other = green(80)
        other.report.discarded = 20
        var again = other
        again.seed = 2
        let accounts = [failing(), other, again]
        let document = PropertyEvidence.document(accounts, producer: .init(name: "PropertyTesting", version: "1"))
        #expect(
            document.json == PropertyEvidence.document(accounts.reversed(), producer: .init(name: "PropertyTesting", version: "1")).json)
        func measure(_ metric: String, _ subject: String) -> EvidenceValue? {
            document.measures.first { $0.metric == metric && $0.subject == subject }?.value
        }
        #expect(document.kind == "property")
        #expect(measure("property.cases", "p") == .count(160))
        #expect(measure("property.seeds", "p") == .count(2))
        #expect(measure("property.failures", "p") == .count(0))
        #expect(measure("property.discard_rate", "p") == EvidenceValue(40, over: 200, unit: .ratio))
        #expect(measure("property.failures", "Lists/reversal once") == .count(1))
        let test = try #require(document.tests.first { $0.id == "Lists/reversal once" })
        #expect(test.outcome == .failed && test.location == "Tests/ListTests.swift:10")
        #expect(test.message?.contains("replay: pt1-") == true && test.message?.contains("\n") == false)
        #expect(document.tests.first { $0.id == "p" }?.outcome == .passed)
    }

    @Test("observations are one line of JSON for each case, the same for the same run, and gather in bounded memory")
    func observations() throws {
        func run() -> [[UInt8]] {
            var chunks: [[UInt8]] = []
            var stream = ObservationStream(property: "p") { chunks.append($0) }
            for number in 0..<3000 {
                stream.add(
                    number % 3 == 0 ? .discarded : .passed, representation: "\(number)\n", labels: ["even", "even"], targets: ["size": 0.5],
                    features: [255], reason: number % 3 == 0 ? "assumption" : "")
            }
            stream.add(.failed, representation: String(repeating: "é", count: 20_000), timingNanoseconds: ["execute": 5])
            stream.end()
            stream.end()
            return chunks
        }
        let chunks = run()
        #expect(chunks == run())
        #expect(
            chunks.count > 5
                && chunks.allSatisfy {
                    $0.count < ObservationStream.bufferBytes + 2 * ObservationStream.maximumRepresentationBytes && $0.last == 0x0A
                })
        let lines = chunks.flatMap { $0 }.split(separator: 0x0A)
        #expect(lines.count == 3001)
        for line in lines {
            let json = try JSONValue(JSONDocument.parse(Array(line), file: "line"), file: "line")
            #expect(json["type"] == "test_case" && json["property"] == "p")
        }
        let first = try JSONValue(JSONDocument.parse(Array(lines[0]), file: "line"), file: "line")
        #expect(
            first["status"] == "gave_up" && first["features"] == ["even": true, "target: size": "0.5"] && first["representation"] == "0\n")
        #expect(first["timing"] == [:])
        let last = try JSONValue(JSONDocument.parse(Array(lines[3000]), file: "line"), file: "line")
        #expect(last["representation"]?.stringValue?.hasSuffix("… (40000 bytes, beyond maximumRepresentationBytes)") == true)
        #expect(last["timing"] == ["execute": 5])
    }
}
