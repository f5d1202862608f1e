import Synchronization
import Testing

@testable import PropertyTesting

@Suite("what a run does after its first failure")
struct SearchOnTests {
    private static func failed(_ reason: String) -> CaseEnd { .failed(CaseFailure(origin: FailureOrigin(reason: reason))) }

    /// A bug in a fifth of the cases, and two in a fiftieth each.
    @Sendable private static func threeBugs(_ draws: Draws) -> CaseEnd {
        let x = draws.int(in: 0...49)
        _ = draws.int(in: 0...1000)
        if x % 5 == 1 { return failed("often") }
        if x == 20 { return failed("seldom") }
        if x == 42 { return failed("as seldom") }
        return .passed
    }

    private static func reasons(_ report: PropertyReport) -> Set<String> { Set(report.failures.map(\.failure.origin.reason)) }

    @Test("bugs that show seldom are found in the run that finds one that shows often")
    func several() {
        func found(_ searchOn: Int) -> Int {
            (0..<100 as Range<UInt64>).reduce(0) { found, seed in
                var settings = PropertySettings(seed: seed)
                settings.searchOn = searchOn
                return found + PropertyEngine.run(settings, test: Self.threeBugs).failures.count
            }
        }
        let (some, all) = (found(20), found(500))
        #expect(all >= some + 50, "\(some) of 300 within 20 cases, \(all)")
    }

    @Test("several bugs are the same on one thread and on two")
    func workers() {
        var several = 0
        for seed in 0..<50 as Range<UInt64> {
            let settings = PropertySettings(cases: 300, seed: seed)
            let alone = PropertyEngine.run(settings, workers: 1, test: Self.threeBugs)
            several += alone.failures.count > 1 ? 1 : 0
            #expect(PropertyEngine.run(settings, workers: 2, test: Self.threeBugs) == alone)
        }
        #expect(several > 25)
    }

    /// Generated cases of a run.
    private static func generated(_ settings: PropertySettings, _ test: (Draws) -> CaseEnd) -> Int {
        var count = 0
        _ = PropertyEngine.run(settings) { draws in
            if draws.phase == .random { count += 1 }
            return test(draws)
        }
        return count
    }

    @Test("a bug in every case ends the search soon, and a hang sooner, since each costs its whole limit")
    func repeats() {
        let settings = PropertySettings(cases: 1000, seed: 1)
        func always(_ end: CaseEnd) -> (Draws) -> CaseEnd {
            { draws in
                _ = draws.int()
                return end
            }
        }
        #expect(Self.generated(settings, always(Self.failed("always"))) == 1 + PropertySettings.maximumRepeats)
        let hang = CaseEnd.failed(CaseFailure(origin: .timeout))
        #expect(Self.generated(settings, always(hang)) == 1 + PropertySettings.maximumRepeats / PropertySettings.repeatsOfHang)
    }

    @Test("the search goes on as far as was asked for, at most a hundred cases or as many again as the failure took")
    func bounds() {
        func failing(at place: Int) -> (Draws) -> CaseEnd {
            var number = 0
            return { draws in
                _ = draws.int()
                guard draws.phase == .random else { return .passed }
                number += 1
                return number == place ? Self.failed("once") : .passed
            }
        }
        func count(_ cases: Int, at place: Int, searchOn: Int = 500) -> Int {
            var settings = PropertySettings(cases: cases, seed: 1)
            settings.searchOn = searchOn
            return Self.generated(settings, failing(at: place))
        }
        #expect(count(100, at: 3) == 101)
        #expect(count(1000, at: 3) == 103)
        #expect(count(30, at: 25) == 31)
        #expect(count(1000, at: 301) == 601)
        #expect(count(5000, at: 2001) == 2501)
        #expect(count(100, at: 3, searchOn: 0) == 3)
        #expect(count(100, at: 3, searchOn: 10) == 13)
        #expect(count(100, at: 3, searchOn: .max) == 101)
        #expect(count(100, at: 3, searchOn: -1) == 3)
    }

    @Test("a remembered failure is the first one, with and without a search on")
    func remembered() {
        var settings = PropertySettings(cases: 50, seed: 1)
        settings.examples = [[1]]
        func test(_ draws: Draws) -> CaseEnd { draws.int(in: 0...1_000_000) == 1 ? Self.failed("one") : .passed }
        #expect(Self.generated(settings, test) == 50)
        settings.searchOn = 0
        #expect(Self.generated(settings, test) == 0)
    }

    @Test("no more failures are reported than were asked for")
    func maximum() {
        var settings = PropertySettings(cases: 200, seed: 3)
        settings.maximumFailures = 2
        func test(_ draws: Draws) -> CaseEnd {
            let x = draws.int(in: 0...9)
            return x > 4 ? Self.failed("\(x)") : .passed
        }
        #expect(PropertyEngine.run(settings, test: test).failures.count == 2)
        settings.maximumFailures = 5
        #expect(Self.reasons(PropertyEngine.run(settings, test: test)) == ["5", "6", "7", "8", "9"])
    }
}
