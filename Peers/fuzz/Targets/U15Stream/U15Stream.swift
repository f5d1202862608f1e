// Segments of four bytes: flags, sequence number (u16 little-endian), parity of the three. A session opens below the
// last page of numbers' end and every segment counts on; the number's successor overflows (Swift traps).
// Minimal input: 28 bytes.
private struct Session {
    var expected: UInt16?
    mutating func apply(_ flags: UInt8, _ number: UInt16) -> Bool {
        switch flags {
        case 0x02:
            guard expected == nil, number <= 65_529 else { return false }
            expected = number + 1
        case 0x10, 0x18:
            guard let e = expected, e == number else { return false }
            expected = number + 1  // planted: 65535 has no successor
        case 0x04: expected = nil
        default: return false
        }
        return true
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n <= 256 else { return 0 }
    var session = Session()
    for at in stride(from: 0, to: n - n % 4, by: 4) {
        guard b[at] ^ b[at + 1] ^ b[at + 2] == b[at + 3] else { return 0 }
        guard session.apply(b[at], UInt16(b[at + 1]) | UInt16(b[at + 2]) << 8) else { return 0 }
    }
    return session.expected == 4_242 ? 1 : 0
}
