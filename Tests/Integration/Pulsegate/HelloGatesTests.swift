import Glibc
import StrictDocuments
import Testing

/// A foreign package, gated by the built `pulsegate` as its own user would: green, and in its broken forms.
///
/// The package is built once; a test in it behaves as an environment variable says, so that each form costs a run and no build.
@Suite(.serialized)
struct HelloGatesTests {
    static let package = Result { try HelloPackage() }

    private func hello() throws -> HelloPackage { try Self.package.get() }

    @Test("the package as it is passes every gate with 0, and leaves verdict, ledger and reports behind")
    func green() throws {
        let sandbox = try hello().sandbox
        let ended = try sandbox.pulsegate("run", "--verbose")
        #expect(ended.code == 0, "\(ended.all)")
        #expect(ended.output.contains("Gates: PASS"))
        let gates = try sandbox.read("reports/gates.md")
        #expect(gates.contains("PASS, 3 gates"))
        #expect(try sandbox.read("reports/coverage.md").contains("Sources/Hello/TickSize.swift"))
        #expect(try sandbox.pulsegate("verify").code == 0)
        let recomputed = try sandbox.pulsegate("show", "latest", "--recompute")
        #expect(recomputed.code == 0 && recomputed.output.contains("byte for byte"), "\(recomputed.all)")
    }

    @Test("a test that fails ends with 1 and is named with its place")
    func failingTest() throws {
        let ended = try hello().sandbox.pulsegate("run", "--config", "mode.json", "--no-reports", environment: ["HELLO_MODE": "fail"])
        #expect(ended.code == 1, "\(ended.all)")
        #expect(ended.output.contains("misbehaves"))
        #expect(ended.output.contains("Misbehaving.swift:"))
    }

    @Test("a test that crashes ends with 1 and is named as never ended")
    func crashingTest() throws {
        let sandbox = try hello().sandbox
        let ended = try sandbox.pulsegate("run", "--config", "mode.json", "--no-reports", "--json", environment: ["HELLO_MODE": "crash"])
        #expect(ended.code == 1, "\(ended.all)")
        let verdict = try Verdict(ended.output)
        let tests = try #require(verdict.gate("tests"))
        #expect(tests.status == "fail")
        #expect(tests.reason.contains("misbehaves") && tests.reason.contains("never ended"), "\(tests.reason)")
    }

    @Test("a test that hangs is killed at the time limit, named, and ends with 5; nothing of it is left running")
    func hangingTest() throws {
        let sandbox = try hello().sandbox
        let ended = try sandbox.pulsegate("run", "--config", "hang.json", "--no-reports", "--json", environment: ["HELLO_MODE": "hang"])
        #expect(ended.code == 5, "\(ended.all)")
        let tests = try #require(try Verdict(ended.output).gate("tests"))
        #expect(tests.status == "fail")
        #expect(tests.reason.contains("misbehaves"), "\(tests.reason)")
        #expect(processes(holding: sandbox.root).isEmpty)
    }

    @Test("a run in which no test matches is never green")
    func noTestMatches() throws {
        let ended = try hello().sandbox.pulsegate("run", "--config", "nothing.json", "--no-reports", "--json")
        #expect(ended.code == 3, "\(ended.all)")
        let tests = try #require(try Verdict(ended.output).gate("tests"))
        #expect(tests.status == "not_evaluated" && tests.reason.contains("no test ran"), "\(tests.reason)")
    }

    @Test("a product file that no test links is named as unmeasured, and lowers the coverage")
    func unmeasuredFile() throws {
        let ended = try hello().sandbox.pulsegate("run", "--config", "orphan.json", "--no-reports", "--json")
        #expect(ended.code == 1, "\(ended.all)")
        let gate = try #require(try Verdict(ended.output).gate("coverage"))
        #expect(gate.findings.contains { $0.contains("no test links Sources/Orphan/Orphan.swift") }, "\(gate.findings)")
        #expect(gate.findings.contains { $0.contains("Sources/Orphan 0.0 %") && $0.contains("Orphan.swift:1") }, "\(gate.findings)")
    }

