import Fuzzing

/// A bug behind one compare of each kind that the search is made to meet, in each form in which the wanted operand may stand in an input. The wanted
/// values are so rare that chance does not find them: who finds them has read the compare. Where the value is made with `hidden`, the machine code
/// does not hold it either, so that it is not among the constants that a campaign begins with.
enum ComparedBugs {
    static let targets: [FuzzTarget] =
        words + numerals + texts + derived

    /// The name of a target, and whether an input is the one that it breaks on.
    private static func target(_ name: String, _ breaks: @escaping @Sendable ([UInt8]) -> Bool) -> FuzzTarget {
        FuzzTarget("compare.\(name)") { bytes in if breaks(bytes) { throw FuzzFailure("the compare is met") } }
    }

    // MARK: Words

    private static let words: [FuzzTarget] = [
        target("little-16") { $0.count >= 6 && little($0, 4, 2) == hidden(0xA53C) & 0xFFFF },
        target("little-32") { $0.count >= 9 && UInt32(little($0, 3, 4)) == hidden32(0x3D1C_A5B7) },
        target("little-64") { $0.count >= 8 && little($0, 0, 8) == hidden(0x1357_9BDF_0246_8ACE) },
        target("big-16") { $0.count >= 6 && UInt16(big($0, 4, 2)) == UInt16(truncatingIfNeeded: hidden(0xA53C)) },
        target("big-32") { $0.count >= 9 && UInt32(big($0, 5, 4)) == hidden32(0x3D1C_A5B7) },
        target("big-64") { $0.count >= 8 && big($0, 0, 8) == hidden(0x1357_9BDF_0246_8ACE) },
        target("negative") { $0.count >= 4 && Int32(bitPattern: UInt32(little($0, 0, 4))) == -918_273 },
        // An order, not an equality: a range of 16 numbers, from both of its ends.
        target("between") {
            guard $0.count >= 8 else { return false }
            let number = little($0, 0, 8)
            let low = hidden(0x00FE_DCBA_9876_5430) & 0x00FF_FFFF_FFFF_FFF0
            return number >= low && number < low + 16
        },
        // Neither operand is a constant.
        target("twins") { $0.count >= 16 && little($0, 0, 8) != 0 && little($0, 0, 8) == big($0, 8, 8) },
        target("cases") { bytes in
            guard bytes.count >= 4 else { return false }
            switch UInt32(little(bytes, 0, 4)) {
            case 0x1020_3040, 0x5060_7080, 0x90A0_B0C0, 0xD0E0_F000: return true
            default: return false
            }
        },
        target("length") { $0.count == Int(hidden(0x26) & 1023) },
    ]

    // MARK: Numerals

