// Comma-separated values with quotes; columns found by name in the first row. Bug: rows that held a quoted
// field skip the check of their width. Minimal input: 10 bytes ",amount\n\"\"".
private func rows(_ bytes: UnsafeBufferPointer<UInt8>) -> [(fields: [String], quoted: Bool)] {
    var out: [(fields: [String], quoted: Bool)] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var quoted = false
    var inside = false
    var i = 0
    func text() -> String { String(decoding: field, as: UTF8.self) }
    while i < bytes.count {
        let c = bytes[i]
        i += 1
        switch c {
        case UInt8(ascii: "\"") where inside:
            if i < bytes.count, bytes[i] == c {
                field.append(c)
                i += 1
            } else {
                inside = false
            }
        case UInt8(ascii: "\"") where field.isEmpty: (inside, quoted) = (true, true)
        case UInt8(ascii: ",") where !inside:
            fields.append(text())
            field = []
        case UInt8(ascii: "\n") where !inside:
            fields.append(text())
            out.append((fields, quoted))
            (fields, field, quoted) = ([], [], false)
        default: field.append(c)
        }
    }
    if !inside { out.append((fields + [text()], quoted)) }
    return out
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard n <= 512 else { return 0 }
    let all = rows(UnsafeBufferPointer(start: p, count: n))
    guard let head = all.first, all.count > 1 else { return 0 }
    var columns: [String: Int] = [:]
    for (i, name) in head.fields.enumerated() { columns[name] = i }
    guard let column = columns["amount"] else { return 0 }
    var total = 0
    for row in all.dropFirst() {
        guard row.quoted || row.fields.count == head.fields.count else { continue }
        total &+= Int(row.fields[column]) ?? 0  // planted
    }
    return total == 31_337 ? 1 : 0
}
