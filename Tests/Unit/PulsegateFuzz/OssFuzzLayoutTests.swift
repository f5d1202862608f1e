import Testing

@testable import pulsegate

@Suite("what OSS-Fuzz and ClusterFuzzLite expect")
struct OssFuzzLayoutTests {
    static let layout = OssFuzzLayout(
        package: "HelloFuzz", suite: "Fuzz",
        targets: [
            OssFuzzLayout.Target(name: "settings.v2", isTyped: false, maximumLength: 4096, seeds: [("b", [1]), ("a", [2, 3])]),
            OssFuzzLayout.Target(name: "orders", isTyped: true, maximumLength: 512),
        ],
        dictionary: FuzzDictionary(words: [Array("timeout".utf8)]), repository: "https://example.org/hello.git", contact: "a@example.org")

    static func text(_ path: String, of layout: OssFuzzLayout = layout) throws -> String {
        let file = try #require(try layout.files().first { $0.path == path }, "\(path)")
        return String(decoding: file.bytes, as: UTF8.self)
    }

    @Test("all files are there, each once, and the scripts can be run")
    func paths() throws {
        let files = try Self.layout.files()
        #expect(
            files.map(\.path).sorted() == [
                ".clusterfuzzlite/Dockerfile", ".clusterfuzzlite/build.sh", ".clusterfuzzlite/fuzz/Fuzz-orders.options",
                ".clusterfuzzlite/fuzz/Fuzz-settings_v2.dict", ".clusterfuzzlite/fuzz/Fuzz-settings_v2.options",
                ".clusterfuzzlite/fuzz/Fuzz-settings_v2_seed_corpus.zip", ".clusterfuzzlite/project.yaml",
                ".github/workflows/cflite_batch.yml",
                ".github/workflows/cflite_pr.yml", "oss-fuzz/projects/hellofuzz/Dockerfile", "oss-fuzz/projects/hellofuzz/build.sh",
                "oss-fuzz/projects/hellofuzz/project.yaml",
            ])
        #expect(files.filter(\.isExecutable).map(\.path).allSatisfy { $0.hasSuffix("build.sh") })
        #expect(files.filter { $0.path.hasSuffix("build.sh") }.allSatisfy { $0.isExecutable })
        #expect(files == (try Self.layout.files()))
    }

    @Test("the names of programs have only what the services take for a fuzz target's")
    func names() throws {
        let program = OssFuzzLayout.program(suite: "My Suite", target: "limiter.headers-2")
        #expect(program == "My_Suite-limiter_headers-2")
        #expect(program.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) })
    }

    @Test("two targets that would be one program are refused by name")
    func collision() {
        var layout = Self.layout
        layout.targets = ["a.b", "a_b"].map { OssFuzzLayout.Target(name: $0, isTyped: false, maximumLength: 1) }
        #expect { try layout.files() } throws: { "\($0)".contains("a.b and a_b") }
        layout.targets = []
        #expect(throws: OssFuzzLayout.Refusal.self) { try layout.files() }
    }

    @Test("options are one section of key = value lines, which a configuration reader and a line filter read alike")
    func options() throws {
        let bytes = try Self.text(".clusterfuzzlite/fuzz/Fuzz-settings_v2.options")
        #expect(bytes == "[libfuzzer]\nmax_len = 4096\ntimeout = 25\nrss_limit_mb = 2560\ndict = Fuzz-settings_v2.dict\n")
        // The choices of a typed target are no place for words.
        #expect(
            try Self.text(".clusterfuzzlite/fuzz/Fuzz-orders.options") == "[libfuzzer]\nmax_len = 512\ntimeout = 25\nrss_limit_mb = 2560\n")
    }

    @Test("SwiftPM is never given two sanitizers, and never fuzzer as one")
    func sanitizers() throws {
        let lines = try Self.text(".clusterfuzzlite/build.sh").split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
        #expect(lines.filter { $0.contains("--sanitize") }.count == 1)
        #expect(!lines.contains { $0.contains("sanitize=fuzzer") || $0.contains("sanitize fuzzer") })
        #expect(lines.contains { $0.contains("export PULSEGATE_FUZZ") && !$0.contains("SANITIZE") })
        #expect(lines.contains { $0.contains("libclang_rt.fuzzer_no_main") })
    }

    @Test("every target of the suite is copied under a name of its own")
    func copies() throws {
        let script = try Self.text(".clusterfuzzlite/build.sh")
        #expect(script.contains("for name in Fuzz-settings_v2 Fuzz-orders; do"))
        #expect(script.hasPrefix("#!/bin/bash -eu\n"))
        var nested = Self.layout
        nested.folder = "packages/hello"
        #expect(nested.buildScript.contains("cd \"$here/../packages/hello\""))
    }

    @Test("a project's description names language, engine and sanitizers that Swift has there")
    func project() throws {
        let text = try Self.text("oss-fuzz/projects/hellofuzz/project.yaml")
        #expect(text.contains("language: swift\n") && text.contains("  - libfuzzer\n") && text.contains("  - address\n  - thread\n"))
        #expect(text.contains("main_repo: \"https://example.org/hello.git\"\n"))
        #expect(OssFuzzLayout.yaml("a\"b\\c\n: d") == #"a\"b\\c : d"#)
    }

    @Test("the seed corpus is an archive of the seeds")
    func seeds() throws {
        let file = try #require(try Self.layout.files().first { $0.path.hasSuffix("_seed_corpus.zip") })
        #expect(file.bytes == (try StoredZip.archive([("a", [2, 3]), ("b", [1])])))
    }
}
