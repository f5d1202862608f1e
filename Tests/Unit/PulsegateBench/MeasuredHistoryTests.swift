import Determinism
import StrictDocuments
import TemporaryFolders
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct MeasuredHistoryTests {
    /// Comparisons of which those from `step` on take a fifth longer.
    private func points(_ count: Int, step: Int?, machine: (Int) -> String = { _ in "m" }) -> [BenchStore.Point] {
        (0..<count).map { index in
            let level = step.map { index >= $0 } == true ? 1200.0 : 1000
            let time = level * (1 + Double(index * 7 % 5 - 2) / 1000)
            return BenchStore.Point(
                comparison: Int64(index + 1), at: "2026-11-\(10 + index)T10:00:00Z", head: "c\(100 + index)", base: nil,
                machine: machine(index), outcome: "pass", headNanoseconds: time,
                launches: TimeEstimate([([Int64(time * 0.98 * 100)], 100), ([Int64(time * 1.05 * 100)], 100)]), allocations: 7)
        }
    }

    private func history(_ count: Int, step: Int?, machine: (Int) -> String = { _ in "m" }) -> MeasuredHistory {
        MeasuredHistory(benchmark: "b", points: points(count, step: step, machine: machine))
    }

    @Test("a step is shown with its commit, the one before, both levels and the change, in text, document and plot")
    func step() throws {
        let history = history(16, step: 9)
        let steps = history.steps()
        #expect(steps.map(\.head) == ["c109"] && steps.map(\.previous) == ["c108"] && steps.map(\.comparison) == [10])
        let text = history.text(width: 160, colour: .plain)
        #expect(text.contains("step at c109: +20 %, from 1 µs to 1.2 µs (2026-11-19, after c108)\n"))
        let row = try #require(text.split(separator: "\n").first { $0.contains(" c109 ") })
        #expect(row.hasSuffix("+20 %"))
        #expect(history.performance.svg().contains(">+20 %<"))
        let document = history.json
        let schema = try SchemaCheck.schema("benchmark-history")
        SchemaCheck.check(document, schema, schema, at: "#")
        let found = try #require(document["steps"]?.arrayValue)
        #expect(found.count == 1 && found[0]["head"]?.stringValue == "c109")
        #expect(try abs(#require(found[0]["ratio_ppm"]?.intValue) - 1_200_000) < 2000)
    }

    @Test("points carry the lowest and the highest launch")
    func whiskers() throws {
        let history = history(3, step: nil)
        let point = try #require(history.performance.points.first)
        #expect(point.lowest < 0.99 * point.time && point.highest > 1.03 * point.time)
        #expect(history.text(width: 160, colour: .plain).contains("978 ns to 1.05 µs"))
        #expect(MeasuredHistory.range(2590, 2660) == "2.59 to 2.66 µs")
        let document = try #require(history.json["points"]?.arrayValue?.first)
        #expect(document["lowest_ps"]?.intValue == 978_040 && document["launches"]?.intValue == 2)
    }

    @Test("what was measured on another machine is in the table and in no step")
    func machines() {
        let history = history(16, step: 8) { $0 < 8 ? "old" : "new" }
        #expect(history.steps().isEmpty)
        let text = history.text(width: 160, colour: .plain)
        #expect(text.contains("no step in 8\n8 of another machine are in no step\n"))
        #expect(text.contains("c100"))
        #expect(history.performance.points.count == 8)
    }

    @Test("too few points have no step and say so; names are a document too")
    func few() throws {
        let history = history(7, step: 3)
        #expect(history.steps().isEmpty)
        #expect(history.text(width: 160, colour: .plain).contains("too few for steps: 7 of at least 8 on this machine\n"))
        let schema = try SchemaCheck.schema("benchmark-history")
        SchemaCheck.check(MeasuredHistory.names([("a", 3), ("b", 1)]), schema, schema, at: "#")
        #expect(MeasuredHistory.names([("a", 3)])["benchmarks"]?.arrayValue?.count == 1)
    }

    @Test("the store reads the spread of the launches that were not laid out anew")
    func store() throws {
        let folder = try #require(TemporaryFolder.make())
        defer { TemporaryFolder.remove(folder) }
        let now = try Instant(rfc3339: "2026-11-21T10:00:00Z")
        let store = try BenchStore(path: folder + "/launches.sqlite")
        let number = try store.begin(
            .init(
                kind: "run", suite: "s", base: nil, baseCommit: nil, head: "c1", headCommit: "c1", toolchain: "t", machine: "m",
                loopPicoseconds: 1000, loadBefore: 1), at: now)
        func record(_ time: Int64, layout: Int = 0) -> LaunchRecord {
            LaunchRecord(
                benchmark: "b", stage: .single, layout: layout, iterations: 10, clock: "thread-cpu", headFirst: false, base: nil,
                head: .init(times: [time]))
        }
        try store.add([record(1000), record(1100), record(900), record(5000, layout: 2)], to: number)
        var verdict = BenchmarkVerdict(name: "b")
        verdict.head = TimeEstimate([([1000], 10)])
        try store.end(
            number, SuiteVerdict(suite: "s", base: nil, head: "c1", toolchain: "t", machine: "m", benchmarks: [verdict]), outcome: "pass",
            at: now)
        let point = try #require(try store.history("b", limit: 5).first)
        #expect(point.launches?.lowest == 89 && point.launches?.highest == 109 && point.launches?.launches == 3)
    }
}
