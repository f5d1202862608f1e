import StrictDocuments

/// Reads evidence documents: the JSON that this project's own tools write into `PULSEGATE_EVIDENCE_DIR`, and that anyone
/// may write who has a figure and no standard report for it.
///
/// ```json
/// {"format": "pulsegate-evidence", "version": 1, "kind": "golden",
///  "producer": {"name": "GoldenData", "version": "1.0"}, "subject": "indicators", "complete": true,
///  "measures": [{"metric": "golden.mismatches", "subject": "data/golden/x.csv",
///                "value": {"numerator": 0, "denominator": 1, "unit": "count"}, "samples": 1, "note": null}],
///  "tests": [{"id": "Golden.macd", "outcome": "passed", "cases": 1, "duration_ns": 1200,
///             "location": null, "message": null}],
///  "totals": {"measures": 1, "tests": 1}}
/// ```
///
/// `complete` is written true as the last act of a producer that did all it set out to do: false is refused like a document
/// cut short. `totals` must count the lists. A metric must be one of ``MetricCatalogue`` and carry its unit; counts
/// may not be negative, shares lie between 0 and 1, the same metric and subject stand once.
/// Unknown keys, other kinds, newer versions are refused, with the nearest known word. Keys that may be null may be left out.
public enum EvidenceDocumentReader: ReportReader {
    public static let format = "pulsegate-evidence"
    public static let parserVersion = 1
    public static let summary = "evidence document (JSON), version 1"

    /// The version of the format that is read.
    public static let documentVersion = 1
    /// Largest document, in bytes.
    public static let maximumBytes = 64 << 20
    /// Deepest nesting.
    public static let maximumDepth = 16

    /// What a document may be about.
    public static let kinds = [
        "benchmark", "build", "command", "custom", "findings", "format", "fuzz", "golden", "mutation", "property", "soak", "tests",
        "walls",
    ]

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let limits = JSONLimits(maximumBytes: maximumBytes, maximumDepth: maximumDepth)
        let root = try JSONDocument.parse(bytes, file: context.file, limits: limits)
        return try EvidenceDocumentParser(context: context).document(root)
    }
}

private struct EvidenceDocumentParser {
    let context: ReadingContext

    func document(_ root: JSONNode) throws(DocumentError) -> Facts {
        // The format and version are looked at first: a newer document may have other keys.
        guard case .object(let members) = root.content else { throw wrongType(root, "an object") }
        let format = try string(try required("format", of: members, root))
        guard format == EvidenceDocumentReader.format else {
            throw error(.badValue, root, "the format is '\(ReportText.bounded(format))', not '\(EvidenceDocumentReader.format)'")
        }
        let versionNode = try required("version", of: members, root)
        let version = try integer(versionNode)
        guard version <= Int64(EvidenceDocumentReader.documentVersion) else {
            throw error(
                .newerVersion, versionNode, "version \(version) of evidence documents is newer than version 1, the newest known here",
                hint: "use a newer pulsegate")
        }
        guard version == 1 else { throw error(.badValue, versionNode, "there is no version \(version) of evidence documents") }
        let object = try EvidenceObject(
            root, file: context.file,
            keys: ["format", "version", "kind", "producer", "subject", "complete", "measures", "tests", "totals"])
        let kindNode = try object.required("kind")
        let kind = try string(kindNode)
        guard EvidenceDocumentReader.kinds.contains(kind) else {
            throw error(
                .badValue, kindNode, "the kind '\(ReportText.bounded(kind))' is not known",
                hint: SpellingSuggestion.hint(for: kind, among: EvidenceDocumentReader.kinds)
                    ?? "known kinds: \(EvidenceDocumentReader.kinds.joined(separator: ", "))")
        }
        let producer = try EvidenceObject(try object.required("producer"), file: context.file, keys: ["name", "version"])
        _ = try name(try producer.required("name"))
        _ = try name(try producer.required("version"))
        if let subject = object.optional("subject") { _ = try name(subject) }
        let completeNode = try object.required("complete")
        guard case .bool(let complete) = completeNode.content else { throw wrongType(completeNode, "a boolean") }
        guard complete else {
            throw error(.truncated, completeNode, "the producer did not complete its work", hint: "run it again and look at its output")
        }
        var facts = Facts()
        for node in try elements(try object.required("measures")) { facts.measures.append(try measure(node)) }
        for node in try elements(try object.required("tests")) { facts.tests.append(try test(node)) }
        let totals = try EvidenceObject(try object.required("totals"), file: context.file, keys: ["measures", "tests"])
        try check(try totals.required("measures"), facts.measures.count, "measures")
        try check(try totals.required("tests"), facts.tests.count, "tests")
        guard !facts.measures.isEmpty || !facts.tests.isEmpty else {
            throw error(.empty, root, "the document holds neither a measure nor a test")
        }
        try refuseDuplicates(facts, root)
        return facts.normalised()
    }

