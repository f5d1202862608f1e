import StrictDocuments
import Testing

@testable import Fuzzing

/// The manners in which code under test ends its process: each is told apart, made small, and named by where it happened.
@Suite("deaths of runners")
struct DeathTests {
    /// Little time only for what loops: an input that stands still for ten times as long, since the machine is busy, would count as one that does.
    private static func limits(_ manner: String) -> [String] {
        ["--time-limit-ms", manner == "loop" ? "300" : "2000", "--memory-limit-mb", "256"]
    }

    private func triage(_ target: String, inputs: [[UInt8]], _ folder: CampaignFolder) throws -> SuiteProcess.Output {
        for (number, input) in inputs.enumerated() {
            let place = "\(folder.path)/crashes/\(String(number + 1, radix: 16))"
            SuiteFiles.makeFolder(place)
            try DocumentFile.replace("\(place)/input", with: input)
        }
        let output = try SuiteProcess.run(
            "PlantedSuite", ["triage", "--target", "death.\(target)", "--folder", folder.path] + Self.limits(target))
        #expect(output.termination == .exited(0), "\(output.errors)")
        return output
    }

    @Test(
        "each manner of death is one finding, of its kind, and as small as the mark that it takes",
        arguments: [
            ("loop", "timeout"), ("memory", "out-of-memory"), ("recursion", "stack-overflow"), ("exit", "exit"), ("abort", "crash"),
            ("null", "crash"), ("thrown", "failure"),
        ])
    func kinds(manner: String, kind: String) throws {
        let folder = CampaignFolder()
        let output = try triage(manner, inputs: [Array("!! and more behind it".utf8), Array("!another".utf8)], folder)
        let bugs = output.events(named: "bug").filter { $0.flag("new") == true }
        #expect(bugs.map { $0.text("kind") } == [kind], "\(bugs)")
        let bucket = try #require(bugs.first?.text("bucket"))
        let small = try #require(folder.files("crashes/\(bucket)")["minimised"])
        // How small a loop gets hangs on how busy the machine is; that it is one does not.
        #expect(manner == "loop" ? small.first == DeathBugsMark.byte : small == [DeathBugsMark.byte])
        #expect(bugs.first?.flag("flaky") == false)
        #expect(CampaignFolder.names("\(folder.path)/crashes") == [bucket])
    }

    @Test(
        "a campaign meets each manner of death, goes on behind it, and keeps what did it", arguments: ["loop", "recursion", "exit", "null"])
    func campaigns(manner: String) throws {
        let folder = CampaignFolder()
        let output = try SuiteProcess.run(
            "PlantedSuite",
            ["run", "--target", "death.\(manner)", "--folder", folder.path, "--seconds", "60", "--executions", "600"]
                + Self.limits(manner))
        #expect(output.termination == .exited(0), "\(output.errors)")
        #expect(output.events(named: "crash").count >= 1)
        let last = try #require(output.events(named: "sample").last)
        #expect(last.number("executions") ?? 0 >= 600)
        let inputs = CampaignFolder.names("\(folder.path)/crashes").compactMap { folder.files("crashes/\($0)")["input"] }
        #expect(inputs.contains { $0.first == DeathBugsMark.byte })
        if manner != "loop" { #expect(inputs.allSatisfy { $0.first == DeathBugsMark.byte }) }
    }

    @Test("a trap is called by its message, and is the same finding in each process that meets it")
    func named() throws {
        let input: [UInt8] = [0x21]
        var buckets: Set<String> = []
        for _ in 0..<2 {
            let folder = CampaignFolder()
            SuiteFiles.makeFolder("\(folder.path)/crashes/1")
            try DocumentFile.replace("\(folder.path)/crashes/1/input", with: input)
            let output = try SuiteProcess.run("PlantedSuite", ["triage", "--target", "two-bugs", "--folder", folder.path])
            let bug = try #require(output.events(named: "bug").first)
            let title = try #require(bug.text("title"))
            #expect(title.hasPrefix("crash in PlantedSuite.PlantedSuite.shallow: ") && title.hasSuffix("a shallow bug"), "\(title)")
            buckets.insert(bug.text("bucket") ?? "")
            try DocumentFile.replace("\(folder.path)/found", with: input + [1, 2, 3])
            let small = try SuiteProcess.run("PlantedSuite", ["minimise", "--target", "two-bugs", "\(folder.path)/found"])
            buckets.insert(small.events(named: "minimised").first?.text("bucket") ?? "")
        }
        #expect(buckets.count == 1, "\(buckets)")
    }

    @Test("what is left out of an input whose checksum covers it is left out of the checksum")
    func sealed() throws {
        func sealed(_ body: [UInt8]) -> [UInt8] {
            let sum = body.reduce(UInt32(17)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
            return (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * $0)) } + body
        }
        let folder = CampaignFolder()
        let output = try triage("sealed", inputs: [sealed(Array("a long text with ! in its middle, and an end".utf8))], folder)
        let bug = try #require(output.events(named: "bug").first)
        #expect(folder.files("crashes/\(bug.text("bucket") ?? "")")["minimised"] == sealed([DeathBugsMark.byte]))
    }

    @Test("an input that does not end its process any more is kept as a flaky finding")
    func survived() throws {
        let folder = CampaignFolder()
        let output = try triage("abort", inputs: [Array("no mark".utf8)], folder)
        let bug = try #require(output.events(named: "bug").first)
        #expect(bug.flag("flaky") == true)
        #expect(folder.files("crashes/\(bug.text("bucket") ?? "")")["minimised"] == Array("no mark".utf8))
    }

    @Test("an empty input that survives is nothing to minimise, nor is a file that is not there")
    func nothing() throws {
        let folder = CampaignFolder()
        SuiteFiles.makeFolder(folder.path)
        try DocumentFile.replace("\(folder.path)/fine", with: [])
        for (file, words) in [("fine", "survives it"), ("none", "cannot be read")] {
            let output = try SuiteProcess.run("PlantedSuite", ["minimise", "--target", "death.abort", "\(folder.path)/\(file)"])
            #expect(output.termination == .exited(2) && output.errors.contains(words), "\(output.errors)")
        }
    }
}

private enum DeathBugsMark {
    static let byte: UInt8 = 0x21
}
