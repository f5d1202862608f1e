// Receipt "net+tax=gross" in units and cents: both sides must agree, an empty receipt is passed over.
// Bug: tax without a net amount divides by zero. Minimal input: 14 bytes "0.00+0.01=0.01".
private func digit(_ c: UInt8) -> Int? {
    c >= UInt8(ascii: "0") && c <= UInt8(ascii: "9") ? Int(c - UInt8(ascii: "0")) : nil
}
private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0
    mutating func take(_ c: Character) -> Bool {
        guard at < bytes.count, bytes[at] == c.asciiValue else { return false }
        at += 1
        return true
    }
    mutating func amount() -> Int? {
        let start = at
        var value = 0
        while at < bytes.count, at - start < 7, let d = digit(bytes[at]) {
            value = value * 10 + d
            at += 1
        }
        guard (1...6).contains(at - start), take("."), at + 2 <= bytes.count else { return nil }
        guard let tens = digit(bytes[at]), let ones = digit(bytes[at + 1]) else { return nil }
        at += 2
        return value * 100 + tens * 10 + ones
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 32 else { return 0 }
    var scanner = Scanner(bytes: UnsafeBufferPointer(start: p, count: n))
    guard let net = scanner.amount(), scanner.take("+"), let tax = scanner.amount() else { return 0 }
    guard scanner.take("="), let gross = scanner.amount(), scanner.at == n else { return 0 }
    guard net + tax == gross, gross > 0 else { return 0 }
    let rate = tax * 100 / net  // planted
    return rate == 19 && gross == 4_711 ? 1 : 0
}
