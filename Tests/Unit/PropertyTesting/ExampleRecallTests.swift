import Testing

@testable import PropertyTesting

struct ExampleRecallTests {
    private let origin = FailureOrigin(reason: "falsified", location: "X.swift:1")

    private func example(_ index: UInt64, _ role: Example.Role = .failure) -> Example {
        Example(property: "p", role: role, token: ReplayToken(indices: [index]), origin: role == .corpus ? nil : origin)
    }

    private func report(_ indices: UInt64...) -> PropertyReport {
        var report = PropertyReport()
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
        #expect(first.examples.isEmpty && first.finish(report(9)).isEmpty)
        #expect(contents(store) == ["failure 9"])
        var second = ExampleRecall(property: "p", store: store)
        for example in second.examples { second.note(example, ended: failed) }
        #expect(second.finish(report(4)).isEmpty)
        #expect(contents(store) == ["failure 4", "displaced 9"])
        var third = ExampleRecall(property: "p", store: store)
        for example in third.examples { third.note(example, ended: .passed) }
        #expect(third.finish(report()).isEmpty)
        #expect(contents(store).isEmpty)
    }

    @Test("a committed folder keeps what passes as a regression test, and drops what cannot be run")
    func committed() {
        let store = TransientExamples()
        for one in [example(1), example(2, .displaced), example(3)] { #expect(store.save(one) == nil) }
        var recall = ExampleRecall(property: "p", store: store, keepsPassing: true)
        for one in recall.examples { recall.note(one, ended: one.token.indices == [3] ? .rejected : .passed) }
        #expect(recall.finish(report()).isEmpty)
        #expect(contents(store) == ["failure 1", "displaced 2"])
    }

    @Test("a corpus is kept while it passes, becomes a failure when it fails, and may be full without a warning")
    func corpus() {
        var limits = ExampleLimits()
        limits.corpus = 2
        let store = TransientExamples(limits: limits)
        for one in [example(1, .corpus), example(2, .corpus)] { #expect(store.save(one) == nil) }
        var recall = ExampleRecall(property: "p", store: store)
        for one in recall.examples { recall.note(one, ended: one.token.indices == [1] ? .passed : failed) }
        var more = ChoiceSequence()
        more.indices = [7]
        var evenMore = ChoiceSequence()
        evenMore.indices = [8]
        // The run found nothing else: what failed is a failure.
        #expect(recall.finish(report(), corpus: [more, evenMore]).isEmpty)
        #expect(contents(store) == ["failure 2", "corpus 1", "corpus 7"])
    }

    @Test("a failure that is found again as it was stays one file")
    func same() {
        let store = TransientExamples()
        #expect(store.save(example(5)) == nil)
        var recall = ExampleRecall(property: "p", store: store)
        recall.note(example(5), ended: failed)
        #expect(recall.finish(report(5)).isEmpty)
        #expect(contents(store) == ["failure 5"])
    }
}
