extension Label {
    /// An operation of one of several threads, with its pauses.
    public static let parallelStep: UInt32 = 21
    /// How long until a task pauses.
    public static let pause: UInt32 = 22
}

extension Draws {
    /// A schedule that fails is often near one that fails with less; another start gets there.
    private static var raceShrinkStarts: Int { 6 }

    /// Runs a parallel machine within this case.
    ///
    /// - Throws: ``StateMachineFailure``: "not linearizable", "undecided", "deadlock", "no end", or the operation that threw.
    public func run<System, Model>(_ machine: ParallelMachine<System, Model>) throws(StateMachineFailure) {
        quiet += 1
        defer { quiet -= 1 }
        shrinkStarts = max(shrinkStarts, Self.raceShrinkStarts)
        let run = ParallelRun(machine, self)
        try run.run()
    }
}

/// One run of a parallel machine: draws the plan, runs it, and looks for an order that explains it.
private final class ParallelRun<System, Model: Hashable> {
    private static var maximumPauses: Int { 3 }

    private struct Planned {
        var call: ParallelMachine<System, Model>.Call
        var pauses: [Int] = []
        /// By its place among the steps of all threads.
        var step = -1
    }

    /// An operation that was begun.
    private struct Done {
        var call: ParallelMachine<System, Model>.Call
        /// nil for the beginning and what comes afterwards.
        var lane: Int?
        var interval: Linearizability<Model>.Interval
        var response: Any?
    }

    private let machine: ParallelMachine<System, Model>
    private let draws: Draws
    private var beginning: [Planned] = []
    private var lanes: [[Planned]] = []
    private var endings: [Planned] = []
    private var history: [Done] = []
    private var clock = 0
    private var table = HistoryTable()
    private var schedule: DeterministicExecutor?
    private var thrown: StateMachineFailure?

    init(_ machine: ParallelMachine<System, Model>, _ draws: Draws) {
        self.machine = machine
        self.draws = draws
    }

    func run() throws(StateMachineFailure) {
        guard !machine.operations.isEmpty else { return }
        do {
            draws.furtherGaps = []
            try draws.interleaved { executor in
                self.schedule = executor
                self.plan(executor)
                await self.perform(on: executor)
                // Behind the end another thread may have the executor.
                self.draws.furtherGaps = executor.furtherGaps
            }
        } catch {
            // The body throws nothing, and after a deadlock nobody else gets the executor.
            draws.furtherGaps = schedule?.furtherGaps ?? []
            let failure = error as? ScheduleFailure
            show(order: nil)
            draws.note("// \(failure?.description ?? "\(error)")")
            release()
            throw StateMachineFailure(failure?.reason ?? "threw", message: "\(error)")
        }
        if let thrown {
            show(order: nil)
            draws.note("// \(thrown)")
            throw thrown
        }
        try explain()
    }

    /// Tasks that never end hold this run; it need not hold anything.
    private func release() {
        (beginning, lanes, endings, history) = ([], [], [], [])
        (table, schedule) = (HistoryTable(), nil)
    }

    // MARK: Planning

    private func plan(_ executor: DeterministicExecutor) {
        draws.didRunBody = true
        executor.beginCase()
        var selection = RuleSelection(weights: machine.operations.map(\.weight))
        let step = MachineStep(draws)

        func operation() -> Planned {
            let shape = ChoiceShape(kind: .selector, bound: UInt64(machine.operations.count - 1))
            let number = Int(draws.choose(shape) { random in UInt64(selection.pick(&random, place: nil) { _ in true }) })
            step.begin()
            return Planned(call: machine.operations[number].prepare(step))
        }

        // At the limit the end is recorded all the same, so that a list that loses an operation has one.
        for number in 0...max(0, machine.maximumBeginning) {
            let isLast = draws.span(Label.step) {
                guard more(0.5, isPossible: number < machine.maximumBeginning) else { return true }
                beginning.append(operation())
                return false
            }
            if isLast { break }
        }
        let count = max(1, machine.maximumLanes)
        var columns = [[Planned]](repeating: [], count: count)
        let room = Linearizability<Model>.maximumOperations - beginning.count - machine.endings.count
        let most = max(0, min(machine.maximumOperations, room))
        for number in 0...most {
            let isLast = draws.span(Label.parallelStep) {
                guard more(0.8, isPossible: number < most) else { return true }
                let lane = Int(draws.uniform(bound: UInt64(count - 1)))
                var planned = operation()
                planned.step = number
                while true {
                    let gap = executor.drawGap(draws, isLast: planned.pauses.count == Self.maximumPauses)
                    if gap == 0 { break }
                    planned.pauses.append(gap)
                }
                columns[lane].append(planned)
                return false
            }
            if isLast { break }
        }
        lanes = columns.filter { !$0.isEmpty }
        endings = machine.endings.map {
            step.begin()
            return Planned(call: $0.prepare(step))
        }
    }

