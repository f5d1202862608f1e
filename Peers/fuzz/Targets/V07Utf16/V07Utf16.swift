// Text "u8…" turned from UTF-8 into UTF-16 by hand; overlong forms of two and of three bytes are refused.
// Bug: overlong forms of four bytes are not, and have no surrogate pair (unsigned, traps).
// Minimal input: 6 bytes 75 38 f0 80 80 80.
private func transcoded(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt16]? {
    var out: [UInt16] = []
    var rest = text
    while let lead = rest.popFirst() {
        var scalar: UInt32
        let more: Int
        switch lead {
        case 0x00...0x7f: (scalar, more) = (UInt32(lead), 0)
        case 0xc2...0xdf: (scalar, more) = (UInt32(lead & 0x1f), 1)
        case 0xe0...0xef: (scalar, more) = (UInt32(lead & 0x0f), 2)
        case 0xf0...0xf4: (scalar, more) = (UInt32(lead & 0x07), 3)
        default: return nil
        }
        for _ in 0..<more {
            guard let next = rest.popFirst(), next & 0xc0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(next & 0x3f)
        }
        if more == 2, scalar < 0x800 || (0xd800...0xdfff).contains(scalar) { return nil }
        guard scalar <= 0x10_ffff else { return nil }
        if more < 3 {
            out.append(UInt16(scalar))
        } else {
            let offset = scalar - 0x1_0000  // planted: may be below
            out.append(UInt16(0xd800 + offset >> 10))
            out.append(UInt16(0xdc00 + offset & 0x3ff))
        }
    }
    return out
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n > 2, n <= 256, b[0] == UInt8(ascii: "u"), b[1] == UInt8(ascii: "8") else { return 0 }
    guard let units = transcoded(b[2...]) else { return 0 }
    return units.count == 3 && units[0] == 0x263a && units[2] == 0x2126 ? 1 : 0
}
