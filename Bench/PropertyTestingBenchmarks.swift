import PropertyTesting
import StrictDocuments

/// How well and how fast counterexamples are found and shrink: challenges that the field measures itself by, each over many seeds.
///
/// ```
/// Bench property [--group NAME|all] [--seeds 100] [--first-seed 1] [--only NAME] [--json]
/// Bench property --group database [--kills N] [--seed N] [--folder F] [--json]
/// ```
///
/// Groups: shrink, quality, trap (the shrinker), speed, bugs, needles, guidance, stateful, races, deaths (``EngineGroup``), database. `all` is every group
/// but the last. The counting rules stand at ``Challenge`` and with each group. Exit code 1 when a floor is missed, or a proof of minimality turns out wrong.
enum PropertyTestingBenchmarks {
    private static let maximumSeeds: UInt64 = 100_000
    private static let usage =
        """
        usage: Bench property [--group shrink|quality|trap|\(EngineGroup.names.joined(separator: "|"))|all]
                              [--seeds N] [--first-seed N] [--only NAME] [--json]
               Bench property --group database [--kills N] [--seed N] [--folder F] [--json]
        """

    /// What a group must reach.
    private struct Group {
        var name: String
        var challenges: [Challenge]
        /// Share of the seeds that end at the minimum: of each challenge, and their mean.
        var least: Double
        var mean: Double
    }

    private static var groups: [Group] {
        [
            Group(name: "shrink", challenges: ShrinkChallenges.all, least: 0.99, mean: 0.99),
            Group(name: "quality", challenges: QualityChallenges.all, least: 0.99, mean: 0.99),
            Group(name: "trap", challenges: TrapChallenges.all, least: 0.95, mean: 0.98),
        ]
    }

    /// Bodies: of all challenges together that have a peer's figure, and of one in relation to it.
    private static let mostBodies = 450
    private static let mostBodiesToPeer = 1.2
    private static let mostMedianMilliseconds = 2.0
    private static let mostP99Milliseconds = 20.0

