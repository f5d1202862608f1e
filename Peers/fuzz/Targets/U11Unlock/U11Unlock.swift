// Unlock code: eight bytes, each mixed with its place, joined, turned and compared; then a digit sum.
// Minimal input: 10 bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 10, b[0] == UInt8(ascii: "K") else { return 0 }
    var word: UInt64 = 0
    for (i, x) in b[1..<9].enumerated() { word = word << 8 | UInt64(x ^ UInt8(truncatingIfNeeded: 0x5b &+ 13 &* i)) }
    let turned = word << 19 | word >> 45
    guard turned == 0x6d3a_91c4_07f2_5e8b else { return 0 }
    let sum = b[9...].reduce(0) { $0 + Int($1) }
    if sum == 0xb7 { fatalError("U11") }
    return 0
}
