import BenchmarkStatistics

/// What is known of each benchmark while a comparison or run measures: pure, told of each launch.
struct MeasuringState: Sendable {
    enum Stage: Equatable, Sendable {
        case waiting, measuring, confirming
        case decided(TimeVerdict.Outcome)
        /// Of one build alone: all launches were made.
        case measured
        case broken

        var isOver: Bool {
            switch self {
            case .waiting, .measuring, .confirming: false
            case .decided, .measured, .broken: true
            }
        }
    }

    struct Row: Equatable, Sendable {
        var name: String
        /// Launches that are made for certain; 0 where votes decide.
        var planned: Int
        var stage = Stage.waiting
        var launches = 0
        var slower = 0
        var notSlower = 0
        var interval: RatioInterval?
        var time: TimeEstimate?
    }

    /// "Bench, abc1234+ against def5678".
    let title: String
    let hasBase: Bool
    private(set) var rows: [Row]
    /// Those of the launch that runs.
    private(set) var active: Set<String> = []
    private var places: [String: Int] = [:]
    private var times: [String: [(times: [Int64], iterations: Int64)]] = [:]

    /// - Parameter benchmarks: in the order of the suite, with the launches of those that are measured alone.
    init(title: String, hasBase: Bool, benchmarks: [(name: String, planned: Int)]) {
        self.title = title
        self.hasBase = hasBase
        rows = benchmarks.map { Row(name: $0.name, planned: $0.planned) }
        for (index, row) in rows.enumerated() { places[row.name] = index }
    }

    /// A launch of these begins.
    mutating func begin(_ names: [String]) {
        active = Set(names)
        for name in names {
            if let place = places[name], rows[place].stage == .waiting { rows[place].stage = .measuring }
        }
    }

    /// - Parameter decision: with the launch in it; nil of one build alone.
    mutating func add(_ record: LaunchRecord, _ decision: PairedDecision?) {
        guard let place = places[record.benchmark] else { return }
        rows[place].launches += 1
        if record.layout == 0 {
            times[record.benchmark, default: []].append((record.head.times, record.iterations))
            rows[place].time = TimeEstimate(times[record.benchmark] ?? [])
        }
        if let decision {
            let verdict = decision.verdict
            (rows[place].slower, rows[place].notSlower) = (verdict.slower, verdict.notSlower)
            rows[place].interval = verdict.interval
            switch decision.next {
            case .measure(.confirmation): rows[place].stage = .confirming
            case .measure: rows[place].stage = .measuring
            case .decided: rows[place].stage = .decided(verdict.outcome)
            }
        } else if rows[place].launches >= rows[place].planned {
            rows[place].stage = .measured
        }
    }

    mutating func fail(_ name: String) {
        if let place = places[name] { rows[place].stage = .broken }
    }

    /// No launch runs any more.
    mutating func end() { active = [] }

    var over: Int { rows.count { $0.stage.isOver } }

    /// "14 of 50 decided, 2 confirming, 1 broken".
    var sentence: String {
        var text = "\(over) of \(rows.count) \(hasBase ? "decided" : "measured")"
        let confirming = rows.count { $0.stage == .confirming }
        if confirming > 0 { text += ", \(confirming) confirming" }
        let failed = rows.count { $0.stage == .decided(.fail) }
        if failed > 0 { text += ", \(failed) slower" }
        let broken = rows.count { $0.stage == .broken }
        if broken > 0 { text += ", \(broken) broken" }
        return text
    }
}
