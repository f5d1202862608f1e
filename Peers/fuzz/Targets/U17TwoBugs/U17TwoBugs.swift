// Two bugs: a shallow one in `option`, and a deeper one in `batch` behind a keyword, a count and a total.
// Minimal inputs: 2 bytes "-\0" (shallow) and 14 bytes "batch:2:1983,1" (deep).
@inline(never)
private func option(_ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard b.count >= 2 else { return false }
    if b[1] == 0 { fatalError("U17 shallow") }
    return b[1] == UInt8(ascii: "v")
}
@inline(never)
private func batch(_ text: Substring) -> Bool {
    let fields = text.split(separator: ":")
    guard fields.count == 2, let count = Int(fields[0]) else { return false }
    let numbers = fields[1].split(separator: ",").compactMap { Int($0) }
    guard count > 1, numbers.count == count else { return false }
    var total = 0
    for number in numbers { total &+= number }
    if total == 1_984 { fatalError("U17 deep") }
    return true
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n <= 128, let first = b.first else { return 0 }
    if first == UInt8(ascii: "-") { return option(b) ? 1 : 0 }
    let text = String(decoding: b, as: UTF8.self)
    if text.hasPrefix("batch:") { return batch(text.dropFirst(6)) ? 1 : 0 }
    return 0
}
