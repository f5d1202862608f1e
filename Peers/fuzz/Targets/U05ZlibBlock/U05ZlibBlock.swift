// zlib-like stream: header divisible by 31, Adler-32 of the body at the very end, bit-packed block header.
// Bug: block type 3 indexes past a table of three. Minimal input: 7 bytes.
private let names = ["stored", "fixed", "dynamic"]
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 7, b[0] & 0x0f == 8, b[0] >> 4 <= 7, (UInt(b[0]) << 8 | UInt(b[1])) % 31 == 0 else { return 0 }
    guard b[1] & 0x20 == 0 else { return 0 }
    let body = b[2..<(n - 4)]
    var low: UInt32 = 1
    var high: UInt32 = 0
    for x in body {
        low = (low + UInt32(x)) % 65_521
        high = (high + low) % 65_521
    }
    let stored = b[(n - 4)...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard stored == high << 16 | low, let head = body.first else { return 0 }
    let final = head & 1 == 1
    let type = Int(head >> 1 & 3)
    guard final else { return 0 }
    return names[type].utf8.count == 99 ? 1 : 0  // planted
}
