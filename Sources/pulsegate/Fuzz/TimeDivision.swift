/// Divides a campaign's time among many targets by what each may be expected to find: pure, the same figures give the same order.
///
/// Every target has a floor share, the same for all. The rest goes to targets by their discovery rate: finds a second over the last slices, smoothed
/// as Good and Turing would have it (half a find is added, so that a target that found nothing for long still has a chance that shrinks with the time
/// it was given). Who is furthest behind its share comes next.
///
/// ```swift
/// var division = TimeDivision(targets: ["json", "csv"], total: 600_000_000_000)
/// while let turn = division.next() {
///     // run turn.target for turn.nanoseconds, then
///     division.record(turn.target, finds: 12, executions: 900_000, nanoseconds: turn.nanoseconds)
/// }
/// ```
struct TimeDivision: Equatable, Sendable {
    /// Of the time, what is given to all alike.
    static let floorShare = 0.25
    /// How much older slices count, a slice later.
    static let memory = 0.6
    static let shortestSlice: Int64 = 1_000_000_000
    static let longestSlice: Int64 = 15_000_000_000
    /// Slices each target may expect of a campaign that is long enough.
    static let slicesEach: Int64 = 12

    struct Turn: Equatable, Sendable {
        var target: String
        var nanoseconds: Int64
    }

    private struct Standing: Equatable, Sendable {
        var name: String
        var spent: Int64 = 0
        /// Finds, executions and seconds, older ones counting less.
        var finds = 0.0
        var executions = 0.0
        var seconds = 0.0
        var turns = 0
        var isOut = false
    }

    let total: Int64
    let slice: Int64
    private var standings: [Standing]

    init(targets: [String], total: Int64) {
        self.total = total
        standings = targets.map { Standing(name: $0) }
        let wanted = total / max(1, Int64(targets.count) * Self.slicesEach)
        slice = targets.count == 1 ? total : min(Self.longestSlice, max(Self.shortestSlice, wanted))
    }

    var spent: Int64 { standings.reduce(0) { $0 + $1.spent } }

    /// The next turn; nil when the time is over or no target is left.
    func next() -> Turn? {
        let left = total - spent
        guard left > 0 else { return nil }
        let open = standings.filter { !$0.isOut }
        // Each has a turn before any has two.
        if let first = open.first(where: { $0.turns == 0 }) {
            let waiting = Int64(open.filter { $0.turns == 0 }.count)
            return Turn(target: first.name, nanoseconds: min(slice, max(1, left / waiting)))
        }
        let shares = self.shares(open)
        let upTo = Double(open.reduce(0) { $0 + $1.spent } + slice)
        var best: (name: String, deficit: Double)?
        for (standing, share) in zip(open, shares) {
            let deficit = share * upTo - Double(standing.spent)
            if best.map({ deficit > $0.deficit }) ?? true { best = (standing.name, deficit) }
        }
        // A rest too short to be of use goes to the last turn.
        return best.map { Turn(target: $0.name, nanoseconds: left < slice + Self.shortestSlice / 2 ? left : min(slice, left)) }
    }

    mutating func record(_ target: String, finds: UInt64, executions: UInt64, nanoseconds: Int64) {
        guard let index = standings.firstIndex(where: { $0.name == target }) else { return }
        standings[index].spent += max(1, nanoseconds)
        standings[index].turns += 1
        standings[index].finds = standings[index].finds * Self.memory + Double(finds)
        standings[index].executions = standings[index].executions * Self.memory + Double(executions)
        standings[index].seconds = standings[index].seconds * Self.memory + Double(nanoseconds) / 1e9
    }

    /// A target that needs no more time: it is blind, or its first crash was all that was asked for.
    mutating func drop(_ target: String) {
        if let index = standings.firstIndex(where: { $0.name == target }) { standings[index].isOut = true }
    }

    private func shares(_ open: [Standing]) -> [Double] {
        let rates = open.map { ($0.finds + 0.5) / max(0.001, $0.seconds) }
        let sum = rates.reduce(0, +)
        return rates.map { Self.floorShare / Double(open.count) + (1 - Self.floorShare) * $0 / sum }
    }
}

/// The chance that the next execution of a target finds something new, by its newest samples: finds over executions, older ones counting less, and
/// half a find added, as Good and Turing would have it, so that it is never 0.
struct DiscoveryEstimate: Equatable, Sendable {
    /// How much a sample counts, one sample later.
    static let memory = 0.9

    private var finds = 0.0
    private var executions = 0.0
    private var last: (finds: UInt64, executions: UInt64)?

    /// Takes the counts of a sample, which are of the whole campaign.
    mutating func take(finds: UInt64, executions: UInt64) {
        if let last {
            self.finds = self.finds * Self.memory + Double(finds - min(finds, last.finds))
            self.executions = self.executions * Self.memory + Double(executions - min(executions, last.executions))
        }
        last = (finds, executions)
    }

    /// Nil before anything ran between two samples.
    var chanceOfNext: Double? { executions > 0 ? min(1, (finds + 0.5) / (executions + 1)) : nil }

    static func == (a: DiscoveryEstimate, b: DiscoveryEstimate) -> Bool {
        a.finds == b.finds && a.executions == b.executions && a.last?.finds == b.last?.finds && a.last?.executions == b.last?.executions
    }
}
