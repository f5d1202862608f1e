import StrictDocuments
import Testing

/// What can be asked of a repository and its ledger between runs: is it fit, what does a gate want, what was, is it whole.
@Suite("questions between runs") struct LookingBackTests {
    private let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["src/**"] },
              "collect": [{ "id": "report", "kind": "file", "reads": [{ "path": "r.info", "format": "lcov" }] }],
              "gates": [{ "id": "covered", "title": "Enough is covered", "owner": "@a", "why": "Because.", "from": ["report"],
                "pass_when": { "all": [{ "metric": "coverage.line", "on": "each_file", "op": ">=", "value": "50%" },
                                       { "not": { "metric": "coverage.unmeasured_files", "op": ">", "value": 3 } }] } }] }
            """)
        try sandbox.write("r.info", "SF:src/a.swift\nDA:1,1\nDA:2,1\nend_of_record\n")
        try sandbox.write("src/a.swift", "let a = 1\nlet b = 2\n")
    }

    private func json(_ arguments: String...) throws -> JSONValue {
        let ended = try Sandbox.run([Sandbox.pulsegate] + arguments + ["--json"], in: sandbox.root)
        return try JSONValue(JSONDocument.parse(Array(ended.output.utf8), file: "answer"), file: "answer")
    }

    private func health(_ subject: String) throws -> String? {
        try json("doctor")["diagnoses"]?.arrayValue?.first { $0["subject"]?.stringValue == subject }?["health"]?.stringValue
    }

    @Test("doctor names what is broken and what is only missing, and ends with 3 for the first alone")
    func doctor() throws {
        #expect(try health("gates.json") == "good" && health("ledger") == "good")
        #expect(try health("git") == "warning", "no repository")
        #expect(try sandbox.pulsegate("doctor").code == 0)
        try sandbox.commit()
        #expect(try health("git") == "warning", "the first commit is compared with nothing")
        try sandbox.write("src/a.swift", "let a = 2\n")
        try sandbox.commit()
        #expect(try health("git") == "good")
        try sandbox.write(".pulsegate/ledger.sqlite", "no database")
        let ended = try sandbox.pulsegate("doctor")
        #expect(ended.code == 3 && ended.output.contains("ledger"), "\(ended.all)")
        #expect(try health("ledger") == "broken")
        let empty = try sandbox.pulsegate("doctor", environment: ["PATH": "/nowhere"])
        #expect(empty.output.contains("not found on PATH") && empty.output.contains("git"), "\(empty.all)")
        try sandbox.write("gates.json", "{}")
        #expect(try health("gates.json") == "broken")
    }

    @Test("doctor warns of a command that is not built yet, and calls one broken that no folder of PATH has")
    func commands() throws {
        for (command, health) in [("build/tool", "warning"), ("no-such-tool-anywhere", "broken"), ("true", nil)] {
            try sandbox.write(
                "gates.json",
                """
                { "version": 1, "project": { "name": "p", "product": ["**"] },
                  "collect": [{ "id": "tool", "kind": "command", "run": ["\(command)"] }],
                  "gates": [{ "id": "g", "title": "G", "from": ["tool"],
                    "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
                """)
            #expect(try self.health("tool") == health, "\(command)")
        }
    }

    @Test("explain tells what a gate asks, why, and how the newest run ended; a name that is off by a letter is guessed")
    func explain() throws {
        let before = try sandbox.pulsegate("explain", "covered")
        #expect(before.code == 0 && before.output.contains("it was never judged on this machine"), "\(before.all)")
        for words in ["Enough is covered", "why: Because.", "coverage.line of each file >= 50", "not:", "owner: @a"] {
            #expect(before.output.contains(words), "\(words): \(before.output)")
        }
        #expect(try json("explain", "covered")["newest"] == .null)
        try sandbox.write("r.info", "SF:src/a.swift\nDA:1,0\nDA:2,0\nend_of_record\n")
        #expect(try sandbox.pulsegate("check").code == 1)
        let after = try sandbox.pulsegate("explain", "covered")
        #expect(after.output.contains("newest verdict: fail (blocks)") && after.output.contains("src/a.swift"), "\(after.output)")
        let told = try json("explain", "covered")
        #expect(told["id"] == "covered" && told["owner"] == "@a" && told["blocking"] == true && told["newest"] != .null)
        let near = try sandbox.pulsegate("explain", "coverd")
        #expect(near.code == 2 && near.problems.contains("did you mean 'covered'?"), "\(near.all)")
        #expect(try sandbox.pulsegate("explain").code == 2)
    }

    @Test("explain --metrics lists the same metrics in words and in JSON")
    func metrics() throws {
        let names = try json("explain", "--metrics").arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
        #expect(names.contains("coverage.line") && Set(names).count == names.count)
        let page = try sandbox.pulsegate("explain", "--metrics", environment: ["COLUMNS": "200"]).output
        for name in names { #expect(page.contains(name), "\(name)") }
    }

    @Test("history tells of each run, newest first, and of those alone that were asked for")
    func history() throws {
        #expect(try sandbox.pulsegate("check").code == 0)
        try sandbox.write("r.info", "SF:src/a.swift\nDA:1,0\nDA:2,0\nend_of_record\n")
        #expect(try sandbox.pulsegate("check").code == 1)
        let all = try json("history").arrayValue ?? []
        #expect(all.count == 2)
        let page = try sandbox.pulsegate("history", "--gate", "covered", environment: ["COLUMNS": "200"])
        #expect(page.code == 0 && page.output.contains("100.0 %") && page.output.contains("src/a.swift"), "\(page.all)")
        #expect(try json("history", "--limit", "1").arrayValue == Array(all.prefix(1)), "the newest first")
        #expect(try sandbox.pulsegate("history", "--profile", "none").output.contains("no run is recorded that matches"))
        #expect(try sandbox.pulsegate("history", "--limit", "0").code == 2)
    }

    @Test("a ledger is whole up to a checkpoint that was kept, not up to one of another ledger; its tables can be made again")
    func verify() throws {
        #expect(try sandbox.pulsegate("check").code == 0)
        let checkpoint = try sandbox.pulsegate("ledger", "checkpoint")
        #expect(checkpoint.code == 0 && checkpoint.output.split(separator: "\n").count == 3, "\(checkpoint.all)")
        try sandbox.write("kept.txt", checkpoint.output)
        #expect(try sandbox.pulsegate("check").code == 0)
        let whole = try sandbox.pulsegate("verify", "--checkpoint", "kept.txt")
        #expect(whole.code == 0 && whole.output.contains("are anchored by a checkpoint"), "\(whole.all)")
        let told = try json("verify", "--checkpoint", "kept.txt")
        #expect(told["intact"] == true && told["anchored"] != .null && told["faults"]?.arrayValue == [])
        #expect(try sandbox.pulsegate("verify").output.contains("no checkpoint was given"))
        try sandbox.write("none.txt", "no checkpoint")
        #expect(try sandbox.pulsegate("verify", "--checkpoint", "none.txt").code == 2)

        #expect(try sandbox.pulsegate("ledger", "rebuild", "--check").code == 0)
        #expect(try sandbox.pulsegate("ledger", "rebuild").output.contains("made again"))
        #expect(try json("verify", "--checkpoint", "kept.txt") == told, "making the tables again changes no leaf")

        // The same runs at another time are another ledger.
        _ = try Sandbox.run(["rm", "-rf", ".pulsegate"], in: sandbox.root)
        for _ in 0..<2 { #expect(try sandbox.pulsegate("check").code == 0) }
        let other = try sandbox.pulsegate("verify", "--checkpoint", "kept.txt")
        #expect(other.code == 4 && other.output.contains("ledger broken"), "\(other.all)")
        #expect(try json("verify", "--checkpoint", "kept.txt")["intact"] == false)
    }

    @Test("lint finds nothing in a sound gates.json, and names what cannot work")
    func lint() throws {
        let sound = try sandbox.pulsegate("lint")
        #expect(sound.code == 0, "\(sound.all)")
        try sandbox.write("gates.json", "{ \"version\": 1, \"gates\": [] ")
        #expect(try sandbox.pulsegate("lint").code == 2)
    }
}
