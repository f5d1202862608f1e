import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import StrictDocuments

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a gates.json for the package you stand in.",
        discussion: """
            Looks at Package.swift, or, where there is none, at the report files that lie here, and proposes gates that hold today: the build, the \
            tests, and coverage that may not fall. An existing gates.json is kept unless --force is given.
            """)

    @Flag(name: .long, help: "Replace an existing gates.json.")
    var force = false

    @Flag(name: .long, help: "Print it and write nothing.")
    var dryRun = false

    func run() throws {
        let console = Console(environment: Environment.current())
        let workspace = Workspace(folder: Workspace.currentFolder())
        let path = workspace.root + "/" + Workspace.configurationName
        if !force, !dryRun, access(path, F_OK) == 0 {
            throw Failure(.usage, "gates.json is there already", hint: "edit it, or replace it with `pulsegate init --force`")
        }
        let proposal = try Proposal(workspace: workspace, environment: console.environment)
        let bytes = Array(proposal.text.utf8)
        // What init writes must be what run reads.
        do {
            _ = try GatesConfiguration(json: bytes, file: Workspace.configurationName)
        } catch {
            throw Failure(.internalError, "the proposal is not a valid gates.json: \(error.description)")
        }
        if dryRun { return console.print(bytes: bytes) }
        try Failure.replacing(path, with: bytes)
        var ignored = false
        if let own = try? DocumentFile.read(workspace.root + "/.gitignore", maximumBytes: 1 << 20) {
            ignored = String(decoding: own, as: UTF8.self).split(separator: "\n").contains {
                $0.hasPrefix(".pulsegate") || $0.hasPrefix("/.pulsegate")
            }
        }
        console.print("wrote gates.json: \(proposal.summary)")
        if !ignored { console.print("add `.pulsegate/` to .gitignore: it is a cache of this machine") }
        console.print("next: `pulsegate run`, then `pulsegate baseline update --reason \"first baseline\"` and commit governance/")
    }
}

/// A gates.json proposed for what stands in a folder.
private struct Proposal {
    let text: String
    let summary: String

    init(workspace: Workspace, environment: [String: String]) throws(Failure) {
        if access(workspace.root + "/Package.swift", R_OK) == 0 {
            self = try Self.swiftPackage(workspace, environment)
        } else {
            self = try Self.reports(workspace)
        }
    }

    private init(text: String, summary: String) {
        self.text = text
        self.summary = summary
    }

