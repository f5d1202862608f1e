import StrictDocuments

/// Which edges the inputs of a corpus light, as a suite's `cover` command tells it.
///
/// ```swift
/// let coverage = try CorpusCoverage(lines: output.split(separator: "\n"))
/// coverage.edges.count { $0.inputs > 0 }
/// ```
///
/// What is cut short or contradicts itself is an error: coverage that is silently low would send people after gaps that are none.
struct CorpusCoverage: Equatable, Sendable {
    struct Edge: Equatable, Sendable {
        /// Relative to the executable.
        var address: UInt64
        /// Inputs that ran it.
        var inputs: UInt64
        /// It is the first of its function.
        var beginsFunction: Bool
    }

    var target: String
    var inputs: UInt64
    /// Inputs that ended their process, so that what they lit is not known.
    var ended: UInt64
    var edges: [Edge]

    var lit: Int { edges.count { $0.inputs > 0 } }

    init(target: String, inputs: UInt64, ended: UInt64, edges: [Edge]) {
        self.target = target
        self.inputs = inputs
        self.ended = ended
        self.edges = edges
    }

    init(lines: [String]) throws(CampaignEventError) {
        var head: [String: JSONNode]?
        var edges: [Edge] = []
        for line in lines where !line.isEmpty {
            let fields = try Self.members(line)
            switch Self.text(fields["event"]) {
            case "cover": head = fields
            case "edges":
                let addresses = try Self.counts(fields["addresses"], line)
                let inputs = try Self.counts(fields["inputs"], line)
                let begins = Set(try Self.counts(fields["begins"], line))
                guard addresses.count == inputs.count, Self.count(fields["first"]) == UInt64(edges.count) else {
                    throw CampaignEventError(description: "the suite's edges do not follow one another; is it of another version?")
                }
                for (address, count) in zip(addresses, inputs) {
                    edges.append(Edge(address: address, inputs: count, beginsFunction: begins.contains(UInt64(edges.count))))
                }
            default: continue
            }
        }
        guard let head, let target = Self.text(head["target"]), let count = Self.count(head["inputs"]),
            let ended = Self.count(head["ended"]),
            let whole = Self.count(head["edges"]), let lit = Self.count(head["lit"])
        else { throw CampaignEventError(description: "the suite told no coverage; does 'list' name its command 'cover'?") }
        self.init(target: target, inputs: count, ended: ended, edges: edges)
        guard UInt64(edges.count) == whole, UInt64(self.lit) == lit else {
            throw CampaignEventError(description: "the suite's coverage was cut short: \(edges.count) of \(whole) edges came")
        }
    }

    private static func members(_ line: String) throws(CampaignEventError) -> [String: JSONNode] {
        let limits = JSONLimits(maximumBytes: CampaignEvent.maximumLineBytes, maximumDepth: 8)
        guard let node = try? JSONDocument.parse(Array(line.utf8), file: "the suite's output", limits: limits),
            case .object(let found) = node.content
        else { throw CampaignEventError(description: "the suite printed a line that is no JSON object: \(line.prefix(200))") }
        return Dictionary(found.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static func text(_ node: JSONNode?) -> String? { if case .string(let text)? = node?.content { text } else { nil } }
    private static func count(_ node: JSONNode?) -> UInt64? {
        if case .number(let number)? = node?.content { UInt64(number.literal) } else { nil }
    }

    private static func counts(_ node: JSONNode?, _ line: String) throws(CampaignEventError) -> [UInt64] {
        guard case .array(let elements)? = node?.content else {
            throw CampaignEventError(description: "the suite printed edges without figures: \(line.prefix(200))")
        }
        var counts: [UInt64] = []
        for element in elements {
            guard let count = count(element) else {
                throw CampaignEventError(description: "the suite printed edges with something that is no count: \(line.prefix(200))")
            }
            counts.append(count)
        }
        return counts
    }
}