    @Test("coverage under its limit ends with 1 and names share, limit and first line")
    func coverageTooLow() throws {
        let ended = try hello().sandbox.pulsegate("run", "--config", "few.json", "--no-reports", "--json")
        #expect(ended.code == 1, "\(ended.all)")
        let gate = try #require(try Verdict(ended.output).gate("coverage"))
        #expect(gate.status == "fail")
        #expect(
            gate.reason.contains("asked for >= 85%") && gate.reason.contains("lines not covered, first at Sources/Hello/"), "\(gate.reason)"
        )
    }

    @Test("evidence judged again with the same time gives the same bytes, also on a fresh ledger")
    func replay() throws {
        let sandbox = try hello().sandbox
        #expect(try sandbox.pulsegate("run", "--evidence", "kept", "--no-reports", "--quiet").code == 0)
        let first = try sandbox.pulsegate("check", "--evidence", "kept", "--now", "2024-01-31T12:00:00Z", "--json", "--no-reports")
        _ = try Sandbox.run(["rm", "-rf", sandbox.root + "/.pulsegate"], in: "/")
        let second = try sandbox.pulsegate("check", "--evidence", "kept", "--now", "2024-01-31T12:00:00Z", "--json", "--no-reports")
        #expect(first.code == 0 && second.code == 0, "\(first.all)\(second.all)")
        #expect(first.output == second.output)
        #expect(first.output.contains("\"outcome\": \"pass\""))
    }

    @Test("an evidence file that is empty, cut short or changed is never green")
    func damagedEvidence() throws {
        let sandbox = try hello().sandbox
        #expect(try sandbox.pulsegate("run", "--evidence", "damaged", "--no-reports", "--quiet").code == 0)
        for name in ["collector.json", "events.jsonl", "coverage.json", "package.json", "console.log"] {
            let path = "damaged/unit/" + name
            let whole = try sandbox.read(path)
            for kept in [0, whole.utf8.count / 3, whole.utf8.count - 3] {
                try sandbox.write(path, String(decoding: Array(whole.utf8.prefix(kept)), as: UTF8.self))
                let ended = try sandbox.pulsegate("check", "--evidence", "damaged", "--json", "--no-reports")
                // The console holds XCTest's cases; cut, its totals are missing and its tests unfinished or gone.
                #expect(ended.code != 0, "\(name) cut to \(kept) bytes of \(whole.utf8.count): \(ended.output)")
            }
            try sandbox.write(path, whole)
        }
        #expect(try sandbox.pulsegate("check", "--evidence", "damaged", "--no-reports").code == 0)
        // A file that was not there when the run ended is no evidence of it.
        try sandbox.write("damaged/unit/documents/late.json", "{}")
        let added = try sandbox.pulsegate("check", "--evidence", "damaged", "--json", "--no-reports")
        #expect(added.code == 3 && added.output.contains("late.json was added after the run"), "\(added.output)")
        _ = try Sandbox.run(
            ["rm", sandbox.root + "/damaged/unit/documents/late.json", sandbox.root + "/damaged/unit/console.log"], in: "/")
        let lost = try sandbox.pulsegate("check", "--evidence", "damaged", "--json", "--no-reports")
        #expect(lost.code == 3 && lost.output.contains("console.log is missing"), "\(lost.output)")
    }

    @Test("a baseline that coverage falls below stops the run, and is moved only with a reason")
    func baseline() throws {
        let sandbox = try hello().sandbox
        #expect(try sandbox.pulsegate("run", "--no-reports", "--quiet").code == 0)
        #expect(try sandbox.pulsegate("baseline", "update", "--reason", " ").code == 2)
        let missing = try sandbox.pulsegate("check", "--config", "baseline.json", "--no-reports")
        #expect(missing.code == 3 && missing.all.contains("no baseline"), "\(missing.all)")
        #expect(try sandbox.pulsegate("baseline", "update", "--reason", "first baseline").code == 0)
        let held = try sandbox.pulsegate("check", "--config", "baseline.json", "--no-reports")
        #expect(held.code == 0, "\(held.all)")
        let fallen = try sandbox.pulsegate("run", "--config", "baseline-few.json", "--no-reports", "--json")
        #expect(fallen.code == 1, "\(fallen.all)")
        let gate = try #require(try Verdict(fallen.output).gate("coverage"))
        #expect(gate.reason.contains("baseline") && gate.reason.contains("drops at most 0.5pp"), "\(gate.reason)")
        _ = try Sandbox.run(["rm", "-rf", sandbox.root + "/governance"], in: "/")
    }
}