    private static func swiftPackage(_ workspace: Workspace, _ environment: [String: String]) throws(Failure) -> Proposal {
        let command = Command(
            ["swift", "package", "describe", "--type", "json"], environment: Environment.allowing(from: environment),
            workingDirectory: workspace.root, outputLimitBytes: 2 * PackageModel.maximumBytes)
        let model: PackageModel
        do {
            let outcome = try command.run()
            guard outcome.termination == .exited(0), let bytes = outcome.standardOutput.complete else {
                let said = CompilerDiagnostics(log: Array(outcome.standardError.text.utf8), roots: [workspace.root]).errors
                let first = said.first { !$0.hasPrefix("error: ") } ?? said.first ?? "see what it says"
                throw Failure(
                    .usage, "`swift package describe` failed: \(first.prefix(500))", hint: "mend Package.swift, then run this again")
            }
            model = try PackageModel(json: bytes, file: "swift package describe")
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(.usage, "\(error)")
        }
        let product = model.productTargets.map(\.path)
        guard !product.isEmpty else { throw Failure(.usage, "the package has no target to gate") }
        let hasTests = model.targets.contains { $0.type == "test" }
        let globs = shortened(product)
        let tests = shortened(model.targets.filter { $0.type == "test" }.map(\.path))
        var gates = [
            gate(
                "build", "The package builds without warnings",
                [#"{ "metric": "build.errors", "op": "==", "value": 0 }"#, #"{ "metric": "build.warnings", "op": "==", "value": 0 }"#],
                why: "A warning that nobody mends hides the next one.")
        ]
        if hasTests {
            gates.append(
                gate(
                    "tests", "Every test ran and none failed",
                    [
                        #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#,
                        #"{ "metric": "tests.unfinished", "op": "==", "value": 0 }"#,
                    ],
                    why: "A test that crashed or hung has not passed."))
            gates.append(
                gate(
                    "coverage", "Coverage does not fall",
                    [#"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "0.5pp" }"#],
                    why: "Code that no test runs can break without anybody noticing."))
        }
        let text = document(
            name: model.name, product: globs, tests: tests, bootstrap: hasTests,
            collectors: [#"{ "id": "unit", "kind": "swift-test", "timeout": "15m"\#(hasTests ? "" : #", "coverage": false"#) }"#],
            gates: gates)
        let what =
            hasTests
            ? "gates build, tests and coverage"
            : "a gate for the build (the package has no tests yet: add some, then `pulsegate init --force`)"
        return Proposal(text: text, summary: "\(what) for \(product.count) targets")
    }

    /// Reports that other tools commonly leave, and their formats.
    private static let commonReports: [(pattern: String, format: String, gate: String)] = [
        ("**/{junit,TEST-*,test-results,xunit}*.xml", "junit", "tests"), ("**/{lcov.info,*.lcov}", "lcov", "coverage"),
    ]

    private static func reports(_ workspace: Workspace) throws(Failure) -> Proposal {
        var collectors: [String] = []
        var gates: [String] = []
        for common in commonReports {
            guard let glob = try? Glob(common.pattern), let path = FileCollector.matches(glob, below: workspace.root).first else {
                continue
            }
            collectors.append(
                #"{ "id": "\#(common.gate)-report", "kind": "file", "reads": [{ "path": \#(quoted(path)), "format": "\#(common.format)" }] }"#
            )
            let condition =
                common.gate == "tests"
                ? #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#
                : #"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "0.5pp" }"#
            gates.append(
                gate(
                    common.gate, common.gate == "tests" ? "Every test ran and none failed" : "Coverage does not fall", [condition],
                    from: "\(common.gate)-report", why: "Proposed by pulsegate init."))
        }
        guard !gates.isEmpty else {
            throw Failure(
                .usage, "there is neither a Package.swift nor a JUnit or lcov report here",
                hint: "run your tests so that they write a report, or write gates.json by hand: docs/gates-json.md")
        }
        let name = Workspace.fileName(of: workspace.root)
        return Proposal(
            text: document(name: name, product: ["**"], tests: [], bootstrap: true, collectors: collectors, gates: gates),
            summary: "\(gates.count) gates on the reports that lie here")
    }

    /// Folders as patterns; many below one folder become one.
    private static func shortened(_ folders: [String]) -> [String] {
        let tops = Set(folders.map { String($0.split(separator: "/").first ?? "") })
        if tops.count == 1, let top = tops.first, folders.count > 1, !top.isEmpty { return ["\(top)/**"] }
        return folders.sorted().map { $0.isEmpty || $0 == "." ? "**" : "\($0)/**" }
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).canonicalText() }

    private static func gate(_ id: String, _ title: String, _ conditions: [String], from: String = "unit", why: String) -> String {
        """
            { "id": "\(id)", "title": "\(title)", "from": ["\(from)"],
              "why": "\(why)",
              "pass_when": { "all": [
                \(conditions.joined(separator: ",\n        "))
              ] } }
        """
    }

    private static func document(name: String, product: [String], tests: [String], bootstrap: Bool, collectors: [String], gates: [String])
        -> String
    {
        let testsLine = tests.isEmpty ? "" : ", \"tests\": [\(tests.map(quoted).joined(separator: ", "))]"
        let baseline = bootstrap ? "\n  \"baseline\": { \"ref\": \"committed\", \"on_missing\": \"bootstrap\" }," : ""
        return """
            {
              "version": 1,
              "project": { "name": \(quoted(name)), "product": [\(product.map(quoted).joined(separator: ", "))]\(testsLine) },\(baseline)
              "collect": [
                \(collectors.joined(separator: ",\n    "))
              ],
              "gates": [
            \(gates.joined(separator: ",\n"))
              ]
            }

            """
    }
}
