import Determinism
import Testing

@testable import TerminalDisplay

@Suite("Hostile text")
struct SanitisedFuzz {
    /// Pieces from which control sequences, and things that nearly are, come about often.
    private static let pieces: [[UInt8]] = [
        [0x1B], [0x5B], [0x5D], [0x5C], [0x07], [0x6D], [0x3B], [0x31], [0x0D], [0x0A], [0x09], [0x20], [0x1B, 0x5B], [0x1B, 0x5D],
        [0x1B, 0x5C], [0xC2, 0x9B], [0xE2, 0x80, 0xAE], [0xE2, 0x81, 0xA6], [0xE2, 0x80, 0xA8], [0xEF, 0xBB, 0xBF],
        [0xF3, 0xA0, 0x81, 0x81],
        [0xCC, 0x81], [0xE6, 0x9D, 0xB1], [0xF0, 0x9F, 0x98, 0x80], [0xE2, 0x80, 0x8D], [0xF0, 0x9F], [0xFF], [0x61],
    ]

    private func bytes(_ generator: inout SeededGenerator) -> [UInt8] {
        var result: [UInt8] = []
        for _ in 0..<Int.random(in: 0...40, using: &generator) {
            if Int.random(in: 0...3, using: &generator) == 0 {
                result.append(UInt8.random(in: 0...255, using: &generator))
            } else {
                result += Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
            }
        }
        return result
    }

    private func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200B, 0x200E, 0x200F, 0x061C, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }

    @Test(
        "nothing that steers a terminal or reorders text comes through, and a second pass changes nothing",
        arguments: [1, 2, 3] as [UInt64])
    func controls(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            let input = bytes(&generator)
            for newlines in [NewlineTreatment.escaped, .kept] {
                let output = sanitised(bytes: input, newlines: newlines)
                let bad = output.unicodeScalars.filter { isControl($0) && !(newlines == .kept && $0 == "\n") }
                #expect(bad.isEmpty, "input \(input)")
                #expect(sanitised(output, newlines: newlines) == output, "input \(input)")
            }
        }
    }

    @Test("printable text around a hostile one survives it", arguments: [4, 5] as [UInt64])
    func surroundings(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let input = Array("before".utf8) + bytes(&generator)
            // A line feed ends every sequence that may swallow text, so what follows it must be there.
            let output = sanitised(bytes: input + Array("\nafter".utf8))
            // By bytes: a combining mark that follows joins the last letter's cluster.
            #expect(output.utf8.starts(with: "before".utf8), "input \(input)")
            #expect(output.hasSuffix("\\nafter"), "input \(input)")
        }
    }

    @Test("tables of hostile cells keep their width", arguments: [6] as [UInt64])
    func tables(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var table = TextTable(columns: [.init("a"), .init("b", alignment: .right, overflow: .wrap)])
            table.addRow([
                .init(String(decoding: bytes(&generator), as: UTF8.self)), .init(String(decoding: bytes(&generator), as: UTF8.self)),
            ])
            for line in table.rendered(width: 40, colour: .plain).split(separator: "\n") {
                #expect(TextWidth.cells(in: String(line)) <= 40)
            }
        }
    }
}
