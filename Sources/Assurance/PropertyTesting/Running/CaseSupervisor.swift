/// Watches the cases of a run from outside of the engine: how long they take, whether a failure comes again, what health checks need to know.
///
/// A case that is slow or fails in a new way is run a second time, from its recorded choices, before the engine hears of it:
/// slow both times is the failure "deadline"; a failure that does not come again is put aside as ``FlakyFailure``, and the engine, which could
/// only chase it in vain, is told that the case passed.
///
/// Pure: the times are handed in. The runner does: the body, with its time where ``isTiming``, `end(…)`; when that asks for it, the body again,
/// and `settle(…)`.
struct CaseSupervisor {
    let deadline: Duration?
    private(set) var figures: HealthCheck.Figures
    private(set) var flaky: [FlakyFailure] = []
    private var known: Set<FailureOrigin> = []

    /// Flaky failures that are kept.
    static let maximumFlaky = 8

    init(deadline: Duration?, budget: Int) {
        self.deadline = deadline
        figures = HealthCheck.Figures(budget: budget)
    }

    /// Whether anybody wants to know how long the next case takes: health checks do until the first failure.
    var isTiming: Bool { deadline != nil || known.isEmpty }

    /// What to do with a case that has just run.
    enum Step: Equatable {
        case accept(CaseEnd)
        /// Run it again, from these choices, and `settle`.
        case runAgain([UInt64])
    }

    private func isLate(_ nanoseconds: Int64) -> Bool { deadline.map { .nanoseconds(nanoseconds) > $0 } ?? false }

    mutating func end(_ timed: TimedEnd, draws: Draws) -> Step {
        let end = timed.end
        // Of what a memory kept nothing can be said about what is generated.
        if known.isEmpty, draws.phase == .random {
            figures.nanoseconds &+= timed.nanoseconds
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
        case .passed where isLate(timed.nanoseconds): return .runAgain(draws.sequence.indices)
        case .failed(let failure) where !known.contains(failure.origin): return .runAgain(draws.sequence.indices)
        case .passed, .failed, .rejected: return .accept(end)
        }
    }

    /// How a case ended, by the clock too: a pass that took too long is a failure.
    func judged(_ timed: TimedEnd) -> CaseEnd {
        guard timed.end == .passed, isLate(timed.nanoseconds), let deadline else { return timed.end }
        return .failed(CaseFailure(origin: FailureOrigin(reason: "deadline"), message: "took longer than \(deadline), each time"))
    }

    /// After the second run: how the case counts.
    mutating func settle(first: CaseEnd, second: TimedEnd, indices: [UInt64]) -> CaseEnd {
        switch first {
        case .passed:
            let end = judged(TimedEnd(end: first, nanoseconds: second.nanoseconds))
            if case .failed(let failure) = end { known.insert(failure.origin) }
            return end
        case .failed(let failure):
            // A child that hung by a lock which another thread held when it was forked; the fresh child tells what the case does.
            if failure.origin == .timeout {
                guard case .failed(let other) = second.end else { return second.end }
                if other.origin != failure.origin {
                    known.insert(other.origin)
                    return second.end
                }
            }
            if let found = FlakyFailure(first: failure, second: second.end, indices: indices) {
                if flaky.count < Self.maximumFlaky { flaky.append(found) }
                return .passed
            }
            known.insert(failure.origin)
            return first
        case .rejected: return first
        }
    }
}

/// How a case ended and how long it took; 0 where nobody asked.
struct TimedEnd: Hashable, Sendable {
    var end: CaseEnd
    var nanoseconds: Int64 = 0
}
