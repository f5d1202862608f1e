import PropertyTesting
import Testing

@Suite("properties whose bodies suspend")
struct AsyncRunTests {
    private static func judge(_ xs: [Int64]) -> CaseEnd {
        xs.reduce(0) { $0 &+ $1 } > 50 ? .failed(CaseFailure(origin: FailureOrigin(reason: "sum"), message: "\(xs)")) : .passed
    }

    @Test("the report is the same as that of a synchronous run", arguments: [UInt64(0), 1, 7, 99])
    func same(seed: UInt64) async {
        let settings = PropertySettings(cases: 50, seed: seed)
        let sync = PropertyEngine.run(settings) { draws in
            let xs = draws.array(0...8) { $0.int(in: 0...40) }
            guard draws.beginBody() else { return .rejected }
            return Self.judge(xs.map(Int64.init))
        }
        let async = await PropertyEngine.runAsync(settings) { draws in
            let xs = draws.array(0...8) { $0.int(in: 0...40) }
            await Task.yield()
            guard draws.beginBody() else { return .rejected }
            return Self.judge(xs.map(Int64.init))
        }
        #expect(String(reflecting: sync) == String(reflecting: async))
        #expect(async.outcome == .falsified)
    }

    /// Not Sendable, on purpose.
    private final class Tally {
        var bodies = 0
    }

    @MainActor
    @Test("a body runs in the isolation of its caller and may use what is not Sendable")
    func isolated() async {
        let tally = Tally()
        let report = await PropertyEngine.runAsync(PropertySettings(cases: 20)) { draws in
            _ = draws.int()
            MainActor.assertIsolated()
            await Task.yield()
            MainActor.assertIsolated()
            tally.bodies += 1
            return .passed
        }
        #expect(report.outcome == .passed)
        #expect(tally.bodies >= 20)
    }

    private actor Store {
        var keys: Set<Int> = []
        func put(_ key: Int) { keys.insert(key) }

        func check() async -> PropertyReport {
            await PropertyEngine.runAsync(PropertySettings(cases: 30)) { draws in
                let key = draws.int(in: 0...1000)
                self.put(key)
                await Task.yield()
                return self.keys.contains(key) ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "lost")))
            }
        }
    }

    @Test("a body may stand within an actor")
    func actorBody() async {
        let report = await Store().check()
        #expect(report.outcome == .passed)
        #expect(report.cases == 30)
    }

    @TaskLocal private static var mark = 0

    @Test("a body sees the task-local values of its caller")
    func taskLocals() async {
        let report = await Self.$mark.withValue(5) {
            await PropertyEngine.runAsync(PropertySettings(cases: 5)) { draws in
                _ = draws.int()
                return Self.mark == 5 ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "lost")))
            }
        }
        #expect(report.outcome == .passed)
    }

    @Test("a cancelled task ends the run")
    func cancelled() async {
        let task = Task {
            var bodies = 0
            _ = await PropertyEngine.runAsync(PropertySettings(cases: 1_000_000)) { draws in
                _ = draws.int()
                bodies += 1
                if bodies == 10 { withUnsafeCurrentTask { $0?.cancel() } }
                return .passed
            }
            return bodies
        }
        #expect(await task.value == 10)
    }

    @Test("many properties at once share the pool")
    func many() async {
        let outcomes = await withTaskGroup(of: PropertyReport.Outcome.self) { group in
            for seed in 0..<32 {
                group.addTask {
                    await PropertyEngine.runAsync(PropertySettings(cases: 20, seed: UInt64(seed))) { draws in
                        _ = draws.int()
                        await Task.yield()
                        return .passed
                    }.outcome
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: .passed, count: 32))
    }

    @Test("a recorded case is replayed with its journal, synchronously and not")
    func replay() async {
        let sync = CaseReplay.run([3, 4]) { draws in
            let (a, b) = (draws.int(), draws.int())
            draws.note("a + b = \(a + b)")
            return .passed
        }
        let async = await CaseReplay.runAsync([3, 4]) { draws in
            let a = draws.int()
            await Task.yield()
            let b = draws.int()
            draws.note("a + b = \(a + b)")
            return .passed
        }
        #expect(sync.journal.contains { $0.hasPrefix("a + b = ") })
        #expect(sync.journal == async.journal)
        #expect(sync.isWhole && async.isWhole)
        #expect(
            !CaseReplay.run([3, 4]) { draws in
                _ = draws.int()
                return .passed
            }.isWhole)
        #expect(
            CaseReplay.run([3]) { draws in
                _ = draws.int()
                _ = draws.int()
                return .passed
            }.end == .rejected)
    }
}
