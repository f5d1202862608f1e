extension Label {
    /// A step of a machine.
    public static let step: UInt32 = 20
}

extension Draws {
    /// Runs a machine within this case.
    ///
    /// ```swift
    /// let report = PropertyEngine.run { draws in
    ///     do { try draws.run(machine); return .passed } catch { return .failed(error.caseFailure) }
    /// }
    /// ```
    ///
    /// - Throws: ``StateMachineFailure`` with the rule or the invariant that failed; in a journaling run the steps stand in the journal.
    /// - Returns: how many steps acted.
    @discardableResult
    public func run<State>(_ machine: StateMachine<State>) throws(StateMachineFailure) -> Int {
        // Steps are told as lines of Swift, with what they drew.
        quiet += 1
        defer { quiet -= 1 }
        var run = StateMachineRun(machine, self)
        return try run.run()
    }
}

private struct StateMachineRun<State> {
    let machine: StateMachine<State>
    let draws: Draws
    var state: State
    let step: MachineStep
    var selection: RuleSelection
    var place: UInt64?

    init(_ machine: StateMachine<State>, _ draws: Draws) {
        self.machine = machine
        self.draws = draws
        step = MachineStep(draws)
        state = machine.initial()
        selection = RuleSelection(weights: machine.rules.map(\.weight))
    }

    mutating func run() throws(StateMachineFailure) -> Int {
        draws.didRunBody = true
        var acted = 0
        var failure: StateMachineFailure?
        do {
            for rule in machine.initialisers {
                _ = try draws.span(Label.value) { try play(rule, mayAct: true) }
            }
            try check()
            notePlace()
            if !machine.rules.isEmpty { try takeSteps(&acted) }
        } catch {
            failure = error as? StateMachineFailure ?? StateMachineFailure("threw \(type(of: error))", message: "\(error)")
        }
        do {
            try machine.tearDown?(&state)
        } catch {
            failure = failure ?? StateMachineFailure("tear-down threw \(type(of: error))", message: "\(error)")
        }
        guard let failure else { return acted }
        draws.note("// \(failure)")
        throw failure
    }

    private mutating func takeSteps(_ acted: inout Int) throws {
        // At the limit the end is recorded all the same, so that a run that loses a step has one.
        for number in 0...machine.maximumSteps {
            let isLast = try draws.span(Label.step) { () throws -> Bool in
                let goesOn = number < machine.maximumSteps
                let more = draws.choose(ChoiceShape(kind: .more, bound: goesOn ? 1 : 0)) { goesOn && selection.isOneMore(&$0) ? 1 : 0 }
                guard more == 1 else { return true }
                let shape = ChoiceShape(kind: .selector, bound: UInt64(machine.rules.count - 1))
                let (rules, here, held) = (machine.rules, state, step)
                let number = Int(
                    draws.choose(shape) { random in
                        let picked = selection.pick(&random, place: place) {
                            held.hasValues(rules[$0].bundles) && rules[$0].isEnabled(here)
                        }
                        return UInt64(picked)
                    })
                if draws.isOverrun { return true }
                let rule = machine.rules[number]
                guard try play(rule, mayAct: step.hasValues(rule.bundles) && rule.isEnabled(state)) else { return false }
                acted += 1
                try check()
                let before = place
                notePlace()
                selection.moved(from: before, by: number, to: place)
                return false
            }
            if isLast || draws.isRejected { return }
        }
    }

    private mutating func play(_ rule: StateMachine<State>.Rule, mayAct: Bool) throws -> Bool {
        step.begin()
        do {
            let didAct = try rule.play(&state, step, mayAct)
            if didAct { draws.note(step.line(rule.name)) }
            return didAct
        } catch let failure as StateMachineFailure {
            draws.note(step.line(rule.name))
            throw StateMachineFailure("\(rule.name): \(failure.origin.reason)", message: failure.message)
        } catch {
            draws.note(step.line(rule.name))
            throw StateMachineFailure("\(rule.name) threw \(String(reflecting: type(of: error)))", message: "\(error)")
        }
    }

    private func check() throws {
        for invariant in machine.invariants {
            do {
                if try invariant.holds(state) { continue }
            } catch {
                throw StateMachineFailure("invariant \(invariant.name)", message: "\(error)")
            }
            throw StateMachineFailure("invariant \(invariant.name)")
        }
    }

    private mutating func notePlace() {
        guard let fingerprint = machine.fingerprint else { return }
        var print = StateFingerprint()
        fingerprint(state, &print)
        place = print.hash
        draws.feature(print.hash)
    }
}
