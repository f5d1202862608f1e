// Message headers, names in any case. Bug: both a length and a chunked body is a state nobody thought of.
// Minimal input: 42 bytes "transfer-encoding:chunked\ncontent-length:0".
private struct Message {
    var length: Int?
    var chunked = false
    init?(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].lowercased()
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch name {
            case "transfer-encoding": chunked = value == "chunked"
            case "content-length":
                guard let number = Int(value), number >= 0 else { return nil }
                length = number
            default: break
            }
        }
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 512, let m = Message(String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)) else { return 0 }
    precondition(m.length == nil || !m.chunked, "U12")  // planted
    return m.length == 12_345 ? 1 : 0
}
