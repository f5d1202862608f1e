// Base64 token: version byte, big-endian kind, table index, all behind the decoder.
// Bug: the index is taken as it comes. Minimal input: 8 bytes.
private func sextet(_ c: UInt8) -> UInt32? {
    switch c {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(c - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(c - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(c - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
}
private func base64(_ b: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard b.count % 4 == 0 else { return nil }
    var out: [UInt8] = []
    for at in stride(from: 0, to: b.count, by: 4) {
        let padding = at + 4 == b.count ? (b[at + 3] == 0x3d ? (b[at + 2] == 0x3d ? 2 : 1) : 0) : 0
        var word: UInt32 = 0
        for k in 0..<4 {
            guard let s = k < 4 - padding ? sextet(b[at + k]) : 0 else { return nil }
            word = word << 6 | s
        }
        for k in 0..<(3 - padding) { out.append(UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * k))) }
    }
    return out
}
private let scopes = ["read", "write", "admin", "audit", "billing"]
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n >= 4, n <= 128, let token = base64(UnsafeBufferPointer(start: p, count: n)), token.count >= 4 else { return 0 }
    guard token[0] == 0x0b else { return 0 }
    let kind = UInt16(token[1]) << 8 | UInt16(token[2])
    guard kind == 0x91e7 else { return 0 }
    return scopes[Int(token[3] >> 3)].hasPrefix("a") ? 1 : 0  // planted
}
