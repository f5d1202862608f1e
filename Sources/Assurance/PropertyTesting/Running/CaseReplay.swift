/// One recorded case, run once more to be shown.
///
/// ```swift
/// let replay = CaseReplay.run(token.indices) { draws in … }
/// replay.journal                  // what was noted or drawn, line by line
/// replay.end                      // whether it still fails, and how
/// ```
public struct CaseReplay: Sendable {
    public var end: CaseEnd
    /// What was drawn and noted, line by line.
    public var journal: [String]
    /// Whether the recorded choices fitted, none too few and none too many: false when the generator has changed since.
    public var isWhole: Bool

    /// Runs a recorded case once, with its journal.
    public static func run(_ indices: [UInt64], test: (Draws) -> CaseEnd) -> CaseReplay {
        let draws = Draws.replaying(indices)
        return CaseReplay(end: test(draws), draws: draws, indices: indices)
    }

    /// The same for a body that may suspend.
    public static func runAsync(
        _ indices: [UInt64], isolation: isolated (any Actor)? = #isolation, test: nonisolated(nonsending) (Draws) async -> CaseEnd
    ) async -> CaseReplay {
        let draws = Draws.replaying(indices)
        return CaseReplay(end: await test(draws), draws: draws, indices: indices)
    }

    private init(end: CaseEnd, draws: Draws, indices: [UInt64]) {
        self.end = draws.isRejected || draws.isOverrun ? .rejected : end
        journal = draws.journal
        isWhole = !draws.isOverrun && !draws.isMisaligned && draws.count == indices.count
    }
}

extension Draws {
    /// A case that repeats recorded choices and keeps a journal.
    static func replaying(_ indices: [UInt64]) -> Draws {
        let draws = Draws(budget: max(1, indices.count))
        draws.begin(seed: 0, prefix: indices, tail: .none, budget: max(1, indices.count))
        draws.isJournaling = true
        return draws
    }

    /// Says that the property's own code has a whole value before it: the case counts as a body. For those who bring bodies of another form to
    /// the engine (a test framework's adaptor). Returns false where the case is overrun or rejected and the body should not run.
    public func beginBody() -> Bool {
        if isOverrun || isRejected { return false }
        didRunBody = true
        return true
    }
}
