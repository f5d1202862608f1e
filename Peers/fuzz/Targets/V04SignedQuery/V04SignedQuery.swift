// Query to be signed, "?key=value&key=value": keys stand in strictly ascending order, as they are written.
// Bug: two spellings of one key are in order, but the same after decoding. Minimal input: 8 bytes "?%61=&a=".
private func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var i = text.startIndex
    while i < text.endIndex {
        switch text[i] {
        case UInt8(ascii: "%"):
            guard i + 2 < text.endIndex else { return nil }
            let digits = text[i + 1...i + 2].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            out.append(UInt8(digits[0] << 4 | digits[1]))
            i += 3
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            out.append(text[i])
            i += 1
        default: return nil
        }
    }
    return out
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = Array(UnsafeBufferPointer(start: p, count: n))
    guard n <= 256, b.first == UInt8(ascii: "?") else { return 0 }
    var pairs: [([UInt8], [UInt8])] = []
    var previous: ArraySlice<UInt8> = []
    for field in b.dropFirst().split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
        guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { return 0 }
        let key = field[..<equals]
        guard previous.lexicographicallyPrecedes(key) else { return 0 }
        guard let name = decoded(key), let value = decoded(field[(equals + 1)...]) else { return 0 }
        pairs.append((name, value))
        previous = key
    }
    let table = Dictionary(uniqueKeysWithValues: pairs)  // planted: traps on a second one
    return table.count == 9 ? 1 : 0
}
