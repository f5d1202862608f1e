import Determinism
import Synchronization
import Testing

@testable import PropertyTesting

struct RunTests {
    private func failed(_ reason: String) -> CaseEnd { .failed(CaseFailure(origin: FailureOrigin(reason: reason))) }

    private func facts(_ report: PropertyReport) -> String {
        let failures = report.failures.map { failure in
            "\(failure.failure.origin) \(failure.token) \(failure.casesToFailure) \(failure.shrinkBodies) \(failure.journal)"
        }
        return
            "\(report.outcome) \(report.cases) \(report.discarded) \(report.isExhausted) \(report.labels.sorted { $0.key < $1.key }) \(failures)"
    }

    /// Properties of different kinds: passing, failing late, rejecting, of a small domain, with labels.
    private static let properties: [@Sendable (Draws) -> CaseEnd] = [
        { draws in
            _ = draws.array { $0.int() }
            return .passed
        },
        { draws in
            let (a, b) = (draws.int(in: 0...100), draws.int(in: 0...100))
            return a * b > 9000 ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed
        },
        { draws in
            let value = draws.int(in: 0...9)
            draws.label("\(value % 3)")
            guard draws.assume(value % 2 == 0) else { return .rejected }
            return .passed
        },
        { draws in
            let pair = (draws.bool(), draws.int(in: 0...5))
            return pair == (true, 5) ? .failed(CaseFailure(origin: FailureOrigin(reason: "corner"))) : .passed
        },
        { draws in
            draws.assume(false)
            return .rejected
        },
    ]

    @Test("two and three workers give exactly the report of one", arguments: 0..<5)
    func workers(_ number: Int) {
        let property = Self.properties[number]
        for seed in 0..<20 as Range<UInt64> {
            let settings = PropertySettings(cases: 700, seed: seed)
            let alone = facts(PropertyEngine.run(settings, workers: 1, test: property))
            #expect(facts(PropertyEngine.run(settings, workers: 2, test: property)) == alone)
            #expect(facts(PropertyEngine.run(settings, workers: 3, test: property)) == alone)
        }
    }

    @Test("failures of different origin are reported apart, each at its own minimum")
    func severalFailures() {
        let report = PropertyEngine.run(PropertySettings(cases: 1000, seed: 3)) { draws in
            let x = draws.int(in: -1000...1000)
            if x > 30 { return failed("above") }
            if x < -20 { return failed("below") }
            return .passed
        }
        #expect(report.outcome == .falsified)
        let found = Dictionary(uniqueKeysWithValues: report.failures.map { ($0.failure.origin.reason, $0.journal) })
        #expect(found == ["above": ["31"], "below": ["-21"]])
    }

    @Test("a failure that does not come again is called flaky")
    func flaky() {
        let calls = Mutex(0)
        let report = PropertyEngine.run(PropertySettings(cases: 100, seed: 1)) { draws in
            _ = draws.int()
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            return call == 20 ? failed("once") : .passed
        }
        #expect(report.failures.count == 1)
        #expect(report.failures.first?.isFlaky == true)
    }

    @Test("a property that draws by something besides its draws is called inconsistent")
    func inconsistent() {
        let calls = Mutex(0)
        let report = PropertyEngine.run(PropertySettings(cases: 200, seed: 1)) { draws in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            _ = draws.int(in: 0...(call % 2 == 0 ? 5 : 9))
            _ = draws.bool()
            return .passed
        }
        #expect(report.isInconsistent)
    }

    @Test("every case of a small domain is run exactly once, and the run says so")
    func exhaustive() {
        let seen = Mutex<[Int: Int]>([:])
        let report = PropertyEngine.run(PropertySettings(cases: 1000, seed: 9)) { draws in
            let value = draws.int(in: 0...9) * 10 + draws.int(in: 0...9)
            seen.withLock { $0[value, default: 0] += 1 }
            return .passed
        }
        #expect(report.isExhausted && report.cases == 100 && report.outcome == .passed)
        #expect(seen.withLock { $0.count } == 100 && seen.withLock { $0.values.allSatisfy { $0 == 1 } })
    }

    @Test("the journal holds the outermost draws and the notes, in order")
    func journal() {
        let report = PropertyEngine.run(PropertySettings(cases: 100, seed: 2)) { draws in
            let xs = draws.array(1...3) { $0.int(in: 0...9) }
            draws.note("sum \(xs.reduce(0, +))")
            let flag = draws.bool()
            return flag && xs.contains { $0 > 4 } ? failed("found") : .passed
        }
        #expect(report.failures.first?.journal == ["[5]", "sum 5", "true"])
    }
}

struct ThrownErrorTests {
    private enum Refusal: Error {
        case tooLarge(Int)
        case empty
    }

    private struct Plain: Error {}

    @Test("cases of one enumeration are different bugs, whatever they carry; other errors go by their type")
    func origins() {
        let large = FailureOrigin(thrown: Refusal.tooLarge(3))
        #expect(large == FailureOrigin(thrown: Refusal.tooLarge(4)) && large.reason.hasSuffix("Refusal.tooLarge"))
        #expect(FailureOrigin(thrown: Refusal.empty).reason.hasSuffix("Refusal.empty"))
        #expect(FailureOrigin(thrown: Plain()).reason.hasSuffix("Plain"))
        let report = PropertyEngine.run(PropertySettings(cases: 500, seed: 1)) {
            $0.int(in: 0...1000)
        } holds: { x in
            if x > 40 { throw Refusal.tooLarge(x) }
            if x < 3 { throw Refusal.empty }
            return true
        }.report
        #expect(report.failures.count == 2)
    }
}
