import StrictDocuments

/// One line that a suite prints while it is driven: a JSON object with a key `event`.
///
/// ```swift
/// let event = try CampaignEvent(line: #"{"event":"sample","seconds":1.5,"executions":120000}"#)
/// if case .sample(let sample) = event { print(sample.executions) }
/// ```
///
/// What a suite of a later version says besides is passed over: events that are not known become ``other(_:)``, keys that are not known are not read.
/// A line that is no JSON object with an `event`, or that lacks a figure its event must have, is an error: it means that the machinery is broken.
enum CampaignEvent: Equatable, Sendable {
    case target(SuiteTarget)
    case build(SuiteBuild)
    case started(CampaignStart)
    case sample(CampaignSample)
    case crash(CampaignCrash)
    case bug(CampaignBug)
    case replay(CampaignReplay)
    case entry(CampaignEntry)
    case edge(CampaignEdge)
    case unsolved(UnsolvedCompare)
    /// All compares that no input has met so far, most reached first: it takes the place of the list before.
    case stuck([UnsolvedCompare])
    case finished(seconds: Double)
    /// A corpus was reduced.
    case distilled(inputs: Int, kept: Int)
    /// Inputs of other folders were looked at; those that end the target are named.
    case merged(inputs: Int, taken: Int, deaths: [String])
    /// One input was made as small as it can be.
    case minimised(file: String, bucket: String, length: Int, from: Int)
    case other(String)
}

/// A target that a suite has.
struct SuiteTarget: Equatable, Sendable {
    var name: String
    /// Its inputs are choices of a generator, shown as a Swift value.
    var isTyped: Bool
    var maximumLength: Int
}

/// What a suite knows of how it was built.
struct SuiteBuild: Equatable, Sendable {
    /// Edges that the instrumented modules count; 0 when nothing is instrumented.
    var edges: Int
    /// A number for the instrumented code, 16 hexadecimal digits.
    var number: String
    /// 0 counters and their table fit together, 1 no counters, 2 no table, 3 sizes differ.
    var fault: Int
    /// Swift's own crash handler is in the way.
    var backtracer: Bool
    /// Sanitizers that are linked.
    var sanitizers: [String] = []
    /// Commands that the suite takes.
    var commands: [String] = []
}

/// A campaign, or a slice of one, has begun.
struct CampaignStart: Equatable, Sendable {
    var target: String
    var seed: UInt64
    var workers: Int
    /// Edges of the whole build: what ``CampaignSample/edges`` is to be read beside.
    var edges: Int
    var build: String
    /// Inputs that were given to begin with, those of the corpus folder among them.
    var seeds: Int
    /// Executions of earlier slices that this one goes on from.
    var resumed: UInt64
}

/// Where a campaign on one target stands, once a second. Counts are of the whole campaign, earlier slices included.
struct CampaignSample: Equatable, Sendable {
    /// Since the slice began.
    var seconds: Double
    var executions: UInt64
    /// Executions with compares written down.
    var traced: UInt64 = 0
    /// Edges that ran.
    var edges: UInt64
    /// Pairs of an edge and how often it ran.
    var features: UInt64
    /// Inputs kept.
    var corpus: UInt64
    /// Inputs at which the code under test ended, repetitions of one bug counted.
    var crashes: UInt64
    var restarts: UInt64 = 0
    /// The execution of the newest find.
    var lastFind: UInt64 = 0
    /// The deepest stack, in bytes.
    var depth: UInt64 = 0
    var cpuNanoseconds: UInt64 = 0
    /// Inputs that were run a second time, and those of them that took another path then.
    var stabilityChecks: UInt64 = 0
    var unstable: UInt64 = 0
    /// Executions of each worker; empty where the suite does not say.
    var workers: [UInt64] = []
    /// Edges that were seen to run once only, and the executions that were looked at.
    var once: UInt64 = 0
    var looked: UInt64 = 0
}

/// The code under test ended, at a place that was not known before.
struct CampaignCrash: Equatable, Sendable {
    /// A number for place and manner: the name of its folder below `crashes/`.
    var place: String
    /// "crash", "timeout", "stack-overflow", "out-of-memory", "exit", "failure".
    var kind: String
    var execution: UInt64
    var length: Int
}

/// A finding as triage leaves it: one for each bug, whatever the number of inputs that show it.
struct CampaignBug: Equatable, Sendable {
    var bucket: String
    var kind: String
    var title: String
    /// The minimal input as Swift code (typed targets) or hexadecimal digits.
    var value: String?
    /// "Sources/Parser/Lexer.swift:120" where it is known.
    var location: String?
    var severity: String?
    var isFlaky = false
    var length: Int?
    /// The places (of `crash` events) that are this bug.
    var places: [String] = []
}

