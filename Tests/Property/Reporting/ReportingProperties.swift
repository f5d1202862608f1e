import Determinism
import Evidence
import Gates
import StrictDocuments
import TerminalDisplay
import Testing

@testable import Reporting

@Suite("laws of reports")
struct ReportingProperties {
    private static let cases: UInt64 = 60

    private func pages(_ run: RecordedRun) -> [String] {
        [GatesMarkdown.render(run), CoverageMarkdown.render(run), StepSummary.render(run), PullRequestComment.render(run)]
    }

    @Test("rendering twice gives the same bytes")
    func determinism() {
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            let run = random.run()
            #expect(pages(run) == pages(run))
            #expect(JUnitReport.render(run) == JUnitReport.render(run))
            #expect(Annotations.render(run) == Annotations.render(run))
            #expect(VerdictJSON.render(run) == VerdictJSON.render(run))
            #expect(TerminalReport.render(run) == TerminalReport.render(run))
        }
    }

    @Test("no line of the terminal is wider than it, and none holds a control character")
    func width() {
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            let run = random.run()
            let width = random.generator.integer(in: 40...160)
            let text = TerminalReport.render(run, width: width, isVerbose: random.chance(50))
            for line in text.unicodeScalars.split(separator: "\n") {
                #expect(TextWidth.cells(in: String(line)) <= width, "seed \(seed): \(line)")
                #expect(!line.contains { $0.properties.generalCategory == .control }, "seed \(seed)")
            }
        }
    }

    @Test("all rows of a Markdown table have as many cells as its header, whatever stands in them")
    func tables() {
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            for page in pages(random.run()) {
                var columns: Int?
                var fenced = false
                for line in page.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
                    if line.starts(with: "```".unicodeScalars) { fenced.toggle() }
                    guard line.first == "|", !fenced else {
                        columns = nil
                        continue
                    }
                    let bars = line.filter { $0 == "|" }.count
                    #expect(line.last == "|")
                    #expect(bars == columns ?? bars, "seed \(seed): \(String(line))")
                    columns = bars
                }
            }
        }
    }

    @Test("Markdown holds no HTML but its own, no control character, and closes what it opens")
    func markup() {
        let own = ["<details>", "</details>", "<summary>", "</summary>", "<!-- -->"]
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            for page in pages(random.run()) {
                #expect(!page.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
                var fenced = false
                var open = 0
                for line in page.split(separator: "\n") {
                    if line.hasPrefix("```") {
                        fenced.toggle()
                        continue
                    }
                    if fenced { continue }
                    if line == "<details>" { open += 1 }
                    if line == "</details>" { open -= 1 }
                    #expect((0...1).contains(open))
                    // Outside code spans every "<" begins one of our own tags.
                    let outside = line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 0 }
                        .map(\.element)
                    if line.contains("\\`") { continue }
                    for part in outside {
                        for tail in part.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
                            #expect(
                                own.contains { ("<" + tail).hasPrefix($0) } || tail.hasPrefix("!-- pulsegate:"), "seed \(seed): \(line)")
                        }
                    }
                }
                #expect(!fenced)
                #expect(open == 0)
            }
        }
    }

    @Test("JUnit is well-formed, its counts are those of its elements, and it is red exactly when the run does not pass")
    func junit() throws {
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            var run = random.run()
            // As the evaluator gives them.
            if run.blocking.count > 0, run.verdict.exitCode == .pass { run.verdict.exitCode = .fail }
            if run.collectors.contains(where: { $0.state == .timedOut || $0.state == .crashed }) { run.verdict.exitCode = .collectorFailed }
            let xml = JUnitReport.render(run)
            let elements = try XMLCheck.elements(xml)
            func count(_ name: String) -> Int { elements.filter { $0.name == name }.count }
            let suite = try #require(elements.first { $0.name == "testsuite" })
            #expect(suite.attributes["tests"] == "\(count("testcase"))")
            #expect(suite.attributes["failures"] == "\(count("failure"))")
            #expect(suite.attributes["errors"] == "\(count("error"))")
            #expect(suite.attributes["skipped"] == "\(count("skipped"))")
            #expect(count("testcase") >= run.verdict.gates.count)
            #expect((count("failure") + count("error") > 0) == (run.verdict.exitCode != .pass), "seed \(seed)")
        }
    }

    @Test("annotations are whole commands of known kinds, within GitHub's limits")
    func annotations() {
        for seed in 0..<Self.cases {
            var random = RandomRun(seed: seed)
            let text = Annotations.render(random.run())
            let lines = text.unicodeScalars.split(separator: "\n").map { String($0) }
            #expect(text.isEmpty || text.hasSuffix("\n"))
            #expect(lines.filter { $0.hasPrefix("::error ") }.count <= Annotations.maximumErrors)
            #expect(lines.filter { $0.hasPrefix("::warning ") }.count <= Annotations.maximumWarnings)
            for line in lines {
                #expect(["::error ", "::warning ", "::notice "].contains { line.hasPrefix($0) }, "seed \(seed): \(line)")
                #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
                // The properties end at the first "::" behind the name.
                let properties = line.dropFirst(2).firstRange(of: "::").map {
                    line[line.index(line.startIndex, offsetBy: 2)..<$0.lowerBound]
                }
                #expect(properties.map { $0.contains("title=") } ?? false)
            }
        }
    }

    @Test("limits of GitHub hold, however much there is to say")
    func limits() {
        for seed in 0..<6 as Range<UInt64> {
            var random = RandomRun(seed: seed)
            var run = random.run()
            run.verdict.gates = (0..<600).map { random.gate($0) }
            #expect(PullRequestComment.render(run).utf8.count <= PullRequestComment.maximumBytes)
            #expect(StepSummary.render(run).utf8.count <= StepSummary.maximumBytes)
            let limit = random.generator.integer(in: 300...5000)
            #expect(MarkdownCut.cut(GatesMarkdown.render(run), toBytes: limit).utf8.count <= limit)
        }
    }

    @Test("cleaning text twice changes nothing, and keeps it within its limit")
    func cleaning() {
        for seed in 0..<1000 as Range<UInt64> {
            var random = RandomRun(seed: seed)
            let text = random.text()
            let once = PlainText.clean(text)
            #expect(PlainText.clean(once) == once)
            #expect(once.unicodeScalars.count <= PlainText.maximumLength)
        }
    }
}

