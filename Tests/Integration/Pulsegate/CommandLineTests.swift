import StrictDocuments
import Testing

/// What the command line says to mistakes, and how golden data and foreign reports are gated.
struct CommandLineTests {
    private static let valid = """
        { "version": 1,
          "project": { "name": "p", "product": ["src/**"] },
          "collect": [{ "id": "report", "kind": "file", "reads": [{ "path": "out/*.xml", "format": "junit" }] }],
          "gates": [{ "id": "tests", "title": "Tests pass", "from": ["report"],
            "pass_when": { "metric": "tests.failed", "op": "==", "value": 0 } }] }
        """

    @Test(
        "a mistake in gates.json ends with 2 and names file, line and column",
        arguments: [
            (#""title": "Tests pass""#, #""titel": "Tests pass""#, "gates.json:4:30: unknown key 'titel'", "did you mean 'title'?"),
            (#""value": 0"#, #""value": "5ms""#, "gates.json:5:67: '5ms' has the wrong unit", "whole number"),
            (#""value": 0"#, #""value": 0.5"#, "gates.json:5:67: 'value' is the bare number 0.5", "unit"),
            ("tests.failed", "tests.faild", "gates.json:5:30: unknown metric 'tests.faild'", "did you mean 'tests.failed'?"),
            (#""version": 1"#, #""version": 2"#, "gates.json:1:14: version 2 is newer", "newer pulsegate"),
            (#"["report"]"#, #"["raport"]"#, "gates.json:4:62: no collector is called 'raport'", "did you mean 'report'?"),
            (#""junit""#, #""junite""#, "no report format is called 'junite'", "did you mean 'junit'?"),
            (#""kind": "file""#, #""kind": "file", "after": ["report"]"#, "waits for itself", ""),
            ("] }", "] ", "gates.json:", "cut short"),
            ("out/*.xml", "../*.xml", "leaves the repository", "relative"),
        ])
    func mistakes(_ old: String, _ new: String, _ message: String, _ hint: String) throws {
        let sandbox = try Sandbox()
        try sandbox.write("gates.json", Self.replacingLast(Self.valid, old, with: new))
        for command in ["run", "check", "lint"] {
            let ended = try sandbox.pulsegate(command)
            #expect(ended.code == 2, "\(command): \(ended.all)")
            #expect(ended.problems.contains(message), "\(command): \(ended.problems)")
            #expect(ended.problems.contains(hint), "\(command): \(ended.problems)")
        }
    }

    @Test(
        "an unknown flag, command, profile, gate, run or format ends with 2",
        arguments: [
            ["run", "--nonsense"], ["nonsense"], ["run", "--profile", "nonsense"], ["explain", "nonsense"],
            ["check", "--now", "yesterday"],
            ["history"], ["show", "nonsense"], ["report", "--format", "nonsense"],
        ])
    func usage(_ arguments: [String]) throws {
        let sandbox = try Sandbox()
        try sandbox.write("gates.json", Self.valid)
        let ended = try Sandbox.run([Sandbox.pulsegate] + arguments, in: sandbox.root)
        #expect(ended.code == 2, "\(arguments): \(ended.code ?? -1) \(ended.all)")
        #expect(!ended.problems.isEmpty)
    }

    @Test("help and version end with 0", arguments: [["--help"], ["--version"], ["run", "--help"], ["baseline", "update", "--help"]])
    func help(_ arguments: [String]) throws {
        let ended = try Sandbox.run([Sandbox.pulsegate] + arguments, in: "/tmp")
        #expect(ended.code == 0)
        #expect(!ended.output.isEmpty)
    }

    @Test("a foreign JUnit report is judged; missing, empty or cut at any byte it is never green")
    func foreignReport() throws {
        let sandbox = try Sandbox()
        try sandbox.write("gates.json", Self.valid)
        let missing = try sandbox.pulsegate("check", "--json")
        #expect(missing.code == 3 && missing.output.contains("no file matches 'out/*.xml'"), "\(missing.all)")
        let report =
            #"<testsuites tests="2" failures="0"><testsuite name="s" tests="2" failures="0"><testcase classname="a" name="b" time="0.1"/><testcase classname="a" name="c"/></testsuite></testsuites>"#
        try sandbox.write("out/r.xml", report)
        #expect(try sandbox.pulsegate("check").code == 0)
        for kept in stride(from: 0, to: report.utf8.count, by: 7) {
            try sandbox.write("out/r.xml", String(decoding: Array(report.utf8.prefix(kept)), as: UTF8.self))
            let ended = try sandbox.pulsegate("check", "--no-reports")
            #expect(ended.code == 3, "cut to \(kept) bytes: \(ended.all)")
        }
        try sandbox.write("out/r.xml", Self.replacingLast(report, #"name="c"/>"#, with: #"name="c"><failure message="boom"/></testcase>"#))
        let contradiction = try sandbox.pulsegate("check", "--no-reports", "--json")
        #expect(contradiction.code == 3, "declared totals contradict the elements: \(contradiction.all)")
    }

    @Test("one golden cell changed by a millionth ends with 1 and names file, row, column, expected and got")
    func goldenCell() throws {
        let sandbox = try Sandbox(copying: "data")
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "golden", "product": ["**"] },
              "collect": [{ "id": "golden", "kind": "golden", "manifest": "data/golden/manifest.json",
                "run": ["\(Sandbox.tradepulse)", "golden", "check"] }],
              "gates": [{ "id": "golden", "title": "Golden", "from": ["golden"], "pass_when": { "all": [
                { "metric": "golden.mismatches", "op": "==", "value": 0 }, { "metric": "golden.unreviewed_updates", "op": "==", "value": 0 } ] } }] }
            """)
        _ = try Sandbox.run(["sh", "-c", "mkdir data && mv golden data/"], in: sandbox.root)
        let clean = try sandbox.pulsegate("run")
        #expect(clean.code == 0, "\(clean.all)")
        let path = "data/golden/indicator_macd_baseline.csv"
        let text = try sandbox.read(path)
        try sandbox.write(path, Self.replacingLast(text, "0.221135", with: "0.221136"))
        let ended = try sandbox.pulsegate("run", "--json")
        #expect(ended.code == 1, "\(ended.all)")
        let gate = try #require(try Verdict(ended.output).gate("golden"))
        let said = gate.findings.joined(separator: "\n")
        for part in [path, "row 3", "column macd", "expected 0.221136", "got 0.22113"] {
            #expect(said.contains(part), "'\(part)' is not in: \(said)")
        }
    }

    @Test(
        "a collector that cannot be run, that is killed or that exceeds its time ends with 5",
        arguments: [
            (#"["no-such-program-here"]"#, "was not found in PATH"), (#"["/bin/sh", "-c", "kill -9 $$"]"#, "died of signal 9"),
            (#"["sleep", "1000"]"#, "exceeded its time limit"),
        ])
    func deadCollectors(_ run: String, _ message: String) throws {
        let sandbox = try Sandbox()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "c", "kind": "command", "run": \(run), "timeout": "2s" }],
              "gates": [{ "id": "g", "title": "G", "from": ["c"], "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
            """)
        let ended = try sandbox.pulsegate("run", "--json")
        #expect(ended.code == 5, "\(ended.all)")
        #expect(ended.output.contains(message), "\(ended.output)")
    }

    @Test("a command that exits with another code than 0 fails its gate, with its last words")
    func failingCommand() throws {
        let sandbox = try Sandbox()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "c", "kind": "command", "run": ["/bin/sh", "-c", "echo the last word; exit 3"] }],
              "gates": [{ "id": "g", "title": "G", "from": ["c"], "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
            """)
        let ended = try sandbox.pulsegate("run", "--json")
        #expect(ended.code == 1, "\(ended.all)")
        #expect(ended.output.contains("exited with 3: the last word"), "\(ended.output)")
    }

    @Test("a report that the command did not write again is stale and refused")
    func staleReport() throws {
        let sandbox = try Sandbox()
        let run = #"["/bin/sh", "-c", "true"]"#
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "c", "kind": "command", "run": \(run), "reads": [{ "path": "r.xml", "format": "junit" }] }],
              "gates": [{ "id": "g", "title": "G", "from": ["c"], "pass_when": { "metric": "tests.failed", "op": "==", "value": 0 } }] }
            """)
        try sandbox.write("r.xml", #"<testsuite name="s" tests="1"><testcase classname="a" name="b"/></testsuite>"#)
        let ended = try sandbox.pulsegate("run", "--json")
        #expect(ended.code == 3, "\(ended.all)")
        #expect(ended.output.contains("stale"), "\(ended.output)")
    }

    @Test("init writes a gates.json that runs, and keeps an existing one")
    func initialise() throws {
        let sandbox = try Sandbox()
        let empty = try sandbox.pulsegate("init")
        #expect(empty.code == 2 && empty.problems.contains("Package.swift"), "\(empty.all)")
        try sandbox.write("out/junit.xml", #"<testsuite name="s" tests="1"><testcase classname="a" name="b"/></testsuite>"#)
        #expect(try sandbox.pulsegate("init").code == 0)
        let checked = try sandbox.pulsegate("check")
        #expect(checked.code == 0, "\(checked.all)")
        #expect(try sandbox.pulsegate("init").code == 2)
        #expect(try sandbox.pulsegate("init", "--force").code == 0)
        #expect(try sandbox.pulsegate("lint").code == 0)
    }

    @Test("the version is the one that the file VERSION names")
    func version() throws {
        let named = try DocumentFile.read(Sandbox.repository + "/VERSION", maximumBytes: 100)
        let ended = try Sandbox.run([Sandbox.pulsegate, "--version"], in: "/")
        #expect(ended.output == String(decoding: named, as: UTF8.self))
    }

    @Test("on GitHub a run prints annotations and adds its report to the job's summary")
    func github() throws {
        let sandbox = try Sandbox()
        try sandbox.write("gates.json", Self.valid)
        try sandbox.write(
            "out/r.xml",
            #"<testsuite name="s" tests="1" failures="1"><testcase classname="a" name="b" file="src/A.swift" line="7"><failure message="boom"/></testcase></testsuite>"#
        )
        try sandbox.write("summary.md", "# another step\n")
        let environment = ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": sandbox.root + "/summary.md"]
        let ended = try sandbox.pulsegate("check", environment: environment)
        #expect(ended.code == 1)
        #expect(ended.output.contains("::error file=src/A.swift,line=7"), "\(ended.output)")
        let summary = try sandbox.read("summary.md")
        #expect(summary.hasPrefix("# another step\n") && summary.contains("FAIL, 1 of 1"), "\(summary)")
        let elsewhere = try sandbox.pulsegate("check", environment: ["GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""])
        #expect(!elsewhere.output.contains("::error"))
    }

    @Test("a golden file changed without a blessing is named, though the command says nothing of it")
    func unblessedGoldenFile() throws {
        let sandbox = try Sandbox(copying: "data")
        let document =
            #"{"format":"pulsegate-evidence","version":1,"kind":"golden","producer":{"name":"t","version":"1"},"subject":null,"complete":true,"totals":{"measures":1,"tests":0},"tests":[],"measures":[{"metric":"golden.mismatches","subject":"golden/indicator_macd_baseline.csv","value":{"numerator":0,"denominator":1,"unit":"count"},"samples":1,"note":null}]}"#
        try sandbox.write("document.json", document)
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "golden", "product": ["**"] },
              "collect": [{ "id": "golden", "kind": "golden", "manifest": "golden/manifest.json",
                "run": ["/bin/sh", "-c", "cp document.json $PULSEGATE_EVIDENCE_DIR/"] }],
              "gates": [{ "id": "golden", "title": "Golden", "from": ["golden"],
                "pass_when": { "metric": "golden.unreviewed_updates", "op": "==", "value": 0 } }] }
            """)
        #expect(try sandbox.pulsegate("run").code == 0)
        let path = "golden/indicator_macd_baseline.csv"
        try sandbox.write(path, try sandbox.read(path) + "\n")
        let ended = try sandbox.pulsegate("run", "--json")
        #expect(ended.code == 1 && ended.output.contains("changed without a blessing: \(path)"), "\(ended.all)")
    }

    @Test("reports rendered again from the ledger have the same bytes")
    func rendering() throws {
        let sandbox = try Sandbox()
        try sandbox.write("gates.json", Self.valid)
        try sandbox.write("out/r.xml", #"<testsuite name="s" tests="1"><testcase classname="a" name="b"/></testsuite>"#)
        #expect(try sandbox.pulsegate("check").code == 0)
        let names = ["gates.md", "coverage.md", "verdict.json", "gates.junit.xml", "step-summary.md"]
        let first = try names.map { try sandbox.read("reports/" + $0) }
        #expect(try sandbox.pulsegate("check").code == 0)
        let oldest = try sandbox.pulsegate("report", "#1", "--output", "again")
        #expect(oldest.code == 0, "\(oldest.all)")
        #expect(try names.map { try sandbox.read("again/" + $0) } == first)
        for format in ["gates", "coverage", "json", "junit", "summary", "comment", "annotations"] {
            #expect(try sandbox.pulsegate("report", "--format", format).code == 0)
        }
    }

    static func replacingLast(_ text: String, _ old: String, with new: String) -> String {
        let bytes = Array(text.utf8)
        let wanted = Array(old.utf8)
        var place: Int?
        if bytes.count >= wanted.count {
            for start in 0...(bytes.count - wanted.count) where Array(bytes[start..<(start + wanted.count)]) == wanted { place = start }
        }
        guard let place else { return text }
        return String(decoding: bytes[..<place] + Array(new.utf8) + bytes[(place + wanted.count)...], as: UTF8.self)
    }
}
