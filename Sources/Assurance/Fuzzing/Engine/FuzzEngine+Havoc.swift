import FuzzingRuntime

// Changes at random, many a second.
extension FuzzEngine {
    /// Executions on one entry before another is chosen.
    static let roundLength = 128

    mutating func havocRound() {
        if drawn != nil, generator.below(16) != 0 { return drawnRound() }
        let header = shard.header
        let entry = schedule.choose(shard, &generator)
        shard.entries[entry].chosen &+= 1
        let base = shard.bytes(ofEntry: entry)
        let stalled = header.pointee.executions &- header.pointee.last_find > options.stallAfter
        // Compares of gated runs are paid for by the executions that need no gate: where a find of the gate is rare, so is the gate.
        gateCredit = min(Self.mostGateCredit, gateCredit + Int64(Self.roundLength) * Self.creditOfExecution)
        let gated = options.valueProfile && stalled && gateCredit > 0
        let path = shard.entries[entry].path
        let repairs = self.repairs(of: entry)
        for _ in 0..<Self.roundLength {
            if let start = base.baseAddress { shard.input.update(from: start, count: base.count) }
            var operators = Operators.havoc
            let length = mutate(base.count, &operators)
            if !repairs.isEmpty, generator.next() & 1 == 0 {
                execute(
                    repaired(length, from: base.count, repairs, entry: entry), parent: entry, operators: operators.union(.repair).rawValue)
            } else if gated {
                executeGated(length, parent: entry, operators: operators, attention: .progress)
            } else {
                let isNew = execute(length, parent: entry, operators: operators.rawValue)
                if stalled, !isNew, drawn == nil { keepPath(length, parent: entry, operators: operators) }
            }
            if drawn == nil, length < base.count, scan.hash == path, scan.fresh == 0 { shorten(entry, to: length) }
            if header.pointee.executions & 15 == 0 {
                for at in 0..<min(Int(scan.lit), Int(litCapacity)) { shard.hits[Int(lit[at] >> 3)] &+= 1 }
            }
            if isOver { return }
        }
    }

    /// Keeps, now and then, an input that ran edges in numbers that no input together ran before: what counts may be the state that it came to.
    private mutating func keepPath(_ length: Int, parent: Int, operators: Operators) {
        let header = shard.header
        guard header.pointee.executions >= nextPath, pathEntries < Self.mostPathEntries,
            header.pointee.executions &- header.pointee.last_find > Self.pathPatience
        else { return }
        let known = slot(scan.hash, 0, domain: 15)
        guard shard.extra[known] == 0 else { return }
        shard.extra[known] = 1
        pathEntries += 1
        nextPath = header.pointee.executions &+ Self.pathPause
        keep(length, parent: parent, operators: operators.rawValue, depth: 0, flags: [.path])
    }

    static let mostPathEntries = 512
    /// Executions without another find before paths count.
    static let pathPatience: UInt64 = 262_144
    /// Executions between two entries that are kept for their path alone.
    static let pathPause: UInt64 = 256

    /// The same path from fewer bytes: the entry takes them.
    func shorten(_ entry: Int, to length: Int) {
        let header = shard.header
        guard length <= Int(shard.entries[entry].length), Int(header.pointee.arena_used) + length <= shard.layout.arenaCapacity else {
            return
        }
        let offset = header.pointee.arena_used
        (shard.arena + Int(offset)).update(from: shard.input, count: length)
        header.pointee.arena_used += UInt64(length)
        header.pointee.shortened_offset = offset
        header.pointee.shortened_length = UInt64(length)
        header.pointee.shortened_hash = ContentNumber.of(UnsafeBufferPointer(start: shard.input, count: length))
        pulsegate_fuzz_publish(&header.pointee.shortening, UInt64(entry) + 1)
        shard.finishShortening()
    }

    // MARK: Mutations

