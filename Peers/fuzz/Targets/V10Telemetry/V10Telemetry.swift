// Telemetry in words of 32 bits, big-endian: sync 9, version 3, channel 6, gain 4, flags 4, sum 6; the low flags count the
// samples (16 bits) up to the next word. The gain starts at 6 or below and rises by one step a word at most.
// Bug: the flag for the high range moves the gain past its table, after the check.
// Minimal input: 12 bytes d2 d0 18 12 d2 d0 1c 15 d2 d0 22 00.
private struct Header {
    var channel, gain, flags: Int
    init?(_ word: UInt32) {
        func field(_ at: UInt32, _ width: UInt32) -> Int { Int(word >> at & (1 << width - 1)) }
        guard field(23, 9) == 0x1a5, field(20, 3) == 5 else { return nil }
        (channel, gain, flags) = (field(14, 6), field(10, 4), field(6, 4))
        guard (channel + 3 * gain + 5 * flags) % 64 == field(0, 6) else { return nil }
        guard channel < 48, gain < gains.count else { return nil }
    }
}
private let gains = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n <= 128 else { return 0 }
    var at = 0
    var level = 0
    var highest = 6
    while at + 4 <= n {
        guard let header = Header(b[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) else { return 0 }
        let end = at + 4 + 2 * (header.flags & 7)
        guard header.gain <= highest, end <= n else { return 0 }
        let factor = gains[header.flags & 8 != 0 ? header.gain + 4 : header.gain]  // planted
        for i in stride(from: at + 4, to: end, by: 2) { level += (Int(b[i]) << 8 | Int(b[i + 1])) * factor }
        highest = header.gain + 1
        at = end
    }
    return level == 98_765 ? 1 : 0
}
