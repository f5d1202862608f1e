import Determinism
import PropertyTesting
import Testing

/// What a counterexample is shown as: one line for each value that the property drew, whatever generator made it.
@Suite struct JournalTests {
    /// The journal of the simplest case.
    private func journal(_ draw: (Draws) -> Void) -> [String] {
        let report = PropertyEngine.run { draws in
            draw(draws)
            return .failed(CaseFailure(origin: FailureOrigin(reason: "shown")))
        }
        return report.failures.first?.journal ?? []
    }

    @Test func everyGeneratorIsOneLine() throws {
        let pattern = try TextPattern("[A-Z]{2}-[0-9]")
        #expect(journal { _ = $0.text(matching: pattern) } == [#""AA-0""#])
        #expect(journal { _ = $0.dictionary(1...1, key: { $0.int(in: 3...9) }, value: { $0.bool() }) } == ["[3: false]"])
        #expect(journal { _ = $0.anyDouble() } == ["0.0"])
        #expect(journal { _ = $0.optional { $0.int() } } == ["nil"])
        #expect(journal { _ = $0.permutation(of: [3, 1, 2]) } == ["[3, 1, 2]"])
        #expect(journal { _ = $0.range(in: 0...9) } == ["0..<0"])
        #expect(journal { _ = $0.uuidText() } == [#""00000000-0000-4000-8000-000000000000""#])
        #expect(journal { $0.draw(Gen.int(in: 2...9).map { _ = $0 * 10 }) }.count == 1)
        #expect(journal { _ = $0.draw(Gen.int(in: 2...9).map { $0 * 10 }) } == ["20"])
        #expect(journal { _ = try? $0.any([String: Int].self) } == ["[:]"])
    }
}
