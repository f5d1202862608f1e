import Testing

@testable import PropertyTesting

struct ExampleRecallTests {
    private let origin = FailureOrigin(reason: "falsified", location: "X.swift:1")

    private func example(_ index: UInt64, _ role: Example.Role = .failure) -> Example {
        Example(property: "p", role: role, token: ReplayToken(indices: [index]), origin: role == .corpus ? nil : origin)
    }

    /// What the run found, how the remembered cases ended before, and what it chose for the corpus.
    private func report(_ indices: UInt64..., ends: [CaseEnd] = [], corpus: [UInt64]? = nil) -> PropertyReport {
        var report = PropertyReport()
        report.exampleEnds = ends
        report.corpus = corpus.map { $0.map { ReplayToken(indices: [$0]) } }
        report.cases = 10
        report.outcome = indices.isEmpty ? .passed : .falsified
        report.failures = indices.map {
            var sequence = ChoiceSequence()
            sequence.indices = [$0]
            return PropertyReport.Failure(failure: CaseFailure(origin: origin), sequence: sequence, casesToFailure: 1)
        }
        return report
    }

    private var failed: CaseEnd { .failed(CaseFailure(origin: origin)) }

    private func contents(_ store: any ExampleStore) -> [String] {
        store.load("p").examples.map { "\($0.role.rawValue) \($0.token.indices[0])" }
    }

    @Test("a new failure is kept, a simpler one displaces it, and a run that passes forgets both")
    func life() {
        let store = TransientExamples()
        var first = ExampleRecall(property: "p", store: store)
        #expect(first.failures.isEmpty && first.finish(report(9)).isEmpty)
        #expect(contents(store) == ["failure 9"])
        var second = ExampleRecall(property: "p", store: store)
        #expect(second.failures.count == 1)
        #expect(second.finish(report(4, ends: [failed])).isEmpty)
        #expect(contents(store) == ["failure 4", "displaced 9"])
        var third = ExampleRecall(property: "p", store: store)
        #expect(third.finish(report(ends: [.passed, .passed])).isEmpty)
        #expect(contents(store).isEmpty)
    }

    @Test("a committed folder keeps what passes as a regression test, and drops what cannot be run")
    func committed() {
        let store = TransientExamples()
        for one in [example(1), example(2, .displaced), example(3)] { #expect(store.save(one) == nil) }
        var recall = ExampleRecall(property: "p", store: store, keepsPassing: true)
        #expect(recall.failures.map(\.token.indices) == [[1], [3], [2]])
        #expect(recall.finish(report(ends: [.passed, .rejected, .passed])).isEmpty)
        #expect(contents(store) == ["failure 1", "displaced 2"])
    }

    @Test("a corpus becomes what the run chose; a case of it that fails becomes a failure; it may be full without a warning")
    func corpus() {
        var limits = ExampleLimits()
        limits.corpus = 3
        let store = TransientExamples(limits: limits)
        for one in [example(1, .corpus), example(2, .corpus), example(3, .corpus)] { #expect(store.save(one) == nil) }
        var recall = ExampleRecall(property: "p", store: store)
        #expect(recall.corpus.count == 3)
        // The run found nothing else: what failed is a failure.
        #expect(recall.finish(report(ends: [.passed, failed, .passed], corpus: [1, 7, 8])).isEmpty)
        #expect(contents(store) == ["failure 2", "corpus 1", "corpus 7"])
    }

    @Test("a run that chose no corpus leaves it as it is")
    func noCorpus() {
        let store = TransientExamples()
        for one in [example(1, .corpus), example(2, .corpus)] { #expect(store.save(one) == nil) }
        var recall = ExampleRecall(property: "p", store: store)
        #expect(recall.finish(report(ends: [.passed, .rejected])).isEmpty)
        #expect(contents(store) == ["corpus 1"])
    }

    @Test("a failure that is found again as it was stays one file")
    func same() {
        let store = TransientExamples()
        #expect(store.save(example(5)) == nil)
        var recall = ExampleRecall(property: "p", store: store)
        #expect(recall.finish(report(5, ends: [failed])).isEmpty)
        #expect(contents(store) == ["failure 5"])
    }
}
