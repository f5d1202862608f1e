import FuzzingRuntime
import PropertyTesting

/// What is learned of one entry of a typed target by changing its choices on purpose.
///
/// 1. *Walk*: the compares of the run are met in order. Where an operand is the value of a drawn number, the number becomes the one that is wanted, as
///    the index of its shape; where it is a drawn text, the text is written through its alphabet, which is found out by drawing others. Where it is
///    neither, the choices that move it are looked for, and swept, or stepped along the slope they have.
/// 2. *Sweep*: every choice of few outcomes takes each of them once.
///
/// As with ``EntryAnalysis`` each step is an execution, so that all that turns up on the way is kept.
struct DrawnAnalysis {
    let entry: Int
    var generator: ShardGenerator

    init(entry: Int, seed: UInt64) {
        self.entry = entry
        generator = ShardGenerator(seed: seed)
    }

    private static let walkBudget = 384
    private static let sweepBudget = 128

    mutating func run(_ engine: inout FuzzEngine) {
        let flags = EntryFlags(rawValue: engine.shard.entries[entry].flags)
        let isNewEdge = flags.contains(.newEdge)
        walk(budget: isNewEdge ? Self.walkBudget : flags.contains(.state) ? 24 : Self.walkBudget / 4, &engine)
        if isNewEdge, !engine.isOver { sweep(&engine) }
    }

    /// One run with the gate open: what it compared, and what it drew.
    private typealias Run = (trace: CompareTrace, sequence: ChoiceSequence)

    private func run(_ indices: [UInt64], _ operators: Operators, _ engine: inout FuzzEngine) -> Run? {
        let bytes = ChoiceBytes.bytes(indices, limit: engine.options.maximumLength)
        guard let trace = engine.trace(bytes, parent: entry, operators: operators), let sequence = engine.drawn?.sequence else { return nil }
        engine.learn(trace)
        return (trace, sequence)
    }

    // MARK: Walk

    private mutating func walk(budget total: Int, _ engine: inout FuzzEngine) {
        guard let whole = engine.sequence(of: entry), var current = run(whole.indices, .walk, &engine) else { return }
        var cursor = 0
        var budget = total
        var attempted: Set<UInt64> = []
        while budget > 0, !engine.isOver {
            let trace = current.trace
            guard let at = trace.compares[min(cursor, trace.compares.count)...].firstIndex(where: { !trace.isSatisfied($0) }) else { return }
            let compare = trace.compares[at]
            cursor = at + 1
            if engine.isDeadly(compare) { continue }
            noteNumbers(compare, &engine)
            engine.aim(at: compare)
            defer { engine.aim(at: nil) }
            let goal = WalkGoal(trace: trace, at: at)
            // A site in a loop is met for a few of its turns and left then.
            let isRepeated = !attempted.insert(compare.site).inserted
            guard let next = meet(compare, goal, current, isRepeated: isRepeated, budget: &budget, &engine) else { continue }
            current = next
            attempted.remove(compare.site)
            cursor = (next.trace.find(CompareKey(compare), from: at) ?? at) + 1
        }
    }