    /// Changes the input in place, a few times, and tells its new length.
    mutating func mutate(_ start: Int, _ operators: inout Operators) -> Int {
        var length = start
        let limit = max(start, lengthLimit)
        let times = 1 + (generator.below(8) == 0 ? generator.below(16) : generator.below(3))
        for _ in 0..<times { length = mutateOnce(length, limit, &operators) }
        return length
    }

    private mutating func mutateOnce(_ length: Int, _ limit: Int, _ operators: inout Operators) -> Int {
        let p = shard.input
        guard length > 0 else { return insertRandom(p, 0, 0, limit) }
        switch generator.below(34) {
        case 0, 1:
            let at = generator.below(length)
            p[at] ^= 1 << UInt8(generator.below(8))
        case 2, 3:
            p[generator.below(length)] = generator.byte()
        case 4:
            let at = generator.below(length)
            p[at] = p[at] &+ UInt8(truncatingIfNeeded: generator.below(71) - 35)
        case 5:
            p[generator.below(length)] = knownByte()
        case 6: return changeWord(p, length, width: 2)
        case 7: return changeWord(p, length, width: 4)
        case 8: return changeWord(p, length, width: 8)
        case 9, 10: return delete(p, length)
        case 11: return insertRandom(p, generator.below(length + 1), length, limit)
        case 12, 13: return duplicate(p, length, limit)
        case 14:
            let count = 1 + generator.below(min(length, 32))
            let from = generator.below(length - count + 1)
            let to = generator.below(length - count + 1)
            (p + to).update(from: p + from, count: count)
        case 15, 16:
            operators.insert(.dictionary)
            return useToken(p, length, limit, overwriting: true)
        case 17:
            operators.insert(.dictionary)
            return useToken(p, length, limit, overwriting: false)
        case 18, 19:
            operators.insert(.splice)
            return splice(p, length, limit)
        case 20: return changeDigits(p, length, limit)
        case 21: return changeDouble(p, length)
        case 23, 24: return takeField(p, length, limit)
        case 25: p[generator.below(length)] = UInt8(generator.below(generator.oneIn(2) ? 4 : 32))
        case 26, 27: return insertRecord(p, length, limit)
        case 28, 29:
            operators.insert(.length)
            return changeMeasured(p, length, limit)
        case 30, 31, 32: return changeWords(p, length, limit, &operators)
        case 22:
            // Two neighbouring pieces change places.
            guard length > 1 else { return length }
            let a = generator.below(length)
            let b = generator.below(length)
            swap(&p[a], &p[b])
        default: return repeatPiece(p, length, limit)
        }
        return length
    }

    static let interestingBytes: [UInt8] = [
        0, 1, 2, 4, 8, 16, 32, 64, 127, 128, 129, 254, 255, 0x0A, 0x20, 0x22, 0x27, 0x28, 0x29, 0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x39, 0x3A,
        0x3D,
        0x41, 0x5B, 0x5C, 0x5D, 0x61, 0x7B, 0x7D,
    ]

    /// A byte that the code compares with, or one of the usual.
    private mutating func knownByte() -> UInt8 {
        if !codeBytes.isEmpty, generator.below(4) != 0 { return codeBytes[generator.below(codeBytes.count)] }
        return Self.interestingBytes[generator.below(Self.interestingBytes.count)]
    }

    /// What is done where there is no room or no place for more.
    private mutating func overwrite(_ p: UnsafeMutablePointer<UInt8>, _ length: Int) -> Int {
        p[generator.below(length)] = generator.next() & 1 == 0 ? knownByte() : generator.byte()
        return length
    }

    /// One more of what streams of bytes are made of: a byte that the code knows, and small numbers behind it.
    private mutating func insertRecord(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        let count = 1 + generator.below(4)
        guard length + count <= limit else { return overwrite(p, length) }
        let at = generator.next() & 1 == 0 ? length : generator.below(length + 1)
        open(p, at, length, count)
        p[at] = knownByte()
        for offset in 1..<max(1, count) {
            switch generator.below(4) {
            case 0: p[at + offset] = generator.byte()
            case 1: p[at + offset] = knownByte()
            default: p[at + offset] = UInt8(generator.below(generator.oneIn(2) ? 4 : 32))
            }
        }
        return length + count
    }

