import ChildProcesses
import Glibc
import Testing

/// The engine asks for no memory while it draws, records and remembers cases; the buffers double now and then.
@Suite struct PropertyTestingAllocations {
    private func allocations(_ arguments: [String] = []) throws -> (few: Int, many: Int) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let outcome = try Command([folder + "/PropertyAllocationProbe"] + arguments, environment: Environment.current()).run()
        let words = String(decoding: outcome.standardOutput.text.utf8, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let figures = words.prefix(2).compactMap { Int($0) }
        try #require(figures.count == 2, "\(outcome)")
        return (figures[0], figures[1])
    }

    @Test("16,000 more cases cost a handful of allocations, for buffers that double")
    func cases() throws {
        let engine = try allocations()
        #expect(engine.many - engine.few < 60, "\(engine)")
        // And the probe would see it: an array in each case shows.
        let arrays = try allocations(["array"])
        #expect(arrays.many - arrays.few >= 16_000, "\(arrays)")
    }

    @Test("runs of tasks that come to their end leave nothing behind, those that cannot a few kilobytes: over 2,000 runs")
    func tasks() throws {
        let ended = try allocations(["tasks"])
        #expect(abs(ended.few) < 50_000 && abs(ended.many) < 50_000, "\(ended)")
        // Swift cannot end a task that waits for ever: the three tasks of each run stay, and hardly more.
        let deadlocked = try allocations(["deadlock"])
        #expect(deadlocked.few < 2000 * 10_000 && deadlocked.many < 2000 * 10_000, "\(deadlocked)")
    }
}