/// How one input ended, run in a process of its own.
struct CampaignReplay: Equatable, Sendable {
    var file: String
    /// "passed", "unreadable", or the kind of a crash.
    var end: String
    var place: String?
    /// What was written to standard error last.
    var output: String = ""
    /// The input as Swift code, of typed targets.
    var value: String?
    var length: Int?

    var passed: Bool { end == "passed" }
}

/// An input of the corpus, as the shards have it.
struct CampaignEntry: Equatable, Sendable {
    /// The name of its file in the corpus folder.
    var hash: String
    var length: Int
    /// The entry it was made of; nil for seeds.
    var parent: String?
    /// How it was made, such as "havoc", "solver".
    var operators: [String]
    /// The execution of its worker at which it was found.
    var foundAt: UInt64
    var worker: Int = 0
}

/// An edge that ran, and the entry that first ran it.
struct CampaignEdge: Equatable, Sendable {
    var edge: Int
    var entry: String
    /// Its address in the executable, hexadecimal, and the function it lies in, mangled, where they are known.
    var address: String?
    var function: String?
}

/// A comparison that no input has met: where the campaign is stuck.
struct UnsolvedCompare: Equatable, Sendable {
    /// "Sources/Parser/Lexer.swift:120", or the function, or the address.
    var location: String
    /// What the code compared last, and with what.
    var left: String
    var right: String
    /// Inputs of the corpus that reach it.
    var reached: UInt64
    /// What stands between the two: "==", "<", "hasPrefix", "hasSuffix", "case".
    var form = "=="
    /// The code's address relative to the executable, where the suite knows no more.
    var site: UInt64?
}

/// A line of a suite that cannot be understood.
struct CampaignEventError: Error, Equatable, CustomStringConvertible {
    let description: String
}

extension CampaignEvent {
    /// Longest line that is read, in bytes.
    static let maximumLineBytes = 1 << 20

    init(line: String) throws(CampaignEventError) {
        let fields = try EventFields(line)
        switch try fields.text("event") {
        case "target":
            self = .target(
                SuiteTarget(
                    name: try fields.text("name"), isTyped: fields.flag("typed") ?? false,
                    maximumLength: Int(clamping: try fields.count("maximumLength"))))
        case "build":
            self = .build(
                SuiteBuild(
                    edges: Int(clamping: try fields.count("edges")), number: try fields.text("build"),
                    fault: Int(clamping: try fields.count("fault")), backtracer: fields.flag("backtracer") ?? false,
                    sanitizers: fields.texts("sanitizers"), commands: fields.texts("commands")))
        case "started":
            self = .started(
                CampaignStart(
                    target: try fields.text("target"), seed: try fields.count("seed"), workers: Int(clamping: try fields.count("workers")),
                    edges: Int(clamping: try fields.count("edges")), build: try fields.text("build"),
                    seeds: Int(clamping: try fields.count("seeds")), resumed: try fields.count("resumed")))
        case "sample": self = .sample(try CampaignSample(fields))
        case "crash":
            self = .crash(
                CampaignCrash(
                    place: try fields.text("place"), kind: try fields.text("kind"), execution: try fields.count("execution"),
                    length: Int(clamping: try fields.count("length"))))
        case "bug":
            self = .bug(
                CampaignBug(
                    bucket: try fields.text("bucket"), kind: try fields.text("kind"), title: try fields.text("title"),
                    value: fields.optionalText("value"), location: fields.optionalText("location"),
                    severity: fields.optionalText("severity"), isFlaky: fields.flag("flaky") ?? false,
                    length: fields.optionalCount("length").map { Int(clamping: $0) }, places: fields.texts("places")))
        case "replay":
            self = .replay(
                CampaignReplay(
                    file: try fields.text("file"), end: try fields.text("end"), place: fields.optionalText("place"),
                    output: fields.optionalText("output") ?? "", value: fields.optionalText("value"),
                    length: fields.optionalCount("length").map { Int(clamping: $0) }))
        case "entry":
            self = .entry(
                CampaignEntry(
                    hash: try fields.text("hash"), length: Int(clamping: try fields.count("length")),
                    parent: fields.optionalText("parent"), operators: fields.texts("operators"), foundAt: try fields.count("foundAt"),
                    worker: Int(clamping: fields.optionalCount("worker") ?? 0)))
        case "edge":
            self = .edge(
                CampaignEdge(
                    edge: Int(clamping: try fields.count("edge")), entry: try fields.text("entry"),
                    address: fields.optionalText("address"),
                    function: fields.optionalText("function")))
        case "unsolved":
            self = .unsolved(
                UnsolvedCompare(
                    location: try fields.text("location"), left: try fields.text("left"), right: try fields.text("right"),
                    reached: fields.optionalCount("reached") ?? 0))
        case "stuck":
            self = .stuck(
                try fields.objects("sites").map { (site) throws(CampaignEventError) in
                    let address = try site.count("site")
                    return UnsolvedCompare(
                        location: "0x" + String(address, radix: 16), left: try site.text("left"), right: try site.text("right"),
                        reached: site.optionalCount("reached") ?? 0, form: site.optionalText("form") ?? "==", site: address)
                })
        case "finished": self = .finished(seconds: try fields.real("seconds"))
        case "distilled":
            self = .distilled(inputs: Int(clamping: try fields.count("inputs")), kept: Int(clamping: try fields.count("kept")))
        case "merged":
            self = .merged(
                inputs: Int(clamping: try fields.count("inputs")), taken: Int(clamping: try fields.count("taken")),
                deaths: fields.texts("deaths"))
        case "minimised":
            self = .minimised(
                file: try fields.text("file"), bucket: try fields.text("bucket"), length: Int(clamping: try fields.count("length")),
                from: Int(clamping: try fields.count("from")))
        case let name: self = .other(name)
        }
    }
}