    private func noteNumbers(_ compare: pulsegate_fuzz_compare, _ engine: inout FuzzEngine) {
        guard compare.kind != UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) else { return }
        engine.typed.keepNumber(Self.signed(compare.b, compare.size))
    }

    private mutating func meet(
        _ compare: pulsegate_fuzz_compare, _ goal: WalkGoal, _ current: Run, isRepeated: Bool, budget: inout Int, _ engine: inout FuzzEngine
    ) -> Run? {
        func judge(_ indices: [UInt64], _ operators: Operators, _ budget: inout Int, _ engine: inout FuzzEngine) -> Run? {
            budget -= 1
            guard let next = run(indices, operators, &engine) else { return nil }
            let judged = goal.judge(next.trace)
            return judged == .reached || (judged == .kept && next.trace.isNew) ? next : nil
        }
        if compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) {
            let text = current.trace.texts[Int(compare.text)]
            for (from, to) in Self.wishes(text) {
                for candidate in texts(from, to, compare, current, &budget, &engine) where budget > 0 {
                    if let next = judge(candidate, .substitution, &budget, &engine) { return next }
                }
            }
            return nil
        }
        for candidate in Self.substitutions(compare, current.sequence) {
            guard budget > 0, !engine.isOver else { return nil }
            if let next = judge(candidate, .substitution, &budget, &engine) { return next }
        }
        guard !isRepeated, engine.isWorthMeasuring(compare) else { return nil }
        // Which choices move the operands?
        let difference = Self.difference(compare)
        let sequence = current.sequence
        var positions = Array(sequence.indices.indices.filter { sequence.shapes[$0].bound > 0 })
        if positions.count > 48 { positions = Array(positions.suffix(48)) }
        for position in positions where budget > 0 && !engine.isOver {
            let (index, shape) = (sequence.indices[position], sequence.shapes[position])
            var neighbour = sequence.indices
            neighbour[position] = index == shape.bound ? index - 1 : index + 1
            budget -= 1
            guard let moved = run(neighbour, .walk, &engine) else { continue }
            if goal.judge(moved.trace) == .reached { return moved }
            guard let there = moved.trace.find(goal.key, from: goal.place) else { continue }
            let step = Self.difference(moved.trace.compares[there]) - difference
            if step == 0 { continue }
            if shape.bound <= 64 {
                for other in 0...shape.bound where other != index && other != neighbour[position] && budget > 0 {
                    var candidate = sequence.indices
                    candidate[position] = other
                    if let next = judge(candidate, .walk, &budget, &engine) { return next }
                }
            } else if let value = shape.drawnValue(of: index), let beside = shape.drawnValue(of: neighbour[position]), value != beside {
                // Along the slope to where the operands meet, and a step to either side.
                let goalValue = value - difference * (beside - value) / step
                for wanted in [goalValue, goalValue - 1, goalValue + 1] {
                    guard let index = shape.drawnIndex(of: wanted) else { continue }
                    var candidate = sequence.indices
                    candidate[position] = index
                    if let next = judge(candidate, .solver, &budget, &engine) { return next }
                }
            }
        }
        return nil
    }

    // MARK: Numbers

    private static func signed(_ word: UInt64, _ size: UInt8) -> Int128 {
        size >= 8 ? Int128(Int64(bitPattern: word)) : Int128(Int64(bitPattern: word << UInt64(64 - 8 * Int(size))) >> Int64(64 - 8 * Int(size)))
    }

    /// The first operand less the second, as signed numbers of their size.
    private static func difference(_ compare: pulsegate_fuzz_compare) -> Int128 {
        signed(compare.a, compare.size) - signed(compare.b, compare.size)
    }

    static let mostSubstitutions = 18

    /// The sequence with one number in place of which an operand stands set to the other operand, or to a neighbour of it.
    static func substitutions(_ compare: pulsegate_fuzz_compare, _ sequence: ChoiceSequence) -> [[UInt64]] {
        let mask: UInt64 = compare.size >= 8 ? .max : (1 << UInt64(8 * Int(compare.size))) - 1
        let difference = difference(compare)
        var candidates: [[UInt64]] = []
        var sides = [(compare.a & mask, -difference)]
        if compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) { sides.append((compare.b & mask, difference)) }
        for exact in [true, false] {
            for (operand, wish) in sides {
                for position in sequence.indices.indices {
                    let shape = sequence.shapes[position]
                    guard shape.bound > 0, !shape.isMore, let value = shape.drawnValue(of: sequence.indices[position]) else { continue }
                    guard UInt64(truncatingIfNeeded: value) & mask == operand else { continue }
                    for beside in exact ? [0] as [Int128] : [1, -1] {
                        guard let index = shape.drawnIndex(of: value + wish + beside), index != sequence.indices[position] else { continue }
                        var candidate = sequence.indices
                        candidate[position] = index
                        candidates.append(candidate)
                        if candidates.count == mostSubstitutions { return candidates }
                    }
                }
            }
        }
        return candidates
    }

    // MARK: Texts

    /// What a text compare would have instead of what: either side may be the drawn one.
    static func wishes(_ text: TextCompare) -> [(from: [Character], to: [Character])] {
        guard text.wholeA == text.a.count, text.wholeB == text.b.count else { return [] }
        let a = Array(String(decoding: text.a, as: UTF8.self))
        let b = Array(String(decoding: text.b, as: UTF8.self))
        switch text.kind {
        case .equality, .order, .switchCase, .bytes: return [(a, b), (b, a)]
        case .prefix: return [(a, b + a.dropFirst(b.count))]
        case .suffix: return [(a, a.dropLast(b.count) + b)]
        case .hash: return []
        }
    }

    private static let probes = 40

    /// Sequences in which a drawn text that may be `from` is `to`.
    private func texts(
        _ from: [Character], _ to: [Character], _ compare: pulsegate_fuzz_compare, _ current: Run, _ budget: inout Int,
        _ engine: inout FuzzEngine
    ) -> [[UInt64]] {
        guard to.count <= 64 else { return [] }
        var candidates: [[UInt64]] = []
        for text in DrawnText.all(of: current.sequence) where budget > 0 && candidates.count < 6 {
            let known = engine.alphabet(text.bound)
            if known.allows(from, text.drawn) {
                let drawn = to.compactMap { known.indices[$0] }
                if drawn.count == to.count {
                    candidates.append(text.list.replaced(by: drawn.map { [$0] }, in: current.sequence.indices))
                    continue
                }
            } else if text.drawn.count != from.count {
                continue
            }
            if let found = probe(text, for: to, compare, current, &budget, &engine) { candidates.append(found) }
        }
        return candidates
    }

    /// Finds out what the indices of a text stand for: it is drawn with others, and the operand shows which characters they are.
    private func probe(
        _ text: DrawnText, for wanted: [Character], _ compare: pulsegate_fuzz_compare, _ current: Run, _ budget: inout Int,
        _ engine: inout FuzzEngine
    ) -> [UInt64]? {
        var alphabet = TextAlphabet()
        let length = max(1, text.drawn.count)
        let key = CompareKey(compare)
        var (bound, next, left) = (text.bound, UInt64(0), Self.probes)
        while left > 0, budget > 0, next <= bound, !engine.isOver {
            left -= 1
            budget -= 1
            let tried = (0..<UInt64(length)).map { min(bound, next + $0) }
            let candidate = text.list.replaced(by: tried.map { [$0] }, in: current.sequence.indices)
            guard let run = run(candidate, .walk, &engine),
                let at = run.trace.find(key, from: 0) ?? run.trace.compares.firstIndex(where: { $0.site == key.site }),
                run.trace.compares[at].kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue)
            else { return nil }
            let seen = run.trace.texts[Int(run.trace.compares[at].text)]
            // The alphabet of a text that was empty shows itself now.
            if text.drawn.isEmpty,
                let now = DrawnText.all(of: run.sequence).first(where: { $0.list.range.lowerBound == text.list.range.lowerBound })
            {
                bound = now.bound
            }
            let shown = [seen.a, seen.b].map { Array(String(decoding: $0, as: UTF8.self)) }
            guard let characters = shown.first(where: { $0.count == length && alphabet.allows($0, tried) }) else { return nil }
            for (index, character) in zip(tried, characters) { alphabet.learn(index, character) }
            // One character for all indices: it is not this text that is compared.
            if alphabet.characters.count > 1, Set(alphabet.characters.values).count == 1 { return nil }
            next += UInt64(length)
            let drawn = wanted.compactMap { alphabet.indices[$0] }
            if drawn.count == wanted.count {
                engine.typed.alphabets[bound] = alphabet
                return text.list.replaced(by: drawn.map { [$0] }, in: current.sequence.indices)
            }
        }
        return nil
    }

    // MARK: Sweep

    private func sweep(_ engine: inout FuzzEngine) {
        guard let sequence = engine.sequence(of: entry) else { return }
        var left = Self.sweepBudget
        for position in sequence.indices.indices.reversed() where (1...16).contains(sequence.shapes[position].bound) {
            for other in 0...sequence.shapes[position].bound where other != sequence.indices[position] {
                guard left > 0, !engine.isOver else { return }
                left -= 1
                var candidate = sequence.indices
                candidate[position] = other
                _ = engine.execute(
                    ChoiceBytes.bytes(candidate, limit: engine.options.maximumLength), parent: entry, operators: .walk)
            }
        }
    }
}
