/// A model-based test: rules that act on a system, drawn in any order, and what must hold after each of them.
///
/// ```swift
/// struct Pair { var stack = Stack(); var model: [Int] = [] }
/// var machine = StateMachine { Pair() }
/// machine.rule("stack.push") { step in
///     step.argument { $0.int(in: 0...9) }
/// } acts: { pair, value, _ in
///     pair.stack.push(value)
///     pair.model.append(value)
/// }
/// machine.rule("stack.pop") { pair, step in
///     try step.expect(pair.stack.pop(), equals: pair.model.removeLast())
/// } when: {
///     !$0.model.isEmpty
/// }
/// machine.invariant("count") { $0.stack.count == $0.model.count }
/// try checkStateMachine(seed: 7, machine)
/// ```
///
/// A run makes the state, runs the initialising rules once each in order, then up to ``maximumSteps`` steps. Each step is one span of the
/// choice sequence: "one more?", which rule, its arguments. Deleting steps, lowering arguments and choosing earlier rules is therefore left to
/// the shrinker, with no code of the user's. The rule is chosen among *all* rules, so that its index means the same wherever the step
/// stands; a rule that is not enabled where a replay puts it still draws its arguments (those of `drawing`) and does nothing.
///
/// While cases are generated, a case has its own random selection and weights of the rules (swarm testing; A. Groce et al., ISSTA 2012), and where
/// there is a ``fingerprint(_:)`` some cases prefer what they did not yet do in the state they are in. Neither is recorded: a sequence
/// means the same without them. The fingerprint of each state reached is also a ``Draws/feature(_:)`` for a search across cases.
public struct StateMachine<State> {
    /// Steps of one run where nothing else is said.
    public static var defaultMaximumSteps: Int { 50 }

    struct Rule {
        var name: String
        var weight: Int
        var bundles: [String]
        var isEnabled: (State) -> Bool
        /// Draws the arguments and, if the rule may act, acts. False if it did nothing.
        var play: (_ state: inout State, _ step: MachineStep, _ mayAct: Bool) throws -> Bool
    }

    struct Invariant {
        var name: String
        var holds: (State) throws -> Bool
    }

    let initial: () -> State
    let maximumSteps: Int
    private(set) var rules: [Rule] = []
    private(set) var initialisers: [Rule] = []
    private(set) var invariants: [Invariant] = []
    private(set) var tearDown: ((inout State) throws -> Void)?
    private(set) var fingerprint: ((State, inout StateFingerprint) -> Void)?

    /// - Parameter initial: makes the system and its model, anew for every run.
    public init(maximumSteps: Int = StateMachine.defaultMaximumSteps, initial: @escaping () -> State) {
        self.initial = initial
        self.maximumSteps = max(0, maximumSteps)
    }

    // MARK: Rules

    /// A rule that draws what it needs while it acts, if anything.
    ///
    /// - Parameters:
    ///   - name: what the report calls, say `stack.push`.
    ///   - weight: how often, against the others.
    ///   - bundles: must have a value each.
    ///   - isEnabled: whether the rule may act in this state.
    public mutating func rule(
        _ name: String, weight: Int = 1, uses bundles: [any StateBundleName] = [],
        _ body: @escaping (inout State, MachineStep) throws -> Void,
        when isEnabled: @escaping (State) -> Bool = { _ in true }
    ) {
        rules.append(Self.plain(name, weight, bundles, isEnabled, body))
    }

    /// A rule whose arguments are drawn first, and also where the rule may not act. Prefer this where a rule has both arguments and a
    /// condition: it keeps the choices behind it aligned when an earlier step is deleted.
    public mutating func rule<Arguments>(
        _ name: String, weight: Int = 1, uses bundles: [any StateBundleName] = [],
        drawing arguments: @escaping (MachineStep) -> Arguments,
        acts body: @escaping (inout State, Arguments, MachineStep) throws -> Void,
        when isEnabled: @escaping (State) -> Bool = { _ in true }
    ) {
        rules.append(
            Rule(name: name, weight: max(1, weight), bundles: bundles.map(\.name), isEnabled: isEnabled) { state, step, mayAct in
                let drawn = arguments(step)
                guard mayAct, !step.isMissing, !step.draws.isOverrun else { return false }
                try body(&state, drawn, step)
                return !step.isMissing
            })
    }

    /// A rule that awaits. It runs to its end before the next step, on the thread of the run, under a schedule drawn with the case.
    public mutating func rule(
        _ name: String, weight: Int = 1, uses bundles: [any StateBundleName] = [],
        _ body: @escaping (inout State, MachineStep) async throws -> Void,
        when isEnabled: @escaping (State) -> Bool = { _ in true }
    ) {
        rules.append(
            Self.plain(name, weight, bundles, isEnabled) { state, step in
                step.isAsynchronous = true
                // An escaping closure cannot hold the caller's state in place; it works on a copy that comes back.
                let held = HeldState(state)
                defer { state = held.state }
                try step.draws.interleaved { try await body(&held.state, step) }
            })
    }

    /// Runs once before the steps, in the order given: sizes, policies, first contents.
    public mutating func initialise(_ name: String, _ body: @escaping (inout State, MachineStep) throws -> Void) {
        initialisers.append(Self.plain(name, 1, [], { _ in true }, body))
    }

    private static func plain(
        _ name: String, _ weight: Int, _ bundles: [any StateBundleName], _ isEnabled: @escaping (State) -> Bool,
        _ body: @escaping (inout State, MachineStep) throws -> Void
    ) -> Rule {
        Rule(name: name, weight: max(1, weight), bundles: bundles.map(\.name), isEnabled: isEnabled) { state, step, mayAct in
            guard mayAct else { return false }
            try body(&state, step)
            return !step.isMissing
        }
    }

    // MARK: What must hold

    /// Checked before the first step and after every one.
    public mutating func invariant(_ name: String, _ holds: @escaping (State) throws -> Bool) {
        invariants.append(Invariant(name: name, holds: holds))
    }

    /// Runs at the end of every run, whatever its end; an error fails a run that had not failed.
    public mutating func tearDown(_ body: @escaping (inout State) throws -> Void) { tearDown = body }

    /// What makes two states the same place for the search.
    public mutating func fingerprint(_ body: @escaping (State, inout StateFingerprint) -> Void) { fingerprint = body }
}

private final class HeldState<State> {
    var state: State
    init(_ state: State) { self.state = state }
}
