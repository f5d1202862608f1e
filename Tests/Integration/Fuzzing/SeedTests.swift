import StrictDocuments
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The committed inputs of the repository's own fuzz suite, replayed each in a process of its own.
@Suite("seeds and regressions")
struct SeedTests {
    private static let root: String = {
        let file = "\(#filePath)"
        return file.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/") + "/Tests/Fuzz/Seeds"
    }()

    private static let targets = CampaignFolder.names(root)

    private static func inputs(_ target: String) -> [String] {
        ["seeds", "regressions"].flatMap { part in
            CampaignFolder.names("\(root)/\(target)/\(part)").map { "\(root)/\(target)/\(part)/\($0)" }
        }
    }

    @Test("every target has seeds, and every folder of seeds a target")
    func complete() throws {
        let known = try SuiteProcess.run("pulsegate-fuzz", ["list"]).events(named: "target").compactMap { $0.text("name") }
        #expect(known.count > 40 && Set(known).count == known.count)
        #expect(known.sorted() == Self.targets)
        for target in Self.targets { #expect(!CampaignFolder.names("\(Self.root)/\(target)/seeds").isEmpty, "\(target)") }
    }

    @Test("every committed input passes", arguments: targets)
    func replay(target: String) throws {
        let inputs = Self.inputs(target)
        let ends = try SuiteProcess.run("pulsegate-fuzz", ["replay", "--target", target] + inputs).events(named: "replay")
        #expect(ends.count == inputs.count)
        for end in ends {
            #expect(
                end.text("end") == "passed", "\(target) \(end.text("file") ?? ""): \(end.text("end") ?? "") \(end.text("output") ?? "")")
        }
    }

    @Test("a target's committed inputs are few and small", arguments: targets)
    func small(target: String) throws {
        let inputs = Self.inputs(target)
        var bytes = 0
        for input in inputs { bytes += try DocumentFile.read(input, maximumBytes: 1 << 20).count }
        #expect(inputs.count <= 60 && bytes <= 64 << 10)
    }
}
