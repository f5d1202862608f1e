// Delta-coded index list (zigzag varints), every step bounded, their sum not: the table that is made for the
// last index is larger than 512 MB. Found as out-of-memory; never asks for more than 1 GiB.
// Minimal input: 13 bytes.
private struct Varints: IteratorProtocol, Sequence {
    var bytes: Slice<UnsafeBufferPointer<UInt8>>
    mutating func next() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            guard let c = bytes.popFirst() else { return nil }
            value |= UInt64(c & 0x7f) << shift
            if c < 0x80 { return Int(value >> 1) ^ -Int(value & 1) }
        }
        return nil
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n <= 256, b.first == 0xd1 else { return 0 }
    var index = 0
    var steps = 0
    for step in Varints(bytes: b.dropFirst()) {
        guard step > 0, step < 1 << 25 else { return 0 }  // ascending, and no leap
        index += step
        steps += 1
    }
    guard steps >= 2, index < 1 << 27 else { return 0 }
    if index < 96_000_000 { return CInt(index & 1) }
    let table = [UInt64](repeating: UInt64(index), count: index + 1)  // planted
    return table[index / 2] == 0 ? 1 : 0
}
