extension Gen {
    /// Cases that are tried before a generator that may refuse is given up.
    public static var probes: Int { 512 }

    /// A generator from one that may refuse: tries again, then rejects the case.
    ///
    /// Construction looks for one case that is accepted and keeps its choices: a rejected case must still have some value to go on with.
    ///
    /// - Throws: what the simplest case threw, when none of ``probes`` cases is accepted.
    static func attempting(
        _ attempt: @escaping @Sendable (Draws) throws(DerivationError) -> Value
    ) throws(DerivationError) -> Gen {
        let probe = Draws(budget: 2048)
        var first: DerivationError?
        var accepted: [UInt64]?
        for number in 0..<probes {
            probe.begin(seed: UInt64(number), tail: number == 0 ? .simplest : .random, budget: 2048)
            do {
                _ = try attempt(probe)
                if probe.isOverrun || probe.isRejected { continue }
                accepted = probe.sequence.indices
                break
            } catch {
                if first == nil { first = error }
                if error.kind == .unsupported { break }
            }
        }
        guard let accepted else {
            throw first
                ?? DerivationError(.endless, type: String(reflecting: Value.self), path: [], "every case is longer than 2048 choices")
        }
        return Gen { draws in
            var attempts = 0
            while attempts < Draws.maximumAttempts {
                let open = draws.openCount
                do {
                    return try draws.span(Label.attempt) { try attempt(draws) }
                } catch {
                    draws.closeSpans(downTo: open)
                    draws.discardLastSpan(Label.attempt)
                    draws.temper.relax()
                }
                if draws.isOverrun { break }
                attempts += 1
            }
            draws.assume(false)
            let again = Draws(budget: max(1, accepted.count))
            again.begin(seed: 0, prefix: accepted, tail: .none)
            do {
                return try attempt(again)
            } catch {
                // It accepted exactly these choices when the generator was made.
                preconditionFailure("\(Value.self) refuses what it accepted before: it depends on something other than the draws")
            }
        }
    }
}

extension Draws {
    /// Closes the spans that a thrown error left open.
    func closeSpans(downTo count: Int) {
        while openCount > count { closeSpan(Int(open[openCount - 1])) }
    }
}
