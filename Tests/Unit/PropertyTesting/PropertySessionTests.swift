import Determinism
import Synchronization
import Testing

@testable import PropertyTesting

@Suite("what a session adds to the engine")
struct PropertySessionTests {
    /// A clock that a body turns forward.
    private final class HandClock: TimeSource {
        private let now = Mutex<Int64>(0)
        var wallNow: Instant { Instant(nanosecondsSinceEpoch: 0) }
        var monotonicNow: MonotonicInstant { MonotonicInstant(nanosecondsSinceOrigin: now.withLock { $0 }) }
        func spend(_ nanoseconds: Int64) { now.withLock { $0 += nanoseconds } }
    }

    private static func failure(_ reason: String) -> CaseEnd { .failed(CaseFailure(origin: FailureOrigin(reason: reason))) }

    @Test("a case that is slow both times fails by its deadline and is shrunk")
    func deadline() {
        let clock = HandClock()
        var session = PropertySession(PropertySettings(cases: 100, seed: 1), time: clock)
        session.deadline = .milliseconds(50)
        let verdict = session.run { draws in
            let x = draws.int(in: 0...1000)
            draws.note("x = \(x)")
            clock.spend(x >= 200 ? 60_000_000 : 1000)
            return .passed
        }
        #expect(verdict.failures.map(\.failure.origin.reason) == ["deadline"])
        #expect(verdict.failures.first?.description.contains("x = 200") == true)
    }

    @Test("a case that is slow once is not reported")
    func slowOnce() {
        let clock = HandClock()
        var session = PropertySession(PropertySettings(cases: 100, seed: 1), time: clock)
        session.deadline = .milliseconds(50)
        var bodies = 0
        let verdict = session.run { draws in
            _ = draws.int(in: 0...1000)
            bodies += 1
            clock.spend(bodies == 17 ? 60_000_000 : 1000)
            return .passed
        }
        #expect(verdict.isPassed)
        // The slow case once more than the engine asked for it.
        #expect(bodies == verdict.report.cases + verdict.report.duplicates + 1)
    }

    @Test("a failure that does not come again is flaky, shows both ends, and the search goes on", arguments: [false, true])
    func flaky(suspends: Bool) async {
        let session = PropertySession(PropertySettings(cases: 30, seed: 1))
        let bodies = Mutex(0)
        func test(_ draws: Draws) -> CaseEnd {
            _ = draws.int()
            let number = bodies.withLock { count in
                count += 1
                return count
            }
            return number == 5 ? Self.failure("first") : number == 6 ? Self.failure("second") : .passed
        }
        let verdict = suspends ? await session.runAsync { draws in test(draws) } : session.run(test)
        #expect(verdict.failures.count == 1)
        #expect(verdict.failures.first?.failure.origin.reason == "flaky")
        #expect(verdict.failures.first?.description.contains("first: first") == true)
        #expect(verdict.failures.first?.description.contains("it failed otherwise: second") == true)
        #expect(verdict.report.outcome == .passed)
    }

    @Test("asynchronous sessions give the same verdict")
    func asyncVerdict() async {
        let session = PropertySession(PropertySettings(cases: 80, seed: 6))
        func test(_ draws: Draws) -> CaseEnd {
            let xs = draws.array(0...6) { $0.int(in: 0...50) }
            draws.note("xs = \(xs)")
            return draws.beginBody() && xs.reduce(0, +) > 99 ? Self.failure("sum") : .passed
        }
        let async = await session.runAsync { draws in
            await Task.yield()
            return test(draws)
        }
        #expect(session.run(test).failures.map(\.description) == async.failures.map(\.description))
        #expect(async.failures.count == 1)
    }

    @Test("a report on many lines is cut")
    func longJournal() {
        let verdict = PropertySession(PropertySettings(cases: 1)).run { draws in
            _ = draws.int()
            for line in 0..<1000 { draws.note("line \(line)") }
            return Self.failure("always")
        }
        let text = verdict.failures.first?.description ?? ""
        // One line is the drawn value.
        #expect(text.contains("line 198\n") && !text.contains("line 199\n") && text.contains("and 801 more"))
    }

    @Test("health checks name what they saw and can be suppressed by name")
    func health() {
        var figures = HealthCheck.Figures(budget: 100)
        figures.passed = 10
        figures.discarded = 60
        #expect(HealthCheck.findings(in: figures).map(\.kind) == [.tooManyDiscards])
        #expect(HealthCheck.findings(in: figures, suppressing: [.tooManyDiscards]).isEmpty)
        figures.discarded = 50
        #expect(HealthCheck.findings(in: figures).isEmpty)
        figures.overruns = 20
        #expect(HealthCheck.findings(in: figures).map(\.kind) == [.tooLarge])
        figures.overruns = 0
        figures.choices = 60 * 51
        #expect(HealthCheck.findings(in: figures).map(\.kind) == [.tooLarge])
        figures.nanoseconds = 60 * HealthCheck.slowCaseNanoseconds
        #expect(HealthCheck.findings(in: figures).map(\.kind) == [.tooSlow, .tooLarge])
        #expect(HealthCheck.findings(in: figures).allSatisfy { $0.message.contains("suppress \($0.kind.rawValue)") })
        // Few cases prove nothing.
        var few = HealthCheck.Figures(budget: 100)
        few.discarded = HealthCheck.fewestCases - 1
        #expect(HealthCheck.findings(in: few).isEmpty)
    }

