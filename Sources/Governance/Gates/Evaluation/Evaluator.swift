import Evidence

/// Judges evidence: from configuration, facts, baseline, changes, exceptions and a time to verdicts.
///
/// A pure function; any past verdict can be computed again, byte for byte, from what the ledger keeps. What is not there
/// never passes: a missing figure is `not_evaluated`, a broken report `invalid`, too few samples `inconclusive`, and each of them
/// blocks unless the gate or the profile says otherwise in so many words.
///
/// Complexity: O(gates × facts); facts of the same collectors are joined and held against the product's patterns once.
public struct Evaluator {
    private let input: EvaluationInput
    private let evidence: [String: CollectedEvidence]
    /// By the collectors that a gate judges.
    private var observers: [[String]: Observer] = [:]

    public static func verdicts(_ input: EvaluationInput) -> [GateVerdict] {
        var evaluator = Evaluator(input)
        let selected = Set(input.profile.gates)
        var verdicts: [GateVerdict] = []
        for gate in input.configuration.gates where selected.contains(gate.id) { verdicts.append(evaluator.verdict(gate)) }
        return verdicts
    }

    /// The exit code that verdicts and collectors amount to.
    public static func exitCode(_ verdicts: [GateVerdict], evidence: [CollectedEvidence]) -> ExitCode {
        var codes: [ExitCode] = evidence.compactMap { $0.state == .timedOut || $0.state == .crashed ? .collectorFailed : nil }
        for verdict in verdicts where verdict.blocks {
            codes.append(verdict.status == .fail ? .fail : .cannotEvaluate)
        }
        // No gate, no verdict: nothing was judged.
        if verdicts.isEmpty { codes.append(.cannotEvaluate) }
        return ExitCode.strongest(codes)
    }

