import Determinism
import Testing

@testable import PropertyTesting

/// Laws that hold for every generator, whatever it draws.
struct GeneratorLaws {
    /// A generator, and its values as text.
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let draw: @Sendable (Draws) -> String
        var testDescription: String { name }

        init<Value>(_ name: String, _ generator: Gen<Value>) {
            self.name = name
            draw = { String(reflecting: generator($0)) }
        }
    }

    indirect enum Tree: Codable, Sendable {
        case node(Tree, [Tree])
        case leaf(name: String?, weight: Double)
    }

    static let samples: [Sample] = {
        // Neither fails: the count of samples below would show it.
        let text = try? Gen.text(matching: TextPattern("(a|[b-d]+){0,3}\\d*"))
        let tree = try? Gen.any(of: Tree.self)
        return [
            Sample("integers", .int()), Sample("bytes", .uint8()), Sample("wide integers", .int128()), Sample("unsigned", .uint64()),
            Sample("doubles", .anyDouble()), Sample("floats", .anyFloat()), Sample("ranges", .range(in: -9...9)),
            Sample("dates", .calendarDate()), Sample("instants", .instant()), Sample("durations", .duration()),
            Sample("offsets", .utcOffset()),
            Sample("UUIDs", .uuid(version: nil)), Sample("careless text", .anyText()), Sample("substrings", .substring()),
            Sample("characters", .character()), Sample("twins", .normalisationTwins()), Sample("e-mail", .emailAddress()),
            Sample("URL", .url()),
            Sample("IPv6", .ipv6Address()), Sample("JSON text", .jsonText()),
            Sample("filtered", Gen.int(in: 0...99).filter { $0 % 3 == 0 }),
            Sample("bound", Gen.int(in: 0...9).flatMap { .array(of: .bool(), count: $0) }),
            Sample("permutations", .permutation(of: [1, 2, 3, 4, 5])), Sample("subsets", .subset(of: [1, 2, 3, 4, 5], count: 2...4)),
            Sample("unique", .unique(of: .int(in: 0...20), count: 3...6)),
            Sample("weighted", .frequency([(1, .just(1)), (0, .just(2)), (9, .int())])),
            Sample("recursive", Gen<Int>.recursive(leaf: .int(in: 0...9)) { $0.array(count: 0...3).map { $0.reduce(1, &+) } }),
            Sample("zipped", zip(.bool(), .optional(.int()), .text())),
        ] + (text.map { [Sample("pattern", $0)] } ?? []) + (tree.map { [Sample("derived", $0)] } ?? [])
    }()

    @Test("every sample is there")
    func complete() { #expect(Self.samples.count == 30) }

    @Test("the choices recorded give the value again, and the same choices", arguments: samples)
    func replay(_ sample: Sample) {
        let draws = Draws()
        for seed in 0..<150 as Range<UInt64> {
            draws.begin(seed: seed)
            let value = sample.draw(draws)
            let recorded = draws.sequence
            guard !draws.isOverrun else { continue }
            #expect(draws.openCount == 0 && recorded.spans.allSatisfy { $0.end >= $0.start })
            #expect(zip(recorded.indices, recorded.bounds).allSatisfy { $0 <= $1 })
            draws.begin(seed: ~seed, prefix: recorded.indices, tail: .none)
            #expect(sample.draw(draws) == value && draws.sequence == recorded && !draws.isMisaligned)
        }
    }

    @Test("any choices at all give a value: foreign, cut short, beyond their bounds", arguments: samples)
    func arbitrary(_ sample: Sample) {
        let draws = Draws()
        var random = SeededGenerator(seed: 7)
        for round in 0..<200 {
            let count = random.integer(in: 0...30)
            let prefix = (0..<count).map { _ in random.next() >> UInt64(random.integer(in: 0...63)) }
            draws.begin(
                seed: UInt64(round), prefix: prefix, tail: round % 3 == 0 ? .none : round % 3 == 1 ? .simplest : .random,
                misfit: round % 2 == 0 ? .simplest : .random, budget: 500)
            #expect(!sample.draw(draws).isEmpty)
            #expect(draws.count <= 500 && draws.openCount == 0)
        }
    }

    @Test("the simplest case is whole and the same however often it is drawn", arguments: samples)
    func simplest(_ sample: Sample) {
        let draws = Draws()
        draws.begin(seed: 1, tail: .simplest)
        let value = sample.draw(draws)
        #expect(!draws.isOverrun)
        if sample.name != "unique" { #expect(!draws.isRejected) }
        let count = draws.count
        draws.begin(seed: 2, prefix: [UInt64](repeating: 0, count: count), tail: .none)
        #expect(sample.draw(draws) == value && !draws.isOverrun)
    }

    @Test("mapping and binding make no choices of their own")
    func algebra() {
        let draws = Draws()
        let gen = Gen<[Int]>.array(of: .int())
        let others: [Gen<[Int]>] = [
            gen.map { $0 }, gen.map { $0.map { $0 &+ 1 } }.map { $0.map { $0 &- 1 } }, gen.flatMap { .just($0) },
            Gen<Int>.just(0).flatMap { _ in gen },
            zip(.just(0), gen).map { $1 }, gen.filter { _ in true },
        ]
        for seed in 0..<200 as Range<UInt64> {
            draws.begin(seed: seed)
            let value = gen(draws)
            let indices = draws.sequence.indices
            for other in others {
                draws.begin(seed: seed)
                #expect(other(draws) == value && draws.sequence.indices == indices)
            }
        }
    }

    @Test("a counterexample never leaves what its generator can make")
    func shrinking() {
        for seed in 1...8 as ClosedRange<UInt64> {
            let gen = Gen<[Int]>.unique(of: Gen.int(in: 0...500).filter { $0 % 2 == 0 }, count: 2...8).shuffled()
            let result = PropertyEngine.run(PropertySettings(cases: 2000, seed: seed), generate: gen.body) { $0.reduce(0, +) < 300 }
            guard case .falsified(let value, _, _) = result.outcome else {
                Issue.record("nothing found with seed \(seed)")
                continue
            }
            #expect(
                value.allSatisfy { $0 % 2 == 0 } && Set(value).count == value.count && value.count == 2 && value.reduce(0, +) == 300,
                "\(value)")
        }
    }
}
