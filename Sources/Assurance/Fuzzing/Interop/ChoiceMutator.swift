import Determinism

/// Changes a sequence of choices for an engine that knows only bytes.
///
/// libFuzzer changes bytes one by one, and a byte in the middle of a choice is no choice: most of what comes of it is a value that the generator did
/// not mean. Here choices are changed, taken out, put in, doubled and exchanged as wholes. Same seed, same input: same result.
///
/// ```swift
/// ChoiceMutator(seed: 7).mutated([3, 1, 200])   // such as [3, 1, 201], [3, 200], [3, 1, 3, 1, 200]
/// ```
///
/// Complexity: linear in the choices.
struct ChoiceMutator {
    private var generator: SeededGenerator

    /// Choices that a sequence may grow to.
    static let longest = 1 << 16

    init(seed: UInt32) { generator = SeededGenerator(seed: UInt64(seed)) }

    mutating func mutated(_ choices: [UInt64]) -> [UInt64] {
        var result = choices
        // One change for the most part: several at once rarely keep what the input has reached.
        let changes = 1 + Int(draw(below: 8) == 0 ? draw(below: 4) : 0)
        for _ in 0..<changes { change(&result) }
        return result
    }

    private mutating func change(_ choices: inout [UInt64]) {
        guard !choices.isEmpty else {
            choices.append(value())
            return
        }
        let at = place(in: choices)
        switch draw(below: 10) {
        case 0, 1: choices[at] &+= 1 + draw(below: 4)
        case 2: choices[at] &-= min(choices[at], 1 + draw(below: 4))
        case 3, 4: choices[at] = value()
        case 5: choices[at] = choices[place(in: choices)]
        case 6: choices.removeSubrange(span(of: choices, from: at))
        case 7:
            guard choices.count < Self.longest else { return }
            choices.insert(value(), at: at)
        case 8:
            let part = choices[span(of: choices, from: at)]
            guard choices.count + part.count <= Self.longest else { return }
            choices.insert(contentsOf: Array(part), at: place(in: choices))
        default: choices.swapAt(at, place(in: choices))
        }
    }

    /// Small numbers, powers of two and their neighbours, and anything.
    private mutating func value() -> UInt64 {
        switch draw(below: 4) {
        case 0, 1: return draw(below: 256)
        case 2:
            let power: UInt64 = 1 << draw(below: 64)
            return power &+ draw(below: 3) &- 1
        default: return generator.next() >> draw(below: 64)
        }
    }

    private mutating func place(in choices: [UInt64]) -> Int { Int(draw(below: UInt64(choices.count))) }

    private mutating func span(of choices: [UInt64], from start: Int) -> Range<Int> {
        let length = 1 + Int(draw(below: 8))
        return start..<min(choices.count, start + length)
    }

    private mutating func draw(below bound: UInt64) -> UInt64 { UInt64.random(in: 0..<bound, using: &generator) }
}