    /// Inserts or deletes a piece and adds the difference to numbers before it that may be the length of what holds it: of one byte, or of two or four in
    /// either order.
    private mutating func changeMeasured(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        guard length > 1, length <= 4096 else { return overwrite(p, length) }
        let at = 1 + generator.below(length)
        let isGrowing = generator.next() & 1 == 0
        let count =
            isGrowing ? min(limit - length, 1 + generator.below(generator.oneIn(4) ? 64 : 8)) : min(length - at, 1 + generator.below(8))
        guard count > 0 else { return overwrite(p, length) }
        let step = isGrowing ? count : -count
        // Spans that end exactly where something does are likelier lengths: of those that end with the input all, of others one in four.
        for field in Swift.max(0, at - 48)..<at {
            let width: Int
            var value = 0
            var isBig = false
            if field + 4 <= at, p[field] == 0, p[field + 1] == 0 {
                (width, isBig) = (4, true)
                value = Int(p[field + 2]) << 8 | Int(p[field + 3])
            } else if field + 2 <= at, p[field] == 0, p[field + 1] != 0 {
                (width, isBig) = (2, true)
                value = Int(p[field + 1])
            } else {
                width = 1
                value = Int(p[field])
            }
            let end = field + width + value
            let reach = isGrowing ? at : at + count
            guard value > 0 || isGrowing, end >= reach, end <= length, end == length || end == reach || generator.oneIn(4) else { continue }
            let changed = value + step
            guard changed >= 0, changed < (width == 1 ? 256 : 65536) else { continue }
            if isBig {
                p[field + width - 2] = UInt8(changed >> 8)
                p[field + width - 1] = UInt8(changed & 255)
            } else {
                p[field] = UInt8(changed)
            }
        }
        if !isGrowing {
            (p + at).update(from: p + at + count, count: length - at - count)
            return length - count
        }
        open(p, at, length, count)
        let repeated = generator.byte()
        let kind = generator.below(4)
        for offset in 0..<count {
            p[at + offset] =
                kind == 0
                ? repeated : kind == 1 ? generator.byte() : kind == 2 ? p[Swift.max(0, at - count) + offset] : 0x61 + UInt8(offset % 26)
        }
        return length + count
    }

    /// One word more, less, twice, elsewhere or another instead: texts are words and what stands between them.
    private mutating func changeWords(
        _ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int, _ operators: inout Operators
    ) -> Int {
        guard let (low, end) = word(p, length), limit > 4 else { return overwrite(p, length) }
        var high = end
        // Mostly one word, sometimes a few.
        if generator.oneIn(3) {
            for _ in 0..<(1 + generator.below(6)) {
                while high < length, !Self.isWordByte(p[high]) { high += 1 }
                while high < length, Self.isWordByte(p[high]) { high += 1 }
            }
        }
        let count = high - low
        switch generator.below(8) {
        case 0:
            // Away with it, and mostly with the mark behind it.
            let end = high < length && generator.below(4) != 0 ? high + 1 : high
            (p + low).update(from: p + end, count: length - end)
            return length - (end - low)
        case 1:
            // Twice, with the mark that stands before or behind it between the two.
            let mark = high < length ? p[high] : low > 0 ? p[low - 1] : Self.marks[generator.below(Self.marks.count)]
            guard length + count + 1 <= limit else { return length }
            open(p, high, length, count + 1)
            p[high] = mark
            (p + high + 1).update(from: p + low, count: count)
            return length + count + 1
        case 2:
            // Another word of this input.
            guard let (from, to) = word(p, length) else { return length }
            return replace(p, length, limit, low, high, Array(UnsafeBufferPointer(start: p + from, count: to - from)))
        case 4, 5:
            // From here on as another input goes on from one of its words.
            operators.insert(.splice)
            let donor = shard.bytes(ofEntry: generator.below(Int(shard.header.pointee.entries)))
            guard let base = donor.baseAddress, let (from, _) = word(base, donor.count) else { return length }
            let start = generator.oneIn(2) ? low : high
            let margin = start == high && from > 0 ? 1 : 0
            let tail = donor.count - from + margin
            guard start + tail <= limit else { return length }
            (p + start).update(from: base + from - margin, count: tail)
            return start + tail
        case 3:
            let donor = shard.bytes(ofEntry: generator.below(Int(shard.header.pointee.entries)))
            guard let base = donor.baseAddress, let (from, to) = word(base, donor.count) else { return length }
            return replace(p, length, limit, low, high, Array(donor[from..<to]))
        default:
            operators.insert(.dictionary)
            guard let word = anyText(&generator) else { return length }
            if generator.next() & 1 == 0 { return replace(p, length, limit, low, high, word) }
            let mark = low > 0 ? p[low - 1] : high < length ? p[high] : Self.marks[generator.below(Self.marks.count)]
            return replace(p, length, limit, high, high, [mark] + word)
        }
    }

