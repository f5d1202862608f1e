import FuzzingRuntime

/// A place of an entry whose number must fit the rest of it: a checksum, a length.
struct Repair {
    let key: CompareKey
    let position: Int
    let encoding: NumberEncoding
    let length: Int
    /// Whether the place holds the first operand of the compare.
    let holdsFirst: Bool
}

// Equalities that held in an entry and that a change breaks: put right before the change is judged.
extension FuzzEngine {
    /// The repairs of an entry, found once in a runner's life by running it.
    mutating func repairs(of entry: Int) -> [Repair] {
        if let known = knownRepairs[entry] { return known }
        var found: [Repair] = []
        let base = bytes(entry)
        if (2...1024).contains(base.count) {
            let trace = trace(loaded: load(base), parent: entry, operators: .repair)
            var tested = 0
            for compare in trace.compares
            where compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) && compare.a == compare.b && tested < 8 && found.count < 4 {
                for (position, encoding, length) in places(of: compare, in: base) {
                    tested += 1
                    guard let new = encoding.write(compare.a &+ 1, instead: length), new.count == length else { continue }
                    // The place must move one of the operands alone.
                    let moved = self.trace(
                        loaded: load(Proposals.spliced(base, position, length, new)), parent: entry, operators: .repair)
                    guard let after = moved.compares.first(where: { CompareKey($0) == CompareKey(compare) }), after.a != after.b,
                        after.a == compare.a || after.b == compare.b
                    else { continue }
                    let repair = Repair(
                        key: CompareKey(compare), position: position, encoding: encoding, length: length, holdsFirst: after.a != compare.a)
                    if !found.contains(where: { $0.position == position }) { found.append(repair) }
                    break
                }
            }
        }
        knownRepairs[entry] = found
        return found
    }

    /// Where the number of a compare may stand: the first place of the widest binary form, and up to three of numbers in digits.
    private func places(of compare: pulsegate_fuzz_compare, in bytes: [UInt8]) -> [(Int, NumberEncoding, Int)] {
        var places: [(Int, NumberEncoding, Int)] = []
        for encoding in NumberEncoding.binary where places.isEmpty {
            let (width, fits): (Int, Bool) =
                switch encoding {
                case .little(let width): (width, width == 8 || compare.a >> UInt64(8 * width) == 0)
                case .big(let width): (width, compare.a >> UInt64(8 * width - 1) <= 1)
                default: (.max, false)
                }
            guard fits, width <= Int(compare.size) else { continue }
            if let hit = bytes.indices.first(where: { encoding.read(bytes, at: $0)?.value == compare.a }) {
                places.append((hit, encoding, width))
            }
        }
        let binary = places.count
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        for at in bytes.indices where isDigit(bytes[at]) && (at == 0 || !isDigit(bytes[at - 1])) && places.count < binary + 3 {
            for encoding in NumberEncoding.points + [.decimal] {
                guard let (value, length) = encoding.read(bytes, at: at), value == compare.a else { continue }
                places.append((at, encoding, length))
                break
            }
        }
        return places
    }

    /// Runs the changed input to see which equalities broke, writes what they want, and tells the length to run.
    mutating func repaired(_ length: Int, from original: Int, _ repairs: [Repair], entry: Int) -> Int {
        for repair in repairs {
            let trace = trace(loaded: length, parent: entry, operators: .repair)
            guard let compare = trace.compares.first(where: { CompareKey($0) == repair.key }), compare.a != compare.b else { continue }
            let wanted = repair.holdsFirst ? compare.b : compare.a
            let present = repair.holdsFirst ? compare.a : compare.b
            guard let new = repair.encoding.write(wanted, instead: repair.length), new.count == repair.length else { continue }
            // The place may have moved with what stands before it.
            for position in [repair.position, repair.position + length - original]
            where position >= 0 && position + repair.length <= length {
                let here = Array(UnsafeBufferPointer(start: shard.input + position, count: repair.length))
                let held = repair.encoding.isDigits ? present : present & Self.mask(repair.length)
                guard repair.encoding.read(here, at: 0)?.value == held else { continue }
                for (offset, byte) in new.enumerated() { shard.input[position + offset] = byte }
                break
            }
        }
        return length
    }

    private static func mask(_ width: Int) -> UInt64 { width >= 8 ? .max : (1 << UInt64(8 * width)) - 1 }
}
