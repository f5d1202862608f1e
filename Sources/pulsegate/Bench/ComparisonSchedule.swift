import BenchmarkStatistics

/// Which benchmarks to launch next: pure, told of each launch.
///
/// A round launches every benchmark that is not decided, several in one process; rounds change who is first, and on which CPU, by a fixed pattern, so
/// that neither favours a side; so do the places of stack and heap, by a step that has no common factor with a page. One that fails is not launched again.
struct ComparisonSchedule: Sendable {
    /// Benchmarks of one process: enough to share its start, few enough that one which ends it costs little.
    static let perLaunch = 8
    /// Layouts that confirmations go through.
    static let layouts = 3

    struct Group: Equatable, Sendable {
        var benchmarks: [String]
        var stage: LaunchRecord.Stage
        var layout: Int
        var headFirst: Bool
        var cpu: Int
        var padding: Int
    }

    private(set) var decisions: [String: PairedDecision]
    private(set) var failures: [String: String] = [:]
    private let order: [String]
    private var round = 0

    init(_ rules: [(name: String, rule: PairedDecision.Rule)]) {
        order = rules.map(\.name)
        decisions = Dictionary(rules.map { ($0.name, PairedDecision(rule: $0.rule)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The launches of the next round; none when all is decided.
    mutating func nextRound() -> [Group] {
        var groups: [Group] = []
        // ABBA over rounds as within quads.
        let headFirst = [false, true, true, false][round % 4]
        for stage in [LaunchRecord.Stage.first, .confirmation] {
            let waiting = order.filter { failures[$0] == nil && decisions[$0]?.next == .measure(stage) }
            // Another neighbour in each round: what one benchmark leaves in the caches should not always meet the same.
            let turned = waiting.isEmpty ? [] : Array(waiting[(round % waiting.count)...] + waiting[..<(round % waiting.count)])
            for start in stride(from: 0, to: turned.count, by: Self.perLaunch) {
                groups.append(
                    Group(
                        benchmarks: Array(turned[start..<min(turned.count, start + Self.perLaunch)]), stage: stage,
                        layout: stage == .confirmation ? 1 + round % Self.layouts : 0, headFirst: headFirst, cpu: round / 2,
                        padding: 1 + round * 1237 % 4095))
            }
        }
        round += 1
        return groups
    }

    mutating func add(_ record: LaunchRecord) {
        guard decisions[record.benchmark]?.next == .measure(record.stage) else { return }
        guard let ratio = record.ratio else {
            failures[record.benchmark] = "a launch without a whole quad of batches"
            return
        }
        decisions[record.benchmark]?.add(ratio)
    }

    mutating func fail(_ name: String, _ problem: String) { failures[name] = problem }

    var undecided: Int { order.count { failures[$0] == nil && decisions[$0]?.next != .decided } }
}
