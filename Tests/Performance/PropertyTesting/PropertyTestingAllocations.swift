import Benchmarking
import ChildProcesses
import Glibc
import PropertyTesting
import Testing

/// The engine asks for no memory while it draws, records and remembers cases; the buffers double now and then.
@Suite struct PropertyTestingAllocations {
    /// Bytes of the heap that 2,000 runs of the probe left in use, and 2,000 more.
    private func growth(_ mode: String) throws -> (few: Int, many: Int) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let outcome = try Command([folder + "/PropertyHeapProbe", mode], environment: Environment.current()).run()
        let words = String(decoding: outcome.standardOutput.text.utf8, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let figures = words.prefix(2).compactMap { Int($0) }
        try #require(figures.count == 2, "\(outcome)")
        return (figures[0], figures[1])
    }

    @Test("16,000 more cases cost a handful of allocations, for buffers that double")
    func cases() throws {
        func allocations(_ cases: Int, arrays: Bool) throws -> Int {
            try countingAllocations(warmUps: cases == 2000 ? 1 : 0) {
                let report = PropertyEngine.run(PropertySettings(cases: cases, seed: 5)) { draws in
                    if arrays { return draws.array(1...20) { $0.int() }.isEmpty ? .rejected : .passed }
                    var sum = 0
                    draws.span(Label.array) {
                        for _ in 0..<10 { draws.span(Label.element) { sum &+= draws.int() } }
                    }
                    return sum == .max ? .rejected : .passed
                }
                #expect(report.cases == cases)
            }.allocations
        }
        let engine = (few: try allocations(2000, arrays: false), many: try allocations(18_000, arrays: false))
        #expect(engine.many - engine.few < 60, "\(engine)")
        // And it would show, on this very thread: an array in each case does.
        let arrays = (few: try allocations(2000, arrays: true), many: try allocations(18_000, arrays: true))
        #expect(arrays.many - arrays.few >= 16_000, "\(arrays)")
    }

    @Test("runs of tasks that come to their end leave nothing behind, those that cannot a few kilobytes: over 2,000 runs")
    func tasks() throws {
        let ended = try growth("tasks")
        #expect(abs(ended.few) < 50_000 && abs(ended.many) < 50_000, "\(ended)")
        // Swift cannot end a task that waits for ever: the three tasks of each run stay, and hardly more.
        let deadlocked = try growth("deadlock")
        #expect(deadlocked.few < 2000 * 10_000 && deadlocked.many < 2000 * 10_000, "\(deadlocked)")
    }
}
