// Weights as 32-bit floats, strictly ascending, each between 0.05 and 0.9, summing to one; the last cumulative
// weight is a bucket number one past the end. Minimal input: 13 bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n >= 13, let p, p[0] == 0xf3 else { return 0 }
    let count = (n - 1) / 4
    guard count >= 3, count <= 8 else { return 0 }
    let raw = UnsafeRawPointer(p)
    let weights = (0..<count).map { raw.loadUnaligned(fromByteOffset: 1 + 4 * $0, as: Float.self) }
    for w in weights { guard w > 0.05, w < 0.9 else { return 0 } }
    for (a, b) in zip(weights, weights.dropFirst()) { guard a < b else { return 0 } }
    let sum = weights.reduce(0, +)
    guard abs(sum - 1) < 0.01 else { return 0 }
    var buckets = [Int](repeating: 0, count: 16)
    var cumulative: Float = 0
    for w in weights {
        cumulative += w
        buckets[Int(min(cumulative, 1) * 16)] += 1  // planted: 16 is reached
    }
    return buckets[3] == 7 ? 1 : 0
}
