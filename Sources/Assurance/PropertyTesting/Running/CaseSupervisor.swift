import Determinism

/// Watches the cases of a run from outside of the engine: how long they take, whether a failure comes again, what health checks need to know.
///
/// A case that is slow or fails in a new way is run a second time, from its recorded choices, before the engine hears of it:
/// slow both times is the failure "deadline"; a failure that does not come again is put aside as ``FlakyFailure``, and the engine, which could
/// only chase it in vain, is told that the case passed.
///
/// Pure but for the clock, which is handed in. The runner does: `begin()`, the body, `end(…)`; when that asks for it, the body again, and `settle(…)`.
struct CaseSupervisor {
    let deadline: Duration?
    let time: any TimeSource
    private(set) var figures: HealthCheck.Figures
    private(set) var flaky: [FlakyFailure] = []
    private var known: Set<FailureOrigin> = []
    private var started = MonotonicInstant.origin

    /// Flaky failures that are kept.
    static let maximumFlaky = 8

    init(deadline: Duration?, time: any TimeSource, budget: Int) {
        self.deadline = deadline
        self.time = time
        figures = HealthCheck.Figures(budget: budget)
    }

    /// What to do with a case that has just run.
    enum Step: Equatable {
        case accept(CaseEnd)
        /// Run it again, from these choices, and `settle`.
        case runAgain([UInt64])
    }

    mutating func begin() { started = time.monotonicNow }

    private var isLate: Bool { deadline.map { started.duration(to: time.monotonicNow) > $0 } ?? false }

    mutating func end(_ end: CaseEnd, draws: Draws) -> Step {
        if known.isEmpty {
            figures.nanoseconds &+= max(0, time.monotonicNow.nanoseconds(since: started))
            figures.choices += draws.count
            if draws.isOverrun {
                figures.overruns += 1
            } else if draws.isRejected || end == .rejected {
                figures.discarded += 1
            } else if end == .passed {
                figures.passed += 1
            }
        }
        guard !draws.isOverrun, !draws.isRejected else { return .accept(end) }
        switch end {
        case .passed where isLate: return .runAgain(draws.sequence.indices)
        case .failed(let failure) where !known.contains(failure.origin): return .runAgain(draws.sequence.indices)
        case .passed, .failed, .rejected: return .accept(end)
        }
    }

    /// The end of the case that began last, by the clock too: a pass that took too long is a failure.
    func timed(_ end: CaseEnd) -> CaseEnd {
        guard end == .passed, isLate, let deadline else { return end }
        return .failed(CaseFailure(origin: FailureOrigin(reason: "deadline"), message: "took longer than \(deadline), each time"))
    }

    /// After the second run: how the case counts.
    mutating func settle(first: CaseEnd, second: CaseEnd, indices: [UInt64]) -> CaseEnd {
        switch first {
        case .passed:
            let end = timed(first)
            if case .failed(let failure) = end { known.insert(failure.origin) }
            return end
        case .failed(let failure):
            // A child that hung by a lock which another thread held when it was forked; the fresh child tells what the case does.
            if failure.origin.reason == "timeout" {
                guard case .failed(let other) = second else { return second }
                if other.origin != failure.origin {
                    known.insert(other.origin)
                    return second
                }
            }
            if let found = FlakyFailure(first: failure, second: second, indices: indices) {
                if flaky.count < Self.maximumFlaky { flaky.append(found) }
                return .passed
            }
            known.insert(failure.origin)
            return first
        case .rejected: return first
        }
    }
}