    private static let numerals: [FuzzTarget] = [
        target("decimal") { bytes in
            var number = 0
            for byte in bytes {
                guard (0x30...0x39).contains(byte), number < 1 << 40 else { return false }
                number = number * 10 + Int(byte & 15)
            }
            return number == Int(hidden(0) & 0x3FF_FFFF) + 10_000_000
        },
        target("hexadecimal") { bytes in
            var number = 0
            for byte in bytes {
                guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, number < 1 << 40 else { return false }
                number = number << 4 | digit
            }
            return number == Int(hidden(1) & 0xFFF_FFFF) + 0x1000_0000
        },
        target("varint") { bytes in
            var (number, shift): (UInt64, UInt64) = (0, 0)
            for byte in bytes.prefix(9) {
                number |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return number == hidden(2) & 0xFF_FFFF_FFFF }
            }
            return false
        },
        target("zigzag") { bytes in
            var (number, shift): (UInt64, UInt64) = (0, 0)
            for byte in bytes.prefix(9) {
                number |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { return Int64(bitPattern: number >> 1 ^ (0 &- (number & 1))) == -Int64(hidden(3) & 0xFFF_FFFF) }
            }
            return false
        },
        target("scalar") { bytes in String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { $0.value == 0x1F9ED } },
    ]

    // MARK: Texts

    private static let texts: [FuzzTarget] = [
        target("text") { String(decoding: $0, as: UTF8.self) == hidden("a text that no chance writes") },
        target("short-text") { String(decoding: $0, as: UTF8.self) == hidden("quorum") },
        target("prefix") { String(decoding: $0, as: UTF8.self).hasPrefix(hidden("authorisation: bearer")) },
        target("suffix") { String(decoding: $0, as: UTF8.self).hasSuffix(hidden("the end of the letter")) },
        target("raw-value") { Level(rawValue: String(decoding: $0, as: UTF8.self)) == .unrecoverable },
        target("dictionary") { known[String(decoding: $0, as: UTF8.self)] == 3 },
        target("lowercased") { String(decoding: $0, as: UTF8.self).lowercased() == hidden("content-transfer-encoding") },
        target("hexadecimal-text") { bytes in
            guard let text = unhexed(bytes) else { return false }
            return String(decoding: text, as: UTF8.self) == hidden("pass-phrase!")
        },
        target("utf-16") { bytes in
            let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(little(bytes, $0, 2)) }
            return String(decoding: units, as: UTF16.self) == hidden("pass-phrase!")
        },
        target("reversed") { String(decoding: $0.reversed(), as: UTF8.self) == hidden("mirror, mirror on the wall") },
    ]

    private enum Level: String { case note, warning, failure, unrecoverable }

    private static let known = ["alpha-centauri": 1, "beta-pictoris": 2, "gamma-cassiopeiae": 3]

    // MARK: Operands that are computed

    private static let derived: [FuzzTarget] = [
        target("offset") { $0.count >= 4 && UInt32(big($0, 0, 4)) &- 77_777 == hidden32(5) },
        target("masked") { $0.count >= 8 && little($0, 0, 8) ^ 0x5555_AAAA_3333_CCCC == hidden(6) },
        // Linear over the integers: a polynomial hash, as Java's of a text.
        target("polynomial") { bytes in
            guard bytes.count == 5 else { return false }
            return bytes.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) } == 0x0612_7A31
        },
        // Linear over bits: shifts and exclusive ors.
        target("rotated") { bytes in
            guard bytes.count == 8 else { return false }
            let word = little(bytes, 0, 8)
            let once = word ^ (word << 13)
            let twice = once ^ (once >> 7)
            return twice ^ (twice << 17) == hidden(7)
        },
        // Linear over neither: each byte goes through a table. What is closer is better.
        target("substituted") { bytes in
            guard bytes.count == 3 else { return false }
            return bytes.reduce(UInt32(0)) { $0 << 8 | UInt32(substituted($1)) } == hidden32(8) & 0xFF_FFFF
        },
        // A checksum over what another compare wants changed.
        target("checksum") { bytes in
            guard bytes.count >= 12 else { return false }
            let body = bytes[4...]
            let sum = body.reduce(UInt32(1)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
            guard UInt32(little(bytes, 0, 4)) == sum else { return false }
            return UInt32(little(Array(body), 2, 4)) == hidden32(9)
        },
        // Much to find behind the checksum, and nothing that compares it: changes at random find it where the checksum is put right behind them.
        FuzzTarget("compare.behind-checksum") { bytes in
            guard bytes.count >= 6 else { return }
            let sum = bytes[4...].reduce(UInt32(1)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
            guard UInt32(little(bytes, 0, 4)) == sum else { return }
            var steps = 0
            for byte in bytes[4...] { steps += byte > 0x60 ? 1 : byte > 0x40 ? 2 : 3 }
            if steps < 0 { throw FuzzFailure("steps back") }
        },
        target("counted") { bytes in
            guard bytes.count >= 8, Int(little(bytes, 0, 2)) == bytes.count - 2 else { return false }
            return String(decoding: bytes[2...], as: UTF8.self).hasPrefix(hidden("COUNTED PAYLOAD"))
        },
    ]

    // MARK: What the code does not hold

    /// A number that is made anew in each call: the compiler sees neither it nor how it comes about.
    @_optimize(none) private static func hidden(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static func hidden32(_ number: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hidden(number)) }

    /// The text with each letter moved by thirteen places.
    @_optimize(none) private static func hidden(_ text: String) -> String {
        let turned = text.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x41...0x5A: 0x41 + (byte - 0x41 + 13) % 26
            case 0x61...0x7A: 0x61 + (byte - 0x61 + 13) % 26
            default: byte
            }
        }
        return String(decoding: turned, as: UTF8.self)
    }

    // MARK: Reading

    private static func little(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * $1) }
    }

    private static func big(_ bytes: [UInt8], _ at: Int, _ width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 << 8 | UInt64(bytes[at + $1]) }
    }

    private static func substituted(_ byte: UInt8) -> UInt8 {
        let product = byte &* 167 &+ 13
        return (product << 3 | product >> 5) &* 91 ^ 0x5A
    }

    private static func unhexed(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        for at in stride(from: 0, to: bytes.count - 1, by: 2) {
            guard let high = Character(UnicodeScalar(bytes[at])).hexDigitValue,
                let low = Character(UnicodeScalar(bytes[at + 1])).hexDigitValue
            else { return nil }
            result.append(UInt8(high << 4 | low))
        }
        return result
    }
}
