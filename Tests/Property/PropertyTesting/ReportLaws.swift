import Determinism
import Testing

@testable import PropertyTesting

struct ReportLaws {
    @Test("texts and numbers written as Swift read back as what they were")
    func literals() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            if value.isNormal { #expect(Double(SwiftLiteral.text(of: value)) == value) }
            var text = ""
            for _ in 0..<random.integer(in: 0...8) {
                let bound = [0x7F, 0x3FF, 0x10FFFF][random.integer(in: 0...2)]
                text.unicodeScalars.append(UnicodeScalar(UInt32(random.integer(in: 0...bound))) ?? "\\")
            }
            let literal = SwiftLiteral.text(of: text)
            #expect(Array(try #require(unquoted(literal)).unicodeScalars) == Array(text.unicodeScalars), "\(literal)")
            #expect(!literal.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.properties.generalCategory == .format })
        }
    }

    /// What the compiler makes of a text in quotes.
    private func unquoted(_ literal: String) -> String? {
        var scalars = literal.unicodeScalars[...]
        guard scalars.popFirst() == "\"", scalars.popLast() == "\"" else { return nil }
        var text = String.UnicodeScalarView()
        while let scalar = scalars.popFirst() {
            if scalar == "\"" { return nil }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            switch scalars.popFirst() {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            case "0": text.append("\0")
            case "\"": text.append("\"")
            case "\\": text.append("\\")
            case "u":
                guard scalars.popFirst() == "{", let end = scalars.firstIndex(of: "}"),
                    let value = UInt32(String(scalars[..<end]), radix: 16),
                    let scalar = UnicodeScalar(value)
                else { return nil }
                text.append(scalar)
                scalars = scalars[scalars.index(after: end)...]
            default: return nil
            }
        }
        return String(text)
    }

    @Test("an exact interval holds the true share at least as often as it says")
    func coverageOfIntervals() {
        var random = SeededGenerator(seed: 2)
        for truth in [0.02, 0.3, 0.9] {
            for cases in [10, 60] {
                var held = 0
                for _ in 0..<400 {
                    let hits = (0..<cases).count { _ in random.uniform() < truth }
                    let interval = BinomialInterval(hits: hits, of: cases)
                    if interval.lower <= truth, truth <= interval.upper { held += 1 }
                }
                // 95 % of 400 are 380, with a standard deviation of 4.4.
                #expect(held >= 362, "\(truth) of \(cases): \(held)")
            }
        }
    }

    @Test("a condition is stated only of properties that have it")
    func relationsHold() throws {
        var random = SeededGenerator(seed: 3)
        var explained = 0
        for round in 0..<40 as Range<UInt64> {
            let (slope, offset, floor) = (random.integer(in: -1...3), random.integer(in: -50...50), random.integer(in: -20...20))
            func fails(_ a: Int, _ b: Int) -> Bool { round % 2 == 0 ? b >= slope * a + offset : a >= floor && b == a + offset }
            func test(_ draws: Draws) -> CaseEnd {
                let (a, b) = (draws.int(in: -1000...1000), draws.int(in: -1000...1000))
                draws.didRunBody = true
                if draws.isOverrun { return .rejected }
                return fails(a, b) ? .failed(CaseFailure(origin: FailureOrigin(reason: "falsified"))) : .passed
            }
            let report = PropertyEngine.run(PropertySettings(cases: 30_000, seed: round), test: test)
            guard let failure = report.failures.first else { continue }
            let draws = Draws()
            var explainer = Explainer(failure.sequence, seed: round) { prefix, completion in
                draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random)
                let end = test(draws)
                return Explainer.Observation(end: draws.isOverrun ? .neither : end == .passed ? .passes : .fails, drawn: draws.sequence)
            }
            let explanation = explainer.explain()
            for relation in explanation.relations where relation.text.hasPrefix("b = a") && relation.positions.count == 2 {
                explained += 1
                // "b = a + c" alone is only right where no bound on a hides behind it.
                #expect(round % 2 == 1 && floor <= -1000, "\(relation.text) for slope \(slope), offset \(offset), floor \(floor)")
            }
            for relation in explanation.relations where relation.text.contains(" and b = a") {
                explained += 1
                #expect(round % 2 == 1, "\(relation.text)")
            }
            for relation in explanation.relations where relation.text.hasPrefix("b >= ") && relation.positions.count == 2 {
                explained += 1
                #expect(round % 2 == 0 && slope != 0, "\(relation.text)")
            }
        }
        #expect(explained >= 10, "\(explained)")
    }
}
