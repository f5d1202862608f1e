// Header of a tensor: "TN", rank, big-endian sizes that do not ascend (the last a multiple of 16), kind of the elements,
// big-endian number of elements, which must be the product of the sizes.
// Bug: the number of elements is checked, the number of bytes is not (Swift traps).
// Minimal input: 12 bytes 54 4e 02 ff ff 20 00 03 1f ff e0 00.
private struct Header {
    var elements: Int32 = 1
    var width: Int32
    init?(_ b: UnsafeBufferPointer<UInt8>) {
        guard b.count >= 10, b[0] == UInt8(ascii: "T"), b[1] == UInt8(ascii: "N") else { return nil }
        let rank = Int(b[2])
        guard (1...4).contains(rank), b.count == 8 + 2 * rank else { return nil }
        var above = Int32.max
        for i in 0..<rank {
            let size = Int32(b[3 + 2 * i]) << 8 | Int32(b[4 + 2 * i])
            guard size > 0, size <= above else { return nil }
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else { return nil }
            (elements, above) = (product, size)
        }
        let declared = b[(4 + 2 * rank)...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard above % 16 == 0, declared == UInt32(elements) else { return nil }
        switch b[3 + 2 * rank] {
        case 0: width = 1
        case 1: width = 2
        case 2: width = 4
        case 3: width = 8
        default: return nil
        }
    }
    var bytes: Int32 { elements * width }  // planted
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard let header = Header(UnsafeBufferPointer(start: p, count: n)) else { return 0 }
    return header.bytes == 14_400 && header.width == 4 ? 1 : 0
}