    private func check(_ node: JSONNode, _ count: Int, _ name: String) throws(DocumentError) {
        let declared = try integer(node)
        guard declared == Int64(count) else {
            throw error(.contradiction, node, "totals declare \(declared) \(name) and the document lists \(count)")
        }
    }

    private func refuseDuplicates(_ facts: Facts, _ root: JSONNode) throws(DocumentError) {
        var ids: Set<String> = []
        for test in facts.tests where !ids.insert(test.id).inserted {
            throw error(.duplicate, root, "the test '\(ReportText.bounded(test.id))' stands twice", hint: "add its cases up")
        }
        struct Key: Hashable {
            var metric: String
            var subject: String?
        }
        var keys: Set<Key> = []
        for measure in facts.measures where !keys.insert(Key(metric: measure.metric, subject: measure.subject)).inserted {
            throw error(
                .duplicate, root,
                "the metric '\(measure.metric)' stands twice for the subject \(measure.subject.map { "'\($0)'" } ?? "null")")
        }
    }

    // MARK: Measures and tests

    private func measure(_ node: JSONNode) throws(DocumentError) -> Measure {
        let object = try EvidenceObject(node, file: context.file, keys: ["metric", "subject", "value", "samples", "note"])
        let metricNode = try object.required("metric")
        let metric = try string(metricNode)
        guard let definition = MetricCatalogue.definition(of: metric) else {
            throw error(
                .unknownReference, metricNode, "the metric '\(ReportText.bounded(metric))' is not known",
                hint: MetricCatalogue.suggestion(for: metric).map { "did you mean '\($0)'?" }
                    ?? "figures of your own are called custom.<name>")
        }
        let valueNode = try object.required("value")
        let samplesNode = try object.required("samples")
        let samples = try integer(samplesNode)
        guard samples >= 1 else { throw error(.badValue, samplesNode, "a measure stands on 1 observation at least, not \(samples)") }
        return Measure(
            metric, subject: try object.optional("subject").map { (node) throws(DocumentError) in try name(node) },
            try quantity(valueNode, definition), samples: Int(samples), note: try text(object.optional("note")))
    }

    private func quantity(_ node: JSONNode, _ definition: MetricDefinition) throws(DocumentError) -> Quantity {
        let object = try EvidenceObject(node, file: context.file, keys: ["numerator", "denominator", "unit"])
        let numerator = try integer(try object.required("numerator"))
        let denominatorNode = try object.required("denominator")
        let denominator = try integer(denominatorNode)
        guard denominator > 0 else { throw error(.badValue, denominatorNode, "a denominator must be positive, not \(denominator)") }
        let unitNode = try object.required("unit")
        let unitName = try string(unitNode)
        guard let unit = Unit(rawValue: unitName) else {
            throw error(
                .badValue, unitNode, "the unit '\(ReportText.bounded(unitName))' is not known",
                hint: SpellingSuggestion.hint(for: unitName, among: Unit.allCases.map(\.rawValue)))
        }
        guard unit == definition.unit else {
            throw error(.badValue, unitNode, "\(definition.name) is measured in \(definition.unit.rawValue), not in \(unit.rawValue)")
        }
        switch unit {
        case .count, .nanoseconds, .bytes:
            guard numerator >= 0 || definition.name == "command.exit_code" else {
                throw error(.badValue, node, "\(definition.name) may not be negative")
            }
        case .ratio:
            if definition.isChange {
                guard numerator >= -denominator else {
                    throw error(.badValue, node, "\(definition.name) may not be below -1: nothing can lose more than all of itself")
                }
                break
            }
            guard numerator >= 0, numerator <= denominator else { throw error(.badValue, node, "a share lies between 0 and 1") }
        case .percentagePoints, .perSecond: break
        }
        return Quantity(numerator, over: denominator, unit: unit)
    }

