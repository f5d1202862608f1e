import StrictDocuments
import TerminalDisplay

/// Shows a campaign while it runs. Given every event with the target it is of, and a tick ten times a second.
///
/// Times are nanoseconds since the campaign began, so that a display needs no clock.
protocol CampaignDisplay {
    mutating func begin(_ plan: CampaignPlan)
    mutating func apply(_ event: CampaignEvent, target: String, at elapsed: Int64)
    mutating func tick(at elapsed: Int64)
    /// Nothing comes any more; what it drew over is given back.
    mutating func end(at elapsed: Int64)
}

/// What a campaign sets out to do.
struct CampaignPlan: Equatable, Sendable {
    var suite: String
    var targets: [SuiteTarget]
    var workers: Int
    var seed: UInt64
    /// Nanoseconds for all targets together.
    var time: Int64
    /// Below it lies a folder for each target.
    var folder: String
}

/// Where there is no terminal: a line of JSON for each event, or one line of words each ten seconds.
struct PlainCampaignDisplay: CampaignDisplay {
    /// Nanoseconds between two lines of words.
    static let interval: Int64 = 10_000_000_000

    let isJSON: Bool
    /// Takes a whole line, without its end.
    let print: (String) -> Void
    private var latest: [String: CampaignSample] = [:]
    private var order: [String] = []
    private var current: String?
    private var findings = 0
    private var hasEnded = false
    private var nextLine = Self.interval
    private var time: Int64 = 0
    private var previous: (at: Int64, executions: UInt64) = (0, 0)
    /// What targets had run when this campaign began: not part of its speed.
    private var resumed: [String: UInt64] = [:]

    init(isJSON: Bool, print: @escaping (String) -> Void) {
        self.isJSON = isJSON
        self.print = print
    }

    mutating func begin(_ plan: CampaignPlan) {
        order = plan.targets.map(\.name)
        time = plan.time
        guard !isJSON else {
            let value: JSONValue = [
                "event": "campaign", "suite": .string(plan.suite), "targets": .array(order.map { .string($0) }),
                "workers": .int(Int64(plan.workers)), "seed": .string(String(plan.seed)), "timeNanoseconds": .int(plan.time),
            ]
            return print(value.canonicalText())
        }
        print(
            "\(plan.suite): \(order.count) target\(order.count == 1 ? "" : "s"), \(plan.workers) worker\(plan.workers == 1 ? "" : "s"), "
                + "\(humanDuration(nanoseconds: plan.time)), seed \(plan.seed)")
    }

    mutating func apply(_ event: CampaignEvent, target: String, at elapsed: Int64) {
        switch event {
        case .started(let start):
            current = target
            if resumed[target] == nil {
                resumed[target] = start.resumed
                previous.executions += start.resumed
            }
        case .sample(let sample): latest[target] = sample
        case .crash: findings += 1
        default: break
        }
        if isJSON {
            if let value = event.json(target: target, elapsed: elapsed) { print(value.canonicalText()) }
        } else if case .crash(let crash) = event {
            print(
                "\(Self.clock(elapsed))  \(target): \(crash.kind) at execution \(crash.execution) (\(crash.length) bytes), \(crash.place)")
        } else if case .bug(let bug) = event, !hasEnded {
            // Those that are sorted when all is over stand in the summary.
            print("\(Self.clock(elapsed))  \(target): \(bug.title)" + (bug.location.map { ", \($0)" } ?? ""))
            if let value = bug.value {
                print("    \(value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    "))")
            }
        }
    }

    mutating func tick(at elapsed: Int64) {
        guard !isJSON, elapsed >= nextLine else { return }
        nextLine = elapsed + Self.interval
        print(line(elapsed))
    }

    mutating func end(at elapsed: Int64) {
        hasEnded = true
        if !isJSON, !latest.isEmpty { print(line(elapsed)) }
    }

    private mutating func line(_ elapsed: Int64) -> String {
        let executions = latest.values.reduce(0) { $0 &+ $1.executions }
        let seconds = Double(max(1, elapsed - previous.at)) / 1e9
        let speed = Double(executions - min(executions, previous.executions)) / seconds
        previous = (elapsed, executions)
        let edges = latest.values.reduce(0) { $0 + $1.edges }
        let corpus = latest.values.reduce(0) { $0 + $1.corpus }
        return "\(Self.clock(elapsed)) of \(humanDuration(nanoseconds: time))  \(current ?? "")  \(Self.short(executions)) executions, "
            + "\(Self.short(UInt64(max(0, speed))))/s, \(edges) edges, \(corpus) inputs, \(findings) finding\(findings == 1 ? "" : "s")"
    }

    static func clock(_ elapsed: Int64) -> String {
        elapsed < 1_000_000_000 ? "0 s" : humanDuration(nanoseconds: elapsed - elapsed % 1_000_000_000)
    }

    /// 1234567 as "1.2 M".
    static func short(_ number: UInt64) -> String {
        switch number {
        case ..<10_000: String(number)
        case ..<1_000_000: "\(number / 1000) k"
        case ..<1_000_000_000: "\(number / 1_000_000).\(number % 1_000_000 / 100_000) M"
        default: "\(number / 1_000_000_000).\(number % 1_000_000_000 / 100_000_000) G"
        }
    }
}

