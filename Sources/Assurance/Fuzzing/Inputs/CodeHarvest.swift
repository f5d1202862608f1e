import FuzzingRuntime

/// Constants of the code under test: the words of a first dictionary.
///
/// A floating-point compare is traced by nothing, and the key of a dictionary literal is compared only by who has it already. Both stand in
/// the machine code of the instrumented functions.
enum CodeHarvest {
    /// A number as it would be typed.
    private static func texts(of bytes: [UInt8], kind: Int) -> [[UInt8]] {
        if kind == Int(pulsegate_fuzz_constant_double), bytes.count == 8 {
            let value = Double(bitPattern: NumberEncoding.little(8).read(bytes, at: 0)?.value ?? 0)
            guard value.isFinite, value != 0, value.magnitude < 1e18, value.magnitude > 1e-9 else { return [] }
            return [Array("\(value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)")".utf8)]
        }
        guard kind == Int(pulsegate_fuzz_constant_integer), [2, 4, 8].contains(bytes.count) else { return [] }
        let value = NumberEncoding.little(bytes.count).read(bytes, at: 0)?.value ?? 0
        return value > 99 && value < 1 << 53 ? [Array(String(value).utf8)] : []
    }

    /// Words of 2 to 64 bytes, in the order of the code. Integers below 256 are left out: mutation finds those by itself.
    static func words() -> [[UInt8]] {
        // A function ends a little after its last counted block, or where the next begins: code without counters may lie between.
        var starts: [UInt] = []
        var blocks: [UInt] = []
        for edge in 0..<pulsegate_fuzz_edge_count() {
            var isEntry = false
            let address = UInt(pulsegate_fuzz_edge_address(edge, &isEntry))
            if isEntry { starts.append(address) }
            blocks.append(address)
        }
        guard !starts.isEmpty else { return [] }
        starts.sort()
        blocks.sort()
        var ranges: [UInt] = []
        var block = 0
        for (index, start) in starts.enumerated() {
            let next = index + 1 < starts.count ? starts[index + 1] : UInt.max
            var last = start
            while block < blocks.count, blocks[block] < next {
                last = max(last, blocks[block])
                block += 1
            }
            ranges += [start, min(next, last + 160)]
        }
        let capacity = 4096
        let constants = UnsafeMutablePointer<pulsegate_fuzz_constant>.allocate(capacity: capacity)
        defer { constants.deallocate() }
        let count = ranges.withUnsafeBytes { raw -> UInt32 in
            guard let base = raw.baseAddress else { return 0 }
            return pulsegate_fuzz_harvest(
                base.assumingMemoryBound(to: (UInt, UInt).self), UInt32(starts.count), constants, UInt32(capacity))
        }
        var words: [[UInt8]] = []
        for index in 0..<Int(count) {
            let constant = constants[index]
            let bytes = withUnsafeBytes(of: constant.bytes) { Array($0.prefix(Int(constant.length))) }
            guard bytes.count > 1 else { continue }
            if Int(constant.kind) == Int(pulsegate_fuzz_constant_integer) {
                // Small numbers that are only wide: addresses' offsets and sizes for the most part.
                guard bytes[1...].contains(where: { $0 != 0 && $0 != 0xFF }) else { continue }
            }
            words.append(bytes)
            words += texts(of: bytes, kind: Int(constant.kind))
        }
        return words
    }
}
