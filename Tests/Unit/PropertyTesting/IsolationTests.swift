import Determinism
import PropertyTesting
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("bodies that die", .serialized)
struct IsolationTests {
    private static func run(
        _ settings: PropertySettings = PropertySettings(cases: 200, seed: 1), caseLimit: Duration = .seconds(5), _ test: (Draws) -> CaseEnd
    ) -> PropertyReport {
        var settings = settings
        settings.shrinkLimit = 300
        return PropertyEngine.runIsolated(settings, caseLimit: caseLimit, test: test)
    }

    private static func drawn(_ failure: PropertyReport.Failure?, _ generate: (Draws) -> [Int]) -> [Int]? {
        failure.map { PropertyEngine.replay($0.sequence.indices, generate: generate).value }
    }

    private static func list(_ draws: Draws) -> [Int] { draws.array(0...20) { $0.int(in: 0...1000) } }

    @Test("a property that passes has the same report as in one process")
    func passes() {
        func test(_ draws: Draws) -> CaseEnd {
            let xs = Self.list(draws)
            if xs.count > 3 { draws.label("long") }
            guard draws.assume(xs.first != 7), draws.beginBody() else { return .rejected }
            return .passed
        }
        var settings = PropertySettings(cases: 300, seed: 5)
        settings.shrinkLimit = 300
        #expect(Self.run(settings, test) == PropertyEngine.run(settings, test: test))
    }

    @Test("an ordinary failure has the same report as in one process")
    func fails() {
        func test(_ draws: Draws) -> CaseEnd {
            let xs = Self.list(draws)
            guard draws.beginBody() else { return .rejected }
            guard xs.reduce(0, +) > 900 else { return .passed }
            return .failed(CaseFailure(origin: FailureOrigin(reason: "sum", location: "A.swift:1"), message: "\(xs)"))
        }
        for seed in UInt64(0)..<4 {
            var settings = PropertySettings(cases: 300, seed: seed)
            settings.shrinkLimit = 300
            #expect(Self.run(settings, test) == PropertyEngine.run(settings, test: test))
        }
    }

    @Test("an index out of range is shrunk to the shortest array that it needs")
    func indexOutOfRange() {
        let report = Self.run { draws in
            let xs = Self.list(draws)
            if xs.count >= 3 { _ = xs[xs.count] }
            return .passed
        }
        #expect(report.outcome == .falsified)
        #expect(report.failures.first?.failure.origin.reason.hasPrefix("trap: SIG") == true)
        #expect(report.failures.first?.failure.origin.location != nil)
        #expect(Self.drawn(report.failures.first, Self.list) == [0, 0, 0])
    }

    @Test("a fatal error gives its message and its line")
    func fatal() {
        let line = #line + 3
        let report = Self.run { draws in
            let xs = Self.list(draws)
            if xs.contains(where: { $0 >= 500 }) { fatalError("no such account \(xs.count)") }
            return .passed
        }
        let failure = report.failures.first?.failure
        #expect(failure?.message.contains("Fatal error: no such account") == true)
        #expect(failure?.origin.location?.hasSuffix("IsolationTests.swift:\(line)") == true)
        #expect(Self.drawn(report.failures.first, Self.list) == [500])
    }

    @Test("two traps at different places are different failures: shrinking stays with the one that it began with")
    func twoTraps() {
        let report = Self.run { draws in
            let xs = Self.list(draws)
            if xs.count > 6 { fatalError("long") }
            if xs.contains(where: { $0 > 990 }) { fatalError("large") }
            return .passed
        }
        let message = report.failures.first?.failure.message ?? ""
        let drawn = Self.drawn(report.failures.first, Self.list)
        #expect(message.contains("long") ? drawn == [0, 0, 0, 0, 0, 0, 0] : drawn == [991])
    }

    @inline(never)
    private static func dive(_ depth: Int) -> Int { depth == .max ? 0 : 1 &+ dive(depth &+ 1) &* 3 }

    @Test("a stack overflow is told apart from other faults and shrunk")
    func stackOverflow() {
        let report = Self.run { draws in
            let x = draws.int(in: 0...1000)
            if x > 40 { return Self.dive(x) == 0 ? .rejected : .passed }
            return .passed
        }
        #expect(report.failures.first?.failure.origin == FailureOrigin(reason: "stack overflow"))
        #expect(Self.drawn(report.failures.first) { [$0.int(in: 0...1000)] } == [41])
    }

