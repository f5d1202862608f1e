import Evidence
import StrictDocuments

extension GatesConfiguration {
    /// Limits of a gates.json.
    public static let jsonLimits = JSONLimits(maximumBytes: 4 << 20, maximumDepth: 32)
    public static let maximumGates = 1000
    public static let maximumCollectors = 200
    public static let maximumProfiles = 200
    /// Of the tests' and the coverage's counts, those that a baseline can be asked for: it keeps the names of tests and the shares of
    /// files. Whether a test failed or a file was unmeasured then is not kept; such a state is no baseline.
    static let countsInBaselines = ["tests.total", "tests.vanished"]

    /// The keys of each kind of object; the schema in docs/schemas lists the same (a test compares them).
    public static let keys: [String: [String]] = [
        "root": ["$schema", "version", "project", "baseline", "profiles", "collect", "gates"],
        "project": ["name", "product", "tests", "generated"],
        "baseline": ["ref", "branch", "days", "on_missing"],
        "profile": ["extends", "gates", "on_inconclusive"],
        "collector": [
            "id", "kind", "why", "run", "cwd", "env", "timeout", "reads", "after", "coverage", "filter", "scratch_path", "manifest",
            "suite", "targets", "time", "workers", "seed", "sanitize", "base", "tags", "seconds", "budgets",
        ],
        "budget": [
            "benchmarks", "slowdown", "time", "ratio", "allocations", "allocation_growth", "peak_memory", "reason", "expires",
        ],
        "report": ["path", "format", "strip_prefix"],
        "gate": ["id", "title", "owner", "why", "from", "applies_when", "pass_when", "min_evidence", "on_absent", "blocking"],
        "applies_when": ["changed"],
        "min_evidence": ["items", "lines", "samples"],
        "condition": ["metric", "on", "scope", "op", "value", "against", "drop_at_most", "all", "any", "not"],
        "scope": ["paths", "tests"],
    ]

    /// Reads and checks a gates.json; throws every mistake found, each with its place and a way to mend it.
    public init(json bytes: [UInt8], file: String) throws(DocumentErrors) {
        let root: JSONNode
        do {
            root = try JSONDocument.parse(bytes, file: file, limits: Self.jsonLimits)
        } catch {
            throw DocumentErrors([error])
        }
        var reader = GatesReader(file: file)
        let configuration = reader.read(root)
        try reader.decoder.finish()
        guard let configuration else {
            throw DocumentErrors([DocumentError(.badValue, file: file, at: root.position, "the configuration could not be read")])
        }
        self = configuration
    }
}

/// One reading of a gates.json: the decoder with what it collects.
private struct GatesReader {
    var decoder: StrictDecoder
    private typealias Located<T> = StrictDecoder.Located<T>

    init(file: String) { decoder = StrictDecoder(file: file) }

