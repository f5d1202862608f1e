import BenchmarkStatistics
import StrictDocuments

/// The document of `pulsegate bench … --json` (docs/schemas/benchmark-result.schema.json).
///
/// Whole numbers only: times in picoseconds, shares and ratios in parts per million; `null` for what is not known, and for what is no
/// number or beyond 2^53. Every key is always there. Pure: the same verdict is the same bytes.
enum PerformanceJSON {
    static let format = "pulsegate-benchmark-result"
    static let version: Int64 = 1

    /// - Parameter against: the run that was kept under a name, where one was asked for.
    static func document(_ verdict: SuiteVerdict, against: BaselineComparison? = nil) -> JSONValue {
        let summary = PerformanceSummary(verdict)
        let growth = PerformanceSummary.growth(verdict.benchmarks).map { series, fit -> JSONValue in
            [
                "series": .string(series), "growth": .string(fit.growth.rawValue), "sizes": .int(Int64(fit.sizes)),
                "coefficient_fs": number(fit.coefficient, times: 1e6), "fixed_ps": picoseconds(fit.fixed), "rms_ppm": millionths(fit.rms),
                "clear": .bool(fit.isClear), "text": .string(fit.text),
            ]
        }
        return [
            "format": .string(format), "version": .int(version), "suite": .string(verdict.suite), "base": text(verdict.base),
            "head": .string(verdict.head), "toolchain": .string(verdict.toolchain), "machine": .string(verdict.machine),
            "verdict": .string(summary.standing.rawValue), "summary": .string(summary.sentence),
            "duration_ns": number(verdict.seconds, times: 1e9), "load_before_milli": number(verdict.load.before, times: 1000),
            "load_after_milli": number(verdict.load.after, times: 1000), "disturbed_ppm": millionths(verdict.disturbed),
            "stolen_ms": integer(verdict.stolenMilliseconds), "migrated_launches": .int(Int64(verdict.migrated)),
            "placement": placement(verdict.placement), "other_harness": .bool(verdict.hasOtherHarness),
            "problems": .array(verdict.problems.map { .string($0) }), "missing": .array(verdict.missing.map { .string($0) }),
            "against": against?.json ?? .null,
            "growth": .array(growth), "benchmarks": .array(verdict.benchmarks.map(benchmark)),
        ]
    }

    private static func placement(_ placement: SuiteVerdict.Placement?) -> JSONValue {
        switch placement {
        case nil: .null
        case .asBuilt: ["matched": 0, "functions": 0]
        case .matched(let matched, let functions): ["matched": .int(Int64(matched)), "functions": .int(Int64(functions))]
        }
    }

    private static func benchmark(_ benchmark: BenchmarkVerdict) -> JSONValue {
        let knowledge = benchmark.knowledge
        let fields: [String: JSONValue] = [
            "name": .string(benchmark.name), "tags": .array(benchmark.tags.map { .string($0) }), "clock": .string(benchmark.clock),
            "cold": .bool(benchmark.isCold), "outcome": .string(benchmark.outcome.rawValue), "head": estimate(benchmark.head),
            "base": estimate(benchmark.base),
            "time": benchmark.time.map(time) ?? .null, "counts": .array(benchmark.counts.map(count)), "budget": budget(benchmark.budget),
            "limits": .array(
                benchmark.limits.map {
                    ["kind": .string($0.kind.rawValue), "outcome": .string($0.outcome.rawValue), "text": .string($0.text)]
                }),
            "rate": benchmark.rate.map { ["per_second": number($0.perSecond, times: 1), "unit": .string($0.unit)] } ?? .null,
            "peak_bytes": integer(benchmark.peakBytes),
            "reference": benchmark.reference.map { ["name": .string($0.name), "ratio_ppm": millionths($0.ratio)] } ?? .null,
            "knowledge": [
                "false_alarms": rate(knowledge.falseAlarms), "detections": rate(knowledge.detections),
                "lost_right": .bool(knowledge.hasLostItsRight),
            ],
            "problem": text(benchmark.problem),
            "series": benchmark.series.map { ["name": .string($0.name), "size": .int(Int64($0.size))] } ?? .null,
        ]
        return .object(fields)
    }

    static func estimate(_ estimate: TimeEstimate?) -> JSONValue {
        guard let estimate else { return .null }
        return [
            "time_ps": picoseconds(estimate.nanoseconds), "lowest_ps": picoseconds(estimate.lowest),
            "highest_ps": picoseconds(estimate.highest),
            "launches": .int(Int64(estimate.launches)),
        ]
    }

    private static func time(_ time: TimeVerdict) -> JSONValue {
        [
            "outcome": .string(time.outcome.rawValue), "cause": .string(time.cause.rawValue),
            "ratio_ppm": time.interval.map { millionths($0.estimate) } ?? .null,
            "lower_ppm": time.interval.map { millionths($0.lower) } ?? .null,
            "upper_ppm": time.interval.map { millionths($0.upper) } ?? .null, "launches": .int(Int64(time.launches)),
            "slower": .int(Int64(time.slower)), "not_slower": .int(Int64(time.notSlower)),
            "rule": [
                "version": .int(Int64(time.rule.version)), "budget_ppm": millionths(time.rule.budget),
                "lead": .int(Int64(time.rule.lead)), "confirmation_lead": .int(Int64(time.rule.confirmationLead)),
                "launches": .int(Int64(time.rule.launches)),
            ],
        ]
    }

    private static func count(_ count: CountComparison) -> JSONValue {
        [
            "metric": .string(count.metric), "verdict": .string(count.verdict.rawValue), "base": .array(count.base.map { .int($0) }),
            "head": .array(count.head.map { .int($0) }), "change": integer(count.change), "tolerance_ppm": millionths(count.tolerance),
        ]
    }

    private static func budget(_ budget: BenchmarkBudget) -> JSONValue {
        [
            "slowdown_ppm": millionths(budget.slowdown), "time_ps": budget.time.map(picoseconds) ?? .null,
            "ratio_ppm": budget.ratio.map(millionths) ?? .null, "allocations": integer(budget.allocations),
            "allocation_growth": .int(budget.allocationGrowth), "peak_bytes": integer(budget.peakBytes), "reason": text(budget.reason),
            "expires": text(budget.expires),
        ]
    }

    private static func rate(_ rate: ExactInterval?) -> JSONValue {
        guard let rate else { return .null }
        return [
            "found": .int(Int64(rate.found)), "trials": .int(Int64(rate.trials)), "lower_ppm": millionths(rate.lower),
            "upper_ppm": millionths(rate.upper),
        ]
    }

    // MARK: Numbers

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    static func integer(_ value: Int64?) -> JSONValue { value.map { .int($0) } ?? .null }

    static func picoseconds(_ nanoseconds: Double) -> JSONValue { number(nanoseconds, times: 1000) }

    private static func millionths(_ share: Double) -> JSONValue { number(share, times: 1_000_000) }

    static func millionths(_ share: Double?) -> JSONValue { share.map { number($0, times: 1_000_000) } ?? .null }

    /// Rounded half away from zero.
    static func number(_ value: Double, times factor: Double) -> JSONValue {
        let scaled = (value * factor).rounded(.toNearestOrAwayFromZero)
        return scaled.magnitude <= 0x1p53 ? .int(Int64(scaled)) : .null
    }
}
