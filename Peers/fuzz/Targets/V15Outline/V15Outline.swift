// Outline of "name:" lines, indented by steps of two. Bug: a line further left than the first leaves no level.
// Minimal input: 7 bytes "  a:\nb:".
private struct Outline {
    var levels: [Int] = []
    var names = 0
    mutating func add(_ line: Substring.UTF8View) -> Bool {
        let text = line.drop { $0 == 0x20 }
        let indent = line.count - text.count
        guard indent % 2 == 0, text.count >= 2, text.last == UInt8(ascii: ":") else { return false }
        guard text.dropLast().allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else { return false }
        names += 1
        guard let deepest = levels.last else {
            levels = [indent]
            return true
        }
        if indent > deepest {
            levels.append(indent)
            return indent == deepest + 2
        }
        while levels.last! > indent { levels.removeLast() }  // planted: the last one may go
        return levels.last == indent
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 256 else { return 0 }
    let text = String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)
    var outline = Outline()
    for line in text.split(separator: "\n") {
        guard outline.add(line.utf8) else { return 0 }
    }
    return outline.levels.count == 9 && outline.names == 10 ? 1 : 0
}
