// Quantity in big-endian UTF-16 with byte order mark, "7Ω": the unit is compared as a String (canonical
// equivalence) and then looked up by its scalars. Minimal input: 6 bytes, mark, a digit, U+2126.
private let units: [(name: String, scale: Int)] = [("\u{3a9}", 1), ("\u{c5}", 10), ("m", 1_000)]
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 4, n <= 64, n % 2 == 0, b[0] == 0xfe, b[1] == 0xff else { return 0 }
    let code = stride(from: 2, to: n, by: 2).map { UInt16(b[$0]) << 8 | UInt16(b[$0 + 1]) }
    let text = String(decoding: code, as: UTF16.self)
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = String(text[digits.endIndex...])
    guard let amount = Int(digits), units.contains(where: { $0.name == unit }) else { return 0 }
    let index = units.firstIndex { $0.name.unicodeScalars.elementsEqual(unit.unicodeScalars) }
    return amount &* units[index!].scale == 4_711 ? 1 : 0  // planted
}
