import BenchmarkStatistics
import Determinism

/// Makes verdicts of what was measured: pure.
struct BenchJudge: Sendable {
    let account: BenchDriver.Account
    /// Names that base has; nil without a base.
    let baseNames: Set<String>?
    let budget: @Sendable (String) -> BenchmarkBudget
    let knowledge: @Sendable (String) -> BenchmarkVerdict.Knowledge
    /// RFC 3339 date of today, for budgets that expire.
    let today: String

    func verdict(
        _ entry: BenchDriver.Account.Entry, records: [LaunchRecord], time: TimeVerdict?, counts: [CountComparison], problem: String?,
        reference: TimeEstimate?
    ) -> BenchmarkVerdict {
        var verdict = BenchmarkVerdict(name: entry.name, tags: entry.tags, clock: entry.clock, budget: budget(entry.name))
        verdict.isCold = entry.cold != nil
        verdict.problem = problem
        verdict.series = entry.series
        verdict.counts = counts
        verdict.knowledge = knowledge(entry.name)
        let loop = Double(account.loopPicoseconds) / 1000
        // Layouts that were shuffled are no figure to show.
        let shown = records.filter { $0.layout == 0 }
        verdict.head = TimeEstimate(shown.map { ($0.head.times, $0.iterations) }, loopNanoseconds: loop)
        verdict.base = TimeEstimate(shown.compactMap { record in record.base.map { ($0.times, record.iterations) } }, loopNanoseconds: loop)
        verdict.time = time
        verdict.peakBytes = records.compactMap { $0.usage["peak_resident_bytes"] }.max()
        if let head = verdict.head, head.nanoseconds > 0 {
            if let elements = entry.elements {
                verdict.rate = .init(perSecond: Double(elements) * 1e9 / head.nanoseconds, unit: "elements")
            } else if let bytes = entry.bytes {
                verdict.rate = .init(perSecond: Double(bytes) * 1e9 / head.nanoseconds, unit: "bytes")
            }
        }
        if let name = entry.reference, let reference, let head = verdict.head, reference.nanoseconds > 0 {
            verdict.reference = (name, head.nanoseconds / reference.nanoseconds)
        }
        verdict.limits = limits(verdict)
        return verdict
    }

    private func limits(_ verdict: BenchmarkVerdict) -> [BenchmarkVerdict.LimitVerdict] {
        typealias Limit = BenchmarkVerdict.LimitVerdict
        var limits: [Limit] = []
        let budget = verdict.budget
        if let expires = budget.expires, budget.isLoosened, expires < today {
            limits.append(
                Limit(
                    kind: .slowdown, outcome: .expired, text: "its loosened budget expired on \(expires): \(budget.reason ?? "no reason")"))
        }
        if let time = verdict.time {
            let text: String
            if let interval = time.interval {
                let upper = interval.upper.isFinite ? Self.factor(interval.upper) : "any"
                text =
                    "\(Self.factor(interval.estimate)) x base (\(Self.factor(interval.lower)) to \(upper)), at most \(Self.factor(1 + budget.slowdown)) x"
            } else {
                text = "no launch could be used"
            }
            let outcome: Limit.Outcome =
                switch time.outcome {
                case .pass: .pass
                case .fail: .fail
                case .inconclusive: .inconclusive
                }
            limits.append(Limit(kind: .slowdown, outcome: outcome, text: text))
        }
        if let limit = budget.time, let head = verdict.head {
            // By the least that was measured: a busy neighbour only adds.
            limits.append(
                Limit(
                    kind: .time, outcome: head.lowest <= limit ? .pass : .fail,
                    text: "\(FigureText.time(nanoseconds: head.lowest)) at least, at most \(FigureText.time(nanoseconds: limit))"))
        }
        if let limit = budget.ratio {
            if let reference = verdict.reference {
                limits.append(
                    Limit(
                        kind: .ratio, outcome: reference.ratio <= limit ? .pass : .fail,
                        text: "\(Self.factor(reference.ratio)) x \(reference.name), at most \(Self.factor(limit)) x"))
            } else {
                limits.append(Limit(kind: .ratio, outcome: .fail, text: "it has no reference kernel in this suite"))
            }
        }
        if let count = verdict.counts.first(where: { $0.metric == "allocations" }) {
            if let limit = budget.allocations, let head = count.head.min() {
                limits.append(
                    Limit(kind: .allocations, outcome: head <= limit ? .pass : .fail, text: "\(head) allocations, at most \(limit)"))
            }
            if let change = count.change, !count.base.isEmpty {
                limits.append(
                    Limit(
                        kind: .allocationGrowth, outcome: change <= budget.allocationGrowth ? .pass : .fail,
                        text: "\(change >= 0 ? "+" : "")\(change) allocations, at most +\(budget.allocationGrowth)"))
            }
        } else if let limit = budget.allocations {
            limits.append(Limit(kind: .allocations, outcome: .inconclusive, text: "not counted; at most \(limit)"))
        }
        if let limit = budget.peakBytes, let peak = verdict.peakBytes {
            limits.append(
                Limit(
                    kind: .peakBytes, outcome: peak <= limit ? .pass : .fail,
                    text: "\(FigureText.bytes(Double(peak))) resident at most, at most \(FigureText.bytes(Double(limit)))"))
        }
        return limits
    }

    static func factor(_ value: Double) -> String { FigureText.decimals(value, 3) }
}
