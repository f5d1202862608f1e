import StrictDocuments
import Testing

/// Evidence folders that hold what nobody expects there, and two runs that want the same one.
struct HostileEvidenceTests {
    /// A repository with one collector, `c`, that runs a shell script.
    private func repository(_ script: String, id: String = "c", reads: String = "") throws -> Sandbox {
        let sandbox = try Sandbox()
        try configure(sandbox, script, id: id, reads: reads)
        return sandbox
    }

    private func configure(_ sandbox: Sandbox, _ script: String, id: String = "c", reads: String = "") throws {
        let run = JSONValue.array([.string("/bin/sh"), .string("-c"), .string(script)]).canonicalText()
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "\(id)", "kind": "command", "run": \(run), "timeout": "1m"\(reads) }],
              "gates": [{ "id": "g", "title": "G", "from": ["\(id)"], "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
            """)
    }

    private func shell(_ script: String, in sandbox: Sandbox) throws -> Sandbox.Ended {
        try Sandbox.run(["/bin/sh", "-c", script], in: sandbox.root)
    }

    @Test(
        "a link, a pipe or an unreadable name among the evidence makes it invalid, and the next run starts clean",
        arguments: [
            ("ln -s /etc/passwd $PULSEGATE_EVIDENCE_DIR/x.json", "documents/x.json is a symbolic link"),
            ("ln -s nowhere $PULSEGATE_EVIDENCE_DIR/x.txt", "documents/x.txt is a symbolic link"),
            ("ln -s / $PULSEGATE_EVIDENCE_DIR/loop", "documents/loop is a symbolic link"),
            ("mkfifo $PULSEGATE_EVIDENCE_DIR/x.json", "documents/x.json is a pipe"),
            (#"touch "$PULSEGATE_EVIDENCE_DIR/$(printf '\377.json')""#, "not UTF-8"),
        ])
    func oddEntries(_ script: String, _ message: String) throws {
        let sandbox = try repository(script)
        let ended = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(ended.code == 3, "\(ended.all)")
        #expect(ended.output.contains(message), "\(ended.all)")
        try configure(sandbox, "true")
        let next = try sandbox.pulsegate("run", "--no-reports")
        #expect(next.code == 0, "\(next.all)")
    }

    @Test("an evidence folder that holds other things is refused and keeps them")
    func foreignFolder() throws {
        let sandbox = try repository("true", id: "docs")
        try sandbox.write("docs/precious.md", "years of work")
        let ended = try sandbox.pulsegate("run", "--evidence", ".", "--no-reports")
        #expect(ended.code == 2 && ended.problems.contains("it holds other things than evidence"), "\(ended.all)")
        #expect(try sandbox.read("docs/precious.md") == "years of work")
    }

    @Test("a collector's folder that is a link is replaced; what it led to is untouched")
    func linkedFolder() throws {
        let sandbox = try repository("true")
        try sandbox.write("elsewhere/precious.md", "years of work")
        #expect(try sandbox.pulsegate("run", "--no-reports").code == 0)
        _ = try shell("rm -r .pulsegate/evidence/c && ln -s ../../elsewhere .pulsegate/evidence/c", in: sandbox)
        let ended = try sandbox.pulsegate("run", "--no-reports")
        #expect(ended.code == 0, "\(ended.all)")
        #expect(try sandbox.read("elsewhere/precious.md") == "years of work")
        #expect(try shell("ls elsewhere", in: sandbox).output == "precious.md\n")
    }

    @Test("while a run collects, another run or check of the same evidence folder is refused and says who has it")
    func oneRunAtATime() throws {
        // The collector itself is the other user: it runs while the folder is held.
        let sandbox = try repository("for c in run check; do \(Sandbox.pulsegate) $c --no-reports; echo $c ended with $?; done")
        let ended = try sandbox.pulsegate("run", "--no-reports")
        #expect(ended.code == 0, "\(ended.all)")
        let log = try sandbox.read(".pulsegate/evidence/c/output.log")
        #expect(log.contains("run ended with 2") && log.contains("check ended with 2"), "\(log)")
        #expect(log.contains("another run (process ") && log.contains("--evidence"), "\(log)")
        // A folder of one's own is free, and so is the first one as soon as its run has ended.
        try configure(sandbox, "true")
        #expect(try sandbox.pulsegate("run", "--no-reports", "--evidence", "own").code == 0)
        #expect(try sandbox.pulsegate("check", "--no-reports").code == 0)
    }

    @Test("a pattern whose folder is a link out of the repository matches nothing")
    func patternThroughLink() throws {
        let sandbox = try repository("true", reads: #", "reads": [{ "path": "out/*.xml", "format": "junit" }]"#)
        let other = try Sandbox()
        try other.write("r.xml", #"<testsuite name="s" tests="1"><testcase classname="a" name="b"/></testsuite>"#)
        _ = try shell("ln -s \(other.root) out", in: sandbox)
        let ended = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(ended.code == 3 && ended.output.contains("wrote no file that matches 'out/*.xml'"), "\(ended.all)")
    }

    @Test("more reports than are read make the evidence invalid instead of dropping some")
    func tooManyReports() throws {
        let sandbox = try repository(
            "mkdir o; for i in $(seq 1001); do echo '<testsuite/>' > o/$i.xml; done",
            reads: #", "reads": [{ "path": "o/*.xml", "format": "junit" }]"#)
        let ended = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(ended.code == 3 && ended.output.contains("maximumMatches"), "\(ended.output.prefix(3000))")
    }

    @Test("evidence of no commit is refused where the work tree has one")
    func evidenceWithoutCommit() throws {
        let sandbox = try repository("true")
        try sandbox.write(".gitignore", ".pulsegate\n")
        #expect(try sandbox.pulsegate("run", "--no-reports").code == 0)
        try sandbox.commit()
        let ended = try sandbox.pulsegate("check", "--json", "--no-reports")
        #expect(ended.code == 3 && ended.output.contains("the evidence is of no commit"), "\(ended.all)")
    }

    @Test("a work tree is dirty by what changed in it, not by what pulsegate wrote, also below the repository's root")
    func dirty() throws {
        let outer = try Sandbox()
        try outer.write("inner/s reports/kept", "1")
        try outer.write(
            "inner/gates.json",
            """
            { "version": 1, "project": { "name": "p", "product": ["**"] },
              "collect": [{ "id": "c", "kind": "command", "run": ["true"] }],
              "gates": [{ "id": "g", "title": "G", "from": ["c"], "pass_when": { "metric": "command.failures", "op": "==", "value": 0 } }] }
            """)
        try outer.commit()
        for _ in 0..<2 {
            let clean = try Sandbox.run([Sandbox.pulsegate, "run", "--json"], in: outer.root + "/inner")
            #expect(clean.code == 0 && clean.output.contains(#""dirty": false"#), "\(clean.all)")
        }
        // The name behind its last space looks like one of ours.
        try outer.write("inner/s reports/kept", "2")
        let changed = try Sandbox.run([Sandbox.pulsegate, "run", "--json"], in: outer.root + "/inner")
        #expect(changed.output.contains(#""dirty": true"#), "\(changed.all)")
    }
}