    /// The bounds of the word at a random place or next to it.
    private mutating func word(_ p: UnsafePointer<UInt8>, _ length: Int) -> (Int, Int)? {
        guard length > 0 else { return nil }
        var low = generator.below(length)
        while low < length, !Self.isWordByte(p[low]) { low += 1 }
        guard low < length else { return nil }
        var high = low + 1
        while high < length, Self.isWordByte(p[high]) { high += 1 }
        while low > 0, Self.isWordByte(p[low - 1]) { low -= 1 }
        return (low, high)
    }

    private func replace(
        _ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int, _ low: Int, _ high: Int, _ new: [UInt8]
    ) -> Int {
        let grown = length - (high - low) + new.count
        guard grown <= limit else { return length }
        (p + low + new.count).update(from: p + high, count: length - high)
        for (offset, byte) in new.enumerated() { p[low + offset] = byte }
        return grown
    }

    private mutating func insertRandom(_ p: UnsafeMutablePointer<UInt8>, _ at: Int, _ length: Int, _ limit: Int) -> Int {
        let count = min(limit - length, 1 + (generator.oneIn(16) ? generator.below(128) : generator.below(8)))
        guard count > 0 else { return length }
        open(p, at, length, count)
        switch generator.below(3) {
        case 0:
            let byte = generator.byte()
            for offset in 0..<count { p[at + offset] = byte }
        case 1: for offset in 0..<count { p[at + offset] = 0x20 + UInt8(generator.below(0x5F)) }
        default: for offset in 0..<count { p[at + offset] = generator.byte() }
        }
        return length + count
    }

    /// Makes room for `count` bytes at `at`.
    private func open(_ p: UnsafeMutablePointer<UInt8>, _ at: Int, _ length: Int, _ count: Int) {
        (p + at + count).update(from: p + at, count: length - at)
    }

    private mutating func delete(_ p: UnsafeMutablePointer<UInt8>, _ length: Int) -> Int {
        guard length > 1 else { return length }
        let count = 1 + (generator.oneIn(4) ? generator.below(length - 1) : generator.below(min(length - 1, 8)))
        let at = generator.below(length - count + 1)
        (p + at).update(from: p + at + count, count: length - at - count)
        return length - count
    }

    private mutating func duplicate(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        let count = min(limit - length, 1 + generator.below(min(length, 64)))
        guard count > 0 else { return length }
        let from = generator.below(length - count + 1)
        let at = generator.below(length + 1)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { copy in
            if let base = copy.baseAddress {
                base.update(from: p + from, count: count)
                open(p, at, length, count)
                (p + at).update(from: base, count: count)
            }
        }
        return length + count
    }

