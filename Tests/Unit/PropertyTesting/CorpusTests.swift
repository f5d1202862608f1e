import Synchronization
import Testing

@testable import PropertyTesting

@Suite("what a run remembers beside its failures")
struct CorpusTests {
    private func consider(
        _ corpus: inout CorpusSelection, _ index: UInt64, labels: [String] = [], features: [UInt64] = [], score: Double? = nil
    ) {
        corpus.consider(
            labels: labels, coverage: [], features: features, targets: score.map { ["score": $0] } ?? [:], indices: { [index] })
    }

    private func indices(_ corpus: CorpusSelection) -> [UInt64] { corpus.tokens.map { $0.indices[0] } }

    @Test("a case is chosen for what none before it reached, or for the highest score, and leaves when that is beaten")
    func chosen() {
        var corpus = CorpusSelection()
        consider(&corpus, 1, labels: ["a"])
        consider(&corpus, 2, labels: ["a"])
        consider(&corpus, 3, features: [7, 8], score: 10)
        consider(&corpus, 4, features: [8])
        consider(&corpus, 5, score: 11)
        consider(&corpus, 6, score: 11)
        #expect(indices(corpus) == [1, 3, 5])
        consider(&corpus, 7, score: 12)
        consider(&corpus, 8, score: .nan)
        consider(&corpus, 9)
        #expect(indices(corpus) == [1, 3, 7])
        corpus.consider(
            labels: [], coverage: [CoverageObservation(label: "c", share: .percent(5), isHit: false)], indices: { [10] })
        corpus.consider(labels: [], coverage: [CoverageObservation(label: "c", share: .percent(5), isHit: true)], indices: { [11] })
        #expect(indices(corpus) == [1, 3, 7, 11])
    }

    @Test("no more cases are chosen than the limit says, and a better score still takes the place of the one it beats")
    func full() {
        var corpus = CorpusSelection()
        consider(&corpus, 0, score: 1)
        for number in 1..<100 as Range<UInt64> { consider(&corpus, number, features: [number]) }
        #expect(corpus.tokens.count == CorpusSelection.maximumCases)
        consider(&corpus, 200, score: 2)
        #expect(corpus.tokens.count == CorpusSelection.maximumCases)
        #expect(indices(corpus).last == 200 && !indices(corpus).contains(0))
    }

    // MARK: In a session

    private static func session(_ store: any ExampleStore, cases: Int = 100, seed: UInt64) -> PropertySession {
        var session = PropertySession(PropertySettings(cases: cases, seed: seed))
        (session.name, session.store) = ("p", store)
        return session
    }

    private static func labelled(_ draws: Draws) -> CaseEnd {
        let x = draws.int(in: 0...1000)
        draws.label(x < 10 ? "small" : x < 500 ? "middle" : "large")
        return .passed
    }

    @Test("a later run begins with the failures, then with the corpus, which stays as it is while it says all there is")
    func laterRun() {
        let store = TransientExamples()
        #expect(Self.session(store, seed: 1).run(Self.labelled).isPassed)
        let first = store.load("p").examples
        #expect(first.map(\.role) == [.corpus, .corpus, .corpus])
        #expect(store.save(Example(property: "p", role: .failure, token: ReplayToken(indices: [400]))) == nil)
        var begun: [String] = []
        let verdict = Self.session(store, seed: 2).run { draws in
            let end = Self.labelled(draws)
            if begun.count < 5 { begun.append("\(draws.phase)") }
            return end
        }
        #expect(begun == ["replay", "corpus", "corpus", "corpus", "random"])
        #expect(verdict.report.examplesRun == 4)
        #expect(store.load("p").examples == first)
    }

    @Test("what is remembered and passes changes no figure and no case of the run, with one worker or two")
    func unchanged() {
        let property: @Sendable (Draws) -> CaseEnd = { draws in
            let x = draws.int(in: 0...1000)
            draws.label("\(x % 3)")
            return x == 777 ? .failed(CaseFailure(origin: FailureOrigin(reason: "777"))) : .passed
        }
        for seed in 0..<20 as Range<UInt64> {
            var settings = PropertySettings(cases: 400, seed: seed)
            let plain = PropertyEngine.run(settings, test: property)
            settings.corpus = (0..<30).map { [$0] }
            settings.collectsCorpus = true
            let remembering = PropertyEngine.run(settings, test: property)
            #expect(remembering.corpus?.count == 3)
            #expect(PropertyEngine.run(settings, workers: 2, test: property) == remembering)
            var bare = remembering
            (bare.corpus, bare.examplesRun, bare.exampleEnds) = (nil, 0, [])
            #expect(bare == plain)
        }
    }

    @Test("a search goes on from the best of the run before")
    func search() {
        /// The sum of the numbers generated in the run, at best.
        func best(_ session: PropertySession) -> Int {
            var best = 0
            _ = session.run { draws in
                let sum = (0..<12).reduce(0) { sum, _ in sum + draws.int(in: 0...10_000) }
                draws.target(Double(sum), label: "sum")
                if draws.phase == .random { best = max(best, sum) }
                return .passed
            }
            return best
        }
        let store = TransientExamples()
        let long = best(Self.session(store, cases: 2000, seed: 1))
        #expect(store.load("p").examples.count == 1)
        let alone = best(Self.session(TransientExamples(), cases: 60, seed: 2))
        let after = best(Self.session(store, cases: 60, seed: 2))
        #expect(long > alone && after >= long, "\(long), then \(after), alone \(alone)")
    }

