// Amount to be converted, "USD 12.50>JPY": a currency has 0, 2 or 3 places, and the amount no more than that.
// Bug: what is lost from three places to none needs a half that the table lacks. Minimal input: 11 bytes "KWD 0.1>JPY".
private func places(_ code: Substring) -> Int? {
    switch code {
    case "EUR", "USD", "GBP", "CHF", "SEK", "PLN": 2
    case "JPY", "KRW", "ISK": 0
    case "KWD", "TND": 3
    default: nil
    }
}
private let halves = [0, 5, 50]
private struct Order {
    var amount: Int
    var from, to: Int
    init?(_ text: String) {
        guard let blank = text.firstIndex(of: " "), let arrow = text.firstIndex(of: ">"), blank < arrow else { return nil }
        let (source, target) = (text[..<blank], text[text.index(after: arrow)...])
        guard source != target, let from = places(source), let to = places(target) else { return nil }
        let parts = text[text.index(after: blank)..<arrow].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.count <= from, (1...9).contains(parts[0].count) else { return nil }
        let padded = parts[0] + fraction + String(repeating: "0", count: from - fraction.count)
        guard let number = Int(padded) else { return nil }
        (amount, self.from, self.to) = (number, from, to)
    }
    var converted: Int {
        var power = 1
        for _ in 0..<abs(from - to) { power *= 10 }
        if from <= to { return amount * power }
        let (whole, lost) = amount.quotientAndRemainder(dividingBy: power)
        if lost == 0 { return whole }
        return lost >= halves[from - to] ? whole + 1 : whole  // planted
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 48, let order = Order(String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)) else { return 0 }
    return order.converted == 271_828 ? 1 : 0
}
