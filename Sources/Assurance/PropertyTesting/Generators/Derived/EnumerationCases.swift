/// How many cases an enumeration without payloads has, and what they are, for a type that does not say so itself.
///
/// Needed for coding keys: the decoder of an enumeration with payloads, as Swift synthesises it, asks which *one* key there is, and its keys are a
/// nested enumeration that cannot list its cases. What is read is Swift's type metadata as documented in `docs/ABI/TypeMetadata.rst` of the
/// compiler's repository: the kind (0x201 for an enumeration), the pointer to the nominal type descriptor, and in that the counts of cases.
enum EnumerationCases {
    /// More cases than this are not listed.
    static let maximumCount = 4096

    /// All values of `type`, in the order of declaration; nil when it is not an enumeration of cases without payloads.
    static func all<Value>(_ type: Value.Type) -> [Value]? {
        guard let count = count(type), count > 0, count <= maximumCount else { return nil }
        let size = MemoryLayout<Value>.size
        // An enumeration of one case has no bytes, of up to 256 cases one, of up to 65,536 two.
        guard size == (count == 1 ? 0 : count <= 256 ? 1 : 2), _isPOD(type) else { return nil }
        return (0..<count).map { number in
            withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
                // Little-endian, as every platform of Swift: the tag is the number of the case (ABI: "no-payload enums").
                bytes.storeBytes(of: UInt64(number).littleEndian, as: UInt64.self)
                return bytes.load(as: Value.self)
            }
        }
    }

    private static func count<Value>(_ type: Value.Type) -> Int? {
        // A metatype is a pointer to metadata; of a type with one value it is stored nowhere, so it is made an existential first.
        let metadata = unsafeBitCast(type as Any.Type, to: UnsafeRawPointer.self)
        guard metadata.load(as: UInt.self) == 0x201 else { return nil }
        let descriptor = metadata.load(fromByteOffset: MemoryLayout<UInt>.size, as: UnsafeRawPointer.self)
        // Flags, parent, name, access function, fields; then payload cases in the low 24 bits, and empty cases.
        let flags = descriptor.load(as: UInt32.self)
        // The low five bits are the kind of the descriptor: 18 for an enumeration.
        guard flags & 0x1F == 18 else { return nil }
        let payloadCases = descriptor.load(fromByteOffset: 20, as: UInt32.self) & 0x00FF_FFFF
        guard payloadCases == 0 else { return nil }
        return Int(descriptor.load(fromByteOffset: 24, as: UInt32.self))
    }
}
