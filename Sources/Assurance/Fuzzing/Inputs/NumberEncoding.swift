/// How a number may stand in an input: the forms in which the engine looks for an operand of a compare, and writes the one it wants instead.
///
/// Source of the idea: C. Aschermann et al., "REDQUEEN: Fuzzing with Input-to-State Correspondence", NDSS 2019. Here a number need not be found as it
/// is: where the bytes at a place are known to move the operand, the difference between the operands is added to the number that stands there, so
/// that an offset, a sign or a length in the way does not matter.
enum NumberEncoding: Hashable {
    case little(Int)
    case big(Int)
    case decimal
    /// Decimal digits of two bytes each, as in UTF-16; the flag tells the order of the bytes.
    case wideDecimal(isBig: Bool)
    /// Decimal digits with a point before the last few: an amount of money, a price. The number is that without the point.
    case fixedPoint(decimals: Int)
    case hexadecimal
    case utf8
    /// Little-endian base 128, as in protocol buffers and DWARF.
    case varint
    /// The same of `(n << 1) ^ (n >> 63)`.
    case zigzag

    static let binary: [NumberEncoding] = [.little(8), .big(8), .little(4), .big(4), .little(2), .big(2), .little(1)]
    static let points: [NumberEncoding] = [2, 1, 3, 4].map { .fixedPoint(decimals: $0) }
    static let all: [NumberEncoding] =
        binary + [.decimal, .wideDecimal(isBig: true), .wideDecimal(isBig: false)] + points + [.hexadecimal, .utf8, .varint, .zigzag]

    /// Whether the number is written in digits, of which those beside it would be a part.
    var isDigits: Bool {
        switch self {
        case .decimal, .fixedPoint, .hexadecimal: true
        default: false
        }
    }

    /// The number at `position` and the bytes it takes, or `nil` where none stands there in this form.
    func read(_ bytes: [UInt8], at position: Int) -> (value: UInt64, length: Int)? {
        let room = bytes.count - position
        guard room > 0 else { return nil }
        switch self {
        case .little(let width):
            guard room >= width else { return nil }
            var value: UInt64 = 0
            for offset in 0..<width { value |= UInt64(bytes[position + offset]) &<< UInt64(8 * offset) }
            return (value, width)
        case .big(let width):
            guard room >= width else { return nil }
            var value: UInt64 = 0
            for offset in 0..<width { value = (value &<< 8) | UInt64(bytes[position + offset]) }
            return (value, width)
        case .decimal:
            var at = position
            let negative = bytes[at] == 0x2D
            if negative { at += 1 }
            let first = at
            var value: UInt64 = 0
            while at < bytes.count, at - first < 20, (0x30...0x39).contains(bytes[at]) {
                value = value &* 10 &+ UInt64(bytes[at] & 15)
                at += 1
            }
            guard at > first else { return nil }
            return (negative ? 0 &- value : value, at - position)
        case .wideDecimal(let isBig):
            var at = position
            var value: UInt64 = 0
            let negative = room > 1 && bytes[isBig ? at + 1 : at] == 0x2D && bytes[isBig ? at : at + 1] == 0
            if negative { at += 2 }
            let first = at
            while at + 1 < bytes.count, at - first < 40, bytes[isBig ? at : at + 1] == 0,
                (0x30...0x39).contains(bytes[isBig ? at + 1 : at])
            {
                value = value &* 10 &+ UInt64(bytes[isBig ? at + 1 : at] & 15)
                at += 2
            }
            return at > first ? (negative ? 0 &- value : value, at - position) : nil
        case .fixedPoint(let decimals):
            guard let (whole, before) = NumberEncoding.decimal.read(bytes, at: position) else { return nil }
            let point = position + before
            guard point + decimals < bytes.count, bytes[point] == 0x2E, before < 20 - decimals else { return nil }
            let negative = bytes[position] == 0x2D
            var value = negative ? 0 &- whole : whole
            for at in point + 1...point + decimals {
                guard (0x30...0x39).contains(bytes[at]) else { return nil }
                value = value &* 10 &+ UInt64(bytes[at] & 15)
            }
            // More digits: another number of decimals.
            let end = point + decimals + 1
            guard end == bytes.count || !(0x30...0x39).contains(bytes[end]) else { return nil }
            return (negative ? 0 &- value : value, end - position)
        case .hexadecimal:
            var at = position
            var value: UInt64 = 0
            while at < bytes.count, at - position < 16, let digit = Self.hexDigit(bytes[at]) {
                value = (value &<< 4) | digit
                at += 1
            }
            return at > position ? (value, at - position) : nil
        case .utf8:
            return Self.scalar(bytes, at: position)
        case .varint, .zigzag:
            var value: UInt64 = 0
            var at = position
            var shift: UInt64 = 0
            while at < bytes.count, shift < 64 {
                value |= UInt64(bytes[at] & 0x7F) &<< shift
                at += 1
                if bytes[at - 1] < 0x80 {
                    if self == .zigzag { value = (value >> 1) ^ (0 &- (value & 1)) }
                    return (value, at - position)
                }
                shift += 7
            }
            return nil
        }
    }

    /// The bytes of a number in this form; of one in digits with as many digits as stood there, if it has fewer.
    func write(_ value: UInt64, instead length: Int) -> [UInt8]? {
        switch self {
        case .little(let width): return (0..<width).map { UInt8(truncatingIfNeeded: value &>> UInt64(8 * $0)) }
        case .big(let width): return (0..<width).map { UInt8(truncatingIfNeeded: value &>> UInt64(8 * (width - 1 - $0))) }
        case .decimal:
            let signed = Int64(bitPattern: value)
            // Numbers above the signed range are written as they are: a reader of unsigned numbers wants them so.
            let negative = signed < 0 && signed > Int64.min / 4
            let digits = Array(String(negative ? signed.magnitude : value).utf8)
            let padding = [UInt8](repeating: 0x30, count: max(0, length - digits.count - (negative ? 1 : 0)))
            return (negative ? [0x2D] : []) + padding + digits
        case .wideDecimal(let isBig):
            let digits = NumberEncoding.decimal.write(value, instead: length / 2) ?? []
            return digits.flatMap { isBig ? [0, $0] : [$0, 0] }
        case .fixedPoint(let decimals):
            // At least one digit stands before the point.
            var digits = NumberEncoding.decimal.write(value, instead: max(length - 1, decimals + 1)) ?? []
            if digits.first == 0x2D, digits.count < decimals + 2 { digits.insert(0x30, at: 1) }
            digits.insert(0x2E, at: digits.count - decimals)
            return digits
        case .hexadecimal:
            let digits = Array(String(value, radix: 16).utf8)
            return [UInt8](repeating: 0x30, count: max(0, length - digits.count)) + digits
        case .utf8:
            guard let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: value)), value <= 0x10FFFF else { return nil }
            return Array(String(Character(scalar)).utf8)
        case .varint, .zigzag:
            var rest = self == .zigzag ? (value &<< 1) ^ (0 &- (value >> 63)) : value
            var bytes: [UInt8] = []
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }

    private static func scalar(_ bytes: [UInt8], at position: Int) -> (value: UInt64, length: Int)? {
        let first = bytes[position]
        let length =
            first < 0x80 ? 1 : first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0
        guard length > 0, position + length <= bytes.count else { return nil }
        var value = UInt64(length == 1 ? first : first & (0x7F >> UInt8(length)))
        for offset in 1..<max(1, length) {
            let next = bytes[position + offset]
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt64(next & 0x3F)
        }
        return (value, length)
    }
}
