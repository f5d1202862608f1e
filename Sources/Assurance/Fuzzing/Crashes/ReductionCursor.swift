/// The order in which smaller and simpler inputs are tried: where the search stands, in a few words that outlive the process that tries them.
///
/// A cursor knows nothing of the code under test. It makes one candidate after another of the best input so far, and is told whether that died as the
/// original does:
///
/// ```
/// while let candidate = cursor.candidate(of: best) {
///     if dies(candidate) { cursor.accepted(from: best.count, to: candidate.count); best = candidate } else { cursor.refused(best) }
/// }
/// ```
///
/// | pass | candidates |
/// |---|---|
/// | tail, head | cut by halves, so that what does not matter at an end costs the logarithm of its length |
/// | chunks | deleted, of halving sizes; the same with a length before them lowered by as much |
/// | values | every occurrence of one byte deleted |
/// | pairs | two bytes deleted: brackets, quotes |
/// | numbers | bytes and words of 2 and 4 bytes in both orders: 0, powers of two, then less by a quarter, an eighth, … , one |
/// | runs, bytes | written over with `0`, `a` and the zero byte |
///
/// After a number or a byte became simpler, deletions are tried again: at most ``rounds`` times, so that the search ends. Each candidate is O(n), and
/// there are O(n) of them for n up to a few hundred bytes, O(n log n) beyond that.
struct ReductionCursor: Equatable {
    enum Pass: UInt64, CaseIterable {
        case tail, head, chunks, values, pairs, numbers, runs, bytes, done
    }

    static let rounds: UInt64 = 6
    /// Longest input of which pairs are tried, and single bytes with lengths before them.
    static let shortInput = 96
    static let middlingInput = 512

    private(set) var pass = Pass.tail
    private(set) var size = 0
    private(set) var position = 0
    private(set) var variant = 0
    private(set) var round: UInt64 = 0
    private var didSimplify = false

    init(length: Int) { begin(.tail, length: length) }

    // MARK: Keeping it

    /// The cursor as words.
    var words: [UInt64] {
        [pass.rawValue, UInt64(size), UInt64(position), UInt64(variant), round &* 2 &+ (didSimplify ? 1 : 0)]
    }

    /// `nil` where the words are not those of a cursor.
    init?(words: [UInt64]) {
        guard words.count == 5, let pass = Pass(rawValue: words[0]), words[1...3].allSatisfy({ $0 < 1 << 32 }) else { return nil }
        self.pass = pass
        (size, position, variant) = (Int(words[1]), Int(words[2]), Int(words[3]))
        round = words[4] / 2
        didSimplify = words[4] & 1 == 1
    }

    // MARK: Candidates

    /// The next candidate; `nil` when there is none. Steps that make none are passed over.
    mutating func candidate(of best: [UInt8]) -> [UInt8]? {
        while pass != .done {
            if let made = made(of: best), made != best { return made }
            refused(best)
        }
        return nil
    }

    private func made(of best: [UInt8]) -> [UInt8]? {
        switch pass {
        case .tail: return size > 0 && size <= best.count ? Array(best.dropLast(size)) : nil
        case .head: return size > 0 && size <= best.count ? Array(best.dropFirst(size)) : nil
        case .chunks: return withoutChunk(best)
        case .values:
            let value = UInt8(truncatingIfNeeded: variant)
            let rest = best.filter { $0 != value }
            return rest.count < best.count - 1 ? rest : nil
        case .pairs:
            guard position < variant, variant < best.count else { return nil }
            var rest = best
            rest.remove(at: variant)
            rest.remove(at: position)
            return rest
        case .numbers: return withNumber(best)
        case .runs, .bytes:
            let end = min(best.count, position + size)
            guard position < end else { return nil }
            let simple = Self.simple[variant]
            guard best[position..<end].contains(where: { Self.rank($0) > variant }) else { return nil }
            var changed = best
            for at in position..<end where Self.rank(changed[at]) > variant { changed[at] = simple }
            return changed
        case .done: return nil
        }
    }

    static let simple: [UInt8] = [0x30, 0x61, 0x00]

    /// 0 for the simplest byte; those that are not simple share the highest rank.
    static func rank(_ byte: UInt8) -> Int { simple.firstIndex(of: byte) ?? simple.count }

