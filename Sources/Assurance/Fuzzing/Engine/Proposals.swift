import FuzzingRuntime

/// Inputs that may make a compare hold, likeliest first.
struct Proposals {
    /// A piece of an input and what is to stand there instead.
    struct Edit: Equatable {
        var position: Int
        var length: Int
        var new: [UInt8]
        var operators: Operators
        /// The number that is written, and how, where it is one.
        var number: (value: UInt64, encoding: NumberEncoding)?

        static func == (a: Edit, b: Edit) -> Bool { a.position == b.position && a.length == b.length && a.new == b.new }

        /// The same with a number beside: the other side of a boundary.
        func beside(_ step: Int) -> Edit? {
            guard let number else { return nil }
            let value = number.value &+ UInt64(truncatingIfNeeded: step)
            guard let other = number.encoding.write(value, instead: new.count) else { return nil }
            return Edit(position: position, length: length, new: other, operators: operators, number: (value, number.encoding))
        }

        func applied(to bytes: [UInt8]) -> [UInt8] { Proposals.spliced(bytes, position, length, new) }
    }

    private var edits: [Edit] = []
    private var next = 0
    static let most = 40

    mutating func popFirst() -> Edit? {
        guard next < edits.count else { return nil }
        next += 1
        return edits[next - 1]
    }

    private mutating func add(
        _ position: Int, _ length: Int, _ new: [UInt8], _ operators: Operators, number: (UInt64, NumberEncoding)? = nil
    ) {
        let edit = Edit(position: position, length: length, new: new, operators: operators, number: number)
        guard edits.count < Self.most, !edits.contains(edit) else { return }
        edits.append(edit)
    }

    // MARK: Operands found as they are

