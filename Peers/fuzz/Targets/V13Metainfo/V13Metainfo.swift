// Dictionary of strings and numbers, "d4:name3:abc6:lengthi7ee" in ascending order of keys: a file in pieces.
// Bug: pieces of length zero. Minimal input: 23 bytes "d6:lengthi1e5:piecei0ee".
private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0
    mutating func take(_ c: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: c) else { return false }
        at += 1
        return true
    }
    mutating func digits() -> Int? {
        let start = at
        var value = 0
        while at < bytes.count, at - start < 10, case let c = bytes[at], c >= UInt8(ascii: "0"), c <= UInt8(ascii: "9") {
            value = value * 10 + Int(c - UInt8(ascii: "0"))
            at += 1
        }
        guard (1...9).contains(at - start), at - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }
    mutating func string() -> String? {
        guard let count = digits(), take(":"), count <= bytes.count - at else { return nil }
        defer { at += count }
        return String(decoding: bytes[at..<at + count], as: UTF8.self)
    }
    mutating func number() -> Int? {
        guard take("i"), let value = digits(), take("e") else { return nil }
        return value
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 256 else { return 0 }
    var reader = Reader(bytes: UnsafeBufferPointer(start: p, count: n))
    guard reader.take("d") else { return 0 }
    var previous = ""
    var length: Int?
    var piece: Int?
    while !reader.take("e") {
        guard let key = reader.string(), key > previous else { return 0 }
        previous = key
        switch key {
        case "length":
            guard let value = reader.number(), value > 0 else { return 0 }
            length = value
        case "piece":
            guard let value = reader.number() else { return 0 }
            piece = value
        case "private": guard reader.number() == 1 else { return 0 }
        default: guard reader.string() != nil else { return 0 }
        }
    }
    guard reader.at == n, let length, let piece else { return 0 }
    return (length - 1) / piece == 12_344 ? 1 : 0  // planted
}