extension CampaignSample {
    fileprivate init(_ fields: EventFields) throws(CampaignEventError) {
        self.init(
            seconds: try fields.real("seconds"), executions: try fields.count("executions"), traced: fields.optionalCount("traced") ?? 0,
            edges: try fields.count("edges"), features: try fields.count("features"), corpus: try fields.count("corpus"),
            crashes: try fields.count("crashes"), restarts: fields.optionalCount("restarts") ?? 0,
            lastFind: fields.optionalCount("lastFind") ?? 0, depth: fields.optionalCount("depth") ?? 0,
            cpuNanoseconds: fields.optionalCount("cpuNanoseconds") ?? 0, stabilityChecks: fields.optionalCount("stabilityChecks") ?? 0,
            unstable: fields.optionalCount("unstable") ?? 0, workers: fields.counts("workers"),
            once: fields.optionalCount("once") ?? 0, looked: fields.optionalCount("looked") ?? 0)
    }
}

/// The members of one line.
private struct EventFields {
    private let members: [String: JSONNode]
    private let line: String

    init(_ line: String) throws(CampaignEventError) {
        let limits = JSONLimits(maximumBytes: CampaignEvent.maximumLineBytes, maximumDepth: 8)
        guard let node = try? JSONDocument.parse(Array(line.utf8), file: "the suite's output", limits: limits),
            case .object(let found) = node.content
        else { throw CampaignEventError(description: "the suite printed a line that is no JSON object: \(line.prefix(200))") }
        self.init(found, line)
    }

    private init(_ found: [JSONMember], _ line: String) {
        self.line = line
        members = Dictionary(found.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    func objects(_ key: String) throws(CampaignEventError) -> [EventFields] {
        guard case .array(let elements)? = members[key]?.content else { throw lacking(key, "a list") }
        return elements.compactMap { if case .object(let found) = $0.content { EventFields(found, line) } else { nil } }
    }

    func text(_ key: String) throws(CampaignEventError) -> String {
        guard let text = optionalText(key) else { throw lacking(key, "a text") }
        return text
    }

    func optionalText(_ key: String) -> String? {
        if case .string(let text)? = members[key]?.content { text } else { nil }
    }

    func count(_ key: String) throws(CampaignEventError) -> UInt64 {
        guard let count = optionalCount(key) else { throw lacking(key, "a count") }
        return count
    }

    func optionalCount(_ key: String) -> UInt64? { members[key].flatMap(Self.count) }

    func real(_ key: String) throws(CampaignEventError) -> Double {
        guard case .number(let number)? = members[key]?.content, let real = number.double, real >= 0 else { throw lacking(key, "a number") }
        return real
    }

    func flag(_ key: String) -> Bool? { if case .bool(let flag)? = members[key]?.content { flag } else { nil } }

    func texts(_ key: String) -> [String] {
        guard case .array(let elements)? = members[key]?.content else { return [] }
        return elements.compactMap { if case .string(let text) = $0.content { text } else { nil } }
    }

    func counts(_ key: String) -> [UInt64] {
        guard case .array(let elements)? = members[key]?.content else { return [] }
        return elements.compactMap(Self.count)
    }

    private static func count(_ node: JSONNode) -> UInt64? {
        if case .number(let number) = node.content { UInt64(number.literal) } else { nil }
    }

    private func lacking(_ key: String, _ what: String) -> CampaignEventError {
        CampaignEventError(description: "the suite printed a line without \(what) under '\(key)': \(line.prefix(200))")
    }
}