    @Test("a session measures what the health checks need, until the first failure")
    func measured() {
        let clock = HandClock()
        let slow = PropertySession(PropertySettings(cases: 30), time: clock).run { draws in
            _ = draws.int()
            clock.spend(2 * HealthCheck.slowCaseNanoseconds)
            return .passed
        }
        #expect(slow.warnings.map(\.kind) == [.tooSlow])
        var settings = PropertySettings(cases: 30)
        settings.discardLimit = 60
        let large = PropertySession(settings).run { draws in
            for _ in 0...Draws.defaultBudget { _ = draws.int() }
            return .passed
        }
        #expect(large.warnings.map(\.kind) == [.tooLarge])
        #expect(large.report.outcome == .gaveUp)
    }

    @Test("where too many cases die, the rest is left out and nothing is claimed to be proved, but the last replay still runs")
    func tooManyDeaths() {
        func test(_ draws: Draws) -> CaseEnd {
            precondition(draws.int(in: 0...9) <= 4)
            return .passed
        }
        var report = PropertyReport()
        var failure = PropertyReport.Failure(
            failure: CaseFailure(origin: FailureOrigin(reason: "trap")), sequence: ChoiceSequence(), casesToFailure: 1)
        failure.isProvedMinimal = true
        report.failures = [failure]
        ChildCases.with(caseLimit: .seconds(5), budget: 8, time: SystemTimeSource(), deathLimit: 2, test: test) { children in
            func end(_ index: UInt64) -> CaseEnd {
                let draws = Draws(budget: 8)
                draws.begin(seed: 0, prefix: [index], tail: .none)
                return children.run(draws)
            }
            func isDeath(_ end: CaseEnd) -> Bool { if case .failed = end { true } else { false } }
            #expect(isDeath(end(5)))
            #expect(isDeath(end(6)))
            #expect(children.qualified(report).failures.first?.isProvedMinimal == true)
            #expect(end(7) == .rejected)
            #expect(end(1) == .rejected)
            #expect(children.qualified(report).failures.first?.isProvedMinimal == false)
            #expect(isDeath(CaseReplay.run([8]) { children.run($0) }.end))
        }
    }

    @Test("a dying child's note that makes no sense is left out")
    func tornNotes() {
        var bytes = [UInt8](repeating: 0, count: 64)
        bytes.withUnsafeMutableBytes { memory in
            var writer = NoteWriter(bytes: memory)
            writer.add(.label, text: "whole")
            writer.add(.journal, text: String(repeating: "x", count: 100))
            var reader = NoteReader(bytes: UnsafeRawBufferPointer(memory), end: writer.count)
            #expect(reader.next()?.text == "whole")
            #expect(reader.next()?.text == String(repeating: "x", count: 64 - 18 - 13))
            #expect(reader.next() == nil)
            memory[0] = 99
            var torn = NoteReader(bytes: UnsafeRawBufferPointer(memory), end: writer.count)
            #expect(torn.next() == nil)
            memory[0] = 1
            for at in 9..<13 { memory[at] = 255 }
            var long = NoteReader(bytes: UnsafeRawBufferPointer(memory), end: writer.count)
            #expect(long.next() == nil)
        }
    }
}

struct PropertyAccountingTests {
    @Test("a session accounts for its cases: distribution, residual risk, and a line of JSON for each")
    func accounts() {
        let lines = Mutex<[UInt8]>([])
        var session = PropertySession(PropertySettings(cases: 60, seed: 3))
        session.name = "numbers"
        session.observations = { bytes in lines.withLock { $0 += bytes } }
        let verdict = session.run { draws in
            let x = draws.int(in: 0...1000)
            draws.label(x < 10 ? "small" : "large")
            draws.feature(UInt64(x / 100))
            return .passed
        }
        #expect(verdict.isPassed && verdict.risk.cases == verdict.report.cases)
        let text = verdict.account(of: "numbers").text
        #expect(text.contains("held in 60 cases") && text.contains("labels:") && text.contains("small:"), "\(text)")
        let observed = String(decoding: lines.withLock { $0 }, as: UTF8.self).split(separator: "\n")
        #expect(observed.count == 60)
        #expect(observed.allSatisfy { $0.contains("\"numbers\"") && $0.hasPrefix("{") && $0.hasSuffix("}") })
    }

    @Test("what failed is remembered, run first the next time, and forgotten when it passes")
    func remembers() {
        let store = TransientExamples()
        var session = PropertySession(PropertySettings(cases: 200, seed: 3))
        (session.name, session.store) = ("large", store)
        func test(_ limit: Int) -> (Draws) -> CaseEnd {
            { $0.int(in: 0...1000) > limit ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed }
        }
        #expect(session.run(test(500)).report.failures.first?.journal == ["501"])
        #expect(store.load("large").examples.count == 1)
        // Another seed, one case: only the memory can know.
        session.settings = PropertySettings(cases: 1, seed: 99)
        let again = session.run(test(500)).report
        #expect(again.examplesRun == 1 && again.failures.first?.journal == ["501"])
        session.settings = PropertySettings(cases: 20, seed: 4)
        #expect(session.run(test(1000)).isPassed)
        #expect(store.load("large").examples.isEmpty)
    }
}

