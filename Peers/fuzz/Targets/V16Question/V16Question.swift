// Name-service question: 12 bytes of header (a query with one question), then a name of labels and pointers.
// Bug: a pointer may lead back into its own name, and nothing bounds the name. Found as a timeout (use a 1 s limit).
// Minimal input: 16 bytes 00 00 00 00 00 01 00 00 00 00 00 00 01 61 c0 0c.
private struct Name {
    var labels = 0
    var length = 0
    var end = 0
    init?(_ b: UnsafeBufferPointer<UInt8>, at start: Int) {
        var at = start
        while at < b.count {
            let c = Int(b[at])
            switch c >> 6 {
            case 0:
                if c == 0 {
                    end = end == 0 ? at + 1 : end
                    return
                }
                guard at + c < b.count else { return nil }
                for x in b[(at + 1)...(at + c)] {
                    guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(x) || x == UInt8(ascii: "-") else { return nil }
                }
                labels &+= 1
                length &+= c
                at += c + 1
            case 3:
                guard at + 1 < b.count else { return nil }
                let target = (c & 0x3f) << 8 | Int(b[at + 1])
                guard target >= 12, target < at else { return nil }  // planted: back, but into this very name
                end = end == 0 ? at + 2 : end
                at = target
            default: return nil
            }
        }
        return nil
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n > 12, n <= 512, b[2] & 0xfe == 0, b[3] == 0 else { return 0 }
    guard b[4] == 0, b[5] == 1, b[6..<12].allSatisfy({ $0 == 0 }) else { return 0 }
    guard let name = Name(b, at: 12), name.end + 4 == n else { return 0 }
    return name.labels == 7 && name.length == 77 ? 1 : 0
}
