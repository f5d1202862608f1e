import StrictDocuments
import Testing

@testable import Fuzzing

/// Bugs behind one compare each, whose operand chance would not find in a lifetime: 2^-16 a try at best, mostly 2^-32 and less.
@Suite("bugs behind a compare")
struct ComparedBugTests {
    /// At most as many executions as there are values of sixteen bits: what takes more was found by chance.
    private static let executions = 60_000

    /// An input to begin with, where a compare is not reached by any.
    static let seeds = ["hexadecimal-text": Array("303132".utf8), "counted": [9, 0] + Array("a payload".utf8)]

    static let words = [
        "little-16", "little-32", "little-64", "big-16", "big-32", "big-64", "negative", "between", "twins", "cases", "length",
    ]
    static let numerals = ["decimal", "hexadecimal", "varint", "zigzag", "scalar"]
    static let texts = [
        "text", "short-text", "prefix", "suffix", "raw-value", "dictionary", "lowercased", "hexadecimal-text", "utf-16", "reversed",
    ]
    static let derived = ["offset", "masked", "polynomial", "rotated", "substituted", "checksum", "counted"]

    @Test(
        "a compare is met whatever its kind, its width and the form in which its operand stands",
        arguments: words + numerals + texts + derived)
    func met(kind: String) throws {
        let folder = CampaignFolder()
        if let seed = Self.seeds[kind] {
            SuiteFiles.makeFolder("\(folder.path)/seeds")
            try DocumentFile.replace("\(folder.path)/seeds/first", with: seed)
        }
        let output = try SuiteProcess.run(
            "PlantedSuite",
            [
                "run", "--target", "compare.\(kind)", "--folder", folder.path, "--seconds", "100", "--executions", "\(Self.executions)",
                "--seed", "1", "--until", "crash", "--seeds", "\(folder.path)/seeds",
            ])
        #expect(output.termination == .exited(0), "\(output.errors)")
        #expect(output.events(named: "crash").count == 1)
    }

    @Test("what stands behind a checksum is searched at random too: each change is followed by the checksum that it wants")
    func behindChecksum() throws {
        let folder = CampaignFolder()
        let output = try SuiteProcess.run(
            "PlantedSuite",
            ["run", "--target", "compare.behind-checksum", "--folder", folder.path, "--seconds", "100", "--executions", "20000"])
        #expect(output.termination == .exited(0), "\(output.errors)")
        let told = try SuiteProcess.run("PlantedSuite", ["records", "--target", "compare.behind-checksum", "--folder", folder.path])
        let repaired = told.events(named: "entry").filter {
            let operators = $0.texts("operators") ?? []
            return operators.contains("havoc") && operators.contains("repair")
        }
        #expect(!repaired.isEmpty)
        let corpus = folder.files("corpus")
        for entry in repaired {
            let bytes = try #require(corpus[entry.text("hash") ?? ""])
            let sum = bytes.dropFirst(4).reduce(UInt32(1)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
            #expect(bytes.prefix(4).enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) } == sum)
        }
    }
}
