import FuzzingRuntime

// Sentences of a language that nobody has written down: an input grows by a piece that means nothing, and what the code compares the piece with says
// what may stand there.
//
// After B. Mathis, R. Gopinath, M. Mera, A. Kampmann, M. Höschele, A. Zeller, "Parser-Directed Fuzzing", PLDI 2019, with pieces of several kinds (words
// behind a mark, numbers, single bytes, words of bytes) and at any place. A step that meets what was wanted is gone on from whether it shows anything
// new or not: most steps of a sentence do not.
extension FuzzEngine {
    static let growthSteps = 20
    /// Steps in a row that met nothing, after which a round is over.
    static let fruitlessSteps = 8
    static let longestGrown = 1024
    /// Rounds for an entry that lights an edge anew.
    static let firstGrowths = 3

    /// A piece put into an input: where it stands, and the part of it that is replaced by what is wanted.
    private struct Piece {
        enum Kind { case word, number, bytes, copy }
        var kind: Kind
        var at: Int
        var bytes: [UInt8]
        /// Of `bytes`.
        var kernel: Range<Int>
        var number: UInt64 = 0

        var kernelBytes: ArraySlice<UInt8> { bytes[kernel] }
    }

    /// What is to stand in the grown input instead of some of its bytes.
    private struct Wish {
        var key: CompareKey
        var position: Int
        var length: Int
        var new: [UInt8]
        var isLookUp = false
        var mark: UInt64
    }

    mutating func growthRound(_ entry: Int) {
        var current = bytes(entry)
        guard current.count <= Self.longestGrown else { return }
        var fruitless = 0
        for _ in 0..<Self.growthSteps where fruitless < Self.fruitlessSteps {
            let piece = makePiece(for: current)
            let grown = Proposals.spliced(current, piece.at, 0, piece.bytes)
            guard grown.count <= options.maximumLength, let trace = grow(grown, entry) else { return }
            var didMove = false
            var wishes = wishes(trace, piece)
            let wasCompared = !wishes.isEmpty
            var left = 4
            while left > 0, !wishes.isEmpty, !isOver {
                // What was wished for least often so far.
                var best = 0
                var fewest = Int.max
                let start = generator.below(wishes.count)
                for offset in wishes.indices {
                    let index = (start + offset) % wishes.count
                    let count = grownBefore[wishes[index].mark, default: 0]
                    if count < fewest { (best, fewest) = (index, count) }
                }
                let wish = wishes.remove(at: best)
                grownBefore[wish.mark, default: 0] += 1
                if !wish.isLookUp || left > 1 { left -= generator.oneIn(wish.isLookUp ? 3 : 1) ? 1 : 0 }
                let candidate = Proposals.spliced(grown, wish.position, wish.length, wish.new)
                guard candidate.count <= options.maximumLength, let next = grow(candidate, entry) else { break }
                let isMet = next.find(wish.key, from: 0).map { next.isSatisfied(next.compares[$0]) } ?? false
                // A look-up never says that it found: another path than that of a word without meaning does.
                if next.isNew || isMet || (wish.isLookUp && next.path != trace.path) {
                    current = candidate
                    didMove = true
                    break
                }
            }
            if isOver { return }
            fruitless = didMove || trace.isNew ? 0 : fruitless + 1
            // A piece that is what it should be already: a name, a number, one more of something. Where it was compared in vain that is less likely.
            if !didMove, trace.isNew || (wasCompared ? generator.oneIn(4) : generator.below(4) != 0) { current = grown }
            if current.count > Self.longestGrown { return }
        }
    }

    private mutating func grow(_ bytes: [UInt8], _ entry: Int) -> CompareTrace? {
        let trace = trace(loaded: load(bytes), parent: entry, operators: [.walk, .splice])
        learn(trace)
        return isOver ? nil : trace
    }

    // MARK: Pieces

