import StrictDocuments
import Testing

/// How `pulsegate fuzz` comes by a suite, on a stand-in for `swift`: a script that compiles nothing and writes what a build leaves.
///
/// Its behaviour hangs on files in the package: `flags` (what the build's plan says of module M), `broken` (the build fails), `old` (the object that it
/// leaves is older than the build).
@Suite("building a suite") struct SuiteBuildTests {
    let sandbox: Sandbox

    static let swift = #"""
        #!/bin/sh
        scratch=
        all="$*"
        while [ $# -gt 0 ]; do
            case $1 in --scratch-path) scratch=$2; shift 2;; *) shift;; esac
        done
        echo "$all" >> calls
        case $all in
            *describe*)
                echo "warning: a note of the package manager" >&2
                cat describe.json;;
            *--show-bin-path*) echo "$scratch/x86_64-unknown-linux-gnu/release";;
            build*)
                [ "$PULSEGATE_FUZZ" = "$PWD" ] || { echo "error: built without PULSEGATE_FUZZ" ; exit 1; }
                mkdir -p "$scratch/x86_64-unknown-linux-gnu/release/M.build"
                printf '  args: ["swiftc","-module-name","M"%s]\n' "$(cat flags)" > "$scratch/release.yaml"
                [ -f broken ] && { echo "M.swift:3:5: error: cannot find 'x' in scope"; exit 1; }
                object="$scratch/x86_64-unknown-linux-gnu/release/M.build/M.swift.o"
                [ -f "$object" ] || echo object > "$object"
                [ -f old ] && touch -d 2001-01-01 "$object"
                cp suite.sh "$scratch/x86_64-unknown-linux-gnu/release/Fuzz"
                chmod +x "$scratch/x86_64-unknown-linux-gnu/release/Fuzz";;
            *) exit 9;;
        esac
        """#

    static let counting = #","-Xfrontend","-sanitize-coverage=edge,inline-8bit-counters,pc-table""#

    init() throws {
        sandbox = try Sandbox()
        try sandbox.write("Package.swift", "// swift-tools-version: 6.0\n")
        try sandbox.write("suite.sh", FuzzCommandTests.suite)
        try sandbox.write("bin/swift", Self.swift)
        try sandbox.write("flags", Self.counting)
        try sandbox.write("Sources/Fuzz/Suite.swift", "@main struct Suite: FuzzSuite {}\n")
        try sandbox.write("Sources/Tool/Tool.swift", "// links Fuzzing and is no suite\n")
        try describe(["Fuzz", "Tool"])
        _ = try Sandbox.run(["chmod", "+x", sandbox.root + "/bin/swift"], in: "/")
    }

    private func describe(_ targets: [String]) throws {
        let all = targets.map {
            #"{"name": "\#($0)", "type": "executable", "path": "Sources/\#($0)", "sources": ["\#($0 == "Tool" ? "Tool" : "Suite").swift"], "#
                + #""product_dependencies": ["Fuzzing"]}"#
        }
        try sandbox.write("describe.json", #"{"name": "p", "targets": [\#(all.joined(separator: ", "))]}"#)
    }

    private func list(_ more: String...) throws -> Sandbox.Ended {
        try Sandbox.run(
            [Sandbox.pulsegate, "fuzz", "list", "--targets", "--quiet"] + more, in: sandbox.root,
            environment: ["PATH": sandbox.root + "/bin:/usr/bin:/bin"])
    }

    private func builds() throws -> Int {
        try sandbox.read("calls").split(separator: "\n").count { $0.hasPrefix("build --product Fuzz ") }
    }

    @Test("the executable that declares a suite is found and built in a folder of its own, with the package's folder in the environment")
    func found() throws {
        let ended = try list()
        #expect(ended.code == 0 && ended.output == "json  bytes  0 inputs, 0 findings\ncsv  typed  0 inputs, 0 findings\n", "\(ended.all)")
        let calls = try sandbox.read("calls")
        #expect(calls.contains("package describe --type json"))
        #expect(calls.contains("build --product Fuzz -c release --scratch-path \(sandbox.root)/.build-fuzz"), "\(calls)")
        #expect(sandbox.exists(".build-fuzz/pulsegate-fuzz-build.json") && !sandbox.exists(".build-fuzz-address"))
        // What was built and has not changed is not built anew, and what is known needs no search.
        #expect(try list("--suite", "Fuzz").code == 0)
        #expect(try builds() == 2)
        #expect(try sandbox.read("calls").split(separator: "\n").count { $0.hasPrefix("package") } == 1)
    }

    @Test("a package without a suite, or with several, says so and how to go on")
    func choice() throws {
        try describe(["Tool"])
        let none = try list()
        #expect(none.code == 2 && none.problems.contains("has no fuzz suite") && none.problems.contains("FuzzSuite"), "\(none.all)")
        try sandbox.write("Sources/Other/Suite.swift", "@main struct Suite: FuzzSuite {}\n")
        try describe(["Fuzz", "Other"])
        let two = try list()
        #expect(two.code == 2 && two.problems.contains("2 fuzz suites: Fuzz, Other") && two.problems.contains("--suite"), "\(two.all)")
        try sandbox.write("describe.json", "no document")
        #expect(try list().code == 2)
        try sandbox.write(
            "gates.json",
            """
            {"version": 1, "project": {"name": "p", "product": ["Sources/**"]},
             "collect": [{"id": "fuzz", "kind": "fuzz", "suite": "Fuzz", "time": "4s"}],
             "gates": [{"id": "fuzz", "title": "t", "from": ["fuzz"],
               "pass_when": {"metric": "fuzz.targets", "op": ">=", "value": 2}}]}
            """)
        let configured = try list()
        #expect(configured.code == 0, "gates.json names it: \(configured.all)")
    }

    @Test("flags that changed empty the folder; objects that nobody recorded are not believed")
    func changed() throws {
        #expect(try list("--suite", "Fuzz").code == 0)
        let object = ".build-fuzz/x86_64-unknown-linux-gnu/release/M.build/M.swift.o"
        try sandbox.write(object, "made with other flags")
        #expect(try list("--suite", "Fuzz").code == 0)
        #expect(try sandbox.read(object) == "made with other flags", "the same flags: it is kept")
        try sandbox.write("flags", Self.counting + #","-Xllvm","-sanitizer-coverage-stack-depth""#)
        let ended = try list("--suite", "Fuzz")
        #expect(ended.code == 0, "\(ended.all)")
        #expect(try sandbox.read(object) == "object\n")
        _ = try Sandbox.run(["rm", ".build-fuzz/pulsegate-fuzz-build.json"], in: sandbox.root)
        try sandbox.write(object, "of nobody knows what")
        #expect(try list("--suite", "Fuzz").code == 0)
        #expect(try sandbox.read(object) == "object\n")
        try sandbox.write(object, "again")
        #expect(try list("--suite", "Fuzz", "--rebuild").code == 0)
        #expect(try sandbox.read(object) == "object\n")
    }

    @Test("a build that counts nothing, or whose objects are older than it, is refused as blind")
    func blind() throws {
        try sandbox.write("flags", "")
        let uncounted = try list("--suite", "Fuzz")
        #expect(uncounted.code == 3, "\(uncounted.all)")
        #expect(uncounted.problems.contains("Fuzz"))
        try sandbox.write("flags", Self.counting)
        try sandbox.write("old", "")
        let stale = try list("--suite", "Fuzz")
        #expect(stale.code == 3 && stale.problems.contains("M.swift.o"), "\(stale.all)")
    }

    @Test("a build that fails tells the compiler's errors, and what was compiled by then is not thrown away")
    func broken() throws {
        #expect(try list("--suite", "Fuzz").code == 0)
        try sandbox.write("broken", "")
        let ended = try list("--suite", "Fuzz")
        #expect(ended.code == 2 && ended.problems.contains("M.swift:3:5: error: cannot find 'x' in scope"), "\(ended.all)")
        let object = ".build-fuzz/x86_64-unknown-linux-gnu/release/M.build/M.swift.o"
        try sandbox.write(object, "compiled before the error")
        _ = try Sandbox.run(["rm", "broken"], in: sandbox.root)
        #expect(try list("--suite", "Fuzz").code == 0)
        #expect(try sandbox.read(object) == "compiled before the error")
    }

    @Test("a build with a sanitizer stands apart")
    func sanitized() throws {
        let ended = try list("--suite", "Fuzz", "--sanitize", "address")
        #expect(ended.code == 3 && ended.problems.contains("the sanitizer 'address' was asked for and is not linked"), "\(ended.all)")
        #expect(sandbox.exists(".build-fuzz-address/release.yaml") && !sandbox.exists(".build-fuzz/release.yaml"))
        #expect(try sandbox.read("calls").contains("--sanitize address"))
    }
}
