import FuzzingRuntime

/// What a shard remembers of each place that compares: how often traces reached it, what was compared last, and whether two sides ever met.
///
/// It tells people where a campaign is stuck; the engine does not read it. The table is of a fixed size: where it is full, further sites
/// are not remembered. Its one writer is the runner; who looks on while it writes may see operands of two compares mixed, which a display
/// can bear.
struct SiteTable {
    static let capacity = 2048
    static let stride = 176
    static var size: Int { capacity * stride }
    private static let longestProbe = 24

    let memory: UnsafeMutableRawPointer

    private enum Offset {
        static let site = 0, reached = 8, a = 16, b = 24
        static let isMet = 32, size = 33, kind = 34, textKind = 35
        static let aLength = 36, bLength = 40
        static let aText = 48, bText = 112
    }

    /// Takes note of what one input compared: each site counts once.
    func note(_ trace: CompareTrace) {
        for compare in trace.compares {
            let isText = compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue)
            guard let at = slot(compare.site) else { continue }
            if compare.occurrence == 0 {
                let reached = at.load(fromByteOffset: Offset.reached, as: UInt64.self) &+ 1
                at.storeBytes(of: reached, toByteOffset: Offset.reached, as: UInt64.self)
            }
            if at.load(fromByteOffset: Offset.isMet, as: UInt8.self) != 0 { continue }
            if isText, trace.text(compare).kind == .order {
                // Nobody wants the two sides of an order to be equal: it is met when it has gone both ways.
                let text = trace.text(compare)
                let before = at.load(fromByteOffset: Offset.a, as: UInt64.self)
                let ways = before | (text.a.lexicographicallyPrecedes(text.b) ? 1 : 2)
                at.storeBytes(of: ways, toByteOffset: Offset.a, as: UInt64.self)
                at.storeBytes(of: compare.kind, toByteOffset: Offset.kind, as: UInt8.self)
                at.storeBytes(of: ways == 3 ? 1 : 0, toByteOffset: Offset.isMet, as: UInt8.self)
                guard compare.occurrence == 0 else { continue }
                at.storeBytes(of: text.kind.rawValue, toByteOffset: Offset.textKind, as: UInt8.self)
                store(text.a, whole: text.wholeA, in: at, length: Offset.aLength, text: Offset.aText)
                store(text.b, whole: text.wholeB, in: at, length: Offset.bLength, text: Offset.bText)
                continue
            }
            if trace.isSatisfied(compare) {
                at.storeBytes(of: 1, toByteOffset: Offset.isMet, as: UInt8.self)
                continue
            }
            at.storeBytes(of: compare.a, toByteOffset: Offset.a, as: UInt64.self)
            at.storeBytes(of: compare.b, toByteOffset: Offset.b, as: UInt64.self)
            at.storeBytes(of: compare.size, toByteOffset: Offset.size, as: UInt8.self)
            at.storeBytes(of: compare.kind, toByteOffset: Offset.kind, as: UInt8.self)
            // The words of the first time in a run are enough; a look-up's word alone says nothing of what it wants.
            guard isText, compare.occurrence == 0 else { continue }
            let text = trace.text(compare)
            guard text.kind != .hash else {
                at.storeBytes(of: 1, toByteOffset: Offset.isMet, as: UInt8.self)
                continue
            }
            at.storeBytes(of: text.kind.rawValue, toByteOffset: Offset.textKind, as: UInt8.self)
            store(text.a, whole: text.wholeA, in: at, length: Offset.aLength, text: Offset.aText)
            store(text.b, whole: text.wholeB, in: at, length: Offset.bLength, text: Offset.bText)
        }
    }

    private func store(_ bytes: [UInt8], whole: Int, in at: UnsafeMutableRawPointer, length: Int, text: Int) {
        at.storeBytes(of: UInt32(clamping: whole), toByteOffset: length, as: UInt32.self)
        for (index, byte) in bytes.prefix(64).enumerated() { at.storeBytes(of: byte, toByteOffset: text + index, as: UInt8.self) }
    }

    /// Where a site stands, or where it can; `nil` when there is no room near its place.
    private func slot(_ site: UInt64) -> UnsafeMutableRawPointer? {
        guard site != 0 else { return nil }
        var index = Int((site &* 0x9E37_79B9_7F4A_7C15) >> 53) & (Self.capacity - 1)
        for _ in 0..<Self.longestProbe {
            let at = memory + index * Self.stride
            let found = at.load(fromByteOffset: Offset.site, as: UInt64.self)
            if found == site { return at }
            if found == 0 {
                at.storeBytes(of: site, toByteOffset: Offset.site, as: UInt64.self)
                return at
            }
            index = (index + 1) & (Self.capacity - 1)
        }
        return nil
    }

    /// All that is known, in no order.
    var sites: [ComparedSite] {
        (0..<Self.capacity).compactMap { index in
            let at = memory + index * Self.stride
            let site = at.load(fromByteOffset: Offset.site, as: UInt64.self)
            guard site != 0 else { return nil }
            func text(_ length: Int, _ start: Int) -> (bytes: [UInt8], whole: Int) {
                let whole = Int(at.load(fromByteOffset: length, as: UInt32.self))
                return ((0..<min(64, whole)).map { at.load(fromByteOffset: start + $0, as: UInt8.self) }, whole)
            }
            let left = text(Offset.aLength, Offset.aText)
            let right = text(Offset.bLength, Offset.bText)
            return ComparedSite(
                site: site, reached: at.load(fromByteOffset: Offset.reached, as: UInt64.self),
                isMet: at.load(fromByteOffset: Offset.isMet, as: UInt8.self) != 0, a: at.load(fromByteOffset: Offset.a, as: UInt64.self),
                b: at.load(fromByteOffset: Offset.b, as: UInt64.self), size: Int(at.load(fromByteOffset: Offset.size, as: UInt8.self)),
                kind: at.load(fromByteOffset: Offset.kind, as: UInt8.self),
                textKind: TextCompare.Kind(rawValue: at.load(fromByteOffset: Offset.textKind, as: UInt8.self)) ?? .equality,
                aText: left.bytes, bText: right.bytes, aWhole: left.whole, bWhole: right.whole)
        }
    }
}