    @Test("a wild pointer is a segmentation fault, not a stack overflow")
    func wildPointer() {
        let report = Self.run { draws in
            let x = draws.int(in: 0...1000)
            if x > 40, let pointer = UnsafePointer<Int>(bitPattern: 8 * x) { return pointer.pointee == 0 ? .rejected : .passed }
            return .passed
        }
        #expect(report.failures.first?.failure.origin.reason == "trap: SIGSEGV")
        #expect(Self.drawn(report.failures.first) { [$0.int(in: 0...1000)] } == [41])
    }

    @Test("exit, _exit and a kill from outside are failures")
    func exits() {
        let leave = Self.run { draws in
            if draws.int(in: 0...1000) > 40 { exit(0) }
            return .passed
        }
        #expect(leave.failures.first?.failure.origin.reason == "exit")
        let quit = Self.run { draws in
            if draws.int(in: 0...1000) > 40 { _exit(3) }
            return .passed
        }
        #expect(quit.failures.first?.failure.origin.reason == "process ended")
        #expect(quit.failures.first?.failure.message.contains("code 3") == true)
        let killed = Self.run { draws in
            if draws.int(in: 0...1000) > 40 { kill(getpid(), SIGKILL) }
            return .passed
        }
        #expect(killed.failures.first?.failure.message.contains("SIGKILL") == true)
    }

    @Test("a body that does not end is killed and shrunk")
    func hangs() {
        let report = Self.run(PropertySettings(cases: 50, seed: 1), caseLimit: .milliseconds(20)) { draws in
            let x = draws.int(in: 0...1000)
            if x > 40 { while true { sleep(1) } }
            return .passed
        }
        #expect(report.failures.first?.failure.origin.reason == "timeout")
        #expect(Self.drawn(report.failures.first) { [$0.int(in: 0...1000)] } == [41])
    }

    @Test("labels, notes and targets of a child arrive, whatever they contain")
    func notes() {
        let session = PropertySession(PropertySettings(cases: 40, seed: 2))
        var isolated = session
        isolated.caseLimit = .seconds(5)
        func test(_ draws: Draws) -> CaseEnd {
            let x = draws.int(in: 0...100)
            draws.label(x > 50 ? "größer\n" : "")
            draws.note("x = \(x)\r\n\u{0}é")
            return x > 90 ? .failed(CaseFailure(origin: FailureOrigin(reason: "big\n", location: "ü"), message: "\u{1F600}")) : .passed
        }
        let verdict = isolated.run(test)
        #expect(verdict.report == session.run(test).report)
        #expect(verdict.failures.map(\.description) == session.run(test).failures.map(\.description))
        #expect(verdict.failures.first?.description.contains("x = 91") == true)
    }

    @Test("the journal of a case that dies reaches the report")
    func journalOfTheDead() {
        var session = PropertySession(PropertySettings(cases: 100, seed: 2))
        session.caseLimit = .seconds(5)
        let verdict = session.run { draws in
            let x = draws.int(in: 0...100)
            draws.note("x = \(x)")
            precondition(x <= 90, "too large")
            return .passed
        }
        #expect(verdict.failures.count == 1)
        #expect(verdict.failures.first?.description.contains("x = 91") == true)
        #expect(verdict.failures.first?.description.contains("Precondition failed: too large") == true)
    }

    @Test("no child is left behind")
    func reaped() {
        var ids: [pid_t] = []
        _ = Self.run { draws in
            if draws.int(in: 0...1000) > 40 { abort() }
            return .passed
        }
        // A property's child is its parent's: the one that ran here is gone, whether it passed or died.
        let report = Self.run(PropertySettings(cases: 3)) { draws in
            _ = draws.int()
            return .failed(CaseFailure(origin: FailureOrigin(reason: "id"), message: "\(getpid())"))
        }
        ids = report.failures.compactMap { pid_t($0.failure.message) }
        #expect(ids.count == 1)
        #expect(ids.allSatisfy { $0 != getpid() && kill($0, 0) == -1 && errno == ESRCH })
    }
}
