import StrictDocuments

/// Reads what a fuzzing campaign shows, as `pulsegate fuzz run --evidence` writes it.
///
/// ```json
/// {"format": "pulsegate-fuzz-evidence", "version": 1, "producer": {"name": "pulsegate", "version": "0.1.0"},
///  "suite": "Fuzz", "build": {"number": "00c0ffee00c0ffee", "edges": 812, "sanitizer": null}, "seed": "1", "workers": 1,
///  "asked_ns": 60000000000, "complete": true, "totals": {"targets": 1, "findings": 0},
///  "targets": [{"name": "json", "executions": 120000, "duration_ns": 59000000000, "edges": 310, "new_edges": 12, "corpus": 240,
///               "blind": null, "regressions": {"run": 3, "failed": []}, "findings": []}]}
/// ```
///
/// Each target yields `fuzz.executions`, `fuzz.duration`, `fuzz.edges`, `fuzz.new_edges`, `fuzz.corpus_size`, `fuzz.findings`,
/// `fuzz.regressions_failed` and `fuzz.targets_blind` with its name as the subject; `fuzz.targets` counts those that ran. A campaign that was cut
/// short, that has no target, or of which no target ran an input, is no evidence.
public enum FuzzEvidenceReader: ReportReader {
    public static let format = "pulsegate-fuzz"
    public static let parserVersion = 1
    public static let summary = "evidence of a fuzzing campaign (JSON), version 1"

    /// What the document calls itself, and its version.
    public static let documentFormat = "pulsegate-fuzz-evidence"
    public static let documentVersion = 1
    /// The end of its file's name in `PULSEGATE_EVIDENCE_DIR`, by which it is told from other evidence documents.
    public static let fileSuffix = ".fuzz.json"
    public static let limits = JSONLimits(maximumBytes: 16 << 20, maximumDepth: 12)
    public static let maximumTargets = 10_000

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let root = try JSONDocument.parse(bytes, file: context.file, limits: limits)
        return try FuzzEvidenceParser(file: context.file).document(root)
    }
}

private struct FuzzEvidenceParser {
    let file: String

    func document(_ root: JSONNode) throws(DocumentError) -> Facts {
        // The format and version are looked at first: a newer document may have other keys.
        guard case .object(let members) = root.content else { throw wrongType(root, "an object") }
        func early(_ key: String) throws(DocumentError) -> JSONNode {
            guard let member = members.first(where: { $0.key == key }) else {
                throw error(.missingKey, root, "the document lacks the key '\(key)'", hint: "is this the evidence of a campaign?")
            }
            return member.value
        }
        let format = try string(try early("format"))
        guard format == FuzzEvidenceReader.documentFormat else {
            throw error(.badValue, root, "the format is '\(ReportText.bounded(format))', not '\(FuzzEvidenceReader.documentFormat)'")
        }
        let versionNode = try early("version")
        let version = try count(versionNode)
        guard version <= FuzzEvidenceReader.documentVersion else {
            throw error(
                .newerVersion, versionNode,
                "version \(version) of the evidence of campaigns is newer than version 1, the newest known here",
                hint: "use a newer pulsegate")
        }
        guard version == 1 else { throw error(.badValue, versionNode, "there is no version \(version) of the evidence of campaigns") }
        let object = try self.members(
            root,
            [
                "format", "version", "producer", "suite", "build", "seed", "workers", "asked_ns", "complete", "totals", "targets",
            ])
        let producer = try self.members(try required(object, "producer", root), ["name", "version"])
        _ = try string(try required(producer, "name", root))
        _ = try string(try required(producer, "version", root))
        _ = try string(try required(object, "suite", root))
        let buildNode = try required(object, "build", root)
        let build = try self.members(buildNode, ["number", "edges", "sanitizer"])
        _ = try string(try required(build, "number", buildNode))
        let known = try count(try required(build, "edges", buildNode))
        _ = try string(try required(object, "seed", root))
        _ = try count(try required(object, "workers", root))
        _ = try count(try required(object, "asked_ns", root))
        let completeNode = try required(object, "complete", root)
        guard case .bool(let complete) = completeNode.content else { throw wrongType(completeNode, "a boolean") }
        guard complete else {
            throw error(.truncated, completeNode, "the campaign was cut short", hint: "run it again and look at its output")
        }
        let targetNodes = try elements(try required(object, "targets", root))
        guard targetNodes.count <= FuzzEvidenceReader.maximumTargets else {
            throw error(.limit, root, "more than maximumTargets of \(FuzzEvidenceReader.maximumTargets) targets")
        }
        let totalsNode = try required(object, "totals", root)
        let totals = try self.members(totalsNode, ["targets", "findings"])
        var facts = Facts()
        var names: Set<String> = []
        var findings = 0
        var ran = 0
        for node in targetNodes {
            let (name, figures, found) = try target(node, known: known)
            guard names.insert(name).inserted else {
                throw error(.duplicate, node, "the target '\(ReportText.bounded(name))' stands twice")
            }
            facts.measures += figures
            findings += found
            if figures.contains(where: { $0.metric == "fuzz.executions" && $0.quantity.numerator > 0 }) { ran += 1 }
        }
        try check(try required(totals, "targets", totalsNode), targetNodes.count, "targets")
        try check(try required(totals, "findings", totalsNode), findings, "findings")
        guard ran > 0 else {
            throw error(.empty, root, targetNodes.isEmpty ? "the campaign had no target" : "no target ran a single input")
        }
        facts.measures.append(Measure("fuzz.targets", .count(ran)))
        return facts.normalised()
    }

