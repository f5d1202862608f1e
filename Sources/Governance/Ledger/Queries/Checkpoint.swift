import ContentDigest

/// A statement about a prefix of a ledger: so many leaves, with this root. Three lines that others can keep.
///
/// ```
/// example.org/ledger
/// 1024
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
///
/// The text is the body of a checkpoint as C2SP tlog-checkpoint defines it: origin, size in decimal, root in base64 (RFC 4648,
/// padded), each with a newline. Published where its owner cannot take it back (a pull request, a commit, a colleague), it
/// anchors everything before it: ``Ledger/verify(_:anchors:progress:)`` finds any change to those leaves.
public struct Checkpoint: Hashable, Sendable, CustomStringConvertible {
    public let origin: String
    public let size: Int64
    public let root: Digest

    public init(origin: String, size: Int64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The three lines.
    public var text: String { "\(origin)\n\(size)\n\(Self.base64(root.bytes))\n" }
    public var description: String { text }

    /// Reads the three lines; what follows an empty fourth line (signatures) is not looked at. Nil for anything else.
    public init?(text: String) {
        // Split by bytes: "\r\n" is one Character and must not pass for a newline.
        let lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count >= 4, lines[3].isEmpty, !lines[0].isEmpty, lines[2].count == 44,
            let origin = String(validating: lines[0], as: UTF8.self), !origin.utf8.contains(0x0D),
            let sizeText = String(validating: lines[1], as: UTF8.self), let size = Int64(sizeText), size >= 0,
            String(size) == sizeText, let bytes = Self.digestBytes(base64: Array(lines[2])), let root = Digest(bytes: bytes)
        else { return nil }
        self.init(origin: origin, size: size, root: root)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func base64(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for position in 0..<4 {
                let isPadding = position > group.count
                output.append(isPadding ? 0x3D : alphabet[Int(bits >> UInt32(18 - 6 * position)) & 63])
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The 32 bytes of 44 characters; nil unless they are what ``base64(_:)`` writes.
    private static func digestBytes(base64 text: [UInt8]) -> [UInt8]? {
        guard text.count == 44, text[43] == 0x3D else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        for (position, character) in text.dropLast().enumerated() {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFF_FFFF
            if position % 4 == 3 { bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)] }
        }
        // Three characters remain: 18 bits, of which the last two must be zero.
        guard bits & 3 == 0 else { return nil }
        bytes += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
        return bytes
    }
}
