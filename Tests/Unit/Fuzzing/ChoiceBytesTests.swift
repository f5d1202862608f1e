import Testing

@testable import Fuzzing

@Suite struct ChoiceBytesTests {
    private func random(_ count: Int, seed: UInt64) -> [UInt64] {
        var generator = ShardGenerator(seed: seed)
        return (0..<count).map { _ in generator.next() >> UInt64(generator.below(64)) }
    }

    @Test func choicesSurviveTheirBytes() {
        let ends: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 63, (1 << 63) - 1, .max, .max - 1]
        #expect(ChoiceBytes.indices(ChoiceBytes.bytes(ends)) == ends)
        for seed in 0..<50 as Range<UInt64> {
            let indices = random(40, seed: seed)
            #expect(ChoiceBytes.indices(ChoiceBytes.bytes(indices)) == indices)
        }
    }

    @Test func aSmallChoiceIsOneByte() {
        #expect(ChoiceBytes.bytes([0, 5, 127]) == [0, 5, 127])
        #expect(ChoiceBytes.bytes([128]) == [0x80, 1])
        #expect(ChoiceBytes.bytes([.max]).count == 10)
    }

    @Test func anyBytesAreChoices() {
        #expect(ChoiceBytes.indices([]) == [])
        #expect(ChoiceBytes.indices([0x81]) == [1])
        #expect(ChoiceBytes.indices([UInt8](repeating: 0xFF, count: 11)) == [.max, 127])
        #expect(ChoiceBytes.indices([0x80, 0]) == [0])
    }

    @Test func onlyWholeChoicesFitIntoALimit() {
        #expect(ChoiceBytes.bytes([1, 300, 2], limit: 2) == [1])
        #expect(ChoiceBytes.bytes([1, 300, 2], limit: 3) == [1, 0xAC, 2])
        for seed in 0..<50 as Range<UInt64> {
            let indices = random(40, seed: seed)
            for limit in [0, 1, 9, 10, 33, 100] {
                let bytes = ChoiceBytes.bytes(indices, limit: limit)
                #expect(bytes.count <= limit)
                #expect(indices.starts(with: ChoiceBytes.indices(bytes)))
            }
        }
    }
}
