import Testing

@testable import PropertyTesting

struct StateMachineTests {
    /// A stack that loses its bottom when it gets a fourth element.
    private struct Stack {
        var elements: [Int] = []
        var isFaulty = true

        mutating func push(_ element: Int) {
            elements.append(element)
            if isFaulty, elements.count == 4 { elements.removeFirst() }
        }
    }

    private typealias Pair = (stack: Stack, model: [Int])

    private func stackMachine(isFaulty: Bool = true) -> StateMachine<Pair> {
        var machine = StateMachine { (stack: Stack(isFaulty: isFaulty), model: [Int]()) as Pair }
        machine.rule("stack.pop") { pair, step in
            step.answered(pair.stack.elements.popLast() ?? -1)
            pair.model.removeLast()
        } when: {
            !$0.model.isEmpty
        }
        machine.rule("stack.push") {
            $0.argument { $0.int(in: 0...9) }
        } acts: { pair, element, _ in
            pair.stack.push(element)
            pair.model.append(element)
        }
        machine.rule("stack.count") { pair, step in try step.expect(pair.stack.elements.count, equals: pair.model.count) }
        return machine
    }

    private func failure<State>(of machine: StateMachine<State>, seed: UInt64 = 1, cases: Int = 200) -> PropertyFailure? {
        do {
            try checkStateMachine(seed: seed, cases: cases, machine)
            return nil
        } catch {
            return error as? PropertyFailure
        }
    }

    private func end<State>(_ draws: Draws, _ machine: StateMachine<State>) -> StateMachineFailure? {
        do throws(StateMachineFailure) {
            try draws.run(machine)
            return nil
        } catch {
            return error
        }
    }

