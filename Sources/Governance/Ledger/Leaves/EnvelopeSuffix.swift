import ContentDigest

#if canImport(Glibc)
    import Glibc
#endif

/// The end of a leaf's body, from the payload on: `,"prev":"…","seq":N,"type":"…","v":1}`.
///
/// Verification compares it as bytes for every leaf, and parses it only where it differs, to say what is wrong.
struct EnvelopeSuffix: Hashable {
    let previous: Digest
    let seq: Int64
    let type: String

    /// What stands between the parts; `prev` opens the suffix.
    private static let beforePrevious: StaticString = ",\"prev\":\""
    private static let beforeSeq: StaticString = "\",\"seq\":"
    private static let beforeType: StaticString = ",\"type\":\""
    private static let atEnd: StaticString = "\",\"v\":1}"
    private static let atStart: StaticString = "{\"at\":\""
    /// The longest suffix: the four texts, a digest, 19 digits, a type.
    static let maximumBytes = 9 + 64 + 8 + 19 + 9 + LedgerLimits.maximumTypeLength + 8

    /// Whether a body begins as an envelope does and ends with exactly these values. O(1).
    static func matches(
        _ body: UnsafeRawBufferPointer, previous: Digest, seq: Int64, type: UnsafeRawBufferPointer,
        scratch: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard type.count <= LedgerLimits.maximumTypeLength, let bodyBase = body.baseAddress, let base = scratch.baseAddress,
            body.count > atStart.utf8CodeUnitCount, memcmp(bodyBase, atStart.utf8Start, atStart.utf8CodeUnitCount) == 0
        else { return false }
        var position = 0
        func put(_ text: StaticString) {
            memcpy(base + position, text.utf8Start, text.utf8CodeUnitCount)
            position += text.utf8CodeUnitCount
        }
        put(beforePrevious)
        previous.writeHex(to: UnsafeMutableRawBufferPointer(start: base + position, count: 64))
        position += 64
        put(beforeSeq)
        var digits = 1
        var power: Int64 = 10
        while digits < 19, seq >= power {
            digits += 1
            if digits < 19 { power *= 10 }
        }
        var rest = seq
        for offset in stride(from: digits - 1, through: 0, by: -1) {
            scratch[position + offset] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        position += digits
        put(beforeType)
        if let typeBase = type.baseAddress { memcpy(base + position, typeBase, type.count) }
        position += type.count
        put(atEnd)
        return body.count > position && memcmp(bodyBase + (body.count - position), base, position) == 0
    }

    /// Reads the suffix of a body; nil where the body does not end as an envelope does.
    init?(of body: UnsafeRawBufferPointer) {
        var end = body.count
        func ends(with text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            return end >= count
                && UnsafeRawBufferPointer(rebasing: body[end - count..<end])
                    .elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
        }
        func take(_ text: StaticString) -> Bool {
            guard ends(with: text) else { return false }
            end -= text.utf8CodeUnitCount
            return true
        }
        guard take(Self.atEnd) else { return nil }
        let typeEnd = end
        while end > 0, typeEnd - end <= LedgerLimits.maximumTypeLength, LeafEnvelope.isTypeByte(body[end - 1]) { end -= 1 }
        let type = String(decoding: body[end..<typeEnd], as: UTF8.self)
        guard LeafEnvelope.isValidType(type), take(Self.beforeType) else { return nil }
        let seqEnd = end
        while end > 0, seqEnd - end < 19, (0x30...0x39).contains(body[end - 1]) { end -= 1 }
        guard let seq = Int64(String(decoding: body[end..<seqEnd], as: UTF8.self)), take(Self.beforeSeq), end >= 64,
            let previous = Digest(hexDigits: UnsafeRawBufferPointer(rebasing: body[end - 64..<end]))
        else { return nil }
        end -= 64
        guard take(Self.beforePrevious) else { return nil }
        self.previous = previous
        self.seq = seq
        self.type = type
    }
}
