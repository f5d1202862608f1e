import Determinism
import Testing

@testable import PropertyTesting

struct EngineTests {
    @Test(
        "the order of integers is a bijection, and counts outwards from where it shrinks towards",
        arguments: [
            (-128, 127, 0), (0, 1000, 0), (-1000, -3, 0), (5, 9, 7), (.min, .max, 0), (.min, .max, .max), (-5, 2, 0), (3, 3, 0),
        ] as [(Int64, Int64, Int64)])
    func zigzag(_ lower: Int64, _ upper: Int64, _ origin: Int64) {
        let range = lower...upper
        let order = ZigZag(range, towards: origin)
        var random = SeededGenerator(seed: 1)
        for attempt in 0..<2000 {
            let index =
                attempt < 1000 ? min(UInt64(attempt), order.bound) : order.bound == .max ? random.next() : random.next() % (order.bound + 1)
            let value = order.value(index)
            #expect(range.contains(value))
            #expect(order.index(value) == index)
        }
        #expect(order.value(0) == min(max(origin, range.lowerBound), range.upperBound))
    }

    @Test("integers around 0 come as 0, 1, -1, 2, -2")
    func simplestIntegers() {
        let order = ZigZag(.min ... .max, towards: 0)
        #expect((0..<5).map { order.value($0) } == [0, 1, -1, 2, -2])
    }

    @Test("the order of doubles is a bijection on magnitudes; whole numbers come first, by size")
    func doubles() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<20_000 {
            let value = abs(Double(bitPattern: random.next()))
            if value.isNaN { continue }
            #expect(DoubleOrder.value(DoubleOrder.index(value)) == value)
        }
        #expect((0..<4).map { DoubleOrder.value($0) } == [0, 1, 2, 3])
        #expect(DoubleOrder.index(1000) < DoubleOrder.index(0.5))
        #expect(DoubleOrder.index(0.5) < DoubleOrder.index(0.1))
        #expect(DoubleOrder.index(2.5) < DoubleOrder.index(2.7))
    }

    @Test("a replayed sequence gives the same value and the same sequence")
    func replay() {
        func value(_ draws: Draws) -> [[Int]] { draws.array { $0.array { $0.int() } } }
        let draws = Draws()
        for seed in 0..<200 as Range<UInt64> {
            draws.begin(seed: seed)
            let original = value(draws)
            let recorded = draws.sequence
            draws.begin(seed: seed &+ 1, prefix: recorded.indices, tail: .none)
            #expect(value(draws) == original)
            #expect(draws.sequence == recorded)
            #expect(!draws.isOverrun && !draws.isMisaligned)
        }
    }

    @Test("a case that runs out of choices is overrun, ends, and gets the simplest values")
    func overrun() {
        let draws = Draws()
        draws.begin(seed: 1, prefix: [], tail: .none)
        #expect(draws.int() == 0)
        #expect(draws.isOverrun)
        #expect(draws.array(3...9) { $0.bool() }.count <= 9)
        draws.begin(seed: 1, budget: 3)
        _ = (0..<100).map { _ in draws.int() }
        #expect(draws.isOverrun && draws.sequence.count == 3)
    }

    @Test("an index that does not fit becomes the simplest one and is marked")
    func misaligned() {
        let draws = Draws()
        draws.begin(seed: 1, prefix: [900], tail: .none)
        #expect(draws.int(in: 0...10) == 0)
        #expect(draws.isMisaligned)
    }

    @Test("the same seed gives the same cases, counterexample and effort; another seed gives others")
    func determinism() {
        func run(_ seed: UInt64) -> (String, Int, Int, [UInt64]) {
            let result = PropertyEngine.run(PropertySettings(cases: 1000, seed: seed)) {
                $0.array { $0.int() }
            } holds: {
                $0.count < 4
            }
            guard case .falsified(let value, _, let sequence) = result.outcome else { return ("", 0, 0, []) }
            return ("\(value)", result.casesToFailure, result.shrinkTries, sequence.indices)
        }
        for seed in 1...20 as ClosedRange<UInt64> { #expect(run(seed) == run(seed)) }
    }

    @Test("a property that holds passes all its cases, and none of them twice")
    func passes() {
        var seen: Set<[Int]> = []
        var bodies = 0
        let result = PropertyEngine.run(PropertySettings(cases: 500, seed: 3)) {
            $0.array(0...5) { $0.int() }
        } holds: { xs in
            bodies += 1
            return seen.insert(xs).inserted
        }
        guard case .passed = result.outcome else {
            Issue.record("a case came twice")
            return
        }
        #expect(result.cases == 500 && bodies == 500)
    }

    @Test("a small domain is exhausted instead of repeated")
    func exhausted() {
        var bodies = 0
        let result = PropertyEngine.run(PropertySettings(cases: 100, seed: 4)) {
            ($0.bool(), $0.bool())
        } holds: { _ in
            bodies += 1
            return true
        }
        #expect(result.isExhausted && bodies == 4 && result.cases == 4)
    }

    @Test("assumptions that are never met end in giving up, with a word on what to do")
    func givesUp() {
        #expect(throws: PropertyGaveUp.self) {
            try checkProperty { draws -> Int in
                let x = draws.int(in: 0...1_000_000_000)
                draws.assume(x == 123_456_789)
                return x
            } holds: { _ in
                true
            }
        }
    }

    @Test("errors of different types are different failures: shrinking one never turns into the other")
    func origins() throws {
        struct Small: Error {}
        struct Large: Error {}
        let result = PropertyEngine.run(PropertySettings(cases: 10_000, seed: 5)) {
            $0.int(in: 0...100_000)
        } holds: { x in
            if x > 50_000 { throw Large() }
            if x > 100, x < 200 { throw Small() }
            return true
        }
        guard case .falsified(let value, let reason, _) = result.outcome else {
            Issue.record("it was not falsified")
            return
        }
        #expect(reason.hasSuffix("Large") ? value == 50_001 : value == 101, "\(reason) \(value)")
    }

    @Test("labels are counted by case")
    func labels() throws {
        let result = try checkProperty(seed: 6, cases: 200) { draws -> Int in
            let x = draws.int(in: -100...100)
            draws.label(x < 0 ? "negative" : "not negative")
            return x
        } holds: { _ in
            true
        }
        #expect(result.labels["negative", default: 0] + result.labels["not negative", default: 0] == 200)
        #expect(result.labels["negative", default: 0] > 20)
    }

    @Test("a filter that refuses most values leaves its refused attempts out of the counterexample")
    func filters() {
        let result = PropertyEngine.run(PropertySettings(cases: 5000, seed: 7)) { draws in
            draws.array { $0.filtered({ $0 % 3 == 0 }) { $0.int(in: 0...10_000) } }
        } holds: {
            $0.reduce(0, +) < 1000
        }
        guard case .falsified(let value, _, let sequence) = result.outcome else {
            Issue.record("it was not falsified")
            return
        }
        #expect(value == [1002])
        #expect(sequence.count == 3)
    }
}

