// Endpoint in text form, "udp:<port>": the port is read as Int and narrowed without a check.
// Minimal input: 9 bytes "udp:65536".
private struct Endpoint {
    var datagram: Bool
    var port: UInt16
    init?(_ text: String) {
        let datagram = text.hasPrefix("udp:")
        guard datagram || text.hasPrefix("tcp:") else { return nil }
        guard let number = Int(text.dropFirst(4)), number >= 0 else { return nil }
        if !datagram, number > 65_535 { return nil }
        self.datagram = datagram
        port = UInt16(number)  // planted: only checked for tcp
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 64, let e = Endpoint(String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)) else { return 0 }
    return e.datagram && e.port == 53 ? 1 : 0
}