/// A strict check of the XML that is written here: declaration, elements, attributes, references, characters; nothing else is allowed.
enum XMLCheck {
    struct Element {
        var name: String
        var attributes: [String: String]
    }

    struct Malformed: Error {
        var what: String
        var at: Int
    }

    static func elements(_ xml: String) throws -> [Element] {
        var scalars = Array(xml.unicodeScalars)
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
        guard xml.hasPrefix(declaration) else { throw Malformed(what: "no declaration", at: 0) }
        scalars.removeFirst(declaration.unicodeScalars.count)
        for (index, scalar) in scalars.enumerated() {
            let allowed =
                [0x9, 0xA, 0xD].contains(scalar.value) || (0x20...0xD7FF).contains(scalar.value) || (0xE000...0xFFFD).contains(scalar.value)
                || scalar.value >= 0x10000
            guard allowed else { throw Malformed(what: "character \(scalar.value)", at: index) }
        }
        var elements: [Element] = []
        var open: [String] = []
        var roots = 0
        var index = 0
        func text(until ends: Set<Unicode.Scalar>) throws -> String {
            var output = ""
            while index < scalars.count, !ends.contains(scalars[index]) {
                if scalars[index] == "<" || scalars[index] == ">" { throw Malformed(what: "bare bracket", at: index) }
                if scalars[index] == "&" {
                    guard let end = scalars[index...].firstIndex(of: ";") else { throw Malformed(what: "open reference", at: index) }
                    let name = String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
                    guard ["amp", "lt", "gt", "quot", "apos", "#10"].contains(name) else { throw Malformed(what: "&\(name);", at: index) }
                    index = end
                }
                output.unicodeScalars.append(scalars[index])
                index += 1
            }
            return output
        }
        while index < scalars.count {
            let content = try text(until: ["<"])
            if open.isEmpty, content.contains(where: { !$0.isWhitespace }) { throw Malformed(what: "text outside", at: index) }
            guard index < scalars.count else { break }
            guard let end = scalars[index...].firstIndex(of: ">") else { throw Malformed(what: "open tag", at: index) }
            index += 1
            if scalars[index] == "/" {
                let name = String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
                guard open.popLast() == name else { throw Malformed(what: "end of \(name)", at: index) }
                index = end + 1
                continue
            }
            var name = ""
            while scalars[index].properties.isAlphabetic || scalars[index] == "-" {
                name.unicodeScalars.append(scalars[index])
                index += 1
            }
            if open.isEmpty { roots += 1 }
            var attributes: [String: String] = [:]
            while scalars[index] == " " {
                index += 1
                var key = ""
                while scalars[index].properties.isAlphabetic {
                    key.unicodeScalars.append(scalars[index])
                    index += 1
                }
                guard scalars[index] == "=", scalars[index + 1] == "\"" else { throw Malformed(what: "attribute \(key)", at: index) }
                index += 2
                let value = try text(until: ["\""])
                guard attributes.updateValue(value, forKey: key) == nil else { throw Malformed(what: "\(key) twice", at: index) }
                index += 1
            }
            elements.append(Element(name: name, attributes: attributes))
            if scalars[index] == "/" { index += 1 } else { open.append(name) }
            guard scalars[index] == ">" else { throw Malformed(what: "tag \(name)", at: index) }
            index += 1
        }
        guard open.isEmpty, roots == 1 else { throw Malformed(what: "\(open.count) open, \(roots) roots", at: index) }
        return elements
    }
}
