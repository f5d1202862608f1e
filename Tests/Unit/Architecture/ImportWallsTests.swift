import Testing

@Suite("the walls between the rooms")
struct ImportWallsTests {
    let architect = Architect(rules: .pulseGate)

    @Test("no file of this package imports what its room may not")
    func houseKeepsItsWalls() throws {
        let files = try SourceFile.all()
        #expect(files.count > 20, "the walk found \(files.count) files; it looks in the wrong place")
        let violations = architect.violations(in: files)
        #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
    }

    @Test("every kind of forbidden import is noticed", arguments: Self.forbidden)
    func forbiddenImportIsNoticed(_ example: Example) {
        let violations = architect.violations(in: [SourceFile(path: example.path, text: example.text)])
        #expect(violations.count == 1, "\(violations)")
        #expect(violations.first?.contains(example.says) == true, "\(violations)")
    }

    @Test("what the rules allow is left in peace", arguments: Self.allowed)
    func allowedImportIsLeftInPeace(_ example: Example) {
        let violations = architect.violations(in: [SourceFile(path: example.path, text: example.text)])
        #expect(violations.isEmpty, "\(violations)")
    }

    @Test("a violation names its line")
    func violationNamesItsLine() {
        let file = SourceFile(path: "Governance/Gates/A.swift", text: "// one\n/* two\n three */\nimport Limiter\n")
        #expect(architect.violations(in: [file]).first?.hasPrefix("Governance/Gates/A.swift:4: ") == true)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var path: String
        var text: String
        var says = ""
        var testDescription: String { "\(path): \(text.debugDescription)" }
    }

    static let forbidden: [Example] = [
        Example(path: "Governance/Gates/A.swift", text: "import Limiter", says: "of Governance imports Limiter of Engines"),
        Example(path: "Engines/Limiter/A.swift", text: "import Gates", says: "of Engines imports Gates of Governance"),
        Example(path: "Engines/Limiter/A.swift", text: "import GoldenData", says: "of Engines imports GoldenData of Assurance"),
        Example(path: "Assurance/Soak/A.swift", text: "import Evidence", says: "of Assurance imports Evidence of Governance"),
        Example(path: "Foundations/Determinism/A.swift", text: "import Gates", says: "only Foundations may be shared"),
        Example(path: "Governance/Evidence/A.swift", text: "import Gates", says: "not listed above it in Governance"),
        Example(path: "Foundations/Determinism/A.swift", text: "import StrictDocuments", says: "not listed above it in Foundations"),
        Example(path: "Governance/Gates/A.swift", text: "import Gates", says: "not listed above it"),
        Example(path: "Foundations/TerminalDisplay/A.swift", text: "import ChildProcessesRuntime", says: "ChildProcesses's alone"),
        Example(path: "pulsegate/A.swift", text: "import CLibXML2", says: "Evidence's alone"),
        Example(path: "pulsegate/A.swift", text: "import Indicators", says: "a wing it must not know"),
        Example(path: "Governance/Gates/A.swift", text: "import GRDB", says: "only Ledger, executables may"),
        Example(path: "pulsegate/A.swift", text: "import Crypto", says: "only ContentDigest may"),
        Example(path: "Governance/Reporting/A.swift", text: "import ArgumentParser", says: "only executables may"),
        Example(path: "Governance/Gates/A.swift", text: "import Foundation", says: "only Ledger may"),
        Example(path: "Assurance/PropertyTesting/A.swift", text: "import Testing", says: "PropertyTestingSwiftTesting"),
        Example(path: "Governance/Gates/A.swift", text: "import Alamofire", says: "neither a room of this house nor a listed dependency"),
        Example(path: "Governance/Gates/A.swift", text: "@testable import Limiter", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "public import Limiter", says: "imports Limiter"),
        Example(
            path: "Governance/Gates/A.swift", text: "@_spi(Internals) @preconcurrency internal import Limiter", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "import struct Limiter.Bucket", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "import Limiter.Bucket", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "import Evidence; import Limiter", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "import /* a room */ Limiter // why", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "#if os(Linux)\r\n    import Limiter\r\n#endif", says: "imports Limiter"),
        Example(path: "Governance/Gates/A.swift", text: "@testable\nimport Limiter", says: "imports Limiter"),
        Example(path: "Stray.swift", text: "", says: "no wing or executable has this folder"),
        Example(path: "Governance/Stray.swift", text: "", says: "no wing or executable has this folder"),
        Example(path: "Governance/Helpers/A.swift", text: "", says: "no wing or executable has this folder"),
        Example(path: "Common/Things/A.swift", text: "", says: "no wing or executable has this folder"),
    ]

    static let allowed: [Example] = [
        Example(path: "Governance/Gates/A.swift", text: "import Evidence\nimport StrictDocuments\nimport Determinism"),
        Example(path: "Engines/Limiter/A.swift", text: "import Determinism\nimport Kernels\nimport Glibc"),
        Example(path: "Assurance/Fuzzing/A.swift", text: "import PropertyTesting\nimport FuzzingRuntime"),
        Example(path: "Foundations/ChildProcesses/A.swift", text: "import ChildProcessesRuntime"),
        Example(path: "Foundations/ChildProcessesRuntime/A.c", text: "#include <stdio.h>"),
        Example(path: "Governance/Ledger/A.swift", text: "import Foundation\nimport GRDB"),
        Example(path: "Foundations/ContentDigest/A.swift", text: "import Crypto"),
        Example(path: "pulsegate/A.swift", text: "import ArgumentParser\nimport Gates\nimport GoldenData"),
        Example(path: "tradepulse/A.swift", text: "import ArgumentParser\nimport Indicators\nimport GoldenData"),
        Example(path: "Governance/Gates/A.swift", text: "// import Limiter\n/* /* nested */\nimport Limiter */"),
        Example(path: "Governance/Gates/A.swift", text: "let text = \"\"\"\n    import Limiter\n    \"\"\""),
        Example(path: "Governance/Gates/A.swift", text: "let importance = 1\nlet a = \"; import Limiter\""),
    ]
}