extension CampaignEvent {
    /// The event as it is shown on: with its target and the time since the campaign began. Nil for what is of no use outside.
    func json(target: String, elapsed: Int64) -> JSONValue? {
        func count(_ value: UInt64) -> JSONValue { .int(Int64(clamping: value)) }
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var members: [String: JSONValue] = ["target": .string(target), "elapsedNanoseconds": .int(elapsed)]
        switch self {
        case .started(let start):
            members.merge(
                [
                    "event": "started", "workers": number(start.workers), "edges": number(start.edges), "build": .string(start.build),
                    "seeds": number(start.seeds), "resumed": count(start.resumed),
                ], uniquingKeysWith: { _, new in new })
        case .sample(let sample):
            members.merge(
                [
                    "event": "sample", "executions": count(sample.executions), "edges": count(sample.edges),
                    "features": count(sample.features), "corpus": count(sample.corpus), "crashes": count(sample.crashes),
                    "restarts": count(sample.restarts), "lastFind": count(sample.lastFind), "depth": count(sample.depth),
                    "traced": count(sample.traced), "stabilityChecks": count(sample.stabilityChecks), "unstable": count(sample.unstable),
                    "workers": .array(sample.workers.map(count)), "once": count(sample.once), "looked": count(sample.looked),
                ], uniquingKeysWith: { _, new in new })
        case .crash(let crash):
            members.merge(
                [
                    "event": "crash", "place": .string(crash.place), "kind": .string(crash.kind), "execution": count(crash.execution),
                    "length": number(crash.length),
                ], uniquingKeysWith: { _, new in new })
        case .bug(let bug):
            members.merge(
                [
                    "event": "bug", "bucket": .string(bug.bucket), "kind": .string(bug.kind), "title": .string(bug.title),
                    "value": text(bug.value), "location": text(bug.location), "severity": text(bug.severity), "flaky": .bool(bug.isFlaky),
                ], uniquingKeysWith: { _, new in new })
        case .unsolved(let compare):
            members.merge(
                [
                    "event": "unsolved", "location": .string(compare.location), "left": .string(compare.left),
                    "right": .string(compare.right), "reached": count(compare.reached),
                ], uniquingKeysWith: { _, new in new })
        case .stuck(let compares):
            members.merge(
                [
                    "event": "stuck",
                    "sites": .array(
                        compares.map {
                            [
                                "location": .string($0.location), "form": .string($0.form), "left": .string($0.left),
                                "right": .string($0.right), "reached": count($0.reached),
                            ]
                        }),
                ], uniquingKeysWith: { _, new in new })
        case .finished: members["event"] = "finished"
        case .target, .build, .replay, .entry, .edge, .distilled, .merged, .minimised, .other: return nil
        }
        return .object(members)
    }
}
