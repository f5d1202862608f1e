import FuzzingRuntime

/// What one input compared, in order, and what else its run showed.
struct CompareTrace {
    /// Whether the run lit something new (and is an entry now).
    let isNew: Bool
    let path: UInt64
    let lit: Int
    /// Compares made, those that were not written down included.
    let calls: UInt64
    let compares: [pulsegate_fuzz_compare]
    private let rawTexts: [pulsegate_fuzz_text]

    /// Copies what the runtime wrote down in the last run with an open gate.
    init(isNew: Bool, path: UInt64, lit: Int) {
        self.isNew = isNew
        self.path = path
        self.lit = lit
        calls = pulsegate_fuzz_calls()
        var at: UnsafePointer<pulsegate_fuzz_compare>?
        let count = Int(pulsegate_fuzz_compares(&at))
        compares = Array(UnsafeBufferPointer(start: at, count: count))
        var textsAt: UnsafePointer<pulsegate_fuzz_text>?
        let textCount = Int(pulsegate_fuzz_texts(&textsAt))
        rawTexts = Array(UnsafeBufferPointer(start: textsAt, count: textCount))
    }

    /// The texts of a compare of texts.
    func text(_ compare: pulsegate_fuzz_compare) -> TextCompare { TextCompare(rawTexts[Int(compare.text)]) }

    /// Where each compare stands, by site and occurrence.
    func index() -> [CompareKey: Int] {
        var index: [CompareKey: Int] = [:]
        index.reserveCapacity(compares.count)
        for (at, compare) in compares.enumerated() { index[CompareKey(compare)] = at }
        return index
    }

    /// Where a compare stands at or after `start`, else before it. Traces of neighbouring inputs agree for long stretches, so that it is found at once.
    func find(_ key: CompareKey, from start: Int) -> Int? {
        if start < compares.count, CompareKey(compares[start]) == key { return start }
        return compares[min(start, compares.count)...].firstIndex { CompareKey($0) == key }
            ?? compares[..<min(start, compares.count)].firstIndex { CompareKey($0) == key }
    }

    func isSatisfied(_ compare: pulsegate_fuzz_compare) -> Bool {
        compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) ? rawTexts[Int(compare.text)].holds != 0 : compare.a == compare.b
    }
}

/// One compare of one run: the place in the code and how often it had been reached.
struct CompareKey: Hashable {
    let site: UInt64
    let occurrence: UInt32

    @inline(__always) init(_ compare: pulsegate_fuzz_compare) {
        site = compare.site
        occurrence = compare.occurrence
    }
}

/// A compare of two texts or byte strings, each cut to 64 bytes.
struct TextCompare {
    enum Kind: UInt8 {
        case equality, order, prefix, suffix, hash, switchCase, bytes
    }

    let kind: Kind
    let a: [UInt8]
    let b: [UInt8]
    let wholeA: Int
    let wholeB: Int

    init(_ text: pulsegate_fuzz_text) {
        kind = Kind(rawValue: text.kind) ?? .equality
        wholeA = Int(text.a_length)
        wholeB = Int(text.b_length)
        a = withUnsafeBytes(of: text.a) { Array($0.prefix(Int(text.a_length))) }
        b = withUnsafeBytes(of: text.b) { Array($0.prefix(Int(text.b_length))) }
    }
}
