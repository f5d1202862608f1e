// Roman numeral, read from its end: a letter below the largest so far is taken away. V, L and D are not doubled and
// no letter stands four times in a row. Bug: more can be taken away than there is (unsigned, traps).
// Minimal input: 4 bytes "VIVX".
private func value(_ c: UInt8) -> UInt? {
    switch c {
    case UInt8(ascii: "I"): 1
    case UInt8(ascii: "V"): 5
    case UInt8(ascii: "X"): 10
    case UInt8(ascii: "L"): 50
    case UInt8(ascii: "C"): 100
    case UInt8(ascii: "D"): 500
    case UInt8(ascii: "M"): 1_000
    default: nil
    }
}
private func numeral(_ text: UnsafeBufferPointer<UInt8>) -> UInt? {
    var total: UInt = 0
    var largest: UInt = 0
    var last: UInt = 0
    var run = 0
    for c in text.reversed() {
        guard let v = value(c) else { return nil }
        run = v == last ? run + 1 : 1
        guard run <= (v == 5 || v == 50 || v == 500 ? 1 : 3) else { return nil }
        if v < largest {
            total -= v  // planted
        } else {
            total += v
            largest = v
        }
        last = v
    }
    return total
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n >= 1, n <= 15, let number = numeral(UnsafeBufferPointer(start: p, count: n)) else { return 0 }
    return number == 2_888 ? 1 : 0
}
