import Testing

@testable import PropertyTesting

struct GeneratorDerivedTests {
    enum Side: String, Codable, CaseIterable, Sendable { case buy, sell, short }
    /// Does not list its cases.
    enum Venue: String, Codable, Sendable { case lit, dark, auction }
    enum Level: Int, Sendable {
        case low = 10
        case high = 20
    }

    struct Fill: Codable, Equatable, Sendable {
        var price: Double
        var quantity: Int32
        var side: Side
        var venue: Venue?
        var tags: [String]
        var fees: [String: UInt8]
        var isFinal: Bool
    }

    enum Shape: Codable, Equatable, Sendable {
        case circle(radius: Int)
        case line(Int, Int)
        case empty
    }

    /// The case that contains itself stands first.
    indirect enum Expression: Codable, Equatable, Sendable {
        case sum(Expression, Expression)
        case negated(Expression)
        case constant(Int)
        case block([Statement])

        var depth: Int {
            switch self {
            case .sum(let a, let b): 1 + max(a.depth, b.depth)
            case .negated(let a): 1 + a.depth
            case .constant: 0
            case .block(let statements): 1 + (statements.map(\.depth).max() ?? 0)
            }
        }
        var hasSum: Bool {
            switch self {
            case .sum: true
            case .negated(let a): a.hasSum
            case .constant: false
            case .block(let statements): statements.contains { $0.hasSum }
            }
        }
    }

    enum Statement: Codable, Equatable, Sendable {
        case assign(name: String, Expression)
        case returning(Expression?)

        var depth: Int {
            switch self {
            case .assign(_, let a): 1 + a.depth
            case .returning(let a): 1 + (a?.depth ?? 0)
            }
        }
        var hasSum: Bool {
            switch self {
            case .assign(_, let a): a.hasSum
            case .returning(let a): a?.hasSum ?? false
            }
        }
    }

    final class Folder: Codable, Sendable {
        let name: String
        let folders: [Folder]
        let parent: Folder?
        var count: Int { 1 + folders.map(\.count).reduce(0, +) }
    }

