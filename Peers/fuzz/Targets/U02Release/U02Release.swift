// Range of release numbers "1.2.3..2.0.0": each is packed into an Int32, which overflows (Swift traps).
// Minimal input: 15 bytes "0.0.0..2148.0.0".
private struct Release: Comparable {
    var parts: [Int32]
    init?(_ text: Substring) {
        let fields = text.split(separator: ".", omittingEmptySubsequences: false)
        guard fields.count == 3 else { return nil }
        parts = []
        for field in fields {
            guard field.utf8.count <= 4, let number = Int32(field), number >= 0 else { return nil }
            parts.append(number)
        }
    }
    static func < (a: Release, b: Release) -> Bool { a.parts.lexicographicallyPrecedes(b.parts) }
    var packed: Int32 { (parts[0] * 1_000 + parts[1]) * 1_000 + parts[2] }  // planted
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)
    guard n <= 64, let dots = text.firstRange(of: "..") else { return 0 }
    guard let low = Release(text[..<dots.lowerBound]), let high = Release(text[dots.upperBound...]) else { return 0 }
    guard low < high else { return 0 }
    return high.packed &- low.packed == 77 ? 1 : 0
}
extension String {
    /// The first place of `needle`; the standard library's own search needs a regular-expression module.
    fileprivate func firstRange(of needle: String) -> Range<Index>? {
        var i = startIndex
        while i < endIndex {
            if self[i...].hasPrefix(needle) { return i..<index(i, offsetBy: needle.count) }
            i = index(after: i)
        }
        return nil
    }
}
