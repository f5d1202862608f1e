// Percent-decoded path: slashes are refused before decoding instead of after it.
// Minimal input: 9 bytes "..%2fkeys".
private func decoded(_ bytes: some Sequence<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var pending = 0
    var value: UInt8 = 0
    for c in bytes {
        if pending > 0 {
            guard let digit = Character(Unicode.Scalar(c)).hexDigitValue else { return nil }
            value = value << 4 | UInt8(digit)
            pending -= 1
            if pending == 0 { out.append(value) }
        } else if c == UInt8(ascii: "%") {
            (pending, value) = (2, 0)
        } else {
            out.append(c == UInt8(ascii: "+") ? 0x20 : c)
        }
    }
    return pending == 0 ? out : nil
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let raw = UnsafeBufferPointer(start: p, count: n)
    guard n <= 256, !raw.contains(UInt8(ascii: "/")), let bytes = decoded(raw) else { return 0 }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "/")
    guard parts.count == 2, parts[0] == ".." else { return 0 }
    if parts[1] == "keys" { fatalError("U03") }  // planted
    return 1
}
