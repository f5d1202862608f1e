// Script of file commands (raw-value enum), one a line. Bug: a duplicate shares its entry but closing the
// original drops it, so that flushing the duplicate finds nothing.
// Minimal input: 30 bytes "open 1\nclone 1\nclose 1\nflush 2".
private enum Verb: String { case open, clone, close, flush, seek, lock }
private struct Table {
    var entries: [Int: Int] = [:]
    var owner: [Int: Int] = [:]
    mutating func apply(_ verb: Verb, _ handle: Int) -> Bool {
        switch verb {
        case .open:
            guard owner[handle] == nil else { return false }
            owner[handle] = handle
            entries[handle] = 0
        case .clone:
            guard let source = owner[handle], owner[handle + 1] == nil else { return false }
            owner[handle + 1] = source
        case .close:
            guard let source = owner.removeValue(forKey: handle) else { return false }
            entries[source] = nil  // planted: a duplicate may still need it
        case .flush:
            guard let source = owner[handle] else { return false }
            entries[source]! += 1
        case .seek, .lock:
            guard owner[handle] != nil else { return false }
        }
        return true
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)
    var table = Table()
    guard n <= 512 else { return 0 }
    for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 2, let verb = Verb(rawValue: String(words[0])) else { return 0 }
        guard let handle = Int(words[1]), (0..<32).contains(handle), table.apply(verb, handle) else { return 0 }
    }
    return 0
}