    private mutating func makePiece(for current: [UInt8]) -> Piece {
        let readable = current.lazy.filter { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.count
        let isText = readable * 8 >= current.count * 7
        var piece: Piece
        switch (generator.below(16), isText) {
        case (0...6, true): piece = wordPiece(current, behindMark: true)
        case (7, true): piece = wordPiece(current, behindMark: false)
        case (8...10, true): piece = numberPiece(current)
        case (11...12, true), (0...5, false): piece = bytesPiece(count: 1)
        case (6...11, false): piece = bytesPiece(count: [2, 3, 4, 5, 8][generator.below(5)])
        case (12, false): piece = wordPiece(current, behindMark: false)
        default: piece = copiedPiece(current)
        }
        switch generator.below(8) {
        case 0...4: piece.at = current.count
        case 5: piece.at = generator.below(current.count + 1)
        default: piece.at = boundary(current)
        }
        // Inside, the mark that stands before a piece at the end must stand behind it.
        if piece.at < current.count, generator.oneIn(2), piece.kind != .bytes, let first = piece.bytes.first, !Self.isWord(first),
            piece.kernel.lowerBound == 1
        {
            piece.bytes = Array(piece.bytes.dropFirst()) + [first]
            piece.kernel = 0..<(piece.kernel.count)
        }
        return piece
    }

    /// Where a word begins or ends, or a mark.
    private mutating func boundary(_ bytes: [UInt8]) -> Int {
        guard !bytes.isEmpty else { return 0 }
        var at = generator.below(bytes.count)
        if generator.oneIn(2) {
            while at > 0, Self.isWord(bytes[at - 1]) { at -= 1 }
        } else {
            while at < bytes.count, Self.isWord(bytes[at]) { at += 1 }
        }
        return at
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
    }

    /// A mark between words: one that the input has, one that the code compares with, or one of the usual.
    private mutating func mark(_ current: [UInt8]) -> UInt8 {
        if !current.isEmpty, generator.below(4) != 0 {
            for _ in 0..<4 {
                let byte = current[generator.below(current.count)]
                if !Self.isWord(byte) { return byte }
            }
        }
        if !codeBytes.isEmpty, generator.oneIn(2) {
            for _ in 0..<4 {
                let byte = codeBytes[generator.below(codeBytes.count)]
                if !Self.isWord(byte) { return byte }
            }
        }
        return Self.marks[generator.below(Self.marks.count)]
    }

    private mutating func wordPiece(_ current: [UInt8], behindMark: Bool) -> Piece {
        let first: UInt8 = generator.oneIn(4) ? 0x41 : 0x61
        let word = (0..<(3 + generator.below(3))).map { _ in first + UInt8(generator.below(26)) }
        guard behindMark else { return Piece(kind: .word, at: 0, bytes: word, kernel: 0..<word.count) }
        return Piece(kind: .word, at: 0, bytes: [mark(current)] + word, kernel: 1..<(1 + word.count))
    }

    private mutating func numberPiece(_ current: [UInt8]) -> Piece {
        let number = UInt64(generator.oneIn(2) ? 10 + generator.below(90) : 100 + generator.below(9900))
        let digits = Array(String(number).utf8)
        if generator.oneIn(3) { return Piece(kind: .number, at: 0, bytes: digits, kernel: 0..<digits.count, number: number) }
        return Piece(kind: .number, at: 0, bytes: [mark(current)] + digits, kernel: 1..<(1 + digits.count), number: number)
    }

    private mutating func bytesPiece(count: Int) -> Piece {
        var bytes = (0..<count).map { _ in generator.byte() }
        // Mostly one that the code knows in front, and small numbers behind.
        if count > 1 {
            if !codeBytes.isEmpty, generator.oneIn(2) { bytes[0] = codeBytes[generator.below(codeBytes.count)] }
            for at in 1..<count where generator.oneIn(2) { bytes[at] = UInt8(generator.below(generator.oneIn(2) ? 4 : 32)) }
        }
        return Piece(kind: .bytes, at: 0, bytes: bytes, kernel: 0..<count)
    }

    /// Some of this input, or of another one, again.
    private mutating func copiedPiece(_ current: [UInt8]) -> Piece {
        let donor = generator.oneIn(2) || current.isEmpty ? bytes(generator.below(shard.entryCount)) : current
        guard !donor.isEmpty else { return bytesPiece(count: 1) }
        var low = boundary(donor)
        // With the marks around it, or without.
        if low > 0, generator.oneIn(2) { low -= 1 }
        var high = min(donor.count, low + 1 + generator.below(min(48, donor.count)))
        while high < donor.count, Self.isWord(donor[high]) { high += 1 }
        if high < donor.count, generator.oneIn(2) { high += 1 }
        return Piece(kind: .copy, at: 0, bytes: Array(donor[low..<high]), kernel: 0..<0)
    }

    // MARK: Wishes

    private mutating func wishes(_ trace: CompareTrace, _ piece: Piece) -> [Wish] {
        guard !piece.kernel.isEmpty else { return [] }
        let kernel = Array(piece.kernelBytes)
        let position = piece.at + piece.kernel.lowerBound
        var wishes: [Wish] = []
        var lookUps = 0
        func add(_ compare: pulsegate_fuzz_compare, _ position: Int, _ length: Int, _ new: [UInt8], isLookUp: Bool = false) {
            let mark = compare.site ^ (new.withUnsafeBufferPointer(ContentNumber.of) &* 0x9E37_79B9_7F4A_7C15)
            guard wishes.count < 48, !wishes.contains(where: { $0.mark == mark }) else { return }
            wishes.append(Wish(key: CompareKey(compare), position: position, length: length, new: new, isLookUp: isLookUp, mark: mark))
        }
        // The last compares are those of the piece where it stands at the end.
        for compare in trace.compares.reversed() where !trace.isSatisfied(compare) {
            if compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) {
                let text = trace.text(compare)
                if Self.isFoldedEqual(text.a, kernel) {
                    if text.kind == .hash {
                        guard lookUps < 2 else { continue }
                        lookUps += 1
                        for _ in 0..<8 {
                            if let word = nextText(for: compare.site) { add(compare, position, kernel.count, word, isLookUp: true) }
                        }
                    } else if !text.b.isEmpty {
                        add(compare, position, kernel.count, text.b)
                    }
                } else if Self.isFoldedEqual(text.b, kernel), !text.a.isEmpty {
                    add(compare, position, kernel.count, text.a)
                } else if text.kind == .prefix || text.kind == .suffix || text.kind == .bytes, !text.b.isEmpty, text.a.count > kernel.count,
                    text.a.starts(with: kernel)
                {
                    add(compare, position, kernel.count, text.b)
                }
                continue
            }
            let a = compare.a & Self.mask(Int(compare.size))
            let b = compare.b & Self.mask(Int(compare.size))
            let isVariable = compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue)
            switch piece.kind {
            case .word:
                if compare.size == 8, let text = SmallText.bytes(a), text.elementsEqual(kernel), let wanted = SmallText.bytes(b),
                    !wanted.isEmpty
                {
                    add(compare, position, kernel.count, wanted)
                } else if a == UInt64(kernel[0]), (1..<256).contains(b) {
                    add(compare, position, 1, [UInt8(b)])
                }
            case .number:
                if a == piece.number {
                    for wanted in [b, b &+ 1, b &- 1] where wanted < 1 << 62 {
                        add(compare, position, kernel.count, Array(String(wanted).utf8))
                    }
                } else if isVariable, b == piece.number, a < 1 << 62 {
                    add(compare, position, kernel.count, Array(String(a).utf8))
                } else if a == UInt64(kernel[0]), (1..<256).contains(b) {
                    add(compare, position, 1, [UInt8(b)])
                }
            case .bytes:
                for (offset, byte) in kernel.enumerated() {
                    if a == UInt64(byte), b < 256 {
                        add(compare, position + offset, 1, [UInt8(b)])
                        break
                    }
                    if isVariable, b == UInt64(byte), a < 256 {
                        add(compare, position + offset, 1, [UInt8(a)])
                        break
                    }
                }
                for encoding in [NumberEncoding.big(2), .little(2), .big(4), .little(4), .big(8), .little(8)] {
                    for offset in kernel.indices {
                        guard let (value, length) = encoding.read(kernel, at: offset), value > 255 else { continue }
                        let wanted: UInt64? = value == a ? b : isVariable && value == b ? a : nil
                        guard let wanted, let new = encoding.write(wanted, instead: length), encoding.read(new, at: 0)?.value == wanted
                        else {
                            continue
                        }
                        add(compare, position + offset, length, new)
                    }
                }
            case .copy: return []
            }
        }
        return wishes
    }

    private static func mask(_ size: Int) -> UInt64 { size >= 8 ? .max : (1 << UInt64(8 * size)) - 1 }

    private static func isFoldedEqual(_ text: [UInt8], _ kernel: [UInt8]) -> Bool {
        guard text.count == kernel.count else { return false }
        return zip(text, kernel).allSatisfy { ($0 | 0x20) == ($1 | 0x20) }
    }
}