struct ReplayTokenTests {
    @Test("a token reads back as the sequence, and reproduces the failure")
    func token() throws {
        func generate(_ draws: Draws) -> [Int] { draws.array { $0.int() } }
        func holds(_ xs: [Int]) -> Bool { xs.reduce(0, &+) != 77 && xs.count < 3 }
        var failure: PropertyFailure?
        do { try checkProperty(seed: 8, cases: 1000, generate: generate, holds: holds) } catch let error as PropertyFailure {
            failure = error
        }
        let found = try #require(failure)
        let token = try #require(ReplayToken(found.token.description))
        #expect(token == found.token)
        #expect(throws: PropertyFailure.self) { try checkProperty(replay: token, generate: generate, holds: holds) }
        #expect(found.description.contains(token.description))
    }

    @Test(
        "anything but a token is refused",
        arguments: ["", "pt1", "pt1--", "pt1-00-00", "pt2-00-03", "pt1-0-01", "pt1-80-00", "pt1-zz-00", "pt1-00-03-"])
    func malformed(_ text: String) { #expect(ReplayToken(text) == nil) }

    @Test("every token reads back, whatever the indices; one changed digit does not")
    func roundTrip() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<500 {
            let token = ReplayToken(
                indices: (0..<random.integer(in: 0...20)).map { _ in random.next() >> UInt64(random.integer(in: 0...63)) })
            #expect(ReplayToken(token.description) == token)
            var text = Array(token.description.utf8)
            let place = random.integer(in: 4...(text.count - 1))
            if text[place] != UInt8(ascii: "-") {
                text[place] = text[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
                #expect(ReplayToken(String(decoding: text, as: UTF8.self)) != token)
            }
        }
    }
}
