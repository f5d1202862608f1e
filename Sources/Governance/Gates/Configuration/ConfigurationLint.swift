import Evidence
import StrictDocuments

/// What is allowed in a gates.json and probably not meant.
public enum ConfigurationLint {
    public struct Warning: Hashable, Sendable {
        public var message: String
        public var position: SourcePosition?
    }

    /// - Parameter exists: whether a pattern matches a file of the work tree.
    public static func warnings(_ configuration: GatesConfiguration, exists: (Glob) -> Bool) -> [Warning] {
        var warnings: [Warning] = []
        let used = Set(configuration.gates.flatMap(\.from) + configuration.collectors.flatMap(\.after))
        for collector in configuration.collectors where !used.contains(collector.id) {
            warnings.append(
                Warning(message: "no gate judges the evidence of '\(collector.id)': it is never collected", position: collector.position))
        }
        let selected = Set(configuration.profiles.flatMap(\.gates))
        for gate in configuration.gates {
            if !selected.contains(gate.id) {
                warnings.append(Warning(message: "the gate '\(gate.id)' is in no profile: it never runs", position: gate.position))
            }
            if gate.owner == nil {
                warnings.append(Warning(message: "the gate '\(gate.id)' has no owner: whom does it send for?", position: gate.position))
            }
            if gate.why == nil {
                warnings.append(Warning(message: "the gate '\(gate.id)' does not say why it exists", position: gate.position))
            }
            if !gate.blocking {
                warnings.append(Warning(message: "the gate '\(gate.id)' does not block: it stops nothing", position: gate.position))
            }
            warnings += unevidenced(gate, configuration)
            for glob in gate.changed ?? [] where !exists(glob) {
                warnings.append(
                    Warning(
                        message: "the gate '\(gate.id)' applies when '\(glob)' changes, and no file matches that: does it ever apply?",
                        position: gate.position))
            }
            for comparison in gate.passWhen.comparisons where isIdle(comparison) {
                warnings.append(
                    Warning(
                        message: "the gate '\(gate.id)' has a limit on \(comparison.metricName) that no figure can break",
                        position: comparison.position))
            }
        }
        for glob in configuration.project.product where !exists(glob) {
            warnings.append(Warning(message: "the product pattern '\(glob)' matches no file", position: nil))
        }
        return warnings + unasked(configuration) + contradictions(configuration)
    }

    /// Benchmarks can fail in several ways, and a budget tells only of those that ran.
    private static func unasked(_ configuration: GatesConfiguration) -> [Warning] {
        configuration.collectors.filter { $0.kind == .bench }.compactMap { collector in
            let gates = configuration.gates.filter { $0.from.contains(collector.id) }
            let asked = Set(gates.flatMap(\.passWhen.comparisons).map(\.metricName))
            let unasked = ["bench.failed", "bench.missing", "bench.broken"].filter { !asked.contains($0) }
            guard !gates.isEmpty, !unasked.isEmpty else { return nil }
            return Warning(
                message: "no gate on '\(collector.id)' asks for \(unasked.joined(separator: ", ")): such benchmarks would stop nothing",
                position: collector.position)
        }
    }

    /// Whether every possible figure meets the limit: shares lie between 0 and 100 %, nothing that is counted is below 0.
    private static func isIdle(_ comparison: Condition.Comparison) -> Bool {
        // Slopes and changes may be negative.
        guard comparison.metric.unit != .perSecond, comparison.metric.unit != .percentagePoints, !comparison.metric.isChange else {
            return false
        }
        let isShare = comparison.metric.unit == .ratio
        switch comparison.limit {
        case .dropAtMost(let drop):
            let whole = drop.quantity.unit == .percentagePoints ? 100 : 1
            let grows = comparison.metric.direction == .lowerIsBetter
            guard drop.quantity.unit == .percentagePoints || (drop.quantity.unit == .ratio && !grows) else { return false }
            return drop.quantity.compare(to: Quantity(Int64(whole), unit: drop.quantity.unit)) >= 0
        case .value(let op, let limit):
            let low = limit.quantity.numerator.signum()
            let high = isShare ? limit.quantity.compare(to: Quantity(1, unit: .ratio)) : -1
            switch op {
            case .greaterOrEqual: return low <= 0
            case .greater: return low < 0
            case .lessOrEqual: return high >= 0
            case .less: return high > 0
            case .notEqual: return low < 0 || high > 0
            case .equal: return false
            }
        }
    }

    /// Metrics that no collector of the gate can report.
    private static func unevidenced(_ gate: Gate, _ configuration: GatesConfiguration) -> [Warning] {
        let sources = configuration.collectors.filter { gate.from.contains($0.id) }
        // Commands and files may report anything.
        guard sources.allSatisfy({ $0.kind == .swiftTest }) else { return [] }
        return gate.passWhen.comparisons.compactMap { comparison in
            let family = comparison.metricName.prefix { $0 != "." }
            let hasCoverage = sources.contains(where: \.coverage)
            if family == "coverage", !hasCoverage {
                return Warning(
                    message: "the gate '\(gate.id)' asks for \(comparison.metricName), and none of its collectors measures coverage",
                    position: comparison.position)
            }
            return nil
        }
    }

    /// Two absolute limits on the same figure that cannot both be met, or of which one makes the other idle.
    private static func contradictions(_ configuration: GatesConfiguration) -> [Warning] {
        struct Key: Hashable {
            var metric: String
            var scope: Condition.Scope
            var paths: [Glob]
            var tests: [Glob]
            var sources: [String]
            var rising: Bool
        }
        var first: [Key: (gate: String, limit: QuantityText)] = [:]
        var warnings: [Warning] = []
        for gate in configuration.gates {
            for comparison in gate.passWhen.comparisons {
                guard case .value(let op, let limit) = comparison.limit, op != .notEqual else { continue }
                let key = Key(
                    metric: comparison.metricName, scope: comparison.scope, paths: comparison.paths, tests: comparison.tests,
                    sources: gate.from.sorted(), rising: op == .greater || op == .greaterOrEqual)
                if let known = first[key] {
                    if known.limit.quantity.compare(to: limit.quantity) != 0 {
                        warnings.append(
                            Warning(
                                message:
                                    "\(comparison.metricName) has two limits: \(known.limit) in '\(known.gate)' and \(limit) in '\(gate.id)'",
                                position: comparison.position))
                    }
                } else {
                    first[key] = (gate.id, limit)
                }
            }
        }
        return warnings
    }
}