    @Test("a failing run keeps a corpus, too, and what a case of it fails with later is a failure")
    func failingRun() {
        let store = TransientExamples()
        func test(_ draws: Draws, _ limit: Int) -> CaseEnd {
            let x = draws.int(in: 0...1000)
            draws.label(x > 500 ? "large" : "small")
            return x > limit ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed
        }
        #expect(!Self.session(store, seed: 1).run { test($0, 990) }.isPassed)
        #expect(store.load("p").examples.map(\.role) == [.failure, .corpus, .corpus])
        // One case only: without the corpus nothing would be seen of it.
        let later = Self.session(store, cases: 1, seed: 2).run { test($0, 500) }
        #expect(later.report.failures.first?.journal == ["501"])
        #expect(later.failures.first?.description.contains("remembered from an earlier run") == true)
    }

    @Test("a folder that is committed changes with bugs alone")
    func committed() {
        let store = TransientExamples()
        var session = Self.session(store, seed: 1)
        session.keepsCorpus = false
        #expect(session.run(Self.labelled).isPassed)
        #expect(store.load("p").examples.isEmpty)
    }

    @Test("a small domain that is remembered whole is still run whole")
    func wholeDomain() {
        let store = TransientExamples()
        func test(_ draws: Draws) -> CaseEnd {
            draws.label("\(draws.int(in: 0...3))")
            return .passed
        }
        for seed in 1...2 as ClosedRange<UInt64> {
            let verdict = Self.session(store, seed: seed).run(test)
            #expect(verdict.isPassed && verdict.report.cases == 4 && verdict.report.isExhausted)
            #expect(store.load("p").examples.count == 4)
        }
    }

    @Test("a run that is cancelled forgets nothing and adds nothing")
    func cancelled() async {
        let store = TransientExamples()
        for index in 1...3 as ClosedRange<UInt64> {
            #expect(store.save(Example(property: "p", role: .failure, token: ReplayToken(indices: [index]))) == nil)
        }
        let task = Task {
            await Self.session(store, seed: 1).runAsync { draws in
                withUnsafeCurrentTask { $0?.cancel() }
                return Self.labelled(draws)
            }
        }
        _ = await task.value
        #expect(store.load("p").examples.map(\.role) == [.failure, .failure, .failure])
    }

    /// Does what it is told until its time has come, as the folder of a process that is killed.
    private final class DyingExamples: ExampleStore {
        let left: TransientExamples
        private let steps: Mutex<Int>
        init(_ left: TransientExamples, after steps: Int) {
            self.left = left
            self.steps = Mutex(steps)
        }
        private func step(_ body: () -> ExampleWarning?) -> ExampleWarning? {
            let lives = steps.withLock { steps in
                steps -= 1
                return steps >= 0
            }
            return lives ? body() : nil
        }
        var isAlive: Bool { steps.withLock { $0 >= 0 } }
        func load(_ property: String) -> ExampleMemory { left.load(property) }
        func save(_ example: Example) -> ExampleWarning? { step { left.save(example) } }
        func remove(_ example: Example) -> ExampleWarning? { step { left.remove(example) } }
    }

    @Test("a process that is killed anywhere while it remembers loses no failure that still fails, and the next run sets all right")
    func killed() {
        func test(_ draws: Draws) -> CaseEnd {
            let x = draws.int(in: 0...1000)
            draws.label("\(x / 100)")
            return x > 900 ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed
        }
        /// A failure, one that passes, a case worth nothing, and one that cannot be run.
        func memory() -> TransientExamples {
            let store = TransientExamples()
            let origin = FailureOrigin(reason: "large")
            for (role, indices) in [(.failure, [950]), (.failure, [5]), (.corpus, [7]), (.corpus, [8]), (.corpus, [1, 1])]
                as [(Example.Role, [UInt64])]
            {
                let example = Example(
                    property: "p", role: role, token: ReplayToken(indices: indices), origin: role == .corpus ? nil : origin)
                #expect(store.save(example) == nil)
            }
            return store
        }
        let whole = memory()
        _ = Self.session(whole, seed: 1).run(test)
        var steps = 0
        while true {
            let store = DyingExamples(memory(), after: steps)
            _ = Self.session(store, seed: 1).run(test)
            #expect(store.left.load("p").examples.contains { $0.token.indices == [950] })
            _ = Self.session(store.left, seed: 1).run(test)
            let left = store.left.load("p").examples
            #expect(left.first?.token == whole.load("p").examples.first?.token && left.first?.role == .failure)
            #expect(left.count == whole.load("p").examples.count, "after \(steps) steps")
            if store.isAlive { break }
            steps += 1
        }
        #expect(steps > 8)
    }
}