    static func main(_ arguments: [String]) {
        if arguments.starts(with: ["--group", "database"]) { return DatabaseBenchmarks.main(Array(arguments.dropFirst(2))) }
        var (seeds, first): (UInt64, UInt64) = (100, 1)
        var (wanted, only): (String, String?) = ("all", nil)
        var json = false
        var rest = arguments[...]
        func number(_ name: String) -> UInt64 {
            guard let text = rest.popFirst(), let value = UInt64(text), (1...maximumSeeds).contains(value) else {
                Stop.usage("\(name) takes 1 to \(maximumSeeds)")
            }
            return value
        }
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": json = true
            case "--seeds": seeds = number(argument)
            case "--first-seed": first = number(argument)
            case "--group":
                wanted = rest.popFirst() ?? ""
                guard wanted == "all" || EngineGroup.names.contains(wanted) || groups.contains(where: { $0.name == wanted }) else {
                    Stop.usage(usage)
                }
            case "--only":
                guard let name = rest.popFirst() else { Stop.usage(usage) }
                only = name
            default: Stop.usage(usage)
            }
        }
        var missed: [String] = []
        var documents: [JSONValue] = []
        for group in groups where wanted == "all" || group.name == wanted {
            let chosen = group.challenges.filter { only == nil || $0.name == only }
            if chosen.isEmpty { continue }
            if !json { print(header(group.name)) }
            var rows: [Challenge.Row] = []
            for challenge in chosen {
                let row = challenge.measure(first...(first + seeds - 1))
                rows.append(row)
                if !json { print(line(row)) }
            }
            missed += misses(rows, of: group)
            documents.append(document(rows, of: group))
        }
        for name in EngineGroup.names where (wanted == "all" && only == nil) || name == wanted {
            guard let group = EngineGroup.measure(name, seeds: Int(seeds), firstSeed: first) else { continue }
            if !json {
                print("# \(name)")
                for line in group.lines { print(line) }
            }
            missed += group.missed
            documents.append(["group": .string(name), "figures": group.json])
        }
        if json {
            let whole: JSONValue = [
                "seeds": .int(Int64(seeds)), "first_seed": .int(Int64(first)),
                "counting":
                    "a body is one call of the property with a whole value, rejected assumptions included; known verdicts and candidates that end inside the generator are none; the last replay is not counted; CPU time of one thread from the first failing body on",
                "groups": .array(documents), "missed": .array(missed.map { .string($0) }),
            ]
            print(whole.canonicalText())
        }
        if !missed.isEmpty { Stop.failure("floors missed:\n  " + missed.joined(separator: "\n  ")) }
    }

    // MARK: Floors

    private static func misses(_ rows: [Challenge.Row], of group: Group) -> [String] {
        var missed: [String] = []
        for row in rows {
            let name = "\(group.name)/\(row.challenge.name)"
            if row.share < group.least { missed.append("\(name): \(percent(row.share)) at the minimum, floor \(percent(group.least))") }
            if row.wronglyProved > 0 { missed.append("\(name): \(row.wronglyProved) proofs of minimality are wrong") }
            if row.milliseconds(0.5) > mostMedianMilliseconds { missed.append("\(name): median \(fixed(row.milliseconds(0.5))) ms") }
            if row.milliseconds(0.99) > mostP99Milliseconds { missed.append("\(name): p99 \(fixed(row.milliseconds(0.99))) ms") }
            if let peer = row.challenge.peerBodies {
                let ratio = Double(row.quantile(0.5, of: \.bodies)) / Double(peer)
                if ratio > mostBodiesToPeer { missed.append("\(name): \(fixed(ratio)) times the peer's bodies") }
            }
        }
        let mean = rows.map(\.share).reduce(0, +) / Double(rows.count)
        if mean < group.mean { missed.append("\(group.name): mean \(percent(mean)), floor \(percent(group.mean))") }
        let bodies = sumOfBodies(rows)
        if bodies > mostBodies { missed.append("\(group.name): sum of median bodies \(bodies), at most \(mostBodies)") }
        return missed
    }

    private static func sumOfBodies(_ rows: [Challenge.Row]) -> Int {
        rows.filter { $0.challenge.peerBodies != nil }.map { $0.quantile(0.5, of: \.bodies) }.reduce(0, +)
    }

    // MARK: Showing

    private static func header(_ group: String) -> String {
        padded("# \(group)", 21) + "minimum   bodies p50   p95  peer ratio   tries to-fail  ms p50     p99  proved"
    }

    private static func line(_ row: Challenge.Row) -> String {
        let median = row.quantile(0.5, of: \.bodies)
        var line = padded(row.challenge.name, 21) + left(percent(row.share), 7)
        line += left("\(median)", 13) + left("\(row.quantile(0.95, of: \.bodies))", 6)
        if let peer = row.challenge.peerBodies {
            line += left("\(peer)", 6) + left(fixed(Double(median) / Double(peer)), 6)
        } else {
            line += left("", 12)
        }
        line += left("\(row.quantile(0.5, of: \.tries))", 8) + left("\(row.quantile(0.5, of: \.toFailure))", 8)
        line += left(fixed(row.milliseconds(0.5)), 8) + left(fixed(row.milliseconds(0.99)), 8)
        line += left("\(row.proved)", 8)
        if let other = row.others.first { line += "  else \(other.count) x \(other.value.prefix(60))" }
        return line
    }

    private static func document(_ rows: [Challenge.Row], of group: Group) -> JSONValue {
        [
            "group": .string(group.name), "floor_each_ppm": .int(Int64(group.least * 1e6)), "floor_mean_ppm": .int(Int64(group.mean * 1e6)),
            "sum_of_median_bodies": .int(Int64(sumOfBodies(rows))),
            "challenges": .array(
                rows.map { row in
                    [
                        "challenge": .string(row.challenge.name), "minimal": .int(Int64(row.minimal)),
                        "seeds": .int(Int64(row.attempts.count)), "median_bodies": .int(Int64(row.quantile(0.5, of: \.bodies))),
                        "p95_bodies": .int(Int64(row.quantile(0.95, of: \.bodies))),
                        "peer_median_bodies": row.challenge.peerBodies.map { .int(Int64($0)) } ?? .null,
                        "median_tries": .int(Int64(row.quantile(0.5, of: \.tries))),
                        "median_to_failure": .int(Int64(row.quantile(0.5, of: \.toFailure))),
                        "median_ns": .int(Int64(row.milliseconds(0.5) * 1e6)), "p99_ns": .int(Int64(row.milliseconds(0.99) * 1e6)),
                        "proved": .int(Int64(row.proved)),
                    ]
                }),
        ]
    }

    private static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
    private static func fixed(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
    private static func left(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