/// One place that compares, as far as a campaign knows it.
struct ComparedSite: Equatable {
    /// Relative to the image; of a switch: plus the number of the case in the top 16 bits.
    var site: UInt64
    /// Traced inputs that came there.
    var reached: UInt64
    /// Whether its two sides were ever equal (of texts: whether it ever held).
    var isMet: Bool
    var a: UInt64
    var b: UInt64
    var size: Int
    var kind: UInt8
    var textKind: TextCompare.Kind
    var aText: [UInt8]
    var bText: [UInt8]
    var aWhole: Int
    var bWhole: Int

    var address: UInt64 { site & 0xFFFF_FFFF_FFFF }
    var isText: Bool { kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) }
    var isSwitch: Bool { kind == UInt8(PULSEGATE_FUZZ_SWITCH.rawValue) }

    var isTruth: Bool { !isText && size == 1 && a <= 1 && b <= 1 }

    /// What was asked: the word that stands between two operands.
    var form: String {
        guard isText else { return isSwitch ? "case" : "==" }
        return switch textKind {
        case .equality, .hash, .bytes: "=="
        case .order: "<"
        case .prefix: "hasPrefix"
        case .suffix: "hasSuffix"
        case .switchCase: "case"
        }
    }

    var left: String { isText ? Self.shown(aText, whole: aWhole) : Self.shown(a, size: size) }
    var right: String { isText ? Self.shown(bText, whole: bWhole) : Self.shown(b, size: size) }

    /// A number as people read it: with the letters it may stand for.
    static func shown(_ value: UInt64, size: Int) -> String {
        if size == 8, let text = SmallText.bytes(value), !text.isEmpty { return shown(text, whole: text.count) }
        var letters: [UInt8] = []
        var rest = value
        for _ in 0..<max(1, size) {
            letters.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
        while letters.count > 1, letters.last == 0 { letters.removeLast() }
        let isReadable = letters.allSatisfy { (0x20..<0x7F).contains($0) }
        if isReadable, letters.count == 1 { return "\(value) '\(Character(Unicode.Scalar(letters[0])))'" }
        let digits = "0x" + String(value, radix: 16)
        if isReadable { return digits + " " + shown(letters, whole: letters.count) }
        return value < 1000 ? String(value) : value > 1 << 48 ? digits : "\(value) (\(digits))"
    }

    static func shown(_ bytes: [UInt8], whole: Int) -> String {
        var text = "\""
        for byte in bytes.prefix(40) {
            switch byte {
            case 0x22, 0x5C: text += "\\" + String(Character(Unicode.Scalar(byte)))
            case 0x20..<0x7F: text += String(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return text + "\"" + (whole > 40 ? "… (\(whole) bytes)" : "")
    }

    /// What several workers know of the sites that none of them has met, most reached first; of each switch the most reached case stands
    /// for all.
    static func unmet(_ tables: [SiteTable], limit: Int) -> [ComparedSite] {
        var merged: [UInt64: ComparedSite] = [:]
        for site in tables.flatMap(\.sites) {
            guard var known = merged[site.site] else {
                merged[site.site] = site
                continue
            }
            var other = site
            if other.reached > known.reached { swap(&known, &other) }
            known.reached &+= other.reached
            known.isMet = known.isMet || other.isMet
            merged[site.site] = known
        }
        let open = merged.values.filter { !$0.isMet && $0.reached > 0 }.sorted { first, second in
            // Truth values tell a reader nothing: they come last.
            if first.isTruth != second.isTruth { return second.isTruth }
            return (second.reached, first.site) < (first.reached, second.site)
        }
        var switches = Set<UInt64>()
        return Array(open.lazy.filter { !$0.isSwitch || switches.insert($0.address).inserted }.prefix(limit))
    }
}
