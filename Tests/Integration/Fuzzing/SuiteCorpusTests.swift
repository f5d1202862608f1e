import StrictDocuments
import Testing

@testable import Fuzzing

/// The commands of a suite that measure a corpus: what they say of one another's work has to agree.
@Suite("corpora of a suite", .serialized)
struct SuiteCorpusTests {
    private func suite(_ arguments: [String]) throws -> SuiteProcess.Output {
        let output = try SuiteProcess.run("PlantedSuite", arguments)
        #expect(output.termination == .exited(0), "\(output.errors)")
        return output
    }

    private func campaign(_ target: String, _ folder: CampaignFolder, executions: Int, seed: Int = 1) throws {
        _ = try suite(
            [
                "run", "--target", target, "--folder", folder.path, "--seconds", "60", "--executions", "\(executions)", "--seed", "\(seed)",
            ])
    }

    private func edges(_ target: String, _ folder: String) throws -> UInt64? {
        try suite(["edges", "--target", target, folder]).events(named: "edges").first?.number("count")
    }

    private func distil(_ folder: CampaignFolder, _ more: [String] = []) throws -> [String: JSONNode.Content] {
        try #require(
            suite(["cmin", "--target", "tokenizer", "--folder", folder.path] + more).events(named: "distilled").first)
    }

    @Test("a distilled corpus reaches all that the whole one does, with fewer inputs, and is as small as it gets")
    func distilled() throws {
        let folder = CampaignFolder()
        try campaign("tokenizer", folder, executions: 4000)
        // The same inputs under other names add nothing.
        for (name, bytes) in folder.files("corpus") { try DocumentFile.replace("\(folder.path)/corpus/again-\(name)", with: bytes) }
        let before = folder.files("corpus")
        let copied = try distil(folder, ["--to", "\(folder.path)/small"])
        #expect(folder.files("corpus") == before, "with a destination the corpus stays")
        #expect(copied.number("inputs") == UInt64(before.count))
        let small = folder.files("small")
        #expect(UInt64(small.count) == copied.number("kept") && small.count * 2 <= before.count)
        #expect(UInt64(small.values.reduce(0) { $0 + $1.count }) == copied.number("bytes"))
        #expect(Set(small.values).isSubset(of: Set(before.values)))
        #expect(try edges("tokenizer", "\(folder.path)/small") == edges("tokenizer", "\(folder.path)/corpus"))
        // In place, and again: what is left is left.
        let placed = try distil(folder)
        #expect(placed.number("kept") == copied.number("kept") && placed.number("features") == copied.number("features"))
        #expect(Set(folder.files("corpus").values) == Set(small.values))
        let again = try distil(folder)
        #expect(again.number("kept") == placed.number("kept") && again.number("features") == placed.number("features"))
    }

    @Test("a merged corpus takes what adds something, names what kills, and takes nothing twice")
    func merged() throws {
        let (mine, other) = (CampaignFolder(), CampaignFolder())
        try campaign("two-bugs", mine, executions: 20)
        SuiteFiles.makeFolder("\(other.path)/queue")
        for (name, text) in [("kills", "!"), ("adds", "?d"), ("adds-longer", "?dd"), ("further", "?deep")] {
            try DocumentFile.replace("\(other.path)/queue/\(name)", with: Array(text.utf8))
        }
        let before = try edges("two-bugs", "\(mine.path)/corpus") ?? 0
        let merge = ["merge", "--target", "two-bugs", "--folder", mine.path, "\(other.path)/queue"]
        let first = try #require(suite(merge).events(named: "merged").first)
        #expect(first.number("inputs") == 3, "those that survive")
        #expect(first.texts("deaths") == ["\(other.path)/queue/kills"])
        #expect(try edges("two-bugs", "\(mine.path)/corpus") ?? 0 >= before)
        let second = try #require(suite(merge).events(named: "merged").first)
        #expect(second.number("taken") == 0 && second.number("features") == first.number("features"))
        #expect(try SuiteProcess.run("PlantedSuite", Array(merge.dropLast())).termination == .exited(2), "from nowhere")
    }

    @Test("cover tells of each edge once, how many inputs ran it, and as many of them lit as edges counts")
    func cover() throws {
        let folder = CampaignFolder()
        try campaign("two-bugs", folder, executions: 300)
        try DocumentFile.replace("\(folder.path)/corpus/kills", with: [0x21])
        let inputs = folder.files("corpus").count
        let output = try suite(["cover", "--target", "two-bugs", "--corpus", "\(folder.path)/corpus"])
        let head = try #require(output.events(named: "cover").first)
        #expect(head.number("inputs") == UInt64(inputs) && head.number("ended") == 1)
        var (counts, addresses): ([UInt64], [UInt64]) = ([], [])
        var begins = 0
        for line in output.events(named: "edges") {
            #expect(line.number("first") == UInt64(counts.count), "no gap")
            counts += line.numbers("inputs") ?? []
            addresses += line.numbers("addresses") ?? []
            begins += line.numbers("begins")?.count ?? 0
        }
        #expect(UInt64(counts.count) == head.number("edges") && addresses.count == counts.count)
        #expect(counts.allSatisfy { $0 <= UInt64(inputs) } && counts.contains(UInt64(inputs - 1)), "some edge is run by all that survive")
        #expect(UInt64(counts.count { $0 > 0 }) == head.number("lit"))
        #expect(begins > 0 && begins < counts.count)
        #expect(try edges("two-bugs", "\(folder.path)/corpus") == head.number("lit"))
    }

    @Test(
        "each entry is told once and descends from a seed, each edge is told once with an entry that is told, and the corpus folder holds them"
    )
    func records() throws {
        let folder = CampaignFolder()
        _ = try suite([
            "run", "--target", "tokenizer", "--folder", folder.path, "--seconds", "60", "--executions", "24000", "--workers", "2",
        ])
        let output = try suite(["records", "--target", "tokenizer", "--folder", folder.path])
        var parents: [String: String?] = [:]
        for entry in output.events(named: "entry") {
            let hash = try #require(entry.text("hash"))
            #expect(parents.updateValue(entry.text("parent"), forKey: hash) == nil, "\(hash) is told once, whoever took it over")
            let operators = entry.texts("operators") ?? []
            #expect(!operators.isEmpty)
            #expect((operators.contains("seed") || operators.contains("imported")) == (entry.text("parent") == nil))
        }
        #expect(parents.count > 20)
        #expect(Set(folder.files("corpus").keys) == Set(parents.keys))
        for start in parents.keys {
            var (at, steps) = (start, 0)
            while let parent = parents[at] ?? nil, steps <= parents.count { (at, steps) = (parent, steps + 1) }
            #expect(parents[at] == .some(.none) && steps <= parents.count, "\(start) descends from a seed")
        }
        let edges = output.events(named: "edge")
        let numbers = edges.compactMap { $0.number("edge") }
        #expect(Set(numbers).count == edges.count && !edges.isEmpty)
        #expect(edges.allSatisfy { $0.text("entry").map { parents[$0] != nil } ?? false && $0.text("address") != nil })
        #expect(try UInt64(edges.count) == self.edges("tokenizer", "\(folder.path)/corpus"))
    }
}