extension PropertyAccountingTests {
    @Test("an observation says why its case was run, and candidates of the shrinker are no part of the residual risk")
    func phases() {
        let lines = Mutex<[UInt8]>([])
        let store = TransientExamples()
        var session = PropertySession(PropertySettings(cases: 200, seed: 3))
        (session.name, session.store) = ("numbers", store)
        session.observations = { bytes in lines.withLock { $0 += bytes } }
        for (role, index) in [(Example.Role.failure, 2), (.corpus, 3)] as [(Example.Role, UInt64)] {
            #expect(store.save(Example(property: "numbers", role: role, token: ReplayToken(indices: [index]))) == nil)
        }
        let verdict = session.run { draws in
            let x = draws.int(in: 0...1000)
            return x > 500 ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed
        }
        let phases = String(decoding: lines.withLock { $0 }, as: UTF8.self).split(separator: "\n").compactMap { line in
            CasePhase.allCases.first { line.contains("\"how_generated\":\"\($0.rawValue)\"") }
        }
        #expect(Set(phases) == Set(CasePhase.allCases))
        // Remembered cases first; each counterexample once more after it was simplified, then explained.
        #expect(phases.prefix(3) == [.replay, .corpus, .random])
        #expect(phases.count { $0 == .replay } == 2 && phases.count { $0 == .corpus } == 1)
        #expect(phases.last == .explain)
        #expect(verdict.risk.cases == verdict.report.cases && verdict.report.cases > 0)
    }

    @Test("a remembered case is run once, by the engine")
    func once() {
        let store = TransientExamples()
        let corpus = (1...5).map { Example(property: "p", role: .corpus, token: ReplayToken(indices: [$0])) }
        for example in corpus { #expect(store.save(example) == nil) }
        var session = PropertySession(PropertySettings(cases: 10, seed: 3))
        (session.name, session.store) = ("p", store)
        var bodies = 0
        let verdict = session.run { draws in
            _ = draws.int(in: 0...1_000_000)
            bodies += 1
            return .passed
        }
        #expect(verdict.report.cases == 10 && verdict.report.duplicates == 0)
        #expect(bodies == 15)
    }
}

struct SessionCostTests {
    /// Counts how often it is read.
    private final class CountingClock: TimeSource {
        private let reads = Mutex<Int>(0)
        var wallNow: Instant { Instant(nanosecondsSinceEpoch: 0) }
        var monotonicNow: MonotonicInstant {
            reads.withLock { $0 += 1 }
            return MonotonicInstant(nanosecondsSinceOrigin: 0)
        }
        var count: Int { reads.withLock { $0 } }
    }

    @Test("nothing is timed after the first failure, unless there is a deadline")
    func timing() {
        func run(_ session: PropertySession) -> Int {
            var bodies = 0
            _ = session.run { draws in
                bodies += 1
                let xs = draws.array(0...20) { $0.int() }
                return xs.count > 3 ? .failed(CaseFailure(origin: FailureOrigin(reason: "long"))) : .passed
            }
            return bodies
        }
        let clock = CountingClock()
        var session = PropertySession(PropertySettings(cases: 100, seed: 1), time: clock)
        let bodies = run(session)
        #expect(clock.count > 0 && clock.count < bodies / 2, "\(clock.count) reads for \(bodies) bodies")
        let before = clock.count
        session.deadline = .seconds(5)
        #expect(run(session) * 2 == clock.count - before)
    }

    @Test("a token that is longer than the cases of today is replayed in a child, too", .timeLimit(.minutes(15)))
    func longToken() {
        var session = PropertySession()
        session.caseLimit = .seconds(10)
        session.replay = ReplayToken(indices: [UInt64](repeating: 1, count: Draws.defaultBudget + 100))
        let verdict = session.run { draws in
            var sum = 0
            for _ in 0..<(Draws.defaultBudget + 100) { sum += draws.int(in: 0...9) }
            precondition(sum == 0, "a sum of \(sum)")
            return .passed
        }
        #expect(verdict.failures.first?.description.contains("a sum of \(Draws.defaultBudget + 100)") == true)
    }
}

struct InconsistencyTests {
    @Test("a property that draws by something besides its draws does not pass, and exhaustion is not claimed")
    func inconsistent() {
        var calls = 0
        let verdict = PropertySession(PropertySettings(cases: 200, seed: 1)).run { draws in
            calls += 1
            for _ in 0..<(1 + calls % 3) { _ = draws.bool() }
            return .passed
        }
        #expect(verdict.report.isInconsistent && !verdict.report.isExhausted)
        #expect(verdict.failures.map(\.failure.origin.reason) == ["inconsistent"])
    }
}