/// The example package with a test that misbehaves on demand and a target that nobody tests.
final class HelloPackage: Sendable {
    let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox(copying: "examples/HelloGates")
        try sandbox.write(
            "Tests/HelloTests/Misbehaving.swift",
            """
            import Foundation
            import Testing

            @Test func misbehaves() {
                switch ProcessInfo.processInfo.environment["HELLO_MODE"] {
                case "fail": #expect(Bool(false), "as it was told")
                case "crash": fatalError("as it was told")
                case "hang": while true { sleep(1) }
                default: break
                }
            }
            """)
        try sandbox.write("Sources/Orphan/Orphan.swift", "public func orphan(_ x: Int) -> Int {\n    x + 1\n}\n")
        let manifest = try sandbox.read("Package.swift")
        let marker = "targets: ["
        let parts = manifest.split(separator: marker, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2 || manifest.contains(marker))
        try sandbox.write("Package.swift", Self.replacingLast(manifest, marker, with: marker + "\n        .target(name: \"Orphan\"),"))
        for (name, text) in Self.configurations { try sandbox.write(name, text) }
        try sandbox.commit()
    }

    private static func replacingLast(_ text: String, _ old: String, with new: String) -> String {
        let parts = text.components(around: old)
        return parts.map { $0.0 + new + $0.1 } ?? text
    }

    /// Configurations beside each other, so that one build serves them all.
    private static let configurations: [(String, String)] = [
        ("gates.json", document(product: "Sources/Hello/**", coverage: limits)),
        ("mode.json", document(product: "Sources/Hello/**", collector: #", "env": ["HELLO_MODE"]"#, coverage: limits)),
        ("hang.json", document(product: "Sources/Hello/**", collector: #", "env": ["HELLO_MODE"], "timeout": "20s""#, coverage: limits)),
        ("nothing.json", document(product: "Sources/Hello/**", collector: #", "filter": "NoSuchTest""#, coverage: limits)),
        ("orphan.json", document(product: "Sources/**", coverage: limits)),
        ("few.json", document(product: "Sources/Hello/**", collector: #", "filter": "misbehaves""#, coverage: limits)),
        ("baseline.json", document(product: "Sources/Hello/**", coverage: drop)),
        ("baseline-few.json", document(product: "Sources/Hello/**", collector: #", "filter": "misbehaves""#, coverage: drop)),
    ]

    private static let limits = """
        { "metric": "coverage.line", "op": ">=", "value": "85%" },
        { "metric": "coverage.line", "on": "each_package", "op": ">=", "value": "85%" },
        { "metric": "coverage.unmeasured_files", "op": "==", "value": 0 }
        """
    private static let drop = #"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "0.5pp" }"#

    private static func document(product: String, collector: String = "", coverage: String) -> String {
        """
        { "version": 1,
          "project": { "name": "hello-gates", "product": ["\(product)"], "tests": ["Tests/**"] },
          "collect": [{ "id": "unit", "kind": "swift-test"\(collector) }],
          "gates": [
            { "id": "build", "title": "It builds", "from": ["unit"], "pass_when": { "metric": "build.errors", "op": "==", "value": 0 } },
            { "id": "tests", "title": "Every test ran and none failed", "from": ["unit"], "pass_when": { "all": [
              { "metric": "tests.failed", "op": "==", "value": 0 }, { "metric": "tests.unfinished", "op": "==", "value": 0 } ] } },
            { "id": "coverage", "title": "The tests reach the code", "from": ["unit"], "pass_when": { "all": [ \(coverage) ] } }
          ] }
        """
    }
}

/// A verdict as the tests look at it.
struct Verdict {
    struct Gate {
        var status: String
        var reason: String
        var findings: [String]
    }

    private let value: JSONValue

    init(_ text: String) throws {
        value = try JSONValue(try JSONDocument.parse(Array(text.utf8), file: "verdict"), file: "verdict")
    }

    func gate(_ id: String) -> Gate? {
        guard let gate = value["gates"]?.arrayValue?.first(where: { $0["id"]?.stringValue == id }) else { return nil }
        return Gate(
            status: gate["status"]?.stringValue ?? "", reason: gate["reason"]?.stringValue ?? "",
            findings: (gate["findings"]?.arrayValue ?? []).compactMap { $0["reason"]?.stringValue })
    }
}

extension String {
    /// The text before and behind the last occurrence of `separator`.
    fileprivate func components(around separator: String) -> (String, String)? {
        let text = Array(utf8)
        let wanted = Array(separator.utf8)
        guard text.count >= wanted.count else { return nil }
        for start in stride(from: text.count - wanted.count, through: 0, by: -1) where Array(text[start..<(start + wanted.count)]) == wanted
        {
            return (String(decoding: text[..<start], as: UTF8.self), String(decoding: text[(start + wanted.count)...], as: UTF8.self))
        }
        return nil
    }
}
