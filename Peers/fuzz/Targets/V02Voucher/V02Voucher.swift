// Voucher "XXXX-XXXX" in base 32 (no I, L, O, U; either case): product, edition, seats (big-endian), check byte.
// Bug: a site licence may have no seats, and the price is divided by them. Minimal input: 9 bytes "BR1G-001X".
private let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
private func symbol(_ c: UInt8) -> UInt64? {
    let upper = c >= UInt8(ascii: "a") ? c & 0xdf : c
    return alphabet.firstIndex(of: upper).map { UInt64($0) }
}
private struct Voucher {
    var edition: UInt8
    var seats: UInt16
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 9, text[4] == UInt8(ascii: "-") else { return nil }
        var word: UInt64 = 0
        for (i, c) in text.enumerated() where i != 4 {
            guard let value = symbol(c) else { return nil }
            word = word << 5 | value
        }
        let bytes = (0..<5).map { UInt8(truncatingIfNeeded: word >> UInt64(32 - 8 * $0)) }
        let check = bytes[..<4].reduce(UInt8(0x3c)) { ($0 << 1 | $0 >> 7) ^ $1 }
        guard check == bytes[4], bytes[0] == 0x5e else { return nil }
        edition = bytes[1]
        seats = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard let voucher = Voucher(UnsafeBufferPointer(start: p, count: n)) else { return 0 }
    let price: UInt16
    switch voucher.edition {
    case 1, 2:
        guard voucher.seats > 0 else { return 0 }
        price = 9_900
    case 3: price = 65_000
    default: return 0
    }
    return price / voucher.seats == 4_321 ? 1 : 0  // planted
}
