import FuzzingRuntime

// What compares teach: which outcomes a site has had, and words.
extension FuzzEngine {
    private enum Relation {
        static let equal: UInt64 = 1
        static let below: UInt64 = 2
        static let above: UInt64 = 3
    }

    /// Takes note of the outcomes and of the words of a trace.
    mutating func learn(_ trace: CompareTrace) {
        // People look on now and then.
        if trace.isNew || shard.header.pointee.traced & 3 == 0 { shard.sites.note(trace) }
        // Sites are met again and again: their outcomes are counted now and then.
        let isThorough = trace.isNew || shard.header.pointee.traced & 3 == 0 || shard.header.pointee.traced < 4096
        for compare in trace.compares {
            if compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) {
                if trace.isSatisfied(compare) { shard.extra[slot(compare.site, Relation.equal, domain: 1)] = 1 }
                // Most texts are met again and again: the number of one tells that it is known before its bytes are read.
                let seen = slot(compare.a, compare.b, domain: 11)
                guard shard.extra[seen] == 0 else { continue }
                shard.extra[seen] = 1
                let text = trace.text(compare)
                let word = text.kind == .hash ? text.a : text.b
                // What the input brought along is no news.
                if word.count >= 2, !isInInput(word) { learn(word) }
                continue
            }
            guard isThorough else { continue }
            if compare.size == 8, compare.kind != UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue), let word = SmallText.bytes(compare.b),
                word.count > 2
            {
                learn(word)
            }
            if compare.b < 256, compare.kind != UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue), !isCodeByte[Int(compare.b)] {
                isCodeByte[Int(compare.b)] = true
                codeBytes.append(UInt8(compare.b))
            }
            let relation = compare.a == compare.b ? Relation.equal : compare.a < compare.b ? Relation.below : Relation.above
            shard.extra[slot(compare.site, relation, domain: 1)] = 1
        }
    }

    private func isInInput(_ word: [UInt8]) -> Bool {
        let length = min(Int(shard.header.pointee.input_length), 4096)
        guard let first = word.first, word.count <= length else { return false }
        for at in 0...(length - word.count) where shard.input[at] == first {
            var same = 1
            while same < word.count, shard.input[at + same] == word[same] { same += 1 }
            if same == word.count { return true }
        }
        return false
    }

    private func learn(_ word: [UInt8]) {
        let known = slot(word.withUnsafeBufferPointer(ContentNumber.of), 0, domain: 7)
        guard shard.extra[known] == 0 else { return }
        shard.extra[known] = 1
        shard.keepToken(word)
    }

    /// Which outcomes of a compare no run has had yet.
    func relationsWanted(_ compare: pulsegate_fuzz_compare) -> (below: Bool, above: Bool) {
        (
            below: shard.extra[slot(compare.site, Relation.below, domain: 1)] == 0,
            above: shard.extra[slot(compare.site, Relation.above, domain: 1)] == 0
        )
    }

    /// Whether a compare that was not met directly deserves the executions that tell which bytes move it: not where its site has been equal and
    /// unequal often.
    mutating func isWorthMeasuring(_ compare: pulsegate_fuzz_compare) -> Bool {
        let at = slot(compare.site, 7, domain: 1)
        let limit: UInt8 = shard.extra[slot(compare.site, Relation.equal, domain: 1)] != 0 ? 6 : 24
        guard shard.extra[at] < limit else { return false }
        shard.extra[at] += 1
        return true
    }

    func isSolved(_ compare: pulsegate_fuzz_compare) -> Bool { shard.extra[slot(compare.site, Relation.equal, domain: 1)] != 0 }

    /// Remembers which entry comes to the compares of numbers that no run has met: of two the later one every other time.
    mutating func noteFrontier(_ trace: CompareTrace, _ entry: Int) {
        for compare in trace.compares
        where compare.occurrence == 0 && compare.kind != UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) && compare.size > 1
            && compare.a != compare.b && !isSolved(compare)
        {
            if let at = frontierPlaces[compare.site] {
                if generator.oneIn(2) { frontier[at].entry = entry }
            } else if frontier.count < Self.widestFrontier {
                frontierPlaces[compare.site] = frontier.count
                frontier.append((compare.site, entry))
            }
        }
    }

    static let widestFrontier = 1024

    /// A site that no run has met and an entry that comes to it; those that were met since are forgotten.
    mutating func anyFrontier() -> (site: UInt64, entry: Int)? {
        while !frontier.isEmpty {
            let at = generator.below(frontier.count)
            let found = frontier[at]
            if shard.extra[slot(found.site, Relation.equal, domain: 1)] == 0 { return found }
            frontierPlaces[found.site] = nil
            frontier[at] = frontier[frontier.count - 1]
            frontier.removeLast()
            if at < frontier.count { frontierPlaces[frontier[at].site] = at }
        }
        return nil
    }

    /// Whether an input that was to meet the compare has killed a runner.
    func isDeadly(_ compare: pulsegate_fuzz_compare) -> Bool { shard.extra[slot(compare.site, compare.b, domain: 8)] != 0 }

    /// Says what the next inputs are meant to meet.
    func aim(at compare: pulsegate_fuzz_compare?) {
        shard.header.pointee.goal_value = compare?.b ?? 0
        shard.header.pointee.goal_site = compare?.site ?? 0
    }

    /// Whether a compare is worth the executions of a walk: sites that were tried often and hardly ever met have one chance in eight.
    func isWorthTrying(_ compare: pulsegate_fuzz_compare, _ generator: inout ShardGenerator) -> Bool {
        let tried = shard.extra[slot(compare.site, 0, domain: 9)]
        let met = shard.extra[slot(compare.site, 0, domain: 10)]
        return tried < 24 || Int(met) * 12 >= Int(tried) || generator.oneIn(8)
    }

    /// Counts an attempt of a walk at a compare.
    func count(attempt compare: pulsegate_fuzz_compare, met: Bool) {
        let tried = slot(compare.site, 0, domain: 9)
        let success = slot(compare.site, 0, domain: 10)
        if shard.extra[tried] == 250 {
            shard.extra[tried] /= 2
            shard.extra[success] /= 2
        }
        shard.extra[tried] += 1
        if met { shard.extra[success] += 1 }
    }

    /// A word that reads as text: for compares of texts, where numbers in binary are of no use.
    func anyText(_ generator: inout ShardGenerator) -> [UInt8]? {
        for _ in 0..<24 {
            guard let token = anyToken(&generator) else { return nil }
            if Self.isText(token) { return token }
        }
        return nil
    }

    /// The words that read as text, one after another for each site: a look-up is shown every word once before it is shown one again.
    mutating func nextText(for site: UInt64) -> [UInt8]? {
        while textsRead < shard.tokenCount {
            let word = Array(shard.token(textsRead))
            if Self.isText(word) { texts.append(word) }
            textsRead += 1
        }
        guard !texts.isEmpty else { return nil }
        let at = slot(site, 0, domain: 12)
        let high = slot(site, 1, domain: 12)
        let number = Int(shard.extra[at]) + Int(shard.extra[high]) << 8
        shard.extra[at] = UInt8(truncatingIfNeeded: number + 1)
        shard.extra[high] = UInt8(truncatingIfNeeded: (number + 1) >> 8)
        return texts[number % texts.count]
    }

    static func isText(_ token: [UInt8]) -> Bool {
        token.allSatisfy { (0x20...0x7E).contains($0) } && token.contains { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    }

    func anyToken(_ generator: inout ShardGenerator) -> [UInt8]? {
        let words = shard.tokenCount
        guard words + harvest.count > 0 else { return nil }
        let at = generator.below(words + harvest.count)
        return at < words ? Array(shard.token(at)) : harvest[at - words]
    }

    /// A place in the map of extra features.
    @inline(__always) func slot(_ site: UInt64, _ value: UInt64, domain: UInt64) -> Int {
        // As pulsegate_fuzz_feature has it.
        var hash = (site &* 0x9E37_79B9_7F4A_7C15) ^ (value &* 0xC2B2_AE3D_27D4_EB4F) ^ (domain &* 0x1656_67B1_9E37_79F9)
        hash ^= hash >> 29
        hash = hash &* 0xBF58_476D_1CE4_E5B9
        return Int(hash >> 46)
    }

    // MARK: Progress of compares

    /// What a gated run looks for.
    enum Attention {
        /// Work alone: how many compares there were.
        case work
        /// Work, and compares that came closer than ever or met at a new value.
        case progress
    }

    /// Runs with the gate open and keeps the input also where a compare came closer than ever, two sides met at a new value, or the work grew.
    @discardableResult
    mutating func executeGated(_ length: Int, parent: Int, operators: Operators, attention: Attention) -> Bool {
        if attention == .progress { pulsegate_fuzz_open_progress(shard.extra) } else { pulsegate_fuzz_open_count() }
        let isNew = execute(length, parent: parent, operators: operators.rawValue)
        pulsegate_fuzz_close_gate()
        let header = shard.header
        header.pointee.traced &+= 1
        let calls = pulsegate_fuzz_calls()
        gateCredit -= Int64(truncatingIfNeeded: calls)
        var flags: EntryFlags = []
        if calls > header.pointee.calls_seen + header.pointee.calls_seen / 8 + 64 {
            header.pointee.calls_seen = calls
            flags.insert(.work)
        }
        if pulsegate_fuzz_progress() != 0 {
            flags.insert(.progress)
            gateCredit = min(Self.mostGateCredit, gateCredit + Self.creditOfFind)
        }
        guard !isNew, !flags.isEmpty, header.pointee.entries < UInt64(Self.mostProgressEntries) || flags.contains(.work) else {
            return isNew
        }
        keep(length, parent: parent, operators: operators.rawValue, depth: 0, flags: flags)
        return true
    }

    static let mostProgressEntries = 8192
    /// Compares that each execution pays for, those that a find of the gate is worth, and the most that are saved up.
    static let creditOfExecution: Int64 = 12
    static let creditOfFind: Int64 = 1 << 16
    static let mostGateCredit: Int64 = 1 << 22
}
