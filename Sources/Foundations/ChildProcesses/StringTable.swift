/// Calls `body` with a NULL-terminated array of C strings, as execve(2) takes it. No string may contain a zero byte.
///
/// All strings lie in one block of memory that lives for the call; O(total length).
func withStringTable<Result>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    var characters: [CChar] = []
    var offsets: [Int] = []
    for string in strings {
        offsets.append(characters.count)
        for byte in string.utf8 { characters.append(CChar(bitPattern: byte)) }
        characters.append(0)
    }
    // An element even when there are no strings, so that both arrays have an address.
    characters.append(0)
    return characters.withUnsafeBufferPointer { block in
        var table: [UnsafePointer<CChar>?] = offsets.map { offset in block.baseAddress.map { $0 + offset } }
        table.append(nil)
        return table.withUnsafeBufferPointer { buffer in
            body(buffer.baseAddress!)  // has an element: the terminating nil
        }
    }
}
