import PropertyTesting
import Testing

/// What careless or demanding use meets.
@Suite struct EdgeTests {
    @Test func probabilityOneIsCertain() {
        let report = PropertyEngine.run { draws in
            draws.bool(probability: 1) && draws.optional(probability: 1, of: { $0.int() }) != nil
                ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "false")))
        }
        #expect(report.outcome == .passed)
    }

    @Test func aLoopThatWaitsForAnotherValueEnds() {
        let report = PropertyEngine.run(PropertySettings(cases: 10)) { draws in
            while draws.int(in: 0...9) != 3 {}
            return .passed
        }
        #expect(report.cases == 10)
    }

    @Test func coverageComesBackFromAChild() {
        func test(_ draws: Draws) -> CaseEnd {
            draws.cover("rare", atLeast: .percent(50), when: draws.int(in: 0...100_000) == 77_777)
            return .passed
        }
        let inProcess = PropertyEngine.run { test($0) }
        let isolated = PropertyEngine.runIsolated(caseLimit: .seconds(10)) { test($0) }
        #expect(inProcess.coverage.verdict == .failed)
        #expect(isolated.coverage == inProcess.coverage)
    }

    @Test func whatIsFlakyIsReportedOnceAndNotAsProved() {
        var calls = 0
        let verdict = PropertySession(PropertySettings(cases: 100)).run { draws in
            _ = draws.int()
            calls += 1
            return calls % 3 == 0 ? .failed(CaseFailure(origin: FailureOrigin(reason: "now and then"))) : .passed
        }
        #expect(verdict.failures.map(\.failure.origin.reason) == ["flaky"])
    }
}