    private func target(_ node: JSONNode, known: Int) throws(DocumentError) -> (name: String, measures: [Measure], findings: Int) {
        let object = try members(
            node, ["name", "executions", "duration_ns", "edges", "new_edges", "corpus", "blind", "regressions", "findings"])
        let nameNode = try required(object, "name", node)
        let name = try string(nameNode)
        guard !name.isEmpty, name.utf8.count <= JUnitXML.maximumIdentifierBytes else {
            throw error(.badValue, nameNode, "a name must have 1 to \(JUnitXML.maximumIdentifierBytes) bytes")
        }
        let executions = try count(try required(object, "executions", node))
        let duration = try count(try required(object, "duration_ns", node))
        let edgesNode = try required(object, "edges", node)
        let edges = try count(edgesNode)
        guard edges <= known else {
            throw error(.contradiction, edgesNode, "the target ran \(edges) edges of a build that has \(known)")
        }
        let newEdgesNode = try required(object, "new_edges", node)
        let newEdges = try count(newEdgesNode)
        guard newEdges <= edges else { throw error(.contradiction, newEdgesNode, "\(newEdges) edges of \(edges) are new") }
        let corpus = try count(try required(object, "corpus", node))
        let blind = try optionalString(object["blind"])
        if blind == nil, executions > 0, edges == 0 {
            throw error(.contradiction, edgesNode, "the target ran \(executions) inputs, lit no edge, and is not called blind")
        }
        let regressionsNode = try required(object, "regressions", node)
        let regressions = try members(regressionsNode, ["run", "failed"])
        let run = try count(try required(regressions, "run", regressionsNode))
        var failed: [String] = []
        for element in try elements(try required(regressions, "failed", regressionsNode)) { failed.append(try string(element)) }
        guard failed.count <= run else {
            throw error(.contradiction, regressionsNode, "\(failed.count) regressions failed of \(run) that were run")
        }
        var titles: [String] = []
        var buckets: Set<String> = []
        for element in try elements(try required(object, "findings", node)) {
            let finding = try members(element, ["bucket", "kind", "title", "location", "value", "flaky"])
            let bucket = try string(try required(finding, "bucket", element))
            guard buckets.insert(bucket).inserted else {
                throw error(.duplicate, element, "the finding '\(ReportText.bounded(bucket))' stands twice")
            }
            let kind = try string(try required(finding, "kind", element))
            let title = try string(try required(finding, "title", element))
            let location = try optionalString(finding["location"])
            _ = try optionalString(finding["value"])
            guard case .bool? = finding["flaky"]?.content else { throw wrongType(finding["flaky"] ?? element, "a boolean under 'flaky'") }
            titles.append("\(bucket): \(kind): \(title)" + (location.map { " at \($0)" } ?? ""))
        }
        func measure(_ metric: String, _ value: Int, note: String? = nil) -> Measure {
            Measure(metric, subject: name, .count(value), note: note.map { ReportText.bounded($0) })
        }
        let measures = [
            measure("fuzz.executions", executions),
            Measure("fuzz.duration", subject: name, Quantity(Int64(duration), unit: .nanoseconds)),
            measure("fuzz.edges", edges), measure("fuzz.new_edges", newEdges), measure("fuzz.corpus_size", corpus),
            measure("fuzz.findings", titles.count, note: titles.isEmpty ? nil : titles.joined(separator: "; ")),
            measure(
                "fuzz.regressions_failed", failed.count,
                note: failed.isEmpty ? nil : "still ends the target: \(failed.joined(separator: ", "))"),
            measure("fuzz.targets_blind", blind == nil ? 0 : 1, note: blind),
        ]
        return (name, measures, titles.count)
    }

    // MARK: Values

    private func members(_ node: JSONNode, _ keys: [String]) throws(DocumentError) -> [String: JSONNode] {
        guard case .object(let members) = node.content else { throw wrongType(node, "an object") }
        for member in members where !keys.contains(member.key) {
            throw DocumentError(
                .unknownKey, file: file, at: member.keyPosition, "the key '\(ReportText.bounded(member.key))' is not known here",
                hint: SpellingSuggestion.hint(for: member.key, among: keys) ?? "known keys: \(keys.joined(separator: ", "))")
        }
        return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private func required(_ members: [String: JSONNode], _ key: String, _ node: JSONNode) throws(DocumentError) -> JSONNode {
        guard let value = members[key] else { throw error(.missingKey, node, "the key '\(key)' is missing here") }
        return value
    }

    private func elements(_ node: JSONNode) throws(DocumentError) -> [JSONNode] {
        guard case .array(let elements) = node.content else { throw wrongType(node, "an array") }
        return elements
    }

    private func string(_ node: JSONNode) throws(DocumentError) -> String {
        guard case .string(let text) = node.content else { throw wrongType(node, "a string") }
        return text
    }

    private func optionalString(_ node: JSONNode?) throws(DocumentError) -> String? {
        guard let node else { return nil }
        if case .null = node.content { return nil }
        return try string(node)
    }

    private func count(_ node: JSONNode) throws(DocumentError) -> Int {
        guard case .number(let number) = node.content else { throw wrongType(node, "an integer") }
        guard let value = number.int64 else {
            throw error(.badValue, node, "expected an integer within 64 bits, found \(ReportText.bounded(number.literal))")
        }
        guard value >= 0 else { throw error(.badValue, node, "a count may not be negative") }
        return Int(value)
    }

    private func check(_ node: JSONNode, _ found: Int, _ name: String) throws(DocumentError) {
        let declared = try count(node)
        guard declared == found else {
            throw error(.contradiction, node, "totals declare \(declared) \(name) and the document lists \(found)")
        }
    }

    private func wrongType(_ node: JSONNode, _ expected: String) -> DocumentError {
        error(.wrongType, node, "expected \(expected), found \(node.typeName)")
    }

    private func error(_ kind: DocumentError.Kind, _ node: JSONNode, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: node.position, message, hint: hint)
    }
}
