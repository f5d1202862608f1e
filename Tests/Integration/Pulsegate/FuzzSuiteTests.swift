import StrictDocuments
import Testing

/// The commands of `pulsegate fuzz` that work on what campaigns left, on a suite with planted bugs.
@Suite("pulsegate fuzz on a suite") struct FuzzSuiteTests {
    let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox()
        try sandbox.write("Package.swift", "// swift-tools-version: 6.0\n")
    }

    private func fuzz(_ arguments: String...) throws -> Sandbox.Ended {
        try Sandbox.run([Sandbox.pulsegate, "fuzz"] + arguments + ["--executable", Sandbox.products + "/PlantedSuite"], in: sandbox.root)
    }

    private func files(_ folder: String) throws -> [String] {
        try Sandbox.run(["find", folder, "-type", "f"], in: sandbox.root).output.split(separator: "\n").map(String.init).sorted()
    }

    @Test("a campaign's findings are listed, shown, made small and reported, and its corpus covers what it says")
    func campaign() throws {
        let ended = try fuzz("run", "two-bugs", "--executions", "6000", "--time", "100s", "--quiet")
        #expect(ended.code == 1 && ended.output.contains("1 target, 6000 executions"), "\(ended.all)")
        #expect(ended.output.contains("2 findings") && ended.output.contains("a shallow bug") && ended.output.contains("a deeper bug"))

        let list = try fuzz("list", "two-bugs")
        let buckets = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(list.code == 0 && Set(buckets).count == 2, "\(list.all)")
        let lines = try fuzz("list", "two-bugs", "--json").output.split(separator: "\n").map {
            try JSONValue(JSONDocument.parse(Array($0.utf8), file: "line"), file: "line")
        }
        #expect(lines.compactMap { $0["bucket"]?.stringValue } == buckets && lines.allSatisfy { $0["committed"] == false })
        let targets = try fuzz("list", "two-bugs", "magic", "--targets").output
        #expect(
            targets.contains("two-bugs  bytes  ") && targets.contains("2 findings")
                && targets.contains("magic  bytes  0 inputs, 0 findings"))
        #expect(try fuzz("list", "magic").problems.contains("nothing was found yet"))
        for bucket in buckets {
            let shown = try fuzz("show", bucket)
            #expect(
                shown.code == 0 && shown.output.contains("Repro.swift") && shown.output.contains("\"bucket\": \"\(bucket)\""),
                "\(shown.all)")
        }

        let covered = try fuzz("cover", "two-bugs")
        #expect(covered.code == 0 && covered.output.contains("reports/fuzz/two-bugs/coverage/index.md"), "\(covered.all)")
        #expect(try sandbox.read("reports/fuzz/two-bugs/coverage/index.md").contains("two-bugs"))
        let reported = try fuzz("report")
        #expect(reported.code == 0 && reported.output.contains("reports/fuzz.md: 1 of "), "\(reported.all)")
        let page = try sandbox.read("reports/fuzz.md")
        for bucket in buckets { #expect(page.contains("pulsegate fuzz repro \(bucket)"), "\(page)") }
        #expect(page.contains("fuzz/two-bugs/coverage/index.md"))

        // Findings that came otherwise are sorted when asked for.
        try sandbox.write(".pulsegate/fuzz/magic/crashes/77aa/input", "PGFZ and more of it")
        let sorted = try fuzz("minimise", "--target", "magic")
        #expect(sorted.code == 0 && sorted.output.contains("magic") && sorted.output.contains("4 bytes"), "\(sorted.all)")
        try sandbox.write("found", "?deeper and deeper")
        let small = try fuzz("minimise", "found", "--target", "two-bugs", "--to", "small")
        #expect(small.code == 0 && small.output.hasPrefix("small: 7 of 18 bytes, "), "\(small.all)")
        #expect(try sandbox.read("small") == "?deeper")
        #expect(buckets.contains { small.output.contains($0) }, "the same bug by the same name")
    }

    @Test("corpora are distilled and merged, and what there is not is said")
    func corpora() throws {
        #expect(try fuzz("report").code == 3)
        let nothing = try fuzz("cover", "tokenizer")
        #expect(nothing.code == 3 && nothing.problems.contains("there is no input to run"), "\(nothing.all)")
        for (name, text) in [("a", "let x = (1 + 2)"), ("b", "let x = (1 + 2)\n"), ("c", "let x = (1 + 2)"), ("d", "# only a comment")] {
            try sandbox.write(".pulsegate/fuzz/tokenizer/corpus/\(name)", text)
        }
        let copied = try fuzz("cmin", "tokenizer", "--to", "small")
        #expect(copied.code == 0 && copied.output.contains(" of 4 inputs reach all that is reached"), "\(copied.all)")
        let kept = try files("small").count
        #expect((1...3).contains(kept))
        #expect(try files(".pulsegate/fuzz/tokenizer/corpus").count == 4)
        #expect(try fuzz("cmin", "tokenizer").code == 0)
        #expect(try files(".pulsegate/fuzz/tokenizer/corpus").count == kept)
        #expect(try fuzz("cmin", "--to", "small").code == 2, "of one target")

        try sandbox.write("other/new", "{ \"text\" [1] }")
        try sandbox.write("other/known", "let x = (1 + 2)")
        try sandbox.write(".pulsegate/fuzz/tokenizer/shards/0.state", "of another build")
        let merged = try fuzz("merge", "other", "--target", "tokenizer")
        #expect(merged.code == 0 && merged.output.contains("tokenizer: 1 of 2 inputs reach something new"), "\(merged.all)")
        #expect(!sandbox.exists(".pulsegate/fuzz/tokenizer/shards/0.state"), "the next campaign begins with the corpus as it is now")
        try sandbox.write("kills/it", "!")
        let killed = try fuzz("merge", "kills", "--target", "two-bugs")
        #expect(killed.output.contains("kills/it ends the target"), "\(killed.all)")
        #expect(try fuzz("merge", "nowhere", "--target", "tokenizer").code == 2)
        #expect(try fuzz("merge", "other").code == 2, "of which target")
    }

    @Test("what is exported has each target with its options and its seeds, and the words of the code")
    func export() throws {
        try sandbox.write("Tests/Fuzz/Seeds/magic/seeds/first", "PG")
        try sandbox.write("Tests/Fuzz/Seeds/magic/seeds/same", "PG")
        try sandbox.write("Tests/Fuzz/Seeds/magic/seeds/empty", "")
        let ended = try fuzz("export", "--oss-fuzz", "out", "--contact", "a@example.org", "--repository", "https://example.org/a")
        #expect(ended.code == 0 && ended.output.contains(", 1 seeds, "), "\(ended.all)")
        let written = try files("out")
        for name in ["Dockerfile", "build.sh", "project.yaml"] { #expect(written.contains("out/.clusterfuzzlite/\(name)"), "\(written)") }
        #expect(try Sandbox.run(["test", "-x", "out/.clusterfuzzlite/build.sh"], in: sandbox.root).code == 0)
        #expect(try Sandbox.run(["bash", "-n", "out/.clusterfuzzlite/build.sh"], in: sandbox.root).code == 0, "bash can read it")
        #expect(try Sandbox.run(["mkdir", ".git"], in: sandbox.root).code == 0)
        let below = try fuzz("export", "--oss-fuzz", "./new/../elsewhere")
        #expect(below.code == 2 && below.all.contains("at the root of the repository"), "\(below.all)")
        let top = try fuzz("export", "--oss-fuzz", ".")
        #expect(top.code == 0 && top.output.contains("next: OUT=/tmp/out"), "\(top.all)")
        #expect(written.contains { $0.contains("magic") && $0.hasSuffix(".options") } && written.contains { $0.hasSuffix(".dict") })
    }
}