    static func direct(
        for compare: pulsegate_fuzz_compare, in trace: CompareTrace, bytes: [UInt8], engine: inout FuzzEngine
    ) -> Proposals {
        var proposals = Proposals()
        if compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) {
            proposals.addTexts(trace.text(compare), bytes: bytes, site: compare.site, engine: &engine)
            return proposals
        }
        proposals.addNumbers(from: compare.a, to: compare.b, size: Int(compare.size), bytes: bytes)
        if compare.size == 8, let new = SmallText.bytes(compare.b), new.count > 1 {
            // A short text compared with a literal is compared as the words it is kept in.
            proposals.replace(SmallText.bytes(compare.a) ?? [], with: new, in: bytes)
        }
        if compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) {
            proposals.addNumbers(from: compare.b, to: compare.a, size: Int(compare.size), bytes: bytes)
        }
        proposals.addLength(from: compare.a, to: compare.b, bytes: bytes, engine: engine)
        if compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) {
            proposals.addLength(from: compare.b, to: compare.a, bytes: bytes, engine: engine)
        }
        return proposals
    }

    private static func mask(_ size: Int) -> UInt64 { size >= 8 ? .max : (1 << UInt64(8 * size)) - 1 }

    private mutating func addNumbers(from a: UInt64, to b: UInt64, size: Int, bytes: [UInt8]) {
        let mask = Self.mask(size)
        let a = a & mask
        let b = b & mask
        guard a != b, bytes.count <= 4096 else { return }
        for encoding in NumberEncoding.all {
            switch encoding {
            case .little(let width), .big(let width):
                // A wider place than the operand holds it only as its extension; a narrower one only where nothing is cut off.
                if width > size { continue }
                let narrow = Self.mask(width)
                let signedA = a > mask >> 1 ? a | ~mask : a
                guard a & ~narrow == 0 || signedA | narrow == .max else { continue }
                let signedB = b > mask >> 1 ? b | ~mask : b
                guard b & ~narrow == 0 || signedB | narrow == .max else { continue }
                if case .big(1) = encoding { continue }
            case .decimal, .wideDecimal, .fixedPoint, .hexadecimal: if size == 1, a > 255 { continue }
            case .utf8: if a < 0x80 && b < 0x80 { continue }
            case .varint, .zigzag: if a < 0x80 && b < 0x80 { continue }
            }
            // As it would be written: a number of another form with the same value (leading zeros) is found by what moves the compare.
            let wideA = signedWide(a, size: size, encoding: encoding)
            guard let needle = encoding.write(wideA, instead: 0),
                let new = encoding.write(signedWide(b, size: size, encoding: encoding), instead: 0)
            else { continue }
            var hits = 0
            var position = 0
            while hits < 6, let found = Self.find(needle, in: bytes, from: position) {
                position = found + 1
                let end = found + needle.count
                if encoding.isDigits,
                    found > 0 && Self.isDigit(bytes[found - 1]) || end < bytes.count && Self.isDigit(bytes[end])
                {
                    continue  // a part of a longer number
                }
                add(found, needle.count, new, .substitution, number: (signedWide(b, size: size, encoding: encoding), encoding))
                hits += 1
            }
        }
    }

    private func signedWide(_ value: UInt64, size: Int, encoding: NumberEncoding) -> UInt64 {
        let mask = Self.mask(size)
        switch encoding {
        case .decimal, .wideDecimal, .fixedPoint, .zigzag: return value > mask >> 1 && size < 8 ? value | ~mask : value
        default: return value
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, needle.count <= bytes.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            needle.withUnsafeBufferPointer { needle in
                var at = start
                while at + needle.count <= bytes.count {
                    if bytes[at] == first {
                        var same = 1
                        while same < needle.count, bytes[at + same] == needle[same] { same += 1 }
                        if same == needle.count { return at }
                    }
                    at += 1
                }
                return nil
            }
        }
    }

    private mutating func addLength(from a: UInt64, to b: UInt64, bytes: [UInt8], engine: FuzzEngine) {
        let have = Int64(truncatingIfNeeded: a)
        let want = Int64(truncatingIfNeeded: b)
        let count = Int64(bytes.count)
        guard have >= 0, have <= count, count - have <= 64, want >= 0, want <= Int64(engine.options.maximumLength) else { return }
        resize(bytes, to: Int(count + want - have), limit: engine.options.maximumLength)
        if have == count { resize(bytes, to: Int(want) + 1, limit: engine.options.maximumLength) }
    }

    private mutating func resize(_ bytes: [UInt8], to length: Int, limit: Int) {
        guard length >= 0, length <= limit, length != bytes.count else { return }
        if length < bytes.count {
            add(length, bytes.count - length, [], .length)
        } else {
            // Bytes that differ from one another, so that each can be told from the others.
            let grown = (bytes.count..<length).map { UInt8(truncatingIfNeeded: 0x41 &+ ($0 &* 37) % 26) }
            add(bytes.count, 0, grown, .length)
        }
    }

    // MARK: Operands that bytes move

    /// Adds the difference of the operands to the number that stands at the places which move the compare.
    static func moved(for compare: pulsegate_fuzz_compare, by places: [Int], bytes: [UInt8], engine: FuzzEngine) -> Proposals {
        var proposals = Proposals()
        let difference = compare.b &- compare.a
        if places.contains(InfluenceMap.lengthPlace) {
            let length = Int64(bytes.count) &+ Int64(truncatingIfNeeded: difference)
            if length >= 0, length <= Int64(engine.options.maximumLength) {
                proposals.resize(bytes, to: Int(length), limit: engine.options.maximumLength)
            }
            let other = Int64(bytes.count) &- Int64(truncatingIfNeeded: difference)
            if other >= 0, other <= Int64(engine.options.maximumLength) {
                proposals.resize(bytes, to: Int(other), limit: engine.options.maximumLength)
            }
        }
        let positions = places.filter { $0 < bytes.count }
        guard !positions.isEmpty, positions.count <= 40 else { return proposals }
        let wanted = engine.relationsWanted(compare)
        var steps = [difference, 0 &- difference]
        if wanted.above { steps.append(difference &+ 1) }
        if wanted.below { steps.append(difference &- 1) }
        for position in positions where position == positions[0] || !positions.contains(position - 1) {
            let run = positions.filter { $0 >= position }.enumerated().prefix { $0.element == position + $0.offset }.count
            for encoding in NumberEncoding.all {
                switch encoding {
                case .little(let width), .big(let width): if width > max(1, run) && width > Int(compare.size) { continue }
                default: break
                }
                guard let (value, length) = encoding.read(bytes, at: position) else { continue }
                for step in steps {
                    guard let new = encoding.write(value &+ step, instead: length) else { continue }
                    proposals.add(position, length, new, .solver, number: (value &+ step, encoding))
                }
                if let new = encoding.write(value ^ compare.a ^ compare.b, instead: length) {
                    proposals.add(position, length, new, .solver)
                }
            }
        }
        return proposals
    }

    /// Puts the wanted text where the bytes stand that move a compare of texts, as it is and in the forms in which texts travel.
    static func moved(_ text: TextCompare, by places: [Int], bytes: [UInt8], site: UInt64, engine: inout FuzzEngine)
        -> Proposals
    {
        var proposals = Proposals()
        let positions = places.filter { $0 < bytes.count }
        var wanted = text.b
        if text.kind == .hash {
            guard let token = engine.nextText(for: site) else { return proposals }
            wanted = token
        }
        guard let first = positions.first, let last = positions.last, !wanted.isEmpty else { return proposals }
        for form in [wanted] + TravellingText.forms.map({ $0(wanted) }) {
            proposals.add(first, last + 1 - first, form, .solver)
            proposals.add(first, min(form.count, bytes.count - first), form, .solver)
            proposals.add(first, 0, form, .solver)
        }
        // One byte after another: the first that differs takes the value it should have, moved by as much as the text's byte is off.
        for pair in zip(text.a, text.b) where pair.0 != pair.1 {
            for position in positions.prefix(24) {
                let moved = bytes[position] &+ (pair.1 &- pair.0)
                proposals.add(position, 1, [moved], .solver)
                proposals.add(position, 1, [bytes[position] ^ pair.0 ^ pair.1], .solver)
            }
            break
        }
        return proposals
    }

    // MARK: Texts

    private mutating func addTexts(_ text: TextCompare, bytes: [UInt8], site: UInt64, engine: inout FuzzEngine) {
        switch text.kind {
        case .equality, .order, .switchCase, .bytes:
            replace(text.a, with: text.b, in: bytes)
            replace(text.b, with: text.a, in: bytes)
        case .prefix:
            replace(Array(text.a.prefix(text.b.count)), with: text.b, in: bytes)
        case .suffix:
            replace(Array(text.a.suffix(text.b.count)), with: text.b, in: bytes)
        case .hash:
            guard !text.a.isEmpty else { return }
            // As many as the quick pace tries, so that none is left out each time.
            for _ in 0..<4 {
                guard let token = engine.nextText(for: site) else { return }
                replace(text.a, with: token, in: bytes)
            }
        }
    }

    private mutating func replace(_ old: [UInt8], with new: [UInt8], in bytes: [UInt8]) {
        if old.isEmpty {
            // Nothing stands where the text is wanted: between two marks, or at an end.
            add(bytes.count, 0, new, .substitution)
            var places = 0
            for place in bytes.indices.reversed() where places < 10 && place > 0 && place < 256 {
                if Self.isMark(bytes[place]), Self.isMark(bytes[place - 1]) || place + 1 == bytes.count {
                    add(place, 0, new, .substitution)
                    places += 1
                }
            }
            for place in [0, bytes.count / 2] { add(place, 0, new, .substitution) }
            return
        }
        var hits = 0
        var position = 0
        while position + old.count <= bytes.count, hits < 4 {
            if bytes[position...].starts(with: old) {
                add(position, old.count, new, .substitution)
                hits += 1
                position += old.count
            } else {
                position += 1
            }
        }
        guard hits == 0 else { return }
        // The text may have travelled in another form, been folded or turned.
        for form in TravellingText.forms {
            let needle = form(old)
            var at = 0
            while hits < 2, let found = Self.find(needle, in: bytes, from: at) {
                add(found, needle.count, form(new), .substitution)
                hits += 1
                at = found + needle.count
            }
            if hits > 0 { return }
        }
        guard old.count > 1 else { return }
        let folded = old.map(Self.lowered)
        for start in bytes.indices where start + old.count <= bytes.count && hits < 2 {
            if bytes[start..<(start + old.count)].lazy.map(Self.lowered).elementsEqual(folded) {
                add(start, old.count, new, .substitution)
                hits += 1
            }
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte < 0x30 || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte) || (0x7B...0x7F).contains(byte)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    static func spliced(_ bytes: [UInt8], _ position: Int, _ length: Int, _ new: [UInt8]) -> [UInt8] {
        var result = bytes
        result.replaceSubrange(position..<(position + length), with: new)
        return result
    }
}

