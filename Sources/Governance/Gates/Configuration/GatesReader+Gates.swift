import Evidence
import StrictDocuments

/// Gates with their conditions.
extension GatesReader {
    mutating func gate(_ node: JSONNode, collectors: [String]) -> Gate? {
        guard let object = decoder.object(node, "a gate", keys: GatesConfiguration.keys["gate"] ?? []) else { return nil }
        let id = identifier(object)
        let title = decoder.requiredString(object, "title")
        _ = decoder.require(object, "from")
        let from = decoder.strings(object, "from") ?? []
        var named: Set<String> = []
        for name in from {
            if !collectors.contains(name.value) { unknown(name, "collector", among: collectors) }
            // Its facts would be counted twice.
            if !named.insert(name.value).inserted { decoder.report(.duplicate, at: name.position, "'from' names '\(name.value)' twice") }
        }
        var changed: [Glob]?
        if let node = object["applies_when"],
            let applies = decoder.object(node, "'applies_when'", keys: GatesConfiguration.keys["applies_when"] ?? [])
        {
            _ = decoder.require(applies, "changed")
            changed = globs(applies, "changed")
        }
        var minimum = Gate.MinimumEvidence()
        if let node = object["min_evidence"],
            let evidence = decoder.object(node, "'min_evidence'", keys: GatesConfiguration.keys["min_evidence"] ?? [])
        {
            if let items = decoder.optionalInteger(evidence, "items", in: 1...1_000_000_000) { minimum.items = Int(items.value) }
            if let lines = decoder.optionalInteger(evidence, "lines", in: 1...1_000_000_000) { minimum.lines = Int(lines.value) }
            if let samples = decoder.optionalInteger(evidence, "samples", in: 1...1_000_000_000) { minimum.samples = Int(samples.value) }
        }
        let condition = decoder.require(object, "pass_when").flatMap { self.condition($0) }
        let onAbsent = decoder.optionalChoice(object, "on_absent", of: Gate.OnAbsent.self) ?? .fail
        let blocking = decoder.optionalBool(object, "blocking") ?? true
        let owner = decoder.optionalString(object, "owner")?.value
        let why = decoder.optionalString(object, "why")?.value
        guard let id, let title, let condition else { return nil }
        return Gate(
            id: id.value, title: title.value, owner: owner, why: why, from: from.map(\.value), changed: changed, passWhen: condition,
            minimumEvidence: minimum, onAbsent: onAbsent, blocking: blocking, position: id.position)
    }

    // Depth is bounded by GatesConfiguration.jsonLimits.
    private mutating func condition(_ node: JSONNode) -> Condition? {
        guard let object = decoder.object(node, "a condition", keys: GatesConfiguration.keys["condition"] ?? []) else { return nil }
        let forms = ["metric", "all", "any", "not"].filter { object.has($0) }
        guard forms.count == 1, let form = forms.first else {
            decoder.report(
                .badValue, at: node.position,
                forms.isEmpty
                    ? "a condition without 'metric', 'all', 'any' or 'not'" : "a condition with \(forms.joined(separator: " and "))",
                hint: "a condition has exactly one of them")
            return nil
        }
        if form != "metric" {
            for key in ["on", "scope", "op", "value", "against", "drop_at_most", "otherwise"] where object.has(key) {
                decoder.report(.unknownKey, at: object.keyPosition(key), "'\(key)' belongs to a condition with 'metric'")
            }
        }
        switch form {
        case "all", "any":
            let elements = decoder.elements(object, form) ?? []
            if elements.isEmpty { decoder.report(.badValue, at: object.keyPosition(form), "'\(form)' of no condition is no question") }
            let conditions = elements.compactMap { self.condition($0) }
            return form == "all" ? .all(conditions) : .any(conditions)
        case "not":
            return object["not"].flatMap { self.condition($0) }.map { .not($0) }
        default:
            return comparison(object).map { .comparison($0) }
        }
    }

