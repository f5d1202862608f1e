import BenchmarkStatistics
import Glibc
import StrictDocuments

/// What the machine did beside a launch: its load, and the time that the hypervisor gave to others.
///
/// From `/proc/loadavg` and the line `cpu` of `/proc/stat` (proc(5)); what cannot be read is not recorded. A tick of the latter is 10 ms on most machines.
struct Surroundings: Equatable, Sendable {
    /// Thousandths of the load average of the last minute.
    var loadMilli: Int64?
    /// Of all CPUs, since the machine started.
    var stolenMicroseconds: Int64?

    /// - Parameter ticksPerSecond: of `/proc/stat`.
    init(load: String, stat: String, ticksPerSecond: Int) {
        loadMilli = load.split(separator: " ").first.flatMap { word in
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].utf8.count == 2, let whole = Int64(parts[0]), let part = Int64(parts[1]), whole >= 0,
                part >= 0,
                whole < 1 << 40
            else { return nil }
            return whole * 1000 + part * 10
        }
        // "cpu" user nice system idle iowait irq softirq steal …
        let words = stat.prefix { $0 != "\n" }.split(separator: " ")
        if words.count > 8, words[0] == "cpu", let ticks = Int64(words[8]), ticks >= 0, ticks < 1 << 40, ticksPerSecond > 0 {
            stolenMicroseconds = ticks * 1_000_000 / Int64(ticksPerSecond)
        }
    }

    static func read() -> Surroundings {
        func text(_ path: String) -> String {
            (try? DocumentFile.read(path, maximumBytes: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        return Surroundings(load: text("/proc/loadavg"), stat: text("/proc/stat"), ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Notes in the records of one launch what the machine did meanwhile; time that was stolen is shared out, so that its sum is the launch's.
    func note(in records: inout [LaunchRecord], until after: Surroundings) {
        guard !records.isEmpty else { return }
        let stolen = stolenMicroseconds.flatMap { before in after.stolenMicroseconds.map { max(0, $0 - before) } }
        for index in records.indices {
            if let loadMilli { records[index].usage["load_milli"] = loadMilli }
            if let stolen {
                let share = stolen / Int64(records.count)
                records[index].usage["steal_us"] = index == 0 ? stolen - share * Int64(records.count - 1) : share
            }
        }
    }
}
