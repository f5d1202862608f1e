import Determinism

/// Where an integer of a range stands in the order from simple to complex: outwards from the value it shrinks towards, alternating above and
/// below while both sides have values, then on along the longer side. 0, 1, −1, 2, −2 … for a range around 0.
@usableFromInline
struct ZigZag {
    @usableFromInline let lower: Int64
    @usableFromInline let upper: Int64
    @usableFromInline let origin: Int64
    /// Values below and above the origin.
    @usableFromInline let below: UInt64
    @usableFromInline let above: UInt64

    @inlinable init(_ range: ClosedRange<Int64>, towards: Int64) {
        lower = range.lowerBound
        upper = range.upperBound
        origin = min(max(towards, lower), upper)
        below = UInt64(bitPattern: origin &- lower)
        above = UInt64(bitPattern: upper &- origin)
    }

    @inlinable var bound: UInt64 { below &+ above }

    @inlinable func value(_ index: UInt64) -> Int64 {
        let shorter = min(below, above)
        // 2 × shorter does not overflow: shorter is at most half of 2^64 − 1.
        if index <= 2 &* shorter {
            let distance = (index &+ 1) / 2
            return index % 2 == 1 ? origin &+ Int64(bitPattern: distance) : origin &- Int64(bitPattern: distance)
        }
        let distance = index &- shorter
        return above > below ? origin &+ Int64(bitPattern: distance) : origin &- Int64(bitPattern: distance)
    }

    @inlinable func index(_ value: Int64) -> UInt64 {
        let shorter = min(below, above)
        if value == origin { return 0 }
        let isAbove = value > origin
        let distance = isAbove ? UInt64(bitPattern: value &- origin) : UInt64(bitPattern: origin &- value)
        if distance <= shorter { return isAbove ? 2 &* distance &- 1 : 2 &* distance }
        return distance &+ shorter
    }
}

extension Draws {
    /// An integer of `range` that shrinks towards 0, or towards the end that is nearest to it.
    ///
    /// The distribution is made for finding faults, not for statistics: small values and the ends of the range are frequent, magnitudes
    /// are spread over all sizes, and powers of two and ten with their neighbours come up.
    @inlinable
    public func int(in range: ClosedRange<Int>) -> Int { int(in: range, towards: 0) }

    /// As ``int(in:)``, shrinking towards `origin`, or the end of the range that is nearest to it.
    @inlinable
    public func int(in range: ClosedRange<Int>, towards origin: Int) -> Int {
        let order = ZigZag(Int64(range.lowerBound)...Int64(range.upperBound), towards: Int64(origin))
        let bound = order.bound
        if bound == 0 { return range.lowerBound }
        let shape = ChoiceShape(kind: .integer, bound: bound, below: order.below, origin: order.origin)
        let index = choose(shape) { random in tempered(shape, &random) ?? Self.pick(&random, order, bound) }
        let value = Int(order.value(index))
        if isJournaling { journal(value: value) }
        return value
    }

    /// Any integer.
    @inlinable
    public func int() -> Int { int(in: .min ... .max) }

    /// An integer of any width.
    @inlinable
    public func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        journaled {
            if Number.isSigned || Number.bitWidth < 64 {
                let lower = Int64(truncatingIfNeeded: Number.min)
                let upper = Int64(clamping: Number.max)
                return Number(truncatingIfNeeded: int(in: Int(lower)...Int(upper)))
            }
            return Number(
                truncatingIfNeeded: choose(ChoiceShape(kind: .integer, bound: .max)) { random in
                    tempered(ChoiceShape(kind: .integer, bound: .max), &random) ?? Self.magnitude(&random)
                })
        }
    }

    @inlinable
    public func bool() -> Bool {
        let value = choose(ChoiceShape(kind: .boolean, bound: 1)) { $0.next() >> 63 } == 1
        if isJournaling { journal(value: value) }
        return value
    }

    /// True with this probability; false is simpler. With 0 or less it is never true, with 1 or more never false; then nothing is chosen.
    @inlinable
    public func bool(probability: Double) -> Bool {
        if probability <= 0 { return false }
        if probability >= 1 { return true }
        let value = choose(ChoiceShape(kind: .boolean, bound: 1)) { $0.uniform() < probability ? 1 : 0 } == 1
        if isJournaling { journal(value: value) }
        return value
    }

    /// Whether a collection goes on; fresh cases follow the plan.
    @inlinable @inline(__always)
    func more(_ plan: Bool) -> Bool { choose(ChoiceShape(kind: .more, bound: 1)) { _ in plan ? 1 : 0 } == 1 }

    /// What the temper of the case makes of an integer; nil where it has no say.
    @inlinable @inline(__always)
    func tempered(_ shape: ChoiceShape, _ random: inout SeededGenerator) -> UInt64? {
        if temper.relates, let related = relatedIndex(shape, &random) { return related }
        if temper.domain < shape.bound {
            let word = random.next()
            // One in eight leaves the domain: a few values that are far off among many that meet.
            if word & 7 != 0 { return word.multipliedFullWidth(by: temper.domain + 1).high }
        }
        return nil
    }

    /// Whether something goes on that has no plan.
    func more(probability: Double) -> Bool {
        choose(ChoiceShape(kind: .more, bound: 1)) { $0.uniform() < probability ? 1 : 0 } == 1
    }

    /// Where on the order a fresh integer lies.
    @usableFromInline
    static func pick(_ random: inout SeededGenerator, _ order: ZigZag, _ bound: UInt64) -> UInt64 {
        let dice = random.next()
        // A small domain is drawn evenly.
        if bound < 512, dice & 0xF != 0 { return random.next().multipliedFullWidth(by: bound + 1).high }
        switch dice & 0x1F {
        case 0:
            // An end of the range, or next to it.
            let step = Int64(min((dice >> 8) & 1, bound))
            return order.index((dice >> 16) & 1 == 0 ? order.lower &+ step : order.upper &- step)
        case 1, 2:
            // A constant that programs like, where the range holds it.
            let constant = constants[Int(truncatingIfNeeded: (dice >> 8) % UInt64(constants.count))]
            if constant >= order.lower, constant <= order.upper { return order.index(constant) }
            return min(magnitude(&random), bound)
        case 3..<14:
            return (dice >> 8).multipliedFullWidth(by: (min(bound, 512) &+ 1) << 8).high
        default:
            let index = magnitude(&random)
            if index <= bound { return index }
            return bound == .max ? random.next() : random.next().multipliedFullWidth(by: bound + 1).high
        }
    }

    /// A number whose count of bits is even over 0…63, roughly.
    @inlinable @inline(__always)
    static func magnitude(_ random: inout SeededGenerator) -> UInt64 {
        let bits = random.next()
        // The shift from a mix of all bits, so that none of the value is fixed by it.
        return bits >> ((bits &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }

    /// Powers of two and ten, with their neighbours and negatives.
    private static let constants: [Int64] = {
        var values: Set<Int64> = []
        for exponent in 4...62 { for step in Int64(-1)...1 { values.insert((1 << Int64(exponent)) + step) } }
        var power: Int64 = 10
        for _ in 1...17 {
            for step in Int64(-1)...1 { values.insert(power + step) }
            power *= 10
        }
        return (values.sorted() + values.sorted().map { -$0 })
    }()
}
