import Testing

@testable import pulsegate

@Suite("the time of a campaign among many targets")
struct TimeDivisionTests {
    static let second: Int64 = 1_000_000_000

    /// Runs a division to its end on made-up targets; returns what each was given.
    static func run(_ targets: [String], total: Int64, finds: (String, Int64) -> UInt64) -> (
        spent: [String: Int64], turns: [TimeDivision.Turn]
    ) {
        var division = TimeDivision(targets: targets, total: total)
        var spent: [String: Int64] = [:]
        var turns: [TimeDivision.Turn] = []
        while let turn = division.next() {
            turns.append(turn)
            let before = spent[turn.target] ?? 0
            spent[turn.target] = before + turn.nanoseconds
            division.record(
                turn.target, finds: finds(turn.target, before), executions: UInt64(turn.nanoseconds / 1000), nanoseconds: turn.nanoseconds)
            if turns.count > 10_000 { break }
        }
        return (spent, turns)
    }

    @Test("one target gets all of it in one slice")
    func alone() {
        let (spent, turns) = Self.run(["a"], total: 600 * Self.second) { _, _ in 1 }
        #expect(turns.count == 1)
        #expect(spent["a"] == 600 * Self.second)
    }

    @Test("alike targets get alike shares, and the whole time is given out, to the nanosecond")
    func alike() {
        let names = ["a", "b", "c", "d"]
        let (spent, turns) = Self.run(names, total: 600 * Self.second) { _, _ in 3 }
        #expect(spent.values.reduce(0, +) == 600 * Self.second)
        for name in names { #expect((spent[name] ?? 0) > 130 * Self.second && (spent[name] ?? 0) < 170 * Self.second, "\(spent)") }
        #expect(turns.prefix(4).map(\.target) == names)
    }

    @Test("who finds more gets more, and who finds nothing keeps its floor")
    func expected() throws {
        let names = ["rich", "poor", "dry"]
        let (spent, _) = Self.run(names, total: 3600 * Self.second) { name, _ in name == "rich" ? 90 : name == "poor" ? 9 : 0 }
        let rich = try #require(spent["rich"])
        let poor = try #require(spent["poor"])
        let dry = try #require(spent["dry"])
        #expect(rich > 4 * poor && poor > dry, "\(spent)")
        // A quarter of an hour among three, less what one slice may be late.
        #expect(dry > 3600 * Self.second / 12 - 2 * TimeDivision.longestSlice, "\(spent)")
    }

    @Test("a target that dries up gives its share to the one that has begun to find")
    func change() {
        let total = 1200 * Self.second
        let (_, turns) = Self.run(["early", "late"], total: total) { name, before in
            name == "early" ? (before < 100 * Self.second ? 80 : 0) : (before < 60 * Self.second ? 0 : 80)
        }
        var at: Int64 = 0
        var lastQuarter: [String: Int64] = [:]
        for turn in turns {
            if at > total * 3 / 4 { lastQuarter[turn.target, default: 0] += turn.nanoseconds }
            at += turn.nanoseconds
        }
        #expect((lastQuarter["late"] ?? 0) > 3 * (lastQuarter["early"] ?? 0), "\(lastQuarter)")
    }

    @Test("every target has a turn however short the time", arguments: [1, 3, 17, 100])
    func short(count: Int) {
        let names = (0..<count).map { "t\($0)" }
        let (spent, _) = Self.run(names, total: 2 * Self.second) { _, _ in 0 }
        #expect(spent.count == count)
        #expect(spent.values.allSatisfy { $0 > 0 })
        #expect(spent.values.reduce(0, +) == 2 * Self.second)
    }

    @Test("slices are long enough to be of use and short enough to change one's mind")
    func slices() {
        #expect(TimeDivision(targets: ["a", "b"], total: 10 * Self.second).slice == TimeDivision.shortestSlice)
        #expect(TimeDivision(targets: ["a", "b"], total: 86_400 * Self.second).slice == TimeDivision.longestSlice)
        let (_, turns) = Self.run(["a", "b"], total: 600 * Self.second) { _, _ in 1 }
        // But for the last one, which takes a rest too short to be of use.
        for turn in turns.dropLast() {
            #expect(turn.nanoseconds >= TimeDivision.shortestSlice && turn.nanoseconds <= TimeDivision.longestSlice)
        }
    }

    @Test("who is dropped gets no more turns; without targets there is none")
    func dropped() {
        var division = TimeDivision(targets: ["a", "b"], total: 10 * Self.second)
        division.drop("a")
        #expect(division.next()?.target == "b")
        division.record("b", finds: 0, executions: 1, nanoseconds: 1)
        #expect(division.next()?.target == "b")
        division.drop("b")
        #expect(division.next() == nil)
    }

    @Test("a slice that was over at once still counts, so that a campaign ends")
    func progress() {
        var division = TimeDivision(targets: ["a"], total: 3)
        for _ in 0..<3 { division.record("a", finds: 0, executions: 0, nanoseconds: 0) }
        #expect(division.next() == nil)
    }

    @Test("the chance of the next find falls as executions find nothing, and is never 0")
    func chance() throws {
        var estimate = DiscoveryEstimate()
        #expect(estimate.chanceOfNext == nil)
        // What earlier campaigns brought is no news.
        estimate.take(finds: 900, executions: 5000)
        #expect(estimate.chanceOfNext == nil)
        estimate.take(finds: 1000, executions: 6000)
        let first = try #require(estimate.chanceOfNext)
        #expect(first > 0.09 && first < 0.11)
        for number in 1...200 { estimate.take(finds: 1000, executions: 6000 + UInt64(number) * 1_000_000) }
        let last = try #require(estimate.chanceOfNext)
        #expect(last > 0 && last < 1e-6)
    }
}
