import StrictDocuments
import Testing

/// Swift packages that are not as the collector would like them.
struct UnusualPackagesTests {
    private static let manifest = """
        // swift-tools-version: 6.0
        import PackageDescription
        let package = Package(name: "Unusual", targets: [.target(name: "Lib")])
        """

    private static let gates = """
        { "version": 1, "project": { "name": "p", "product": ["**"] },
          "collect": [{ "id": "unit", "kind": "swift-test", "cwd": "CWD", "timeout": "5m", "coverage": false }],
          "gates": [{ "id": "build", "title": "B", "from": ["unit"], "pass_when": { "metric": "build.errors", "op": "==", "value": 0 } },
            { "id": "tests", "title": "T", "from": ["unit"], "pass_when": { "metric": "tests.failed", "op": "==", "value": 0 } }] }
        """

    @Test("what init proposes for a package without tests passes; a gate on tests then finds none")
    func withoutTests() throws {
        let sandbox = try Sandbox()
        try sandbox.write("Package.swift", Self.manifest)
        try sandbox.write("Sources/Lib/Lib.swift", "public let answer = 42\n")
        #expect(try sandbox.pulsegate("init").code == 0)
        let ended = try sandbox.pulsegate("run", "--no-reports")
        #expect(ended.code == 0, "\(ended.all)")
        try sandbox.write("gates.json", CommandLineTests.replacingLast(Self.gates, "CWD", with: "."))
        let asked = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(asked.code == 3 && asked.output.contains("no test ran"), "\(asked.all)")
    }

    @Test("a manifest that does not compile fails the build gate with the place of the mistake")
    func brokenManifest() throws {
        let sandbox = try Sandbox()
        try sandbox.write("Package.swift", Self.manifest + "\nlet wrong: Int = \"text\"\n")
        try sandbox.write("Sources/Lib/Lib.swift", "public let answer = 42\n")
        try sandbox.write("gates.json", CommandLineTests.replacingLast(Self.gates, "CWD", with: "."))
        let ended = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(ended.code == 3, "\(ended.all)")
        let build = try #require(try Verdict(ended.output).gate("build"))
        #expect(build.status == "fail" && build.reason.contains("Package.swift:4:18: error: cannot convert"), "\(build.reason)")
        let proposed = try sandbox.pulsegate("init", "--force")
        #expect(proposed.code == 2 && proposed.problems.contains("Package.swift:4:18: error: cannot convert"), "\(proposed.all)")
    }

    @Test("a 'cwd' that is not there or leads out of the repository runs nothing", arguments: ["nowhere", "link"])
    func wrongFolder(_ folder: String) throws {
        let sandbox = try Sandbox()
        let other = try Sandbox()
        for place in [sandbox, other] {
            try place.write("Package.swift", Self.manifest)
            try place.write("Sources/Lib/Lib.swift", "public let answer = 42\n")
        }
        _ = try Sandbox.run(["ln", "-s", other.root, "link"], in: sandbox.root)
        try sandbox.write("gates.json", CommandLineTests.replacingLast(Self.gates, "CWD", with: folder))
        let ended = try sandbox.pulsegate("run", "--json", "--no-reports")
        #expect(ended.code == 5, "\(ended.all)")
        #expect(ended.output.contains("'cwd' is") && ended.output.contains("which is no folder of this repository"), "\(ended.output)")
        #expect(!sandbox.exists(".build") && !sandbox.exists("nowhere") && !other.exists(".build"))
    }
}
