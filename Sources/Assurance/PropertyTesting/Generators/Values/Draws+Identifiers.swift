extension Draws {
    /// The 16 bytes of a UUID (RFC 9562), all zero but the version and variant in the simplest.
    ///
    /// - Parameter version: 0 to 15, written into the bytes with the variant of RFC 9562; nil for any 16 bytes, the nil and the max UUID among them.
    /// - Returns: 16 bytes, in network order.
    public func uuidBytes(version: UInt8? = 4) -> [UInt8] {
        journaledSpan(Label.component) {
            switch version == nil ? weighted([14, 1, 1]) : 0 {
            case 1: return [UInt8](repeating: 0, count: 16)
            case 2: return [UInt8](repeating: 0xFF, count: 16)
            default: break
            }
            var bytes: [UInt8] = []
            for _ in 0..<2 {
                let half: UInt64 = integer(in: .min ... .max)
                for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: half >> UInt64(shift))) }
            }
            if let version {
                bytes[6] = bytes[6] & 0x0F | (version & 0x0F) << 4
                bytes[8] = bytes[8] & 0x3F | 0x80
            }
            return bytes
        }
    }

    /// A UUID as text: `00000000-0000-4000-8000-000000000000` is the simplest of version 4. Lower case, as RFC 9562 writes it.
    public func uuidText(version: UInt8? = 4, uppercased: Bool = false) -> String {
        journaled { Self.uuidText(uuidBytes(version: version), uppercased: uppercased) }
    }

    private static func uuidText(_ bytes: [UInt8], uppercased: Bool) -> String {
        let digits = Array((uppercased ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        var text: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Gen where Value == String {
    /// A UUID as text; see ``Draws/uuidText(version:uppercased:)``.
    public static func uuid(version: UInt8? = 4, uppercased: Bool = false) -> Gen {
        Gen { $0.uuidText(version: version, uppercased: uppercased) }
    }
}

extension Gen where Value == [UInt8] {
    /// The 16 bytes of a UUID; see ``Draws/uuidBytes(version:)``.
    public static func uuidBytes(version: UInt8? = 4) -> Gen { Gen { $0.uuidBytes(version: version) } }
}
