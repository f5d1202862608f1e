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
        }
        for glob in configuration.project.product where !exists(glob) {
            warnings.append(Warning(message: "the product pattern '\(glob)' matches no file", position: nil))
        }
        return warnings + contradictions(configuration)
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