    private func test(_ node: JSONNode) throws(DocumentError) -> TestFact {
        let object = try EvidenceObject(
            node, file: context.file, keys: ["id", "outcome", "cases", "duration_ns", "location", "message"])
        let outcomeNode = try object.required("outcome")
        let word = try string(outcomeNode)
        guard let outcome = TestOutcome(rawValue: word) else {
            throw error(
                .badValue, outcomeNode, "the outcome '\(ReportText.bounded(word))' is not known",
                hint: "one of \(TestOutcome.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let casesNode = try object.required("cases")
        let cases = try integer(casesNode)
        guard cases >= 0 else { throw error(.badValue, casesNode, "a number of cases may not be negative") }
        // A pass on no case at all proves nothing.
        guard cases > 0 || outcome != .passed else {
            throw error(.contradiction, casesNode, "a test that passed ran 1 case at least")
        }
        var duration: Int64?
        if let durationNode = object.optional("duration_ns") {
            let value = try integer(durationNode)
            guard value >= 0 else { throw error(.badValue, durationNode, "a duration may not be negative") }
            duration = value
        }
        return TestFact(
            id: try name(try object.required("id")), outcome: outcome, cases: Int(cases), durationNanoseconds: duration,
            location: try text(object.optional("location")).map { ReportPath.relative($0, context) },
            message: try text(object.optional("message")))
    }

    // MARK: Values

    private func required(_ key: String, of members: [JSONMember], _ node: JSONNode) throws(DocumentError) -> JSONNode {
        guard let member = members.first(where: { $0.key == key }) else {
            throw error(.missingKey, node, "the document lacks the key '\(key)'", hint: "is this an evidence document?")
        }
        return member.value
    }

    private func elements(_ node: JSONNode) throws(DocumentError) -> [JSONNode] {
        guard case .array(let elements) = node.content else { throw wrongType(node, "an array") }
        return elements
    }

    private func string(_ node: JSONNode) throws(DocumentError) -> String {
        guard case .string(let text) = node.content else { throw wrongType(node, "a string") }
        return text
    }

    /// A string that names something: not empty, bounded.
    private func name(_ node: JSONNode) throws(DocumentError) -> String {
        let text = try string(node)
        guard !text.isEmpty, text.utf8.count <= JUnitXML.maximumIdentifierBytes else {
            throw error(.badValue, node, "a name must have 1 to \(JUnitXML.maximumIdentifierBytes) bytes")
        }
        return text
    }

    private func text(_ node: JSONNode?) throws(DocumentError) -> String? {
        guard let node else { return nil }
        return ReportText.bounded(try string(node))
    }

    private func integer(_ node: JSONNode) throws(DocumentError) -> Int64 {
        guard case .number(let number) = node.content else { throw wrongType(node, "an integer") }
        guard let value = number.int64 else {
            throw error(.badValue, node, "expected an integer within 64 bits, found \(ReportText.bounded(number.literal))")
        }
        return value
    }

    private func wrongType(_ node: JSONNode, _ expected: String) -> DocumentError {
        error(.wrongType, node, "expected \(expected), found \(node.typeName)")
    }

    private func error(_ kind: DocumentError.Kind, _ node: JSONNode, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: context.file, at: node.position, message, hint: hint)
    }
}

/// An object whose keys are all known.
private struct EvidenceObject {
    private let members: [String: JSONNode]
    private let node: JSONNode
    private let file: String

    init(_ node: JSONNode, file: String, keys: [String]) throws(DocumentError) {
        guard case .object(let members) = node.content else {
            throw DocumentError(.wrongType, file: file, at: node.position, "expected an object, found \(node.typeName)")
        }
        for member in members where !keys.contains(member.key) {
            throw DocumentError(
                .unknownKey, file: file, at: member.keyPosition, "the key '\(ReportText.bounded(member.key))' is not known here",
                hint: SpellingSuggestion.hint(for: member.key, among: keys) ?? "known keys: \(keys.joined(separator: ", "))")
        }
        self.members = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        self.node = node
        self.file = file
    }

    func required(_ key: String) throws(DocumentError) -> JSONNode {
        guard let value = members[key] else {
            throw DocumentError(.missingKey, file: file, at: node.position, "the key '\(key)' is missing here")
        }
        return value
    }

    /// Nil where the key is absent or its value is null.
    func optional(_ key: String) -> JSONNode? {
        guard let value = members[key] else { return nil }
        if case .null = value.content { return nil }
        return value
    }
}
