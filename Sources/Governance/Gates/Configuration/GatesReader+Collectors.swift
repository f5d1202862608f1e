import Evidence
import StrictDocuments

/// Collectors, and whether they wait for one another in a circle.
extension GatesReader {
    mutating func collector(_ node: JSONNode, among ids: [String]) -> Collector? {
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

    mutating func checkCollectors(_ collectors: [Collector]) {
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
}