    mutating func read(_ node: JSONNode) -> GatesConfiguration? {
        // The version comes first: of a newer grammar nothing else can be judged.
        if case .object(let members) = node.content, let version = members.first(where: { $0.key == "version" })?.value,
            case .number(let number) = version.content, let value = number.int64, value > GatesConfiguration.currentVersion
        {
            decoder.report(
                .newerVersion, at: version.position,
                "version \(value) is newer than this program, which knows version \(GatesConfiguration.currentVersion)",
                hint: "use a newer pulsegate")
            return nil
        }
        guard let root = decoder.object(node, "gates.json", keys: GatesConfiguration.keys["root"] ?? []) else { return nil }
        if let version = decoder.require(root, "version") {
            _ = decoder.integer(version, "version", in: 1...GatesConfiguration.currentVersion)
        }
        let project = decoder.require(root, "project").flatMap { self.project($0) }
        let baseline = root["baseline"].map { self.baseline($0) } ?? BaselinePolicy()
        // Ids count as declared even where the rest of their object is wrong, so that one mistake is reported once.
        let collectorNodes = decoder.elements(root, "collect") ?? []
        let profileCount = if case .object(let members)? = root["profiles"]?.content { members.count } else { 0 }
        let gateCount = if case .array(let elements)? = root["gates"]?.content { elements.count } else { 0 }
        // Before anything is compared with each other: what follows is quadratic in these numbers.
        guard gateCount <= GatesConfiguration.maximumGates, collectorNodes.count <= GatesConfiguration.maximumCollectors,
            profileCount <= GatesConfiguration.maximumProfiles
        else {
            decoder.report(
                .limit, at: node.position,
                "more than maximumGates of \(GatesConfiguration.maximumGates), maximumCollectors of "
                    + "\(GatesConfiguration.maximumCollectors) or maximumProfiles of \(GatesConfiguration.maximumProfiles)")
            return nil
        }
        let collectorIDs = Self.declaredIDs(collectorNodes)
        let collectors = collectorNodes.compactMap { self.collector($0, among: collectorIDs) }
        checkCollectors(collectors)
        let gateNodes = decoder.require(root, "gates") == nil ? [] : decoder.elements(root, "gates") ?? []
        if case .array(let elements)? = root["gates"]?.content, elements.isEmpty {
            decoder.report(.badValue, at: root.keyPosition("gates"), "'gates' names no gate; an empty list would pass everything")
        }
        let gates = gateNodes.compactMap { self.gate($0, collectors: collectorIDs) }
        var seen: Set<String> = []
        for gate in gates where !seen.insert(gate.id).inserted {
            decoder.report(.duplicate, at: gate.position, "the gate id '\(gate.id)' appears twice")
        }
        let profiles = self.profiles(root, ids: Self.declaredIDs(gateNodes))
        guard let project else { return nil }
        return GatesConfiguration(project: project, baseline: baseline, profiles: profiles, collectors: collectors, gates: gates)
    }

    private static func declaredIDs(_ nodes: [JSONNode]) -> [String] {
        nodes.compactMap { node in
            guard case .object(let members) = node.content, case .string(let id)? = members.first(where: { $0.key == "id" })?.value.content
            else { return nil }
            return id
        }
    }

    // MARK: Project and baseline

    private mutating func project(_ node: JSONNode) -> Project? {
        guard let object = decoder.object(node, "'project'", keys: GatesConfiguration.keys["project"] ?? []) else { return nil }
        let name = decoder.requiredString(object, "name")
        _ = decoder.require(object, "product")
        let product = globs(object, "product")
        let tests = globs(object, "tests")
        let generated = globs(object, "generated")
        guard let name else { return nil }
        return Project(name: name.value, product: product, tests: tests, generated: generated)
    }

    private mutating func baseline(_ node: JSONNode) -> BaselinePolicy {
        var policy = BaselinePolicy()
        guard let object = decoder.object(node, "'baseline'", keys: GatesConfiguration.keys["baseline"] ?? []) else { return policy }
        if let reference = decoder.optionalChoice(object, "ref", of: BaselinePolicy.Reference.self) { policy.reference = reference }
        if let branch = decoder.optionalString(object, "branch") {
            if branch.value.hasPrefix("-") || branch.value.isEmpty {
                decoder.report(.badValue, at: branch.position, "'\(branch.value)' is not a branch name")
            }
            policy.branch = branch.value
        }
        if let days = decoder.optionalInteger(object, "days", in: 1...90) { policy.days = Int(days.value) }
        if object.has("days"), policy.reference != .days {
            decoder.report(.contradiction, at: object.keyPosition("days"), "'days' has no meaning unless 'ref' is \"days\"")
        }
        if let onMissing = decoder.optionalChoice(object, "on_missing", of: BaselinePolicy.OnMissing.self) { policy.onMissing = onMissing }
        return policy
    }

    // MARK: Profiles

