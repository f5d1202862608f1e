import StrictDocuments
import Testing

/// What commands answer where the easy answer would be wrong: full disks, closed descriptors, broken ledgers, linked files.
struct AnswersTests {
    private func repository() throws -> Sandbox {
        let sandbox = try Sandbox()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["src/**"] },
              "collect": [{ "id": "report", "kind": "file", "reads": [{ "path": "r.info", "format": "lcov" }] }],
              "baseline": { "ref": "committed", "on_missing": "bootstrap" },
              "gates": [{ "id": "g", "title": "G", "from": ["report"],
                "pass_when": { "metric": "coverage.line", "against": "baseline", "drop_at_most": "0.5pp" } }] }
            """)
        try sandbox.write("r.info", "SF:src/a.swift\nDA:1,1\nDA:2,1\nend_of_record\n")
        return sandbox
    }

    private func shell(_ script: String, in sandbox: Sandbox) throws -> Sandbox.Ended {
        try Sandbox.run(["/bin/sh", "-c", script, Sandbox.pulsegate], in: sandbox.root)
    }

    @Test("an answer that a full disk swallows ends with 7, one whose reader went away with its own code and all its reports")
    func lostAnswers() throws {
        let sandbox = try repository()
        let full = try shell("\"$0\" check --json > /dev/full", in: sandbox)
        #expect(full.code == 7 && full.problems.contains("standard output"), "\(full.all)")
        let help = try shell("\"$0\" --help > /dev/full", in: sandbox)
        #expect(help.code == 7, "\(help.all)")
        _ = try shell("rm -r reports", in: sandbox)
        // The reader ends before the first word.
        let gone = try shell("{ sleep 0; \"$0\" check --json; echo $? > code; } | true", in: sandbox)
        #expect(gone.code == 0 && sandbox.exists("reports/verdict.json"), "\(gone.all)")
        #expect(try sandbox.read("code") == "0\n")
    }

    @Test("explain says that the ledger is broken instead of that nothing was ever judged")
    func explainBrokenLedger() throws {
        let sandbox = try repository()
        try sandbox.write(".pulsegate/ledger.sqlite", String(repeating: "no database ", count: 1000))
        let ended = try sandbox.pulsegate("explain", "g")
        #expect(ended.code == 4, "\(ended.all)")
    }

    @Test("a ledger or reports folder that cannot be used stops a run before its collectors start", arguments: ["ledger", "reports"])
    func stopsEarly(_ what: String) throws {
        let sandbox = try Sandbox()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "c", "kind": "command", "run": ["touch", "started"] }],
              "gates": [{ "id": "g", "title": "G", "from": ["c"], "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
            """)
        try sandbox.write(what == "ledger" ? ".pulsegate/ledger.sqlite/inside" : "reports", "in the way")
        let ended = try sandbox.pulsegate("run")
        #expect(ended.code == 2, "\(ended.all)")
        #expect(!sandbox.exists("started"))
    }

    @Test("--json answers with JSON also where there is nothing to tell")
    func alwaysJSON() throws {
        let sandbox = try repository()
        #expect(try sandbox.pulsegate("check").code == 0)
        for arguments in [["baseline", "show", "--json"], ["show", "--recompute", "--json"]] {
            let ended = try Sandbox.run([Sandbox.pulsegate] + arguments, in: sandbox.root)
            #expect(ended.code == 0, "\(ended.all)")
            #expect((try? JSONDocument.parse(Array(ended.output.utf8), file: "answer")) != nil, "\(arguments): \(ended.output)")
        }
    }

    @Test("a baseline is made of report files too, and a reason of blanks is none")
    func baselineOfReports() throws {
        let sandbox = try repository()
        #expect(try sandbox.pulsegate("baseline", "update", "--reason", "  a      ").code == 2)
        let ended = try sandbox.pulsegate("baseline", "update", "--reason", "first baseline")
        #expect(ended.code == 0, "\(ended.all)")
        try sandbox.write("r.info", "SF:src/a.swift\nDA:1,1\nDA:2,0\nend_of_record\n")
        let fallen = try sandbox.pulsegate("check")
        #expect(fallen.code == 1, "\(fallen.all)")
    }

    @Test("a baseline asks for what the profile collects, and leaves the figures of other collectors as they are")
    func baselineOfProfile() throws {
        let sandbox = try Sandbox()
        let gate = #""pass_when": { "metric": "coverage.line", "op": ">=", "value": "1%" }"#
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["src/**"] },
              "profiles": { "pr": { "gates": ["g"] }, "nightly": { "gates": ["*"] } },
              "collect": [{ "id": "report", "kind": "file", "reads": [{ "path": "r.info", "format": "lcov" }] },
                          { "id": "long", "kind": "file", "reads": [{ "path": "n.info", "format": "lcov" }] }],
              "gates": [{ "id": "g", "title": "G", "from": ["report"], \(gate) }, { "id": "n", "title": "N", "from": ["long"], \(gate) }] }
            """)
        let figures = "SF:src/a.swift\nDA:1,1\nend_of_record\n"
        try sandbox.write("r.info", figures)
        func update(_ more: String...) throws -> Sandbox.Ended {
            try Sandbox.run([Sandbox.pulsegate, "baseline", "update", "--reason", "a new state"] + more, in: sandbox.root)
        }
        func shown() throws -> String { try sandbox.pulsegate("baseline", "show").output }
        #expect(try update("--profile", "nightly").code == 3)
        #expect(try update("--now", "2026-01-01T00:00:00Z").code == 0)
        #expect(try !shown().contains("long:"))
        try sandbox.write("n.info", figures)
        #expect(try update("--profile", "nightly", "--now", "2026-01-02T00:00:00Z").code == 0)
        _ = try shell("rm n.info", in: sandbox)
        #expect(try update("--now", "2026-01-03T00:00:00Z").code == 0)
        #expect(try shown().contains("long: ") && shown().contains("report: "))
        #expect(try update("--profile", "none").code == 2)
    }

    @Test("--config takes a link to a gates.json, and gates the folder that the link lies in")
    func linkedConfiguration() throws {
        let sandbox = try repository()
        _ = try shell("mkdir shared && mv gates.json shared/ && ln -s shared/gates.json linked.json", in: sandbox)
        let ended = try sandbox.pulsegate("check", "--config", "linked.json")
        #expect(ended.code == 0, "\(ended.all)")
        #expect(sandbox.exists(".pulsegate/ledger.sqlite") && !sandbox.exists("shared/.pulsegate"))
    }
}
