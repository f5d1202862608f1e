/// What a tool of Assurance found, for the gate runner to judge: our own report format, `pulsegate-evidence` version 1.
///
/// ```swift
/// var document = EvidenceDocument(kind: "golden", producer: .init(name: "tradepulse", version: "0.1.0"), subject: nil)
/// document.measures.append(.init("golden.mismatches", subject: "data/golden/x.csv", .count(0), samples: 35))
/// try document.write(toFolder: folder, named: "golden")       // the folder that PULSEGATE_EVIDENCE_DIR names
/// ```
///
/// The document is written once, whole, when the producer has finished: `"complete": true` is the proof that it did, and
/// `"totals"` says how many measures and tests there must be, so that a reader notices what was cut away. `measures` and
/// `tests` are both always present. There are no floating-point numbers: a figure is a fraction of 64-bit integers with a
/// unit. Equal content gives equal bytes: measures are ordered by metric and subject, tests by identifier.
///
/// Schema: `docs/schemas/evidence.schema.json`. Complexity: O(n log n) in the number of entries.
public struct EvidenceDocument: Hashable, Sendable {
    public static let format = "pulsegate-evidence"
    public static let version: Int64 = 1

    /// The kind of evidence: "golden", "property", "fuzz", "benchmark", "soak", …
    public var kind: String
    public var producer: Producer
    /// What the whole document is about; nil where each entry says it for itself.
    public var subject: String?
    public var measures: [EvidenceMeasure] = []
    public var tests: [EvidenceTest] = []

    public struct Producer: Hashable, Sendable {
        public var name: String
        public var version: String
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    public init(kind: String, producer: Producer, subject: String?) {
        self.kind = kind
        self.producer = producer
        self.subject = subject
    }

    public var json: JSONValue {
        let orderedMeasures = measures.sorted { ($0.metric, $0.subject ?? "") < ($1.metric, $1.subject ?? "") }
        let orderedTests = tests.sorted { $0.id < $1.id }
        return [
            "format": .string(Self.format),
            "version": .int(Self.version),
            "kind": .string(kind),
            "producer": ["name": .string(producer.name), "version": .string(producer.version)],
            "subject": .text(subject),
            "complete": true,
            "totals": ["measures": .int(Int64(measures.count)), "tests": .int(Int64(tests.count))],
            "measures": .array(orderedMeasures.map(\.json)),
            "tests": .array(orderedTests.map(\.json)),
        ]
    }

    /// Writes `<folder>/<name>.json` by atomic rename and returns its path. Throws ``DocumentFileError``.
    @discardableResult
    public func write(toFolder folder: String, named name: String) throws(DocumentFileError) -> String {
        let path = folder.hasSuffix("/") ? "\(folder)\(name).json" : "\(folder)/\(name).json"
        try DocumentFile.replace(path, with: json.prettyBytes())
        return path
    }
}

/// A figure with a name.
public struct EvidenceMeasure: Hashable, Sendable {
    /// A name of the metric catalogue, such as "golden.mismatches".
    public var metric: String
    /// What it is a figure of; nil for the whole.
    public var subject: String?
    public var value: EvidenceValue
    /// How many observations stand behind it.
    public var samples: Int
    /// One line for people.
    public var note: String?

    public init(_ metric: String, subject: String? = nil, _ value: EvidenceValue, samples: Int = 1, note: String? = nil) {
        self.metric = metric
        self.subject = subject
        self.value = value
        self.samples = samples
        self.note = note
    }

    var json: JSONValue {
        [
            "metric": .string(metric),
            "subject": .text(subject),
            "value": [
                "numerator": .int(value.numerator), "denominator": .int(value.denominator), "unit": .string(value.unit.rawValue),
            ],
            "samples": .int(Int64(samples)),
            "note": .text(note),
        ]
    }
}

/// An exact quantity: a fraction with a unit.
public struct EvidenceValue: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable, CaseIterable {
        case count
        case ratio
        case percentagePoints = "percentage_points"
        case nanoseconds
        case bytes
        case perSecond = "per_second"
    }

    public let numerator: Int64
    /// Positive.
    public let denominator: Int64
    public let unit: Unit

    /// Precondition: `denominator > 0`. A share of nothing is no evidence and must not be written.
    public init(_ numerator: Int64, over denominator: Int64 = 1, unit: Unit) {
        precondition(denominator > 0, "the denominator of a quantity is positive")
        self.numerator = numerator
        self.denominator = denominator
        self.unit = unit
    }

    public static func count(_ value: Int) -> EvidenceValue { EvidenceValue(Int64(value), unit: .count) }
}

/// One test and how it ended.
public struct EvidenceTest: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, CaseIterable { case passed, failed, errored, skipped, unfinished }

    /// Unique in its document.
    public var id: String
    public var outcome: Outcome
    /// Cases that ran: 0 where it was skipped.
    public var cases: Int
    public var durationNanoseconds: Int64?
    /// "Tests/Unit/X.swift:12", relative to the package.
    public var location: String?
    /// Why it did not pass.
    public var message: String?

    public init(
        id: String, outcome: Outcome, cases: Int = 1, durationNanoseconds: Int64? = nil, location: String? = nil,
        message: String? = nil
    ) {
        self.id = id
        self.outcome = outcome
        self.cases = cases
        self.durationNanoseconds = durationNanoseconds
        self.location = location
        self.message = message
    }

    var json: JSONValue {
        [
            "id": .string(id),
            "outcome": .string(outcome.rawValue),
            "cases": .int(Int64(cases)),
            "duration_ns": durationNanoseconds.map { .int($0) } ?? .null,
            "location": .text(location),
            "message": .text(message),
        ]
    }
}

extension JSONValue {
    /// A text, or null where there is none.
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