    private func more(_ probability: Double, isPossible: Bool) -> Bool {
        draws.choose(ChoiceShape(kind: .more, bound: isPossible ? 1 : 0)) { isPossible && $0.uniform() < probability ? 1 : 0 } == 1
    }

    // MARK: Performing

    private func perform(on executor: DeterministicExecutor) async {
        let system = machine.system(executor)
        for planned in beginning where thrown == nil { await perform(planned, lane: nil, system, executor) }
        executor.onPause = { [unowned self] name in table.add(name, "…") }
        let operations = lanes.indices.map { lane in
            (name: HistoryTable.name(lane), run: { try await self.perform(lane: lane, system, executor) })
        }
        // Threads begin in their order; the plan says where they pause.
        executor.givenToNewTasks = []
        // A lane throws nothing: what its operations throw is kept.
        try? await executor.race(operations)
        executor.onPause = nil
        for planned in endings where thrown == nil { await perform(planned, lane: nil, system, executor) }
    }

    private func perform(lane: Int, _ system: System, _ executor: DeterministicExecutor) async throws {
        // Tasks that the system makes itself pause as the case decides.
        executor.givenToNewTasks = nil
        for planned in lanes[lane] where thrown == nil {
            executor.setPauses(planned.pauses, of: planned.step)
            await perform(planned, lane: lane, system, executor)
            // The last point lies behind the operation, for those that have none within.
            if planned.pauses.isEmpty { executor.countPointBehindStep() } else { await Task.yield() }
        }
        executor.setPauses([])
    }

    private func perform(_ planned: Planned, lane: Int?, _ system: System, _ executor: DeterministicExecutor) async {
        clock += 1
        let number = history.count
        history.append(Done(call: planned.call, lane: lane, interval: .init(invoked: clock, returned: nil)))
        if draws.isJournaling, let lane { table.add(HistoryTable.name(lane), planned.call.text, begins: number) }
        do {
            let response = try await planned.call.perform(system)
            clock += 1
            history[number].interval.returned = clock
            history[number].response = response
            if draws.isJournaling, let lane { table.add(HistoryTable.name(lane), "→ \(String(reflecting: response))", ends: number) }
        } catch {
            if draws.isJournaling, let lane { table.add(HistoryTable.name(lane), "✗ \(error)", ends: number) }
            let name = String(reflecting: type(of: error))
            thrown = thrown ?? StateMachineFailure("an operation threw \(name)", message: "\(planned.call.text) \(error)")
        }
    }

    // MARK: Explaining

    private func explain() throws(StateMachineFailure) {
        let answer = Linearizability<Model>.check(
            history.map(\.interval), initial: machine.model(), limit: machine.searchLimit
        ) { number, model in
            guard let response = history[number].response else { return false }
            return history[number].call.allows(&model, response)
        }
        switch answer {
        case .explained: return
        case .undecided(let states):
            show(order: nil)
            draws.note("// undecided after \(states) states: raise searchLimit, or lower maximumOperations")
            throw StateMachineFailure("undecided", message: "the search for an order ended after \(states) states (searchLimit)")
        case .unexplained(let longest, let model, let refused):
            show(order: (longest, model, refused))
            throw StateMachineFailure("not linearizable", message: "no order of the operations gives these responses")
        }
    }

    private func show(order: (longest: [Int], model: Model, refused: [Int])?) {
        guard draws.isJournaling else { return }
        for done in history.prefix(beginning.count) where done.lane == nil { draws.note(sentence(done)) }
        for line in table.lines() { draws.note(line) }
        for done in history.dropFirst(beginning.count) where done.lane == nil { draws.note(sentence(done)) }
        guard let order else { return }
        draws.note("// no order of these operations gives these responses; the longest that does:")
        if order.longest.isEmpty { draws.note("//   none") }
        for number in order.longest { draws.note("//   \(who(history[number]))\(sentence(history[number]))") }
        for number in order.refused {
            let expected = history[number].call.expected(order.model).map { ", but the model answers \($0)" } ?? ", which the model refuses"
            draws.note("//   then \(who(history[number]))\(sentence(history[number]))\(expected)")
        }
    }

    private func who(_ done: Done) -> String { done.lane.map { "\(HistoryTable.name($0)): " } ?? "" }

    private func sentence(_ done: Done) -> String {
        done.response.map { "\(done.call.text) → \(String(reflecting: $0))" } ?? "\(done.call.text) did not end"
    }
}