    @Test("a fault shrinks to the steps that it needs, told as lines of Swift", arguments: 1...10 as ClosedRange<UInt64>)
    func minimal(seed: UInt64) throws {
        let failure = try #require(self.failure(of: stackMachine(), seed: seed))
        #expect(
            failure.counterexample == """

                stack.push(0)
                stack.push(0)
                stack.push(0)
                stack.push(0)
                stack.count()  // 3
                // stack.count: the answer differs: 3 instead of 4
                """)
        #expect(failure.reason == "stack.count: the answer differs")
    }

    @Test("what is right passes, with as many runs as asked")
    func passes() throws {
        #expect(try checkStateMachine(seed: 1, cases: 300, stackMachine(isFaulty: false)).cases == 300)
    }

    @Test("a token shows the same run again, and passes where the fault is mended")
    func replay() throws {
        let failure = try #require(self.failure(of: stackMachine()))
        do {
            try checkStateMachine(replay: failure.token, stackMachine())
            Issue.record("the replay passed")
        } catch let again as PropertyFailure {
            #expect(again.counterexample == failure.counterexample)
            #expect(again.reason == failure.reason)
        }
        #expect(try checkStateMachine(replay: failure.token, stackMachine(isFaulty: false)).cases == 1)
    }

    @Test("a rule acts only where it may, also in replays of changed sequences")
    func preconditions() {
        var machine = StateMachine(maximumSteps: 20) { 0 }
        var violations = 0
        machine.rule("up") { height, _ in
            if height >= 3 { violations += 1 }
            height += 1
        } when: {
            $0 < 3
        }
        machine.rule("down") {
            $0.draws.int(in: 0...2)
        } acts: { height, by, _ in
            if height <= 0 { violations += 1 }
            height = max(0, height - by)
        } when: {
            $0 > 0
        }
        let draws = Draws()
        for seed in 0..<200 as Range<UInt64> {
            draws.begin(seed: seed)
            #expect(end(draws, machine) == nil)
            var indices = draws.sequence.indices
            if indices.count > 4 { indices.removeSubrange(1..<(2 + Int(seed % 3))) }
            draws.begin(seed: seed, prefix: indices, tail: .random)
            #expect(end(draws, machine) == nil)
        }
        #expect(violations == 0)
    }

    @Test("a run takes at most the steps it may, and a run that is whole ends like one that is short")
    func limits() {
        var machine = StateMachine(maximumSteps: 7) { 0 }
        machine.rule("step") { count, _ in count += 1 }
        machine.invariant("at most seven") { $0 <= 7 }
        let draws = Draws()
        var most = 0
        for seed in 0..<100 as Range<UInt64> {
            draws.begin(seed: seed)
            most = max(most, (try? draws.run(machine)) ?? 8)
            // Without its first step it still is a whole run.
            guard let first = draws.sequence.spans.first(where: { $0.label == Label.step && $0.range.count > 1 }) else { continue }
            var indices = draws.sequence.indices
            indices.removeSubrange(first.range)
            draws.begin(seed: 0, prefix: indices, tail: .none)
            #expect(end(draws, machine) == nil)
            #expect(!draws.isOverrun && draws.count == indices.count)
        }
        #expect(most == 7)
    }

    @Test("values of a bundle are named where they are made and where they are used; consumed ones are gone")
    func bundles() throws {
        let files = StateBundle<Int>("file")
        var machine = StateMachine { (open: Set<Int>(), next: 0) }
        machine.rule("disk.open") { disk, step in
            disk.open.insert(disk.next)
            step.produce(disk.next, into: files)
            disk.next += 1
        }
        machine.rule("disk.read", uses: [files]) { disk, step in
            guard let file = step.draw(files) else { return }
            try step.expect(disk.open.contains(file), "a file that is closed")
        }
        machine.rule("disk.close", uses: [files]) { disk, step in
            guard let file = step.consume(files) else { return }
            disk.open.remove(file)
            // The fault: closing the third closes the first as well.
            if file == 2 { disk.open.remove(0) }
        }
        let failure = try #require(self.failure(of: machine))
        #expect(
            failure.counterexample == """

                let file1 = disk.open()
                let file2 = disk.open()
                let file3 = disk.open()
                disk.close(file3)
                disk.read(file1)
                // disk.read: a file that is closed
                """)
    }

    @Test("a rule that finds its bundle empty does nothing and is not told")
    func emptyBundle() {
        let nothing = StateBundle<Int>("nothing")
        var machine = StateMachine(maximumSteps: 10) { 0 }
        machine.rule("use") {
            $0.draw(nothing)
        } acts: { count, _, _ in
            count += 1
        }
        machine.invariant("never") { $0 == 0 }
        let draws = Draws()
        for seed in 0..<20 as Range<UInt64> {
            draws.begin(seed: seed)
            draws.isJournaling = true
            #expect((try? draws.run(machine)) == 0)
            #expect(draws.journal.isEmpty)
        }
    }

    @Test("initialising rules run once, in order, before any step; the tear-down always runs last")
    func order() throws {
        final class Log { var lines: [String] = [] }
        let log = Log()
        var machine = StateMachine { log }
        machine.initialise("first") { log, step in log.lines.append("first \(step.draws.int(in: 0...3) >= 0)") }
        machine.initialise("second") { log, _ in log.lines.append("second") }
        machine.rule("fail") { log, step in
            log.lines.append("rule")
            try step.expect(false, "fails")
        }
        machine.tearDown { $0.lines.append("end") }
        let draws = Draws()
        draws.begin(seed: 5)
        let failure = end(draws, machine)
        #expect(failure?.origin.reason == "fail: fails")
        #expect(log.lines == ["first true", "second", "rule", "end"])
    }

    @Test("an error of a tear-down or an initialising rule fails the run and is named")
    func otherFailures() {
        struct Broken: Error {}
        var machine = StateMachine { 0 }
        machine.tearDown { _ in throw Broken() }
        let draws = Draws()
        draws.begin(seed: 1)
        #expect(end(draws, machine)?.origin.reason == "tear-down threw Broken")
        var other = StateMachine { 0 }
        other.initialise("open") { _, _ in throw Broken() }
        draws.begin(seed: 1)
        #expect(end(draws, other)?.origin.reason.hasPrefix("open threw") == true)
    }

    @Test("rules that await run to their end before the next step")
    func asynchronous() throws {
        var machine = StateMachine { (sum: 0, model: 0) }
        machine.rule("plain") { state, _ in
            state.sum += 1
            state.model += 1
        }
        machine.rule("waiting") { state, step async throws in
            let before = state.sum
            await interleave()
            state.sum = before == 3 ? before + 2 : before + 1
            state.model += 1
        }
        machine.invariant("sum") { $0.sum == $0.model }
        let failure = try #require(self.failure(of: machine))
        #expect(failure.counterexample == "\nplain()\nplain()\nplain()\nawait waiting()\n// invariant sum")
    }

    @Test("a fingerprint is the same in every process and tells order and ends apart")
    func fingerprints() {
        func hash(_ body: (inout StateFingerprint) -> Void) -> UInt64 {
            var print = StateFingerprint()
            body(&print)
            return print.hash
        }
        let known = hash {
            $0.combine("pulse")
            $0.combine([3, -1])
            $0.combine(true)
        }
        #expect(known == 0x8B2F_917F_F37A_6AAE, "\(String(known, radix: 16))")
        let others = [
            hash { $0.combine([1, 2]) }, hash { $0.combine([2, 1]) },
            hash {
                $0.combine([1])
                $0.combine([2])
            },
            hash { $0.combine("ab") },
            hash {
                $0.combine("a")
                $0.combine("b")
            }, hash { _ in },
        ]
        #expect(Set(others).count == others.count)
    }

    @Test("every state that a run reaches is told to the search")
    func features() {
        var machine = StateMachine(maximumSteps: 5) { 0 }
        machine.rule("up") { height, _ in height += 1 }
        machine.fingerprint { height, print in print.combine(height) }
        let draws = Draws()
        draws.begin(seed: 3)
        let acted = (try? draws.run(machine)) ?? -1
        #expect(draws.features.count == acted + 1)
        #expect(Set(draws.features).count == acted + 1)
    }

    @Test("a state that random walks hardly reach is reached by walks that do not repeat themselves")
    func exploration() {
        var found = 0
        for seed in 1...5 as ClosedRange<UInt64> {
            // A way of six turns; a wrong one begins anew.
            let way = [2, 0, 3, 1, 1, 2]
            var machine = StateMachine { 0 }
            for turn in 0..<4 {
                machine.rule("turn\(turn)") { place, _ in place = way[place] == turn ? place + 1 : 0 }
            }
            machine.invariant("closed") { $0 < way.count }
            machine.fingerprint { place, print in print.combine(place) }
            if failure(of: machine, seed: seed, cases: 100)?.counterexample.split(separator: "\n").count == way.count + 1 { found += 1 }
        }
        #expect(found >= 4, "found \(found) of 5")
    }

    @Test("a machine without rules, or with none that may act, passes")
    func nothingToDo() throws {
        try checkStateMachine(cases: 5, StateMachine { 0 })
        var machine = StateMachine { 0 }
        machine.rule("never") { _, step in
            try step.expect(false, "acted")
        } when: { _ in
            false
        }
        #expect(try checkStateMachine(cases: 5, machine).failures.isEmpty)
    }
}