    private mutating func profiles(_ root: StrictDecoder.Object, ids: [String]) -> [Profile] {
        guard let node = root["profiles"] else { return [Profile(name: "pr", gates: ids, onInconclusive: .block)] }
        struct Draft {
            var position: SourcePosition
            var extends: Located<String>?
            var patterns: [Located<String>]
            var onInconclusive: Profile.OnInconclusive?
        }
        var drafts: [String: Draft] = [:]
        var names: [String] = []
        for member in decoder.dictionary(node, "'profiles'") {
            guard checkID(member.key, at: member.keyPosition, what: "a profile's name"),
                let object = decoder.object(member.value, "the profile '\(member.key)'", keys: GatesConfiguration.keys["profile"] ?? [])
            else { continue }
            names.append(member.key)
            drafts[member.key] = Draft(
                position: member.keyPosition, extends: decoder.optionalString(object, "extends"),
                patterns: decoder.strings(object, "gates") ?? [],
                onInconclusive: decoder.optionalChoice(object, "on_inconclusive", of: Profile.OnInconclusive.self))
        }
        if names.isEmpty {
            decoder.report(
                .badValue, at: node.position, "'profiles' names no profile", hint: "leave the key out for one profile 'pr' with every gate")
        }
        var profiles: [Profile] = []
        for name in names {
            var selected: Set<String> = []
            var onInconclusive: Profile.OnInconclusive?
            var chain: [String] = []
            var current: String? = name
            while let step = current, let draft = drafts[step] {
                if chain.contains(step) {
                    if name == step {
                        decoder.report(
                            .cycle, at: draft.position,
                            "the profile '\(name)' extends itself: \((chain + [step]).joined(separator: " -> "))")
                    }
                    break
                }
                chain.append(step)
                selected.formUnion(select(draft.patterns, among: ids, report: step == name))
                onInconclusive = onInconclusive ?? draft.onInconclusive
                if let extends = draft.extends, drafts[extends.value] == nil {
                    if step == name { unknown(extends, "profile", among: names) }
                    break
                }
                current = draft.extends?.value
            }
            let chosen = ids.filter { selected.contains($0) }
            if chosen.isEmpty, let draft = drafts[name] {
                decoder.report(.badValue, at: draft.position, "the profile '\(name)' selects no gate; it would pass everything")
            }
            profiles.append(Profile(name: name, gates: chosen, onInconclusive: onInconclusive ?? .block))
        }
        return profiles
    }

    private mutating func select(_ patterns: [Located<String>], among ids: [String], report: Bool) -> Set<String> {
        var selected: Set<String> = []
        for pattern in patterns {
            guard let glob = try? Glob(pattern.value) else {
                if report { decoder.report(.badValue, at: pattern.position, "'\(pattern.value)' is not a gate id or pattern") }
                continue
            }
            let matches = ids.filter { glob.matches($0) }
            if matches.isEmpty, report { unknown(pattern, "gate", among: ids) }
            selected.formUnion(matches)
        }
        return selected
    }

    // MARK: Collectors

    private mutating func collector(_ node: JSONNode, among ids: [String]) -> Collector? {
        guard let object = decoder.object(node, "a collector", keys: GatesConfiguration.keys["collector"] ?? []) else { return nil }
        guard let id = identifier(object), let kindNode = decoder.require(object, "kind"),
            let kind = decoder.choice(kindNode, "kind", of: Collector.Kind.self)
        else { return nil }
        // Which keys each kind takes; the others would be ignored in silence.
        let own: [String]
        switch kind {
        case .swiftTest: own = ["cwd", "env", "timeout", "coverage", "filter", "scratch_path"]
        case .command: own = ["run", "cwd", "env", "timeout", "reads"]
        case .file: own = ["reads"]
        case .golden: own = ["run", "cwd", "env", "timeout", "manifest"]
        case .fuzz: own = ["suite", "targets", "time", "workers", "seed", "sanitize", "cwd", "env", "timeout"]
        case .bench: own = ["suite", "base", "tags", "seconds", "budgets", "cwd", "env", "timeout"]
        }
        for key in GatesConfiguration.keys["collector"] ?? []
        where object.has(key) && !["id", "kind", "why", "after"].contains(key) && !own.contains(key) {
            decoder.report(
                .unknownKey, at: object.keyPosition(key), "a collector of kind '\(kind.rawValue)' does not take '\(key)'",
                hint: "it takes: \(own.joined(separator: ", "))")
        }
        var timeout = Collector.defaultTimeoutNanoseconds
        if let text = decoder.optionalString(object, "timeout"), let value = duration(text) { timeout = value }
        let run = decoder.strings(object, "run")?.map(\.value) ?? []
        if kind == .command || kind == .golden { _ = decoder.require(object, "run") }
        let reports = (decoder.elements(object, "reads") ?? []).compactMap { self.report($0) }
        if kind == .file {
            _ = decoder.require(object, "reads")
            if object.has("reads"), reports.isEmpty { decoder.report(.badValue, at: object.keyPosition("reads"), "'reads' names no file") }
        }
        if kind == .golden { _ = decoder.require(object, "manifest") }
        let after = decoder.strings(object, "after") ?? []
        for other in after where !ids.contains(other.value) {
            unknown(other, "collector", among: ids, context: " in 'after' of '\(id.value)'")
        }
        return Collector(
            id: id.value, kind: kind, why: decoder.optionalString(object, "why")?.value, run: run, workingDirectory: path(object, "cwd"),
            environment: environmentNames(object), timeoutNanoseconds: timeout, reports: reports,
            after: after.map(\.value), coverage: decoder.optionalBool(object, "coverage") ?? true,
            filter: decoder.optionalString(object, "filter")?.value, scratchPath: path(object, "scratch_path"),
            manifest: path(object, "manifest"), fuzzing: kind == .fuzz ? fuzzing(object) : nil,
            benchmarking: kind == .bench ? BenchCollectorOptions.read(object, timeoutNanoseconds: timeout, &decoder) : nil,
            position: id.position)
    }