/// Forms in which a text travels.
enum TravellingText {
    static let forms: [@Sendable ([UInt8]) -> [UInt8]] = [
        { wide($0, isBig: true) }, { wide($0, isBig: false) }, { $0.flatMap { [0x25] + hexadecimal($0) } },
        { $0.flatMap { hexadecimal($0) } },
        { base64($0) }, { $0.reversed() },
    ]

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// UTF-16.
    static func wide(_ bytes: [UInt8], isBig: Bool) -> [UInt8] {
        String(decoding: bytes, as: UTF8.self).utf16.flatMap { unit in
            isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let group = bytes[at..<min(at + 3, bytes.count)]
            var word: UInt32 = 0
            for offset in 0..<3 { word = word << 8 | (at + offset < bytes.count ? UInt32(bytes[at + offset]) : 0) }
            for digit in 0..<4 { result.append(digit <= group.count ? alphabet[Int(word >> UInt32(18 - 6 * digit)) & 63] : 0x3D) }
            at += 3
        }
        return result
    }
}

/// Words of texts: what the two words of a short string look like to a compare of integers.
enum SmallText {
    /// The characters in a word, `nil` where it holds anything but printable ASCII, or a mark of length at the end.
    static func bytes(_ word: UInt64) -> [UInt8]? {
        var rest = word
        // The second word's top byte counts the characters (0xE0 + count).
        if rest >> 56 >= 0xE0, rest >> 56 <= 0xEF { rest &= (1 << 56) - 1 }
        var bytes: [UInt8] = []
        while rest != 0 {
            let byte = UInt8(truncatingIfNeeded: rest)
            guard (0x20...0x7E).contains(byte) else { return nil }
            bytes.append(byte)
            rest >>= 8
        }
        return bytes
    }
}