    private mutating func repeatPiece(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        let width = min(length, 1 + generator.below(4))
        let from = generator.below(length - width + 1)
        let times = 1 << (generator.oneIn(8) ? generator.below(11) : generator.below(4))
        let count = min(limit - length, width * times) / width * width
        guard count > 0 else { return length }
        open(p, from, length, count)
        // What stood at `from` is now after the gap: fill the gap from there.
        for offset in 0..<count { p[from + offset] = p[from + count + offset % width] }
        return length + count
    }

    private mutating func useToken(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int, overwriting: Bool) -> Int {
        let words = shard.tokenCount
        guard words + harvest.count > 0 else { return length }
        let which = generator.below(words + harvest.count)
        if !overwriting, generator.next() & 1 == 0, length + 80 < limit { return addWord(which, p, length) }
        if which < words { return place(shard.token(which), p, length, limit, overwriting) }
        return harvest[which - words].withUnsafeBufferPointer { place($0, p, length, limit, overwriting) }
    }

    private mutating func place(
        _ word: UnsafeBufferPointer<UInt8>, _ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int, _ overwriting: Bool
    ) -> Int {
        guard let base = word.baseAddress else { return length }
        if overwriting, word.count <= length {
            (p + generator.below(length - word.count + 1)).update(from: base, count: word.count)
            return length
        }
        guard length + word.count <= limit else { return length }
        let at = generator.below(length + 1)
        open(p, at, length, word.count)
        (p + at).update(from: base, count: word.count)
        return length + word.count
    }

    /// A field, line or word of this entry or another one, set down before a field of this one: texts are lists of such.
    private mutating func takeField(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        let donor = shard.bytes(ofEntry: generator.next() & 1 == 0 ? generator.below(Int(shard.header.pointee.entries)) : schedule.last)
        guard donor.count > 1 else { return length }
        // The mark that ends the field at a random place of the donor.
        var end = generator.below(donor.count)
        while end < donor.count, Self.isWordByte(donor[end]) || donor[end] >= 0x80 { end += 1 }
        guard end < donor.count else { return length }
        let mark = donor[end]
        var start = end
        while start > 0, donor[start - 1] != mark, end - start < 128 { start -= 1 }
        let count = end - start + 1
        guard length + count <= limit else { return length }
        // After a mark of the same kind here, or at either end.
        var at = generator.below(length + 1)
        while at > 0, p[at - 1] != mark { at -= 1 }
        if generator.oneIn(4) { at = length }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { copy in
            for offset in 0..<count { copy[offset] = donor[start + offset] }
            open(p, at, length, count)
            for offset in 0..<count { p[at + offset] = copy[offset] }
            return length + count
        }
    }

    /// A word with a mark between it and what stands before, and mostly at the end: the next field, the next line.
    private mutating func addWord(_ which: Int, _ p: UnsafeMutablePointer<UInt8>, _ length: Int) -> Int {
        let words = shard.tokenCount
        let at = generator.oneIn(4) ? generator.below(length + 1) : length
        // A mark that the input has already, or one of the usual.
        var mark = Self.marks[generator.below(Self.marks.count)]
        let present = p[generator.below(length)]
        if generator.next() & 1 == 0, !Self.isWordByte(present) { mark = present }
        var word = which < words ? Array(shard.token(which)) : harvest[which - words]
        if mark >= 0x20, !Self.isText(word), generator.below(4) != 0 { word = anyText(&generator) ?? word }
        open(p, at, length, word.count + 1)
        p[at] = mark
        for (offset, byte) in word.enumerated() { p[at + 1 + offset] = byte }
        return length + word.count + 1
    }