    private mutating func fuzzing(_ object: StrictDecoder.Object) -> Collector.Fuzzing {
        var time = Collector.Fuzzing.defaultTimeNanoseconds
        if let text = decoder.optionalString(object, "time"), let value = duration(text) { time = value }
        let suite = decoder.optionalString(object, "suite")
        let targets = decoder.strings(object, "targets") ?? []
        // They become words of a command line.
        for word in targets + (suite.map { [$0] } ?? []) where word.value.isEmpty || word.value.hasPrefix("-") {
            decoder.report(.badValue, at: word.position, "'\(word.value)' is no name of a suite or target")
        }
        let sanitizer = decoder.optionalString(object, "sanitize")
        if let sanitizer, !Collector.Fuzzing.sanitizers.contains(sanitizer.value) {
            unknown(sanitizer, "sanitizer", among: Collector.Fuzzing.sanitizers)
        }
        return Collector.Fuzzing(
            suite: suite?.value, targets: targets.map(\.value), timeNanoseconds: time,
            workers: Int(decoder.optionalInteger(object, "workers", in: 1...Collector.Fuzzing.maximumWorkers)?.value ?? 1),
            seed: decoder.optionalInteger(object, "seed", in: 0...Int64.max)?.value ?? 1, sanitizer: sanitizer?.value)
    }

    private mutating func report(_ node: JSONNode) -> Collector.Report? {
        guard let object = decoder.object(node, "an entry of 'reads'", keys: GatesConfiguration.keys["report"] ?? []) else { return nil }
        guard let pathText = decoder.requiredString(object, "path"), let format = decoder.requiredString(object, "format") else {
            return nil
        }
        checkInside(pathText)
        if ReportFormats.known(format.value) == nil { unknown(format, "report format", among: ReportFormats.all.map { $0.format }) }
        guard let glob = glob(pathText) else { return nil }
        return Collector.Report(path: glob, format: format.value, stripPrefix: decoder.optionalString(object, "strip_prefix")?.value)
    }

    private mutating func checkCollectors(_ collectors: [Collector]) {
        var byID: [String: Collector] = [:]
        for collector in collectors where byID.updateValue(collector, forKey: collector.id) != nil {
            decoder.report(.duplicate, at: collector.position, "the collector id '\(collector.id)' appears twice")
        }
        // A collector that waits for itself, directly or through others.
        for collector in collectors {
            var visited: Set<String> = []
            var frontier = collector.after
            while let next = frontier.popLast() {
                if next == collector.id {
                    decoder.report(.cycle, at: collector.position, "the collector '\(collector.id)' waits for itself through 'after'")
                    break
                }
                if visited.insert(next).inserted { frontier += byID[next]?.after ?? [] }
            }
        }
    }

    // MARK: Gates

