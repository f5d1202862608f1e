import Determinism
import Testing

@testable import PropertyTesting

struct LinearizabilityTests {
    private typealias Search = Linearizability<[Int]>

    /// Operations of a queue: an enqueued value, or what a dequeue answered (nil for "it was empty").
    private enum Operation {
        case enqueue(Int)
        case dequeue(Int?)
    }

    private func allows(_ operation: Operation, _ queue: inout [Int]) -> Bool {
        switch operation {
        case .enqueue(let value):
            queue.append(value)
            return true
        case .dequeue(let answer):
            return (queue.isEmpty ? nil : queue.removeFirst()) == answer
        }
    }

    /// Every order, one after the other: slow and plainly right.
    private func isExplained(_ operations: [Operation], _ intervals: [Search.Interval]) -> Bool {
        func extend(_ done: [Int], _ queue: [Int]) -> Bool {
            let open = operations.indices.filter { !done.contains($0) }
            if open.allSatisfy({ intervals[$0].returned == nil }) { return true }
            for next in open {
                // Whoever ended before this one began must have come before it.
                if open.contains(where: { (intervals[$0].returned ?? .max) < intervals[next].invoked }) { continue }
                var after = queue
                if allows(operations[next], &after), extend(done + [next], after) { return true }
            }
            return false
        }
        return extend([], [])
    }

    @Test("the search agrees with trying every order, on thousands of small histories")
    func bruteForce() {
        var random = SeededGenerator(seed: 12)
        var counts = (yes: 0, no: 0)
        for _ in 0..<4000 {
            let count = random.integer(in: 1...6)
            let operations: [Operation] = (0..<count).map { _ in
                if random.integer(in: 0...1) == 0 { return .enqueue(random.integer(in: 0...1)) }
                let answer = random.integer(in: -1...1)
                return .dequeue(answer < 0 ? nil : answer)
            }
            let intervals = (0..<count).map { number in
                // Moments on one clock are all different.
                let start = random.integer(in: 0...12)
                let end = start + random.integer(in: 1...6)
                let isPending = random.integer(in: 0...9) == 0
                return Search.Interval(invoked: start * 12 + 2 * number, returned: isPending ? nil : end * 12 + 2 * number + 1)
            }
            let answer = Search.check(intervals, initial: []) { allows(operations[$0], &$1) }
            let expected = isExplained(operations, intervals)
            switch answer {
            case .explained(let order):
                counts.yes += 1
                #expect(expected)
                var queue: [Int] = []
                #expect(order.allSatisfy { allows(operations[$0], &queue) }, "the order it names is not allowed")
            case .unexplained(let longest, let model, let refused):
                counts.no += 1
                #expect(!expected)
                var queue: [Int] = []
                #expect(longest.allSatisfy { allows(operations[$0], &queue) } && queue == model)
                #expect(!refused.isEmpty)
                for operation in refused {
                    var copy = queue
                    #expect(!allows(operations[operation], &copy))
                }
            case .undecided: Issue.record("undecided")
            }
        }
        #expect(counts.yes > 300 && counts.no > 300, "\(counts)")
    }

    @Test("past its limit the search says that it does not know, rather than yes or no")
    func limit() {
        // All overlap, and the last answer fits no order: without a limit the search would look at very many states.
        let intervals = (0..<20).map { Search.Interval(invoked: $0, returned: 100 + $0) }
        let operations: [Operation] = (0..<19).map { .enqueue($0) } + [.dequeue(99)]
        guard case .undecided(let states) = Search.check(intervals, initial: [], limit: 500, allows: { allows(operations[$0], &$1) }) else {
            Issue.record("it claims to know")
            return
        }
        #expect(states == 500)
    }

    @Test("a history that is too long for one word is undecided")
    func tooLong() {
        let intervals = (0..<65).map { Search.Interval(invoked: 2 * $0, returned: 2 * $0 + 1) }
        guard case .undecided = Search.check(intervals, initial: [], allows: { _, _ in true }) else {
            Issue.record("it claims to know")
            return
        }
    }

    @Test("an operation that did not end may have had its effect, or not")
    func pending() {
        let intervals = [Search.Interval(invoked: 0, returned: nil), Search.Interval(invoked: 1, returned: 2)]
        for answer in [7, nil] as [Int?] {
            let operations: [Operation] = [.enqueue(7), .dequeue(answer)]
            guard case .explained = Search.check(intervals, initial: [], allows: { allows(operations[$0], &$1) }) else {
                Issue.record("\(String(describing: answer)) is refused")
                continue
            }
        }
    }
}
