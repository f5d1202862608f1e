/// The wire format of choices: each index as a little-endian base-128 number. Any bytes are choices; those cut off at the end count as they are.
enum ChoiceBytes {
    static func indices(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt64] {
        var indices: [UInt64] = []
        indices.reserveCapacity(bytes.count)
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            value |= UInt64(byte & 0x7F) &<< shift
            shift += 7
            if byte < 0x80 || shift > 63 {
                indices.append(value)
                value = 0
                shift = 0
            }
        }
        if shift > 0 { indices.append(value) }
        return indices
    }

    static func indices(_ bytes: [UInt8]) -> [UInt64] { bytes.withUnsafeBufferPointer(indices) }

    /// The bytes of choices: of as many of them as fit whole into `limit`.
    static func bytes(_ indices: some Collection<UInt64>, limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(indices.count)
        for index in indices {
            guard bytes.count + length(index) <= limit else { break }
            var rest = index
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    private static func length(_ index: UInt64) -> Int { max(1, (70 - index.leadingZeroBitCount) / 7) }
}
