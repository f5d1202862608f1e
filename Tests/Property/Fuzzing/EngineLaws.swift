import Determinism
import Testing

@testable import Fuzzing

@Suite("laws of inputs and their numbers")
struct EngineLaws {
    /// A number of any width: uniform ones would all be long.
    private func number(_ generator: inout SeededGenerator) -> UInt64 { generator.next() >> UInt64(generator.integer(in: 0...63)) }

    @Test("what an encoding writes it reads, wherever it stands and whatever follows", arguments: NumberEncoding.all)
    func roundTrip(encoding: NumberEncoding) {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let value = number(&generator)
            guard let written = encoding.write(value, instead: generator.integer(in: 0...8)) else { continue }
            let front = (0..<generator.integer(in: 0...5)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            // A mark that no form goes on with.
            let read = encoding.read(front + written + [0x2F], at: front.count)
            let width: UInt64 =
                switch encoding {
                case .little(let bytes), .big(let bytes): bytes == 8 ? .max : 1 << UInt64(8 * bytes) - 1
                default: .max
                }
            guard written.count <= 16 || encoding == .decimal else { continue }
            #expect(read?.value == value & width && read?.length == written.count, "\(value) as \(written)")
        }
    }

    @Test("reading any bytes takes at least one and no more than there are", arguments: NumberEncoding.all)
    func anyBytes(encoding: NumberEncoding) {
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<2000 {
            let bytes = (0..<generator.integer(in: 1...24)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let position = generator.integer(in: 0...bytes.count - 1)
            guard let read = encoding.read(bytes, at: position) else { continue }
            #expect(read.length >= 1 && position + read.length <= bytes.count)
        }
    }

    @Test("a negative decimal is read as it is written")
    func negatives() {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<1000 {
            let value = 0 &- (number(&generator) >> 2)
            guard let written = NumberEncoding.decimal.write(value, instead: 0) else { continue }
            #expect(NumberEncoding.decimal.read(written, at: 0)?.value == value)
        }
    }

    @Test("choices survive their bytes; any bytes are choices, and those have bytes that are the same choices")
    func choices() {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<1000 {
            let indices = (0..<generator.integer(in: 0...20)).map { _ in number(&generator) }
            #expect(ChoiceBytes.bytes(indices).withUnsafeBufferPointer(ChoiceBytes.indices) == indices)
            let bytes = (0..<generator.integer(in: 0...60)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let read = bytes.withUnsafeBufferPointer(ChoiceBytes.indices)
            #expect(ChoiceBytes.bytes(read).withUnsafeBufferPointer(ChoiceBytes.indices) == read)
        }
    }

    @Test("inputs that differ in a bit, in their order or in their length have other numbers")
    func contentNumbers() {
        var generator = SeededGenerator(seed: 15)
        var seen: [UInt64: [UInt8]] = [:]
        for _ in 0..<3000 {
            var bytes = (0..<generator.integer(in: 1...12)).map { _ in UInt8(generator.integer(in: 0...3)) }
            for _ in 0..<2 {
                let number = bytes.withUnsafeBufferPointer(ContentNumber.of)
                #expect(seen[number].map { $0 == bytes } ?? true)
                seen[number] = bytes
                bytes[generator.integer(in: 0...bytes.count - 1)] ^= 1 << UInt8(generator.integer(in: 0...7))
            }
        }
    }

    @Test("a number below a bound is below it, and every one comes")
    func below() {
        for bound in [1, 2, 3, 10, 1000] {
            var generator = ShardGenerator(seed: UInt64(bound))
            var seen: Set<Int> = []
            for _ in 0..<20 * bound {
                let number = generator.below(bound)
                #expect((0..<bound).contains(number))
                seen.insert(number)
            }
            #expect(seen.count == bound)
        }
    }
}
