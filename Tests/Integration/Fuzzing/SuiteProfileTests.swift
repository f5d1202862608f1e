import ChildProcesses
import StrictDocuments
import Testing

@testable import Fuzzing

/// In a build with coverage, what a suite's processes run is counted: else the engine, which runs in them alone, would seem to be untested.
@Suite("profiles of a suite's processes", .enabled(if: Environment.current()["LLVM_PROFILE_FILE"] != nil, "a build with coverage"))
struct SuiteProfileTests {
    /// Bytes that are not zero in the profile that a campaign leaves by the given name. All such profiles have the same size and order: more of them are
    /// more regions that ran.
    private func counts(_ name: String, _ folder: CampaignFolder, _ arguments: [String]) throws -> Int {
        let path = folder.path + "/profiles"
        SuiteFiles.makeFolder(path)
        let outcome = try Command(
            [SuiteProcess.path("PlantedSuite")] + arguments,
            environment: SuiteProcess.environment.merging(["LLVM_PROFILE_FILE": "\(path)/\(name)"]) { _, new in new },
            timeoutNanoseconds: 120_000_000_000
        ).run()
        #expect(outcome.termination == .exited(0))
        let files = folder.files("profiles")
        #expect(files.count == 1, "\(files.keys)")
        return files.values.first?.count { $0 != 0 } ?? 0
    }

    private func campaign(_ folder: CampaignFolder) -> [String] {
        ["run", "--target", "tokenizer", "--folder", folder.path, "--seconds", "60", "--executions", "300", "--workers", "2"]
    }

    @Test("runners and zygotes add what they ran to a profile that merges")
    func merged() throws {
        let (one, many) = (CampaignFolder(), CampaignFolder())
        let supervisor = try counts("suite.profraw", one, campaign(one))
        #expect(try counts("suite-%m.profraw", many, campaign(many)) > supervisor + 500)
    }

    @Test("a runner that ends by a thrown error adds what it ran")
    func failed() throws {
        let (one, many) = (CampaignFolder(), CampaignFolder())
        func replay(_ name: String, _ folder: CampaignFolder) throws -> Int {
            SuiteFiles.makeFolder(folder.path)
            // The text that the target breaks on.
            try DocumentFile.replace("\(folder.path)/input", with: Array("dhbehz".utf8))
            return try counts(name, folder, ["replay", "--target", "compare.short-text", "\(folder.path)/input"])
        }
        let supervisor = try replay("suite.profraw", one)
        #expect(try replay("suite-%1m.profraw", many) > supervisor)
    }
}