    private init(_ input: EvaluationInput) {
        self.input = input
        evidence = Dictionary(input.evidence.map { ($0.collector, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: One gate

    private mutating func observer(of gate: Gate, _ sources: [CollectedEvidence]) -> Observer {
        if let known = observers[gate.from] { return known }
        let facts = Facts.merged(sources.map(\.facts))
        let baseline: Baseline.Figures? =
            if case .present(let whole) = input.baseline { whole.merged(gate.from) ?? Baseline.Figures() } else { nil }
        let observer = Observer(project: input.configuration.project, facts: facts, changes: input.changes, baseline: baseline)
        observers[gate.from] = observer
        return observer
    }

    private mutating func verdict(_ gate: Gate) -> GateVerdict {
        if let globs = gate.changed, case .known(let changed, let base) = input.changes {
            let hits = changed.keys.filter { path in globs.contains { $0.matches(path) } }
            if hits.isEmpty {
                return close(
                    gate, .notApplicable,
                    "none of the \(changed.count) files changed against \(base) matches \(globs.map(\.pattern).joined(separator: ", "))")
            }
        }
        let sources = gate.from.map {
            evidence[$0] ?? CollectedEvidence(collector: $0, state: .absent, detail: "the collector did not run")
        }
        if let broken = sources.first(where: { $0.state == .invalid }) {
            return close(gate, .invalid, "evidence of '\(broken.collector)' is invalid: \(broken.detail ?? "no reason given")")
        }
        if let missing = sources.first(where: { $0.state == .absent }) {
            return close(gate, .notEvaluated, "no evidence of '\(missing.collector)': \(missing.detail ?? "nothing was found")")
        }
        let observer = observer(of: gate, sources)
        let baseline = observer.baseline
        var findings: [Finding] = []
        var grants: Set<String> = []
        var status = evaluate(gate.passWhen, gate, observer, baseline, &findings, &grants)
        var reason: String?
        if let dead = sources.first(where: { $0.state == .timedOut || $0.state == .crashed }), status != .fail {
            status = .notEvaluated
            reason = "the collector '\(dead.collector)' did not end well: \(dead.detail ?? dead.state.rawValue)"
        }
        return close(gate, status, reason, findings: findings, exceptions: grants.sorted())
    }

    private func close(_ gate: Gate, _ status: VerdictStatus, _ reason: String?, findings: [Finding] = [], exceptions: [String] = [])
        -> GateVerdict
    {
        let blocks: Bool =
            switch status {
            case .pass, .excepted, .notApplicable: false
            case .fail, .invalid: gate.blocking
            case .notEvaluated: gate.blocking && gate.onAbsent == .fail
            case .inconclusive: gate.blocking && input.profile.onInconclusive == .block
            }
        // Those that decided come first; within them the order of the conditions.
        let ordered = findings.filter { $0.status == status } + findings.filter { $0.status != status }
        let first = ordered.first
        let deciding = findings.filter { $0.status == status }
        var text = reason ?? first?.reason ?? ""
        if reason == nil, deciding.count > 1, status != .pass { text += " (+\(deciding.count - 1) more)" }
        if status == .excepted { text = "excepted by \(exceptions.joined(separator: ", ")): \(text)" }
        return GateVerdict(
            id: gate.id, title: gate.title, owner: gate.owner, why: gate.why, blocking: gate.blocking, status: status, blocks: blocks,
            reason: text, observed: first?.observed, limit: first?.limit,
            exception: status == .excepted ? exceptions.joined(separator: ", ") : nil,
            findings: ordered.prefix(GateVerdict.maximumFindings).map(\.recorded),
            moreFindings: max(0, ordered.count - GateVerdict.maximumFindings))
    }

    // MARK: Conditions

    /// Worst first, for `all`; the other way round for `any`.
    private static let severity: [VerdictStatus] = [.fail, .invalid, .notEvaluated, .inconclusive, .excepted, .pass, .notApplicable]

    private func evaluate(
        _ condition: Condition, _ gate: Gate, _ observer: Observer, _ baseline: Baseline.Figures?, _ findings: inout [Finding],
        _ grants: inout Set<String>
    ) -> VerdictStatus {
        switch condition {
        case .all(let conditions):
            let results = conditions.map { evaluate($0, gate, observer, baseline, &findings, &grants) }
            return Self.severity.first { results.contains($0) } ?? .notEvaluated
        case .any(let conditions):
            var inner: [Finding] = []
            let results = conditions.map { evaluate($0, gate, observer, baseline, &inner, &grants) }
            if results.contains(.pass) {
                // What failed beside the alternative that holds is no failure of the gate.
                findings += inner.filter { $0.status != .fail }
                return .pass
            }
            findings += inner
            // A missing alternative might have held: it is not yet a failure.
            let order: [VerdictStatus] = [.excepted, .invalid, .notEvaluated, .inconclusive, .fail, .notApplicable]
            return order.first { results.contains($0) } ?? .notEvaluated
        case .not(let condition):
            var inner: [Finding] = []
            // An exception permits a failure; here a failure is what is wanted.
            var unused: Set<String> = []
            let result = evaluate(condition, gate, observer, baseline, &inner, &unused)
            let inverted: VerdictStatus = result == .pass ? .fail : (result == .fail || result == .excepted ? .pass : result)
            let turned = inner.map { finding in
                var finding = finding
                if finding.status == .pass {
                    finding.status = .fail
                } else if finding.status == .fail || finding.status == .excepted {
                    finding.status = .pass
                }
                finding.reason = "not wanted: " + finding.reason
                return finding
            }
            // As for `any`: what does not decide is no failure of the gate.
            findings += inverted == .pass ? turned.filter { $0.status != .fail } : turned
            return inverted
        case .comparison(let comparison):
            let own = compare(comparison, gate, observer, baseline).map { finding in
                if finding.status == .fail, comparison.otherwise == .inconclusive {
                    var finding = finding
                    finding.status = .inconclusive
                    return finding
                }
                guard finding.status == .fail, let grant = grant(for: finding, gate, comparison) else { return finding }
                grants.insert(grant)
                var finding = finding
                finding.status = .excepted
                return finding
            }
            findings += own
            return Self.severity.first { status in own.contains { $0.status == status } } ?? .notEvaluated
        }
    }

    private func compare(_ comparison: Condition.Comparison, _ gate: Gate, _ observer: Observer, _ baseline: Baseline.Figures?) -> [Finding]
    {
        let observations: [Observation]
        switch observer.observe(comparison) {
        case .absent(let reason): return [finding(comparison, .notEvaluated, reason: "\(comparison.metricName): \(reason)")]
        case .notApplicable(let reason): return [finding(comparison, .notApplicable, reason: "\(comparison.metricName): \(reason)")]
        case .found(let found): observations = found
        }
        if let shortage = shortage(comparison, gate, observations) { return [shortage] }
        if comparison.metricName == "tests.vanished" {
            guard let baseline else { return withoutBaseline(comparison, observations) }
            let known = baseline.tests.contains { id in comparison.tests.isEmpty || comparison.tests.contains { $0.matches(id) } }
            if !known { return [withoutFigure(comparison)] }
        }
        switch comparison.limit {
        case .value(let op, let limit):
            return observations.map { observation in
                let sign = ExactFraction(observation.quantity).compare(ExactFraction(limit.quantity))
                return judge(comparison, observation, holds: sign.map { op.holds($0) }, limit: "\(op.rawValue) \(limit.text)")
            }
        case .dropAtMost(let drop):
            return compareWithBaseline(comparison, observations, drop, observer, baseline)
        }
    }

    /// Whether there is less evidence than the gate demands.
    private func shortage(_ comparison: Condition.Comparison, _ gate: Gate, _ observations: [Observation]) -> Finding? {
        let weight = observations.reduce(0) { $0.addingReportingOverflow($1.weight).overflow ? .max : $0 + $1.weight }
        let minimum = gate.minimumEvidence
        if comparison.metricName.hasPrefix("coverage.") {
            // For the share of new lines there is no demand; `newCoverage` says when there is none.
            if !(comparison.scope == .new && comparison.metric.unit == .ratio), weight < minimum.lines {
                return finding(
                    comparison, .notEvaluated,
                    reason: "\(comparison.metricName): \(weight) lines measured, at least \(minimum.lines) are asked for")
            }
        } else if comparison.metricName.hasPrefix("tests.") {
            if weight < minimum.items {
                return finding(
                    comparison, .notEvaluated,
                    reason: weight == 0
                        ? "\(comparison.metricName): no test ran"
                        : "\(comparison.metricName): \(weight) tests ran, at least \(minimum.items) are asked for")
            }
        } else {
            let figures = observations.reduce(0) { $0 + $1.figures }
            if figures < minimum.items {
                return finding(
                    comparison, .notEvaluated,
                    reason: "\(comparison.metricName): \(figures) figures, at least \(minimum.items) are asked for")
            }
            if let thin = observations.first(where: { $0.weight < minimum.samples }) {
                let of = thin.subject.map { " of \($0)" } ?? ""
                return finding(
                    comparison, .inconclusive, subject: thin.subject, observed: thin.quantity.description,
                    reason: "\(comparison.metricName)\(of): \(thin.weight) samples, at least \(minimum.samples) are asked for")
            }
        }
        return nil
    }

    private func compareWithBaseline(
        _ comparison: Condition.Comparison, _ observations: [Observation], _ drop: QuantityText, _ observer: Observer,
        _ baseline: Baseline.Figures?
    ) -> [Finding] {
        let limit = "drops at most \(drop.text)"
        guard let baseline else { return withoutBaseline(comparison, observations) }
        let before = baselineObservations(comparison, baseline)
        let known = Dictionary(before.map { ($0.subject ?? "", $0.quantity) }, uniquingKeysWith: { first, _ in first })
        if known.isEmpty { return [withoutFigure(comparison)] }
        let gone = gone(comparison, before, observations)
        return gone
            + observations.map { observation in
                guard let base = known[observation.subject ?? ""] else {
                    var result = judge(comparison, observation, holds: true, limit: limit)
                    result.reason += " (new since the baseline)"
                    return result
                }
                let now = ExactFraction(observation.quantity)
                let then = ExactFraction(base)
                let worsening = comparison.metric.direction == .lowerIsBetter ? now.subtracting(then) : then.subtracting(now)
                var holds: Bool?
                if let worsening {
                    // "0.5pp" is a difference of shares; "5%" is a share of the baseline; otherwise the metric's own unit.
                    let allowed: ExactFraction? =
                        switch drop.quantity.unit {
                        case .percentagePoints: ExactFraction(drop.quantity).multiplied(by: ExactFraction(1, 100))
                        case .ratio: ExactFraction(drop.quantity).multiplied(by: then)
                        default: ExactFraction(drop.quantity)
                        }
                    holds = allowed.flatMap { worsening.compare($0) }.map { $0 <= 0 }
                }
                var result = judge(comparison, observation, holds: holds, limit: limit)
                result.observed = "\(observation.quantity) (baseline \(base))"
                if !(holds ?? false) {
                    result.reason =
                        "\(subjectText(comparison, observation.subject))\(observation.quantity), baseline \(base): \(limit)"
                        + (observation.detail.map { ": \($0)" } ?? "")
                }
                return result
            }
    }

    /// What the baseline knows and the evidence does not name any more: a package or an item that stopped being measured would
    /// else look like one that got no worse. A single file may go; that all of them went is a sign of other paths, not of tidying up.
    private func gone(_ comparison: Condition.Comparison, _ before: [Observation], _ observations: [Observation]) -> [Finding] {
        guard comparison.scope != .overall else { return [] }
        let present = Set(observations.map { $0.subject ?? "" })
        let missing = before.filter { !present.contains($0.subject ?? "") }
        if comparison.scope == .eachFile {
            guard missing.count == before.count else { return [] }
            return [
                finding(
                    comparison, .notEvaluated,
                    reason: "\(comparison.metricName): none of the \(before.count) files of the baseline is there now: "
                        + Observer.cut(before.compactMap(\.subject)))
            ]
        }
        return missing.map { item in
            finding(
                comparison, .notEvaluated, subject: item.subject, observed: "gone (baseline \(item.quantity))",
                reason: "\(subjectText(comparison, item.subject))in the baseline (\(item.quantity)) and gone now; "
                    + "if that is right, run `pulsegate baseline update --reason \"…\"`")
        }
    }

    private func withoutBaseline(_ comparison: Condition.Comparison, _ observations: [Observation]) -> [Finding] {
        let why = if case .missing(let reason) = input.baseline { reason } else { "it has no figures of these collectors" }
        // The number of vanished tests is not known without a baseline, though the tests that ran are.
        let observed = comparison.metricName == "tests.vanished" ? nil : observations.first?.quantity.description
        if input.configuration.baseline.onMissing == .bootstrap {
            return [
                finding(
                    comparison, .pass, observed: observed,
                    reason: "\(comparison.metricName): no baseline yet (\(why)); this run could be the first")
            ]
        }
        return [
            finding(
                comparison, .notEvaluated, observed: observed,
                reason: "\(comparison.metricName): no baseline: \(why); set one with `pulsegate baseline update --reason \"…\"`")
        ]
    }

    private func withoutFigure(_ comparison: Condition.Comparison) -> Finding {
        finding(
            comparison, .notEvaluated,
            reason: "\(comparison.metricName): the baseline has no such figure; run `pulsegate baseline update --reason \"…\"`")
    }

    private func baselineObservations(_ comparison: Condition.Comparison, _ baseline: Baseline.Figures) -> [Observation] {
        if comparison.metricName == "tests.vanished" { return [Observation(quantity: .count(0), weight: baseline.tests.count)] }
        if comparison.metricName == "tests.total" {
            let tests = baseline.tests.filter { id in comparison.tests.isEmpty || comparison.tests.contains { $0.matches(id) } }
            return tests.isEmpty ? [] : [Observation(quantity: .count(tests.count), weight: tests.count)]
        }
        let result: ObservationResult
        if comparison.metricName.hasPrefix("coverage."), comparison.metric.unit == .ratio {
            // By today's patterns on both sides, else a file that was reclassified since would pull the two apart.
            let project = input.configuration.project
            let files = baseline.coverage.filter { file in
                project.isProduct(file.path) && (comparison.paths.isEmpty || comparison.paths.contains { $0.matches(file.path) })
            }
            result = Observer.coverage(comparison, files)
        } else {
            result = Observer.measures(comparison, baseline.measures)
        }
        if case .found(let observations) = result { return observations }
        return []
    }

    // MARK: Findings

    private func subjectText(_ comparison: Condition.Comparison, _ subject: String?) -> String {
        subject.map { "\($0) " } ?? "\(comparison.metricName) "
    }

    /// `holds` is nil when the figures are too large to compare exactly.
    private func judge(_ comparison: Condition.Comparison, _ observation: Observation, holds: Bool?, limit: String) -> Finding {
        let seen = observation.quantity.description
        guard let holds else {
            return finding(
                comparison, .invalid, subject: observation.subject, observed: seen, limit: limit,
                reason: "\(subjectText(comparison, observation.subject))\(seen): too large to compare exactly with \(limit)")
        }
        var reason = "\(subjectText(comparison, observation.subject))\(seen)"
        reason += holds ? ", limit \(limit)" : ", asked for \(limit)"
        if !holds, let detail = observation.detail { reason += ": \(detail)" }
        var result = finding(
            comparison, holds ? .pass : .fail, subject: observation.subject, observed: seen, limit: limit, reason: reason)
        result.quantity = observation.quantity
        return result
    }

    private func finding(
        _ comparison: Condition.Comparison, _ status: VerdictStatus, subject: String? = nil, observed: String? = nil, limit: String? = nil,
        reason: String
    ) -> Finding {
        let asked: String =
            switch comparison.limit {
            case .value(let op, let value): "\(op.rawValue) \(value.text)"
            case .dropAtMost(let drop): "drops at most \(drop.text)"
            }
        return Finding(
            metric: comparison.metricName, scope: comparison.scope.rawValue, subject: subject, status: status, observed: observed,
            limit: limit ?? asked, reason: reason)
    }

    /// The exception that covers a failing finding: it is active now, names the gate and the path, and the figure is not worse
    /// than its floor.
    private func grant(for finding: Finding, _ gate: Gate, _ comparison: Condition.Comparison) -> String? {
        input.exceptions.first { grant in
            guard grant.gate == gate.id, grant.starts <= input.now, input.now < grant.expires else { return false }
            if !grant.paths.isEmpty {
                guard let subject = finding.subject, grant.paths.contains(where: { $0.matches(subject) }) else { return false }
            }
            guard let floor = grant.floor else { return true }
            guard let seen = finding.quantity, floor.quantity.unit == seen.unit,
                let sign = ExactFraction(seen).compare(ExactFraction(floor.quantity))
            else { return false }
            switch comparison.metric.direction {
            case .higherIsBetter: return sign >= 0
            case .lowerIsBetter: return sign <= 0
            case .neutral:
                // The condition says which way is worse; of "==" and "!=" nothing but the floor itself is known to be no worse.
                guard case .value(let op, _) = comparison.limit else { return false }
                switch op {
                case .greater, .greaterOrEqual: return sign >= 0
                case .less, .lessOrEqual: return sign <= 0
                case .equal, .notEqual: return sign == 0
                }
            }
        }?.id
    }
}

extension Condition.Operator {
    /// Whether `observed op limit` holds, given the sign of `observed − limit`.
    func holds(_ sign: Int) -> Bool {
        switch self {
        case .equal: sign == 0
        case .notEqual: sign != 0
        case .less: sign < 0
        case .lessOrEqual: sign <= 0
        case .greater: sign > 0
        case .greaterOrEqual: sign >= 0
        }
    }
}
