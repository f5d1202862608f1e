import StrictDocuments
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

/// What a launch notes of the machine that it ran on.
struct SurroundingsTests {
    private static let stat = "cpu  7339723 204089 1171163 3874885 46986 0 12587 14873 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"

    @Test("load and stolen time are read from what the kernel writes")
    func read() {
        let here = Surroundings(load: "8.76 8.49 6.69 7/149 25512\n", stat: Self.stat, ticksPerSecond: 100)
        #expect(here.loadMilli == 8760 && here.stolenMicroseconds == 148_730_000)
    }

    @Test(
        "what is not written so is not known",
        arguments: [
            "", "cpu", "cpu 1 2 3", "cpu a b c d e f g h", "intr 1 2 3 4 5 6 7 8 9", "cpu 1 2 3 4 5 6 7 -8", "8.7", "x.yz", "-1.00",
            "1.2.3",
        ])
    func nonsense(text: String) {
        let here = Surroundings(load: text, stat: text, ticksPerSecond: 100)
        #expect(here.loadMilli == nil && here.stolenMicroseconds == nil)
        #expect(Surroundings(load: "", stat: Self.stat, ticksPerSecond: 0).stolenMicroseconds == nil)
    }

    @Test("the records of a launch share what was stolen meanwhile, and what was not known is not there")
    func noted() throws {
        func record(_ name: String) -> LaunchRecord {
            LaunchRecord(
                benchmark: name, stage: .first, iterations: 1, clock: "thread-cpu", headFirst: false, base: nil, head: .init(times: [1]))
        }
        func at(_ ticks: Int) -> Surroundings {
            Surroundings(load: "0.50 0 0", stat: "cpu 0 0 0 0 0 0 0 \(ticks) 0 0\n", ticksPerSecond: 1000)
        }
        var records = ["a", "b", "c"].map(record)
        at(1).note(in: &records, until: at(6))
        #expect(records.map { $0.usage["steal_us"] } == [1668, 1666, 1666] && records.allSatisfy { $0.usage["load_milli"] == 500 })
        var unknown = [record("a")]
        Surroundings(load: "", stat: "", ticksPerSecond: 1).note(in: &unknown, until: at(9))
        #expect(unknown[0].usage.isEmpty)
    }

    @Test("a move to another CPU is kept with the launch")
    func migrated() throws {
        let text = #"{"benchmark":"b","clock":"thread-cpu","head":{"ns":[1]},"iterations":1,"usage":{"migrated":true,"minor_faults":3}}"#
        let record = try LaunchRecord(JSONDocument.parse(Array(text.utf8), file: "launch"), file: "launch")
        #expect(record.usage == ["migrated": 1, "minor_faults": 3])
    }
}