    private mutating func comparison(_ object: StrictDecoder.Object) -> Condition.Comparison? {
        guard let name = decoder.requiredString(object, "metric") else { return nil }
        guard let metric = MetricCatalogue.definition(of: name.value) else {
            let near = MetricCatalogue.suggestion(for: name.value).map { "did you mean '\($0)'? " } ?? ""
            decoder.report(
                .unknownReference, at: name.position, "unknown metric '\(name.value)'",
                hint: "\(near)`pulsegate explain --metrics` lists them all")
            return nil
        }
        let scope = decoder.optionalChoice(object, "on", of: Condition.Scope.self) ?? .overall
        if object.has("on"), !metric.scopes.contains(where: { $0.rawValue == scope.rawValue }) {
            decoder.report(
                .badValue, at: object["on"]?.position ?? name.position, "'\(name.value)' cannot be taken on '\(scope.rawValue)'",
                hint: "it is known on: \(metric.scopes.map(\.rawValue).joined(separator: ", "))")
        }
        var paths: [Glob] = []
        var tests: [Glob] = []
        if let node = object["scope"], let scopeObject = decoder.object(node, "'scope'", keys: GatesConfiguration.keys["scope"] ?? []) {
            paths = globs(scopeObject, "paths")
            tests = globs(scopeObject, "tests")
            // The other key would be ignored in silence.
            let ignored = metric.name.hasPrefix("tests.") ? "paths" : "tests"
            if scopeObject.has(ignored) {
                decoder.report(
                    .badValue, at: scopeObject.keyPosition(ignored), "'\(name.value)' cannot be narrowed by '\(ignored)'",
                    hint: "use '\(ignored == "tests" ? "paths" : "tests")'")
            }
        }
        guard let limit = limit(object, name: name, metric: metric, scope: scope) else { return nil }
        let otherwise = decoder.optionalChoice(object, "otherwise", of: Condition.Otherwise.self) ?? .fail
        return Condition.Comparison(
            metric: metric, metricName: name.value, scope: scope, paths: paths, tests: tests, limit: limit, otherwise: otherwise,
            position: name.position)
    }

    private mutating func limit(_ object: StrictDecoder.Object, name: Located<String>, metric: MetricDefinition, scope: Condition.Scope)
        -> Condition.Limit?
    {
        let absolute = object.has("op") || object.has("value")
        let relative = object.has("against") || object.has("drop_at_most")
        if absolute == relative {
            decoder.report(
                .badValue, at: name.position,
                "a condition on '\(name.value)' needs either 'op' with 'value', or 'against' with 'drop_at_most'")
            return nil
        }
        if absolute {
            guard let opNode = decoder.require(object, "op"), let valueNode = decoder.require(object, "value"),
                let op = decoder.choice(opNode, "op", of: Condition.Operator.self), let value = quantity(valueNode, "value")
            else { return nil }
            guard value.quantity.unit == metric.unit else {
                wrongUnit(valueNode, value, metric, allowed: Self.form(of: metric.unit))
                return nil
            }
            return .value(op, value)
        }
        guard let against = decoder.require(object, "against"), let dropNode = decoder.require(object, "drop_at_most") else { return nil }
        guard case .string("baseline") = against.content else {
            decoder.report(.badValue, at: against.position, "'against' is \(StrictDecoder.shown(against))", hint: "it is \"baseline\"")
            return nil
        }
        guard let drop = quantity(dropNode, "drop_at_most") else { return nil }
        if metric.direction == .neutral {
            decoder.report(
                .badValue, at: dropNode.position, "'\(name.value)' has no better direction, so it cannot drop",
                hint: "use 'op' with 'value'")
            return nil
        }
        if metric.isChange {
            decoder.report(
                .badValue, at: dropNode.position, "'\(name.value)' is a change already, against the base that was measured beside it",
                hint: "use 'op' with 'value'")
            return nil
        }
        if scope == .new {
            decoder.report(.badValue, at: dropNode.position, "new code has no baseline", hint: "use 'op' with 'value' on \"new\"")
            return nil
        }
        if drop.quantity.numerator < 0 {
            decoder.report(.badValue, at: dropNode.position, "'drop_at_most' is negative", hint: "0 forbids any worsening")
            return nil
        }
        let isCount = metric.name.hasPrefix("tests.") || (metric.name.hasPrefix("coverage.") && metric.unit != .ratio)
        if isCount, !GatesConfiguration.countsInBaselines.contains(metric.name) {
            decoder.report(
                .badValue, at: dropNode.position, "baselines keep no figure of '\(name.value)', so it has nothing to be compared with",
                hint: "use 'op' with 'value'; of tests, a baseline knows \(GatesConfiguration.countsInBaselines.joined(separator: ", "))")
            return nil
        }
        let unit = drop.quantity.unit
        let fits = metric.unit == .ratio ? unit == .percentagePoints || unit == .ratio : unit == metric.unit || unit == .ratio
        guard fits else {
            let own = metric.unit == .ratio ? "\"0.5pp\" (absolute)" : Self.form(of: metric.unit)
            wrongUnit(dropNode, drop, metric, allowed: "\(own) or \"5%\" (relative to the baseline)")
            return nil
        }
        return .dropAtMost(drop)
    }

    private mutating func wrongUnit(_ node: JSONNode, _ value: QuantityText, _ metric: MetricDefinition, allowed: String) {
        decoder.report(
            .badValue, at: node.position, "'\(value.text)' has the wrong unit for '\(metric.name)', which is a \(metric.unit.rawValue)",
            hint: "write \(allowed)")
    }

    private static func form(of unit: Unit) -> String {
        switch unit {
        case .count: "a whole number such as 0"
        case .ratio: "a percentage such as \"85%\""
        case .percentagePoints: "points such as \"0.5pp\""
        case .nanoseconds: "a time such as \"250us\" or \"15m\""
        case .bytes: "a size such as \"2MiB\""
        case .perSecond: "a rate such as \"100/s\""
        }
    }
}
