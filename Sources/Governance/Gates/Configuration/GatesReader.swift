import StrictDocuments

/// One reading of a gates.json: the decoder with what it collects.
struct GatesReader {
    var decoder: StrictDecoder
    typealias Located<T> = StrictDecoder.Located<T>

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
}
