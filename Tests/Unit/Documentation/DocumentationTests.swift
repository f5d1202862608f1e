import Foundation
import Gates
import StrictDocuments
import Testing

@Suite("what the documentation shows works")
struct DocumentationTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// The fenced blocks of a page that are marked as JSON.
    static func jsonBlocks(_ path: String) throws -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in try text(path).split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```json" {
                block = []
            } else if line == "```", let lines = block {
                blocks.append(lines.joined(separator: "\n"))
                block = nil
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    @Test(
        "a gates.json of this repository is read without an objection",
        arguments: [("gates.json", 10), ("examples/HelloGates/gates.json", 3), ("examples/HelloBench/gates.json", 1)])
    func configurationIsRead(_ path: String, _ gates: Int) throws {
        let configuration = try GatesConfiguration(json: Array(try Self.text(path).utf8), file: path)
        #expect(configuration.gates.count >= gates)
    }

    @Test("the example's budgets are of benchmarks that its suite has")
    func exampleBudgets() throws {
        let configuration = try GatesConfiguration(
            json: Array(try Self.text("examples/HelloBench/gates.json").utf8), file: "examples/HelloBench/gates.json")
        let suite = try Self.text("examples/HelloBench/Sources/Bench/Suite.swift")
        let budgets = try #require(configuration.collectors.first?.benchmarking).budgets
        #expect(budgets.count == 3)
        for budget in budgets {
            let names = ["parse", "average/1000", "sorted", "yardstick"].filter { budget.benchmarks?.matches($0) == true }
            let name = try #require(names.first?.split(separator: "/").first, "\(budget)")
            #expect(suite.contains("\"\(name)\""))
        }
    }

    @Test("every whole file that a page shows is read without an objection", arguments: [("docs/gates-json.md", 2), ("README.md", 1)])
    func shownFilesAreRead(_ page: String, _ count: Int) throws {
        let files = try Self.jsonBlocks(page).filter { $0.contains("\"gates\":") }
        #expect(files.count == count)
        for file in files {
            #expect(throws: Never.self, "\(file)") { try GatesConfiguration(json: Array(file.utf8), file: page) }
        }
    }

    @Test("every condition and collector that the guide shows is read without an objection")
    func shownFragmentsAreRead() throws {
        let fragments = try Self.jsonBlocks("docs/gates-json.md").filter { !$0.contains("\"gates\":") && !$0.contains("\"format\":") }
        #expect(fragments.count >= 6)
        for fragment in fragments {
            let isCollector = fragment.contains("\"kind\":")
            let collector = isCollector ? fragment : "{ \"id\": \"unit\", \"kind\": \"swift-test\" }"
            let condition = isCollector ? "{ \"metric\": \"golden.mismatches\", \"op\": \"==\", \"value\": 0 }" : fragment
            let from = !isCollector ? "unit" : try Self.identifier(fragment)
            let file = """
                { "version": 1, "project": { "name": "shown", "product": ["Sources/**"] }, "collect": [\(collector)],
                  "gates": [{ "id": "shown", "title": "Shown", "from": ["\(from)"], "pass_when": \(condition) }] }
                """
            #expect(throws: Never.self, "\(fragment)") { try GatesConfiguration(json: Array(file.utf8), file: "docs/gates-json.md") }
        }
    }

    /// The id that a shown collector gives itself.
    private static func identifier(_ fragment: String) throws -> String {
        let mark = "\"id\": \""
        let start = try #require(fragment.range(of: mark)).upperBound
        return String(fragment[start...].prefix { $0 != "\"" })
    }

    @Test("the guide names every key, metric, format, verdict and exit code")
    func guideIsComplete() throws {
        let guide = try Self.text("docs/gates-json.md")
        func demand(_ words: [String]) {
            for word in words { #expect(guide.contains(word), "docs/gates-json.md does not mention \(word)") }
        }
        demand(GatesConfiguration.keys.values.flatMap { $0 }.sorted().filter { !["all", "any", "not"].contains($0) })
        demand(VerdictStatus.allCases.map(\.rawValue))
        demand(ExitCode.allCases.map { "| \($0.rawValue) | " })
        demand(Collector.Kind.allCases.map { "`\($0.rawValue)`" })
    }
}
