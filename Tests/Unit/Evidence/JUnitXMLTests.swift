import Evidence
import StrictDocuments
import Testing

@Suite struct JUnitXMLTests {
    @Test("cases get their class name, outcome, time, place and message")
    func aUsualReport() throws {
        let report = try facts(
            "junit",
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites tests="4" failures="1" errors="1" skipped="1">
              <testsuite name="A" tests="4" failures="1" errors="1" skipped="1">
                <properties><property name="failure" value="x"/></properties>
                <testcase classname="A" name="works" time="0.25" file="/r/Tests/A.swift" line="7"/>
                <testcase classname="A" name="breaks" time="1,234.5"><failure message="1 is not 2">trace</failure></testcase>
                <testcase classname="A" name="throws"><error>boom &amp; gone</error><system-out>failure</system-out></testcase>
                <testcase name="later"><skipped message="not now"/></testcase>
              </testsuite>
            </testsuites>
            """, roots: ["/r/"])
        #expect(report.tests.map(\.id) == ["A.breaks", "A.throws", "A.works", "later"])
        #expect(report.tests.map(\.outcome) == [.failed, .errored, .passed, .skipped])
        #expect(report.test("A.works")?.durationNanoseconds == 250_000_000)
        #expect(report.test("A.works")?.location == "Tests/A.swift:7")
        #expect(report.test("A.breaks")?.durationNanoseconds == 1_234_500_000_000)
        #expect(report.test("A.breaks")?.message == "1 is not 2")
        #expect(report.test("A.throws")?.message == "boom & gone")
        #expect(report.test("later")?.cases == 0)
    }

    @Test("of several results in one case the worst counts")
    func severalOutcomes() throws {
        let report = try facts(
            "junit",
            "<testsuite><testcase name='a'><skipped/><failure message='f'/><error message='e'/></testcase>"
                + "<testcase name='b'><failure message='first'/><failure message='second'/></testcase></testsuite>")
        #expect(report.test("a")?.outcome == .errored)
        #expect(report.test("a")?.message == "e")
        #expect(report.test("b")?.message == "first")
    }

    @Test("the same name again is a further case: cases and times add up, the worst outcome wins")
    func parameterised() throws {
        let report = try facts(
            "junit",
            "<testsuite tests='3' failures='1'><testcase name='p' time='1'/><testcase name='p' time='2'><failure message='no'/></testcase>"
                + "<testcase name='p' time='4'/></testsuite>")
        #expect(report.tests == [TestFact(id: "p", outcome: .failed, cases: 3, durationNanoseconds: 7_000_000_000, message: "no")])
    }

    @Test("a flaky case passes with a warning; reruns of a failure add nothing")
    func flaky() throws {
        let report = try facts(
            "junit",
            "<testsuite><testcase name='a'><flakyFailure message='once'>t</flakyFailure></testcase>"
                + "<testcase name='b'><failure message='x'/><rerunFailure message='y'><failure/></rerunFailure></testcase></testsuite>")
        #expect(report.test("a") == TestFact(id: "a", outcome: .passed, warnings: 1))
        #expect(report.test("b") == TestFact(id: "b", outcome: .failed, message: "x"))
    }

    @Test("cases that did not run are skipped", arguments: ["status='notrun'", "status='disabled'", "result='suppressed'"])
    func notRun(attribute: String) throws {
        let report = try facts(
            "junit", "<testsuite tests='2' disabled='1'><testcase name='a' \(attribute)/><testcase name='b'/></testsuite>")
        #expect(report.test("a")?.outcome == .skipped)
        #expect(report.test("b")?.outcome == .passed)
    }

    @Test("a failure of the suite itself is never lost")
    func suiteFailure() throws {
        let report = try facts(
            "junit", "<testsuite name='S' tests='1' errors='1'><testcase name='a'/><error message='set-up'/></testsuite>")
        #expect(report.test("S") == TestFact(id: "S", outcome: .errored, cases: 0, message: "set-up"))
    }

    @Test("nested suites are counted once, declared with or without the inner ones")
    func nested() throws {
        for outer in [1, 3] {
            let report = try facts(
                "junit",
                "<testsuite name='o' tests='\(outer)'><testcase name='a'/>"
                    + "<testsuite name='i' tests='2'><testcase name='b'/><testcase name='c'/></testsuite></testsuite>")
            #expect(report.tests.count == 3)
        }
    }

    @Test("Swift Testing leaves skipped tests out of its total")
    func swiftTestingTotals() throws {
        let report = try facts(
            "junit",
            "<testsuites><testsuite name='TestResults' errors='0' tests='1' failures='2' skipped='1' time='0.1'>"
                + "<testcase name='a'><failure message='1'/><failure message='2'/></testcase><testcase name='b'><skipped/></testcase>"
                + "</testsuite></testsuites>")
        #expect(report.tests.count == 2)
    }

    @Test(
        "declared totals that no way of counting yields are refused",
        arguments: [
            "<testsuite tests='6'></testsuite>", "<testsuite tests='3'><testcase name='a'/></testsuite>",
            "<testsuite failures='1'><testcase name='a'/></testsuite>",
            "<testsuite errors='0'><testcase name='a'><error/></testcase></testsuite>",
            "<testsuite skipped='2'><testcase name='a'><skipped/></testcase></testsuite>",
            "<testsuites tests='2'><testsuite tests='1'><testcase name='a'/></testsuite></testsuites>",
        ])
    func contradictions(report: String) { #expect(refusal("junit", report)?.kind == .contradiction) }

    @Test(
        "what is no whole XML document is refused",
        arguments: [
            ("", DocumentError.Kind.empty), ("  \n ", .empty), ("<testsuite><testcase name='a'/>", .truncated),
            ("<testsuite><testcase name='a'/></testsuite", .truncated),
            ("<testsuite><testcase name='a'/></testsuite><testsuite/>", .syntax),
            ("<testsuite><testcase name='a'/></testsuite>junk", .syntax), ("<testsuite><testcase name='a></testsuite>", .syntax),
            ("<testsuite><testcase name='a'></testsuite></testcase>", .syntax), ("not xml", .syntax),
            ("<html/>", .badValue), ("<testsuites/>", .empty), ("<testsuite><testcase/></testsuite>", .missingKey),
            ("<testsuite tests='x'/>", .badValue), ("<testsuite tests='-1'/>", .badValue),
            ("<testsuite><testcase name='a' time='0,5'/></testsuite>", .badValue),
            ("<testsuite><testcase name='a' time='-1'/></testsuite>", .badValue),
            ("<testsuite><testcase name='a'><testcase name='b'/></testcase></testsuite>", .syntax),
        ] as [(String, DocumentError.Kind)])
    func refusals(report: String, kind: DocumentError.Kind) { #expect(refusal("junit", report)?.kind == kind) }

    @Test("a document type declaration is refused, so that no entity is ever expanded or opened")
    func entities() {
        for declaration in [
            "<!DOCTYPE testsuite SYSTEM 'file:///etc/passwd'>", "<!DOCTYPE testsuite [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>",
            "<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        ] {
            #expect(refusal("junit", "\(declaration)<testsuite><testcase name='&x;'/></testsuite>") != nil)
            #expect(refusal("junit", "\(declaration)<testsuite><testcase name='a'/></testsuite>")?.kind == .syntax)
        }
    }

    @Test("errors name the line and column")
    func positions() {
        let error = refusal("junit", "<testsuite>\n  <testcase name='a'/>\n  <oops\n</testsuite>")
        #expect(error?.position?.line == 4)
        let contradiction = refusal("junit", "<testsuites>\n<testsuite tests='2'>\n<testcase name='a'/></testsuite></testsuites>")
        #expect(contradiction?.position?.line == 2)
        #expect(contradiction?.message.contains("tests=\"2\"") == true)
    }

    @Test("nesting beyond the limit is refused")
    func depth() {
        let report = String(repeating: "<testsuite>", count: 100) + String(repeating: "</testsuite>", count: 100)
        #expect(refusal("junit", report)?.kind == .limit)
    }

    @Test("a text beyond the parser's limit is refused as that")
    func hugeText() {
        let text = String(repeating: "x", count: 10_500_000)
        #expect(refusal("junit", "<testsuite><testcase name='a'><system-out>\(text)</system-out></testcase></testsuite>")?.kind == .limit)
    }

    @Test("messages are bounded")
    func longMessage() throws {
        let long = String(repeating: "é", count: 10_000)
        let report = try facts("junit", "<testsuite><testcase name='a'><failure>\(long)</failure></testcase></testsuite>")
        #expect(report.test("a")?.message?.unicodeScalars.count == 2001)
    }

    @Test("other encodings that the document declares are read")
    func encodings() throws {
        let text = "<?xml version='1.0' encoding='ISO-8859-1'?><testsuite><testcase name='\u{E9}'/></testsuite>"
        let bytes = text.unicodeScalars.map { UInt8($0.value) }
        #expect(try JUnitXML.read(bytes, ReadingContext(file: "r")).tests.map(\.id) == ["é"])
    }
}
