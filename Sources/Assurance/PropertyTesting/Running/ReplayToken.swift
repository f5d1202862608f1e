/// A sequence of choices as text: what a failure prints, and what makes it come again in another process and build.
///
/// "pt1" and the indices in unsigned LEB128, as hexadecimal digits with a checksum: `pt1-0105…-3f`. A token stands for the same value as long as
/// the generator makes the same choices.
public struct ReplayToken: Hashable, Sendable, LosslessStringConvertible {
    public let indices: [UInt64]

    /// Longest token that is read, in characters.
    public static let maximumLength = 1 << 20

    public init(_ sequence: ChoiceSequence) { indices = sequence.indices }

    public init(indices: [UInt64]) { self.indices = indices }

    public var description: String {
        var bytes: [UInt8] = []
        for index in indices {
            var rest = index
            repeat {
                let group = UInt8(rest & 0x7F)
                rest >>= 7
                bytes.append(rest == 0 ? group : group | 0x80)
            } while rest != 0
        }
        return "pt1-" + Self.hex(bytes) + "-" + Self.hex([Self.checksum(bytes)])
    }

    /// nil for anything but what ``description`` writes.
    public init?(_ description: String) {
        guard description.utf8.count <= Self.maximumLength else { return nil }
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "pt1", let bytes = Self.bytes(parts[1]), let check = Self.bytes(parts[2]),
            check == [Self.checksum(bytes)]
        else { return nil }
        var indices: [UInt64] = []
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            let group = UInt64(byte & 0x7F)
            guard shift < 63 || (shift == 63 && group <= 1) else { return nil }
            value |= group << shift
            if byte & 0x80 == 0 {
                indices.append(value)
                value = 0
                shift = 0
            } else {
                shift += 7
            }
        }
        guard shift == 0 else { return nil }
        self.indices = indices
        // One way to write a sequence only.
        guard self.description == description else { return nil }
    }

    /// Fletcher's sum, folded to eight bits: notices a digit that was lost or swapped when a token was copied by hand.
    private static func checksum(_ bytes: [UInt8]) -> UInt8 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 251
            b = (b + a) % 251
        }
        return UInt8((a ^ b << 1) & 0xFF)
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func hex(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for position in stride(from: 0, to: characters.count, by: 2) {
            guard let high = digits.firstIndex(of: characters[position]), let low = digits.firstIndex(of: characters[position + 1]) else {
                return nil
            }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