    private func withoutChunk(_ best: [UInt8]) -> [UInt8]? {
        let end = min(best.count, position + size)
        guard position < end else { return nil }
        var changed = best
        let cut = end - position
        if variant > 0 {
            // A byte before the chunk that may be a length: lowered alone, or with all others whose span holds the chunk.
            let reach = Self.lengths
            if variant <= reach {
                let at = position - variant
                guard at >= 0, Int(best[at]) >= cut, at + Int(best[at]) + 8 >= end else { return nil }
                changed[at] -= UInt8(cut)
            } else {
                var lowered = 0
                for at in max(0, position - 4 * reach)..<position
                where Int(best[at]) >= cut && at + 1 + Int(best[at]) >= end && best[at] < 128 {
                    changed[at] -= UInt8(cut)
                    lowered += 1
                }
                guard lowered > 1 else { return nil }
            }
        }
        changed.removeSubrange(position..<end)
        return changed
    }

    /// Bytes before a chunk that are tried as its length.
    private static let lengths = 8

    private static let numberForms: [NumberEncoding] = [.big(4), .little(4), .big(2), .little(2), .little(1)]

    private func withNumber(_ best: [UInt8]) -> [UInt8]? {
        let form = Self.numberForms[size]
        guard let (value, length) = form.read(best, at: position), value > 0 else { return nil }
        // A letter or digit that is simple is as good as zero.
        if length == 1, Self.rank(best[position]) < Self.simple.count { return nil }
        let less: UInt64
        switch variant {
        case 0: less = 0
        case 1...Self.powers:
            less = 1 << UInt64(variant - 1)
            guard less < value else { return nil }
        default:
            let part = value >> UInt64(variant - Self.powers + 1)
            guard part > 0 else { return nil }
            less = value - part
        }
        guard let bytes = form.write(less, instead: length), bytes.count == length else { return nil }
        return Array(best[..<position]) + bytes + best[(position + length)...]
    }

    private static let powers = 31
    private static let steps = powers + 32

    // MARK: Steps

    /// The candidate was taken: `length` is what the best input has now.
    mutating func accepted(from old: Int, to length: Int) {
        switch pass {
        case .tail, .head: size = min(size, length)
        case .chunks, .values: variant = 0
        case .pairs:
            variant = position + 1
        case .numbers:
            didSimplify = true
            variant = 0
        case .runs, .bytes:
            didSimplify = true
            position += size
            variant = 0
        case .done: break
        }
    }

    /// The candidate was not taken: on to the next step.
    mutating func refused(_ best: [UInt8]) {
        let length = best.count
        switch pass {
        case .tail, .head:
            size /= 2
            if size == 0 { begin(pass == .tail ? .head : .chunks, length: length) }
        case .chunks:
            variant += 1
            if length <= Self.middlingInput, size <= 255, variant <= Self.lengths + 1 { return }
            variant = 0
            position += size
            guard position >= length else { return }
            position = 0
            size /= 2
            if size == 0 { begin(.values, length: length) }
        case .values:
            variant += 1
            if variant > 255 { begin(length <= Self.shortInput ? .pairs : .numbers, length: length) }
        case .pairs:
            variant += 1
            if variant < length { return }
            position += 1
            variant = position + 1
            if variant >= length { begin(.numbers, length: length) }
        case .numbers:
            variant += 1
            if variant <= Self.steps, let value = Self.numberForms[size].read(best, at: position)?.value, value > 0, isWorthTrying(value) {
                return
            }
            variant = 0
            position += 1
            guard position >= length else { return }
            position = 0
            size += 1
            if size == Self.numberForms.count || length > Self.middlingInput { begin(.runs, length: length) }
        case .runs, .bytes:
            variant += 1
            if variant < Self.simple.count { return }
            variant = 0
            position += size
            guard position >= length else { return }
            position = 0
            size = pass == .bytes || size == 1 ? 0 : size / 2
            if size == 0 { finishRound(length) }
        case .done: break
        }
    }

    /// Whether the steps of a number are not all behind it.
    private func isWorthTrying(_ value: UInt64) -> Bool {
        if variant <= Self.powers { return true }
        return value >> UInt64(variant - Self.powers + 1) > 0
    }

    private mutating func finishRound(_ length: Int) {
        if didSimplify, round + 1 < Self.rounds {
            round += 1
            didSimplify = false
            begin(.tail, length: length)
        } else {
            begin(.done, length: length)
        }
    }

    private mutating func begin(_ next: Pass, length: Int) {
        pass = next
        (position, variant) = (0, 0)
        let half = max(1, length / 2)
        let power = 1 << (Int.bitWidth - 1 - half.leadingZeroBitCount)
        switch next {
        case .tail, .head: size = max(1, length)
        case .chunks: size = power
        case .runs: size = max(1, length)
        case .bytes: size = 1
        case .pairs:
            size = 1
            variant = 1
        case .values: variant = 0
        case .numbers, .done: size = 0
        }
        if length == 0 { pass = .done }
    }
}
