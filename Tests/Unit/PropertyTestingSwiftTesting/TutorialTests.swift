import PropertyTesting
import PropertyTestingSwiftTesting
import Testing

/// The code of the tutorial (PropertyTesting.docc/FromPropertyToRace.md), which has to compile and to do what it says.
@Suite("the tutorial", .property(cases: 500))
struct TutorialTests {
    struct Queue<Element> {
        private var elements: [Element] = []
        let isFaulty: Bool
        var count: Int { elements.count }
        init(isFaulty: Bool = false) { self.isFaulty = isFaulty }
        mutating func append(_ element: Element) { elements.append(element) }
        mutating func popFirst() -> Element? {
            if isFaulty, elements.count == 3 { return elements.removeLast() }
            return elements.isEmpty ? nil : elements.removeFirst()
        }
    }

    final class SharedQueue {
        let elements: ScheduledMutex<[Int]>
        init() { elements = ScheduledMutex([]) }
        func append(_ element: Int) async { await elements.withLock { $0.append(element) } }
        func popFirst() async -> Int? { await elements.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    @Test("what goes in comes out")
    func whatGoesInComesOut() async throws {
        let report = try await property { draws in
            let values = draws.array { $0.int(in: 0...9) }
            draws.label(values.isEmpty ? "empty" : "filled")
            draws.cover("long", atLeast: .percent(10), when: values.count > 5)
            var queue = Queue<Int>()
            for value in values { queue.append(value) }
            var out: [Int] = []
            while let value = queue.popFirst() { out.append(value) }
            #expect(out == values)
        }
        #expect(report.cases == 500 && report.labels.keys.sorted() == ["empty", "filled"])
        #expect(report.coverage.verdict == .met)
    }

    private func machine(isFaulty: Bool) -> StateMachine<(queue: Queue<Int>, model: [Int])> {
        var machine = StateMachine<(queue: Queue<Int>, model: [Int])>(initial: { (Queue(isFaulty: isFaulty), []) })
        machine.rule("append") { state, step in
            let value = step.argument { $0.int(in: 0...9) }
            state.queue.append(value)
            state.model.append(value)
        }
        machine.rule("popFirst") { state, step in
            let expected = state.model.isEmpty ? nil : state.model.removeFirst()
            try step.expect(state.queue.popFirst(), equals: expected)
        }
        machine.invariant("count") { $0.queue.count == $0.model.count }
        return machine
    }

    @Test("a queue behaves as its model, and one that does not is shown by the fewest steps")
    func model() throws {
        try checkStateMachine(machine(isFaulty: false))
        let failure = try #require(throws: PropertyFailure.self) { try checkStateMachine(machine(isFaulty: true)) }
        let lines = failure.counterexample.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("append") } == 3, "\(failure.counterexample)")
        #expect(lines.count { $0.hasPrefix("popFirst") } == 1, "\(failure.counterexample)")
    }

    @Test("a queue under a lock has no race")
    func race() throws {
        var machine = ParallelMachine<SharedQueue, [Int]>(model: { [] }, system: { _ in SharedQueue() })
        machine.operation("append(1)") {
            await $0.append(1)
            return true
        } model: {
            $0.append(1)
            return true
        }
        machine.operation("popFirst") {
            await $0.popFirst()
        } model: {
            $0.isEmpty ? nil : $0.removeFirst()
        }
        try checkParallel(cases: 300, machine)
    }
}
