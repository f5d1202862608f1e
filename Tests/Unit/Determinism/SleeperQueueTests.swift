import Testing

@testable import Determinism

@Suite("The queue of sleepers")
struct SleeperQueueTests {
    private func at(_ nanoseconds: Int64) -> MonotonicInstant { .init(nanosecondsSinceOrigin: nanoseconds) }

    @Test("gives out the due ones by deadline, then arrival, and keeps the others")
    func order() {
        var queue = SleeperQueue<String>()
        for (ticket, (name, deadline)) in [("a", 20), ("b", 10), ("c", 20), ("d", 10), ("e", 30)].enumerated() {
            queue.insert(name, deadline: at(Int64(deadline)), ticket: UInt64(ticket))
        }
        #expect(queue.takeDue(at: at(9)).isEmpty)
        #expect(queue.takeDue(at: at(20)) == ["b", "d", "a", "c"])
        #expect(queue.count == 1)
        #expect(queue.nextDeadline == at(30))
    }

    @Test("removes a sleeper once")
    func remove() {
        var queue = SleeperQueue<String>()
        queue.insert("a", deadline: at(1), ticket: 1)
        #expect(queue.remove(ticket: 2) == nil)
        #expect(queue.remove(ticket: 1) == "a")
        #expect(queue.remove(ticket: 1) == nil)
        #expect(queue.nextDeadline == nil)
    }
}
