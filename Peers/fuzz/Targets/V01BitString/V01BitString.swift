// Nested tag-length-value as in a certificate (shortest lengths only): a sequence of a version and a bit string.
// Bug: a bit string that names unused bits but holds no byte. Minimal input: 8 bytes 30 06 02 01 02 03 01 01.
private struct Reader {
    var rest: ArraySlice<UInt8>
    mutating func element(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.popFirst() == tag, let short = rest.popFirst() else { return nil }
        var length = Int(short)
        if short >= 0x80 {
            guard short == 0x81, let long = rest.popFirst(), long >= 0x80 else { return nil }
            length = Int(long)
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 512 else { return 0 }
    var outer = Reader(rest: Array(UnsafeBufferPointer(start: p, count: n))[...])
    guard let body = outer.element(0x30), outer.rest.isEmpty else { return 0 }
    var inner = Reader(rest: body)
    guard let version = inner.element(0x02), version.count == 1, version.first == 2 else { return 0 }
    guard let key = inner.element(0x03), inner.rest.isEmpty, let unused = key.first, unused < 8 else { return 0 }
    let bits = key.dropFirst()
    if unused > 0 {
        guard bits.last! & (1 << unused - 1) == 0 else { return 0 }  // planted: there may be no last byte
    }
    return bits.count * 8 - Int(unused) == 517 ? 1 : 0
}