    struct Percentage: Codable, Equatable, Sendable {
        let value: UInt8
        init(from decoder: any Decoder) throws {
            value = try decoder.singleValueContainer().decode(UInt8.self)
            guard value <= 100 else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "above 100"))
            }
        }
    }

    struct Never: Codable, Sendable {
        struct Inner: Codable, Sendable {
            struct Refusal: Error {}
            init(from decoder: any Decoder) throws {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no such thing"))
            }
            func encode(to encoder: any Encoder) throws {}
        }
        var number: Int
        var parts: Parts
        struct Parts: Codable, Sendable { var inner: Inner }
    }

    struct Handwritten: Decodable, Equatable, Sendable {
        var pair: [Int]
        var rest: [Bool]
        var extra: [String: Int]
        enum Keys: String, CodingKey { case pair, rest, extra }
        struct AnyKey: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        init(from decoder: any Decoder) throws {
            let keyed = try decoder.container(keyedBy: Keys.self)
            var unkeyed = try keyed.nestedUnkeyedContainer(forKey: .pair)
            pair = [try unkeyed.decode(Int.self), try unkeyed.decode(Int.self)]
            var list = try keyed.nestedUnkeyedContainer(forKey: .rest)
            rest = []
            while !list.isAtEnd { rest.append(try list.decode(Bool.self)) }
            let open = try keyed.nestedContainer(keyedBy: AnyKey.self, forKey: .extra)
            extra = [:]
            for key in open.allKeys { extra[key.stringValue] = try open.decode(Int.self, forKey: key) }
        }
    }

    /// Has no value that ends.
    final class Chain: Decodable, Sendable { let next: Chain }

    enum Spiral: Decodable, Sendable {
        case left(Turn)
        case right(Turn, Int)
    }
    final class Turn: Decodable, Sendable { let next: Spiral }

    class Instrument: Decodable {
        let symbol: String
    }
    final class Bond: Instrument {
        let coupon: Int
        enum Keys: String, CodingKey { case coupon }
        required init(from decoder: any Decoder) throws {
            let keyed = try decoder.container(keyedBy: Keys.self)
            coupon = try keyed.decode(Int.self, forKey: .coupon)
            try super.init(from: keyed.superDecoder())
        }
    }

    struct Secretive: Decodable, Sendable {
        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) {
                guard stringValue == "open sesame" else { return nil }
                self.stringValue = stringValue
            }
            init?(intValue: Int) { nil }
        }
        init(from decoder: any Decoder) throws {
            guard try decoder.container(keyedBy: Key.self).allKeys.count == 1 else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no key"))
            }
        }
    }

    @Test("types without a value that ends are an error, not an overflow of the stack")
    func endless() {
        #expect(#expect(throws: DerivationError.self) { try Gen.any(of: Chain.self) }?.kind == .endless)
        #expect(#expect(throws: DerivationError.self) { try Gen.any(of: Spiral.self) }?.kind == .endless)
    }

    @Test("keys that cannot be guessed are an error that says so")
    func unsupported() {
        let error = #expect(throws: DerivationError.self) { try Gen.any(of: Secretive.self) }
        #expect(error?.kind == .unsupported && error?.message.contains("cannot be listed") == true)
    }

    @Test("classes draw the part of the class above")
    func inheritance() throws {
        let gen = try Gen.any(of: Bond.self)
        let samples = Minima.samples(gen, 200)
        #expect(samples.contains { $0.coupon > 100 && !$0.symbol.isEmpty })
        #expect(Minima.of(gen) { $0.coupon < 5 }.allSatisfy { $0.coupon == 5 && $0.symbol.isEmpty })
    }

    @Test("cases are drawn from the list of cases, also where the type is decodable too")
    func caseIterable() throws {
        #expect(Set(Minima.samples(.any(of: Side.self), 200)) == Set(Side.allCases))
        #expect(Minima.are(.sell, Gen.any(of: Side.self)) { $0 == .buy })
        let draws = Draws()
        draws.begin(seed: 1)
        let side: Side = draws.any()
        #expect(Side.allCases.contains(side) && Side.allCases.contains(draws.any(Side.self)))
    }

    @Test("raw values that the type refuses are drawn again; a type that refuses all of them is an error")
    func rawRepresentable() throws {
        let gen = try Gen.any(of: Level.self, raw: .int(in: 0...20))
        #expect(Set(Minima.samples(gen, 500)) == [.low, .high])
        #expect(Minima.are(.high, gen) { $0 == .low })
        #expect(throws: DerivationError.self) { try Gen.any(of: Level.self, raw: .int(in: 0...9)) }
    }

    @Test("a struct is drawn whole, with its lists, dictionaries, optionals and enumerations")
    func structs() throws {
        let gen = try Gen.any(of: Fill.self)
        let simplest = Minima.simplest(gen)
        #expect(simplest == Fill(price: 0, quantity: 0, side: .buy, venue: nil, tags: [], fees: [:], isFinal: false))
        let samples = Minima.samples(gen, 1000)
        #expect(samples.count > 990)
        #expect(Set(samples.map(\.side)).count == 3 && Set(samples.map(\.venue)).count == 4)
        #expect(samples.contains { $0.fees.count > 2 } && samples.contains { $0.tags.count > 3 })
        #expect(
            Minima.are(Fill(price: 0, quantity: 100, side: .sell, venue: nil, tags: [], fees: [:], isFinal: false), gen) {
                $0.quantity < 100 || $0.side == .buy
            })
        #expect(
            Minima.are(Fill(price: 0, quantity: 0, side: .buy, venue: .dark, tags: ["", ""], fees: [:], isFinal: false), gen) {
                $0.venue != .dark || $0.tags.count < 2
            })
        #expect(Minima.replays(gen))
    }

    @Test("enumerations with payloads come in all cases, each with its payload")
    func payloads() throws {
        let gen = try Gen.any(of: Shape.self)
        let samples = Minima.samples(gen, 500)
        #expect(samples.contains(.empty))
        #expect(samples.contains { if case .circle(let radius) = $0 { radius > 100 } else { false } })
        #expect(samples.contains { if case .line(let a, let b) = $0 { a != b } else { false } })
        #expect(Minima.simplest(gen) == .circle(radius: 0))
        #expect(Minima.are(.line(0, 7), gen) { if case .line(_, let b) = $0 { b < 7 } else { true } })
        #expect(Minima.replays(gen))
    }

    @Test("types that contain themselves and one another end, and shrink to the smallest that fails")
    func recursive() throws {
        let gen = try Gen.any(of: Expression.self)
        #expect(Minima.simplest(gen) == .constant(0))
        let samples = Minima.samples(gen, 2000)
        #expect(samples.count > 1800)
        #expect(
            samples.contains { $0.depth > 4 } && samples.contains { $0.hasSum }
                && samples.contains { if case .block(let s) = $0 { s.count > 1 } else { false } })
        #expect(Minima.are(.sum(.constant(0), .constant(0)), gen, seeds: 1...2, cases: 1000) { !$0.hasSum })
        let folders = try Gen.any(of: Folder.self)
        #expect(Minima.of(folders, seeds: 1...2, cases: 1000) { $0.count < 3 }.allSatisfy { $0.count == 3 })
        // With no choices left at all, there is still a value.
        let draws = Draws()
        draws.begin(seed: 1, prefix: [], tail: .none)
        #expect(gen(draws) == .constant(0) && draws.isOverrun)
    }

    @Test("containers that are used by hand are answered: pairs, lists without a count, open keys")
    func handwritten() throws {
        let gen = try Gen.any(of: Handwritten.self)
        let samples = Minima.samples(gen, 500)
        #expect(
            samples.contains { $0.rest.count > 2 } && samples.contains { $0.extra.count > 1 }
                && samples.contains { $0.pair[0] != $0.pair[1] })
        let found = Minima.of(gen) { $0.rest.count < 2 }
        #expect(found.count == 4 && found.allSatisfy { $0.pair == [0, 0] && $0.rest == [false, false] && $0.extra.isEmpty })
        #expect(Minima.replays(gen))
    }

    @Test("values that a type refuses are drawn again, and a type that refuses all says where")
    func refusals() throws {
        let gen = try Gen.any(of: Percentage.self)
        #expect(Minima.samples(gen, 500).allSatisfy { $0.value <= 100 })
        #expect(Minima.of(gen) { $0.value < 60 }.allSatisfy { $0.value == 60 })
        let error = #expect(throws: DerivationError.self) { try Gen.any(of: Never.self) }
        #expect(error?.path == ["parts", "inner"] && error?.kind == .refused)
        #expect(error?.description.contains("no such thing at parts.inner") == true)
        let draws = Draws()
        draws.begin(seed: 3)
        #expect(throws: DerivationError.self) { try draws.any(Never.self) }
        #expect(draws.openCount == 0)
    }

    @Test("a generator given for a type is used wherever the type occurs")
    func derivations() throws {
        let gen = try Gen.any(of: Fill.self, [Derivation(String.self, .element(of: ["x", "y"])), Derivation(Double.self, .just(7))])
        for fill in Minima.samples(gen, 200) {
            #expect(fill.price == 7 && (fill.tags + fill.fees.keys).allSatisfy { ["x", "y"].contains($0) })
        }
    }

    @Test("standard types are drawn too: ranges, sets, durations, optionals of optionals")
    func standard() throws {
        _ = try Gen.any(of: Set<Int>.self)
        #expect(Minima.samples(try Gen.any(of: ClosedRange<Int>.self), 200).contains { $0.lowerBound < $0.upperBound })
        #expect(Minima.are(0..<1, try Gen.any(of: Range<Int>.self)) { $0.isEmpty })
        #expect(Set(Minima.samples(try Gen.any(of: Bool??.self), 300)).count == 4)
        #expect(Minima.samples(try Gen.any(of: [Int: Side].self), 300).contains { $0.count > 2 })
        #expect(Minima.samples(try Gen.any(of: Duration.self), 300).contains { $0 > .seconds(1) })
        #expect(Minima.samples(try Gen.any(of: UInt128.self), 300).contains { $0 > 1 << 64 })
    }

    @Test("the cases of an enumeration are found in declaration order, and of nothing else")
    func metadata() {
        enum One { case only }
        enum Generic<T> { enum Keys: String, CodingKey { case a, b, c } }
        #expect(EnumerationCases.all(Side.self) == [.buy, .sell, .short])
        #expect(EnumerationCases.all(Generic<Int>.Keys.self) == [.a, .b, .c])
        #expect(EnumerationCases.all(One.self)?.count == 1)
        #expect(
            EnumerationCases.all(Shape.self) == nil && EnumerationCases.all(Int.self) == nil && EnumerationCases.all(String.self) == nil)
        #expect(
            EnumerationCases.all(Bool?.self) == nil && EnumerationCases.all(Folder.self) == nil
                && EnumerationCases.all(Swift.Never.self) == nil)
        #expect(EnumerationCases.all((Int, Int).self) == nil && EnumerationCases.all([Int].self) == nil)
    }

    @Test("types do not change with who asks first: two generators of one type agree")
    func agreement() throws {
        let (first, second) = (try Gen.any(of: Expression.self), try Gen.any(of: Expression.self))
        _ = Minima.samples(first, 300)
        #expect(Minima.samples(first, 300) == Minima.samples(second, 300))
    }
}
