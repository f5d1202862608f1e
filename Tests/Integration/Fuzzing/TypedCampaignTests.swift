import Testing

@testable import Fuzzing

/// Bugs behind values of types: records, texts, trees, numbers that go together, orders, sequences of rules.
@Suite("typed campaigns")
struct TypedCampaignTests {
    @Test(
        "a typed bug that chance would not find in a campaign is found in a moment, and told as a value",
        arguments: [
            "magic-record", "text-setting", "rare-leaf", "related-numbers", "permutation", "six-rules", "equal-names", "leap-day",
            "hexadecimal-key", "exact-sum", "account", "lost-update",
        ])
    func found(name: String) throws {
        let folder = CampaignFolder()
        let output = try SuiteProcess.run(
            "PlantedSuite",
            [
                "run", "--target", name, "--folder", folder.path, "--seconds", "100", "--executions", "60000", "--seed", "1", "--until",
                "crash",
            ])
        #expect(output.termination == .exited(0), "\(output.errors)")
        let crash = try #require(output.events(named: "crash").first)
        #expect(crash.text("kind") == "failure")
        let place = try #require(CampaignFolder.names("\(folder.path)/crashes").first)
        let told = try SuiteProcess.run("PlantedSuite", ["replay", "--target", name, "\(folder.path)/crashes/\(place)/input"])
        let replay = try #require(told.events(named: "replay").first)
        #expect(replay.text("end") == "failure" && replay.text("value")?.isEmpty == false, "\(replay)")
    }

    @Test("a typed campaign that goes on behind its bugs ends in order, and its corpus holds what its values lit")
    func goesOn() throws {
        let folder = CampaignFolder()
        let output = try SuiteProcess.run(
            "PlantedSuite", ["run", "--target", "account", "--folder", folder.path, "--seconds", "100", "--executions", "6000"])
        #expect(output.termination == .exited(0), "\(output.errors)")
        let last = try #require(output.events(named: "sample").last)
        #expect(last.number("executions") ?? 0 >= 6000 && last.number("crashes") ?? 0 > 0)
        let again = try SuiteProcess.run("PlantedSuite", ["edges", "--target", "account", "\(folder.path)/corpus"])
        #expect(again.events(named: "edges").first?.number("count") == last.number("edges"))
    }
}