    private mutating func gate(_ node: JSONNode, collectors: [String]) -> Gate? {
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
            for key in ["on", "scope", "op", "value", "against", "drop_at_most"] where object.has(key) {
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
        return Condition.Comparison(
            metric: metric, metricName: name.value, scope: scope, paths: paths, tests: tests, limit: limit, position: name.position)
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

    // MARK: Words

    private mutating func quantity(_ node: JSONNode, _ key: String) -> QuantityText? {
        switch node.content {
        case .number(let number):
            if let value = number.int64 { return QuantityText(count: value) }
            decoder.report(
                .badValue, at: node.position, "'\(key)' is the bare number \(number.literal)",
                hint: "a quantity with a fraction carries its unit, as in \"85%\" or \"0.5pp\"")
            return nil
        case .string(let text):
            do {
                return try QuantityText(text)
            } catch {
                decoder.report(.badValue, at: node.position, "'\(key)': \(error.description)", hint: "known forms: \(QuantityText.forms)")
                return nil
            }
        default:
            decoder.report(.wrongType, at: node.position, "'\(key)' is a quantity, found \(node.typeName)")
            return nil
        }
    }

    private mutating func duration(_ text: Located<String>) -> Int64? {
        guard let value = try? QuantityText(text.value), value.quantity.unit == .nanoseconds, value.quantity.denominator == 1,
            value.quantity.numerator > 0
        else {
            decoder.report(
                .badValue, at: text.position, "'\(text.value)' is not a duration", hint: "write it as \"90s\", \"15m\" or \"2h\"")
            return nil
        }
        guard value.quantity.numerator <= Collector.maximumTimeoutNanoseconds else {
            decoder.report(.limit, at: text.position, "'\(text.value)' is longer than the limit of 24h")
            return nil
        }
        return value.quantity.numerator
    }

    private mutating func identifier(_ object: StrictDecoder.Object) -> Located<String>? {
        guard let id = decoder.requiredString(object, "id") else { return nil }
        return checkID(id.value, at: id.position, what: "an id") ? id : nil
    }

    private mutating func checkID(_ text: String, at position: SourcePosition, what: String) -> Bool {
        let bytes = Array(text.utf8)
        let fits =
            (1...64).contains(bytes.count) && (0x61...0x7A).contains(bytes[0])
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        if !fits {
            decoder.report(
                .badValue, at: position, "'\(text.prefix(64))' cannot be \(what)",
                hint: "1 to 64 of a-z, 0-9 and '-', beginning with a letter")
        }
        return fits
    }

    private mutating func unknown(_ name: Located<String>, _ what: String, among known: [String], context: String = "") {
        let near = SpellingSuggestion.nearest(to: name.value, among: known)
        let list = known.isEmpty ? "there is none" : "known: \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", …" : "")"
        decoder.report(
            .unknownReference, at: name.position, "no \(what) is called '\(name.value)'\(context)",
            hint: near.map { "did you mean '\($0)'?" } ?? list)
    }

    private mutating func globs(_ object: StrictDecoder.Object, _ key: String) -> [Glob] {
        (decoder.strings(object, key) ?? []).compactMap { self.glob($0) }
    }

    private mutating func glob(_ text: Located<String>) -> Glob? {
        do {
            return try Glob(text.value)
        } catch {
            decoder.report(.badValue, at: text.position, "'\(text.value.prefix(80))' is not a path pattern: \(error.description)")
            return nil
        }
    }

    private mutating func path(_ object: StrictDecoder.Object, _ key: String) -> String? {
        guard let text = decoder.optionalString(object, key) else { return nil }
        checkInside(text)
        return text.value
    }

    private mutating func checkInside(_ text: Located<String>) {
        let components = text.value.split(separator: "/", omittingEmptySubsequences: false)
        // A pattern may hide it in braces: "{..}/x", "{/etc,a}".
        let hidden = ((try? Glob.expand(Array(text.value.unicodeScalars))) ?? []).contains { pattern in
            pattern.first == "/" || pattern.split(separator: "/").contains { Array($0) == [".", "."] }
        }
        if hidden || text.value.hasPrefix("/") || components.contains("..") || text.value.contains("\0") || text.value.isEmpty {
            decoder.report(
                .badValue, at: text.position, "the path '\(text.value.prefix(80))' leaves the repository",
                hint: "write it relative, without '..'")
        }
    }

    private mutating func environmentNames(_ object: StrictDecoder.Object) -> [String] {
        (decoder.strings(object, "env") ?? []).compactMap { name in
            if name.value.contains("=") {
                decoder.report(
                    .badValue, at: name.position, "'\(name.value.prefix(40))' is not a variable's name",
                    hint: "'env' lists names that are passed on; values do not belong in gates.json")
                return nil
            }
            return name.value
        }
    }
}