    static let marks: [UInt8] = Array(" \n,;:=&/|.-\t\"".utf8)

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private mutating func splice(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        let other = shard.bytes(ofEntry: generator.below(Int(shard.header.pointee.entries)))
        guard other.count > 0, let base = other.baseAddress else { return length }
        let count = 1 + generator.below(min(other.count, 64))
        let from = generator.below(other.count - count + 1)
        switch generator.below(3) {
        case 0 where count <= length:
            (p + generator.below(length - count + 1)).update(from: base + from, count: count)
            return length
        case 1:
            // The head of this one, the tail of the other.
            let head = generator.below(length + 1)
            let tail = min(other.count - from, limit - head)
            (p + head).update(from: base + from, count: tail)
            return head + tail
        default:
            guard length + count <= limit else { return length }
            let at = generator.below(length + 1)
            open(p, at, length, count)
            (p + at).update(from: base + from, count: count)
            return length + count
        }
    }

    private mutating func changeWord(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, width: Int) -> Int {
        guard length >= width else { return length }
        let at = generator.below(length - width + 1)
        let isBig = generator.next() & 1 == 0
        var value: UInt64 = 0
        for offset in 0..<width { value |= UInt64(p[at + (isBig ? width - 1 - offset : offset)]) &<< UInt64(8 * offset) }
        switch generator.below(4) {
        case 0: value = value &+ UInt64(truncatingIfNeeded: generator.below(71) - 35)
        case 1: value = (1 &<< UInt64(generator.below(8 * width + 1))) &+ UInt64(truncatingIfNeeded: generator.below(3) - 1)
        case 2: value = 0 &- (1 &<< UInt64(generator.below(8 * width))) &+ UInt64(truncatingIfNeeded: generator.below(3) - 1)
        default: value = 0 &- value
        }
        for offset in 0..<width {
            p[at + (isBig ? width - 1 - offset : offset)] = UInt8(truncatingIfNeeded: value &>> UInt64(8 * offset))
        }
        return length
    }

    private mutating func changeDigits(_ p: UnsafeMutablePointer<UInt8>, _ length: Int, _ limit: Int) -> Int {
        // The first digit at or after a random place.
        var at = generator.below(length)
        while at < length, !(0x30...0x39).contains(p[at]) { at += 1 }
        guard at < length else { return length }
        switch generator.below(4) {
        case 0: p[at] = 0x30 + UInt8(generator.below(10))
        case 1:
            guard length < limit else { return length }
            open(p, at, length, 1)
            p[at] = 0x31 + UInt8(generator.below(9))
            return length + 1
        case 2:
            guard length < limit else { return length }
            open(p, at, length, 1)
            p[at] = 0x2D
            return length + 1
        default:
            let number = Self.interestingNumbers[generator.below(Self.interestingNumbers.count)]
            var end = at
            while end < length, (0x30...0x39).contains(p[end]) { end += 1 }
            let rest = length - end
            guard at + number.count + rest <= limit else { return length }
            (p + at + number.count).update(from: p + end, count: rest)
            for (offset, byte) in number.enumerated() { p[at + offset] = byte }
            return at + number.count + rest
        }
        return length
    }

    static let interestingNumbers: [[UInt8]] = [
        "0", "-1", "1", "00", "127", "128", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648", "4294967295",
        "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "1e308", "1e-320", "0.1", "nan",
        "inf",
    ].map { Array($0.utf8) }

    private mutating func changeDouble(_ p: UnsafeMutablePointer<UInt8>, _ length: Int) -> Int {
        guard length >= 8 else { return length }
        let raw = UnsafeMutableRawPointer(p + generator.below((length - 8) / 4 + 1) * 4)
        var value = Double(bitPattern: raw.loadUnaligned(as: UInt64.self))
        switch generator.below(8) {
        case 0: value = value.rounded()
        case 1: value += Double(generator.below(21) - 10)
        case 2: value *= 2
        case 3: value /= 2
        case 4: value = -value
        case 5: value = value.nextUp
        case 6: value = Double(generator.below(4096))
        default:
            let special = [0.0, 1.0, 0.5, 1e308, -1e308, Double.leastNonzeroMagnitude, Double.infinity, Double.nan, 1e15, 9.2e18]
            value = special[generator.below(special.count)]
        }
        raw.storeBytes(of: value.bitPattern, as: UInt64.self)
        return length
    }
}
