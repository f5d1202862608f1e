// Frames a5, kind, length, payload, Fletcher-16 of all but the mark (low, high). A hello sets the window, an
// acknowledgement names a slot of it. Bug: the slot is held against the largest window, not this one.
// Minimal input: 12 bytes a5 01 01 01 03 06 a5 06 01 01 08 15.
private struct Link {
    var slots: [Bool] = []
    mutating func apply(_ kind: UInt8, _ payload: ArraySlice<UInt8>) -> Bool {
        switch kind {
        case 1:
            guard slots.isEmpty, payload.count == 1, let window = payload.first, (1...16).contains(window) else { return false }
            slots = [Bool](repeating: false, count: Int(window))
        case 6:
            guard !slots.isEmpty, payload.count >= 1 else { return false }
            for slot in payload {
                guard slot < 16 else { return false }
                slots[Int(slot)] = true  // planted
            }
        case 9:
            guard !slots.isEmpty, payload.isEmpty else { return false }
            slots = []
        default: return false
        }
        return true
    }
}
private func fletcher(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    var low: UInt16 = 0
    var high: UInt16 = 0
    for x in bytes {
        low = (low + UInt16(x)) % 255
        high = (high + low) % 255
    }
    return high << 8 | low
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 256 else { return 0 }
    let b = Array(UnsafeBufferPointer(start: p, count: n))
    var link = Link()
    var at = 0
    while at + 5 <= n {
        let end = at + 3 + Int(b[at + 2])
        guard b[at] == 0xa5, end + 2 <= n else { return 0 }
        guard fletcher(b[at + 1..<end]) == UInt16(b[end]) | UInt16(b[end + 1]) << 8 else { return 0 }
        guard link.apply(b[at + 1], b[at + 3..<end]) else { return 0 }
        at = end + 2
    }
    return link.slots.count == 11 && link.slots.allSatisfy { $0 } ? 1 : 0
}
