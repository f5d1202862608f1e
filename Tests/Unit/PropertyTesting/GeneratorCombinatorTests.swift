import Determinism
import Testing

@testable import PropertyTesting

struct GeneratorCombinatorTests {
    struct Order: Equatable, Sendable {
        var symbol: String
        var quantity: Int
        var isOpen: Bool
        var limit: Int?
        var notes: [String]
    }

    indirect enum Tree: Equatable, Sendable {
        case leaf(Int)
        case node(Tree, Tree)

        var depth: Int {
            switch self {
            case .leaf: 0
            case .node(let a, let b): 1 + max(a.depth, b.depth)
            }
        }
        var leaves: Int {
            switch self {
            case .leaf: 1
            case .node(let a, let b): a.leaves + b.leaves
            }
        }
    }

    private func number(_ range: ClosedRange<Int>) -> Gen<Int> { Gen { $0.int(in: range) } }

    @Test("five generators are zipped and mapped without annotations, and shrink together")
    func zipped() {
        let order = zip(
            .element(of: ["A", "B"]), Gen { $0.int(in: 1...1000) }, Gen { $0.bool() }, .optional(number(0...9)),
            .array(of: .just("x"), count: 0...3)
        ).map { Order(symbol: $0, quantity: $1, isOpen: $2, limit: $3, notes: $4) }
        #expect(Minima.simplest(order) == Order(symbol: "A", quantity: 1, isOpen: false, limit: nil, notes: []))
        #expect(
            Minima.are(Order(symbol: "B", quantity: 1, isOpen: false, limit: 3, notes: []), order) {
                $0.symbol == "A" || ($0.limit ?? 0) < 3
            })
        #expect(Minima.replays(order))
    }

    @Test("a list whose length was drawn before it shrinks through the bind")
    func bound() {
        let lists = number(1...50).flatMap { count in .array(of: number(0...1000), count: count) }
        #expect(Minima.are([900], lists) { ($0.max() ?? 0) < 900 })
        #expect(Minima.samples(lists, 500).allSatisfy { (1...50).contains($0.count) })
    }

    @Test("a filter accepts only what it should, spends its budget, then rejects the case")
    func filtered() {
        let even = number(0...1000).filter { $0 % 2 == 0 }
        let samples = Minima.samples(even, 500)
        #expect(samples.count > 480 && samples.allSatisfy { $0 % 2 == 0 })
        #expect(Minima.are(502, even) { $0 <= 500 })
        let draws = Draws()
        draws.begin(seed: 1)
        let counted = number(0...9).filter(attempts: 3) { _ in false }
        _ = counted(draws)
        #expect(draws.isRejected && draws.count == 3)
        #expect(draws.sequence.spans.filter(\.isDiscarded).count == 2)
    }

    @Test("frequencies follow their weights, and weight 0 never comes up")
    func frequencies() {
        let gen = Gen<Int>.frequency([(0, .just(9)), (1, .just(0)), (2, .just(1)), (7, .just(2)), (-5, .just(8))])
        var counts: [Int: Int] = [:]
        for value in Minima.samples(gen, 10_000) { counts[value, default: 0] += 1 }
        // Five standard deviations around 1,000, 2,000 and 7,000.
        #expect((850...1150).contains(counts[0] ?? 0))
        #expect((1800...2200).contains(counts[1] ?? 0))
        #expect((6770...7230).contains(counts[2] ?? 0))
        #expect(counts.count == 3)
        #expect(Minima.simplest(gen) == 0)
        #expect(Minima.are(1, gen) { $0 == 0 })
    }

    @Test("weights beyond all bounds do not overflow")
    func hugeWeights() {
        let gen = Gen<Int>.frequency([(.max, .just(0)), (.max, .just(1))])
        let ones = Minima.samples(gen, 1000).reduce(0, +)
        #expect((400...600).contains(ones))
    }

    @Test("optionals and results come both ways, nil and success first")
    func optionals() {
        struct Refusal: Error, Equatable {}
        let gen = Gen.optional(number(5...9), probability: 0.5)
        let nils = Minima.samples(gen, 1000).filter { $0 == nil }.count
        #expect((400...600).contains(nils))
        #expect(Minima.are(5, gen) { $0 == nil })
        let result = Gen<Result<Int, Refusal>>.result(success: number(0...9), failure: .just(Refusal()))
        #expect(Minima.simplest(result) == .success(0))
        #expect(Minima.are(.failure(Refusal()), result) { if case .success = $0 { true } else { false } })
    }

    @Test("recursion keeps to its depth and size, starts at a leaf, and shrinks to the smallest tree")
    func recursion() {
        let tree = Gen.recursive(maximumDepth: 4, leaf: number(0...99).map(Tree.leaf)) { zip($0, $0).map(Tree.node) }
        #expect(Minima.simplest(tree) == .leaf(0))
        let samples = Minima.samples(tree, 2000)
        #expect(samples.map(\.depth).max() == 4)
        #expect(
            Minima.are(.node(.leaf(0), .leaf(50)), tree) { tree in
                guard case .node(_, .leaf(let value)) = tree else { return true }
                return value < 50
            })
        let wide = Gen<Int>.recursive(maximumDepth: 20, size: 50, leaf: .just(1)) { inner in
            inner.array(count: 2...6).map { $0.reduce(0, +) }
        }
        // Nodes open when the size is reached still fill up with leaves, at most 6 on each of 20 levels.
        #expect((Minima.samples(wide, 2000).max() ?? 0) <= 50 + 6 * 20)
        let imperative = Gen { draws in
            draws.recursive(maximumDepth: 3, size: 100) {
                .leaf($0.int(in: 0...9))
            } node: {
                .node($1(), $1())
            } as Tree
        }
        #expect(Set(Minima.samples(imperative, 500).map(\.depth)) == [0, 1, 2, 3])
        #expect(Minima.replays(imperative))
    }

    @Test("distinct elements are distinct, by key too; a domain that is too small rejects instead of hanging")
    func distinct() {
        let sets = Gen<Set<Int>>.set(of: number(0...1000), count: 0...10)
        #expect(Minima.are([0, 1, 2], sets) { $0.count < 3 })
        let keyed = Gen<[Int]>.unique(of: number(0...99), by: { $0 / 10 }, count: 3...5)
        for list in Minima.samples(keyed, 500) {
            #expect((3...5).contains(list.count) && Set(list.map { $0 / 10 }).count == list.count)
        }
        #expect(Minima.are([0, 1], Gen<[Int]>.unique(of: number(0...9))) { $0.count < 2 })
        #expect(Minima.samples(Gen<[Bool]>.unique(of: Gen { $0.bool() }, count: 3...5), 100).isEmpty)
        let dictionary = Gen<[Int: Bool]>.dictionary(key: number(0...9), value: Gen { $0.bool() }, count: 0...5)
        #expect(Minima.are([0: true], dictionary) { !$0.values.contains(true) })
        #expect(Minima.replays(dictionary))
    }

    @Test("every permutation comes up, about equally often; the order given is simplest")
    func permutations() {
        let gen = Gen<[Int]>.permutation(of: [1, 2, 3, 4])
        var counts: [[Int]: Int] = [:]
        for order in Minima.samples(gen, 24_000) { counts[order, default: 0] += 1 }
        #expect(counts.count == 24)
        #expect(counts.values.allSatisfy { (600...1400).contains($0) })
        #expect(Minima.simplest(gen) == [1, 2, 3, 4])
        #expect(Minima.are([1, 2, 4, 3], gen) { $0 == [1, 2, 3, 4] })
        #expect(Minima.samples(Gen<[Int]>.permutation(of: []), 3) == [[], [], []])
        let mixed = number(0...9).array(count: 2...2).shuffled()
        #expect(Minima.are([0, 1], mixed) { $0[0] == $0[1] })
    }

    @Test("subsets keep the order, hold their counts, and shrink to the first values")
    func subsets() {
        let gen = Gen<[Int]>.subset(of: [1, 2, 3, 4, 5], count: 2...3)
        let samples = Minima.samples(gen, 1000)
        #expect(samples.allSatisfy { $0 == $0.sorted() && Set($0).count == $0.count && (2...3).contains($0.count) })
        #expect(Set(samples).count == 20)
        #expect(Minima.simplest(gen) == [1, 2])
        #expect(Minima.are([5], Gen<[Int]>.subset(of: [1, 2, 3, 4, 5])) { !$0.contains(5) })
        #expect(Minima.simplest(Gen<[Int]>.subset(of: [1], count: 5...9)) == [1])
    }

    @Test("an overrun case gets as many elements as were promised where they can be had")
    func overrun() {
        let draws = Draws()
        draws.begin(seed: 1, prefix: [], tail: .none)
        #expect(draws.subset(of: [1, 2, 3], 2...3).count >= 2)
        #expect(draws.permutation(of: [1, 2, 3]) == [1, 2, 3])
        #expect(draws.unique(1...3, by: { $0 }, of: { $0.int() }).count <= 3)
        #expect(draws.isOverrun && draws.isRejected)
    }

    @Test("objects are made anew for each draw")
    func fresh() {
        final class Box: Sendable {}
        let gen = Gen<Box>.always(Box())
        let draws = Draws()
        draws.begin(seed: 1)
        #expect(gen(draws) !== gen(draws))
    }

    @Test("a map that may refuse draws what it accepts, and says so when it accepts nothing")
    func compactMap() throws {
        let even = try number(0...100).compactMap { $0 % 2 == 0 ? "\($0)" : nil }
        #expect(Minima.are("52", even) { (Int($0) ?? 0) <= 50 })
        #expect(throws: DerivationError.self) { try number(0...100).compactMap { _ in nil as Int? } }
        // Rejected cases get a value all the same.
        let rare = try number(0...100).compactMap { $0 == 77 ? $0 : nil }
        let draws = Draws()
        for seed in 0..<50 as Range<UInt64> {
            draws.begin(seed: seed)
            #expect(rare(draws) == 77)
        }
    }
}
