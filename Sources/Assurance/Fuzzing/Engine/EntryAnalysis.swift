import FuzzingRuntime

/// What is learned of one entry by changing it on purpose.
///
/// 1. *Colour*: every byte that can be another one of its class without leaving the path becomes one, so that an operand is found at one place only.
/// 2. *Walk*: the compares of the run are met in order. Each that does not hold is made to hold by putting the wanted operand where the operand it has
///    comes from, in whatever form it stands there; the walk goes on from there. Each step is an execution, so that all that turns up on the way is
///    kept.
/// 3. *Solvers*: a compare that nothing met is solved as a linear system of the bytes that move it, over the integers modulo 2^n and over
///    bits, and last by descent.
/// 4. *Pump*: pieces are repeated, to see whether depth or work grows with them.
///
/// The steps depend on the entry, the shard's seed and the build alone.
struct EntryAnalysis {
    let entry: Int
    let bytes: [UInt8]
    var generator: ShardGenerator

    init(entry: Int, bytes: [UInt8], seed: UInt64) {
        self.entry = entry
        self.bytes = bytes
        generator = ShardGenerator(seed: seed)
    }

    mutating func run(_ engine: inout FuzzEngine) {
        let flags = EntryFlags(rawValue: engine.shard.entries[entry].flags)
        guard flags.contains(.newEdge) else {
            // Another number of times, a deeper stack: a short look.
            walk(from: bytes, pace: .focused, skipping: false, budget: Self.walkBudget / 8, &engine)
            if engine.isOver { return }
            walk(from: bytes, pace: .quick, skipping: generator.oneIn(2), budget: Self.walkBudget / 8, &engine)
            if !engine.isOver, flags.contains(.progress) { solve(from: bytes, &engine) }
            if !engine.isOver, !flags.isDisjoint(with: [.depth, .work]) || generator.oneIn(4) { pump(&engine) }
            return
        }
        let coloured = colour(&engine)
        // First what was never met, wherever in the trace; then what is found at once, to the end of it; then what takes more.
        walk(from: bytes, pace: .focused, skipping: false, budget: Self.walkBudget / 2, &engine)
        if engine.isOver { return }
        let walked = walk(from: coloured, pace: .quick, skipping: false, budget: Self.walkBudget, &engine)
        if engine.isOver { return }
        walk(from: walked, pace: .thorough, skipping: false, budget: Self.walkBudget, &engine)
        if engine.isOver { return }
        walk(from: bytes, pace: .quick, skipping: true, budget: Self.walkBudget, &engine)
        if engine.isOver { return }
        solve(from: coloured, &engine)
        if engine.isOver { return }
        pump(&engine)
    }

    // MARK: Colour

    static let longestColoured = 1024

    private mutating func colour(_ engine: inout FuzzEngine) -> [UInt8] {
        guard !bytes.isEmpty, bytes.count <= Self.longestColoured, engine.execute(bytes, parent: entry, operators: .colour) != nil else {
            return bytes
        }
        let path = engine.scan.hash
        var current = bytes
        var ranges = [(0, bytes.count)]
        var budget = 2 * min(bytes.count, 100) + 8
        while let (low, high) = ranges.popLast(), budget > 0, !engine.isOver {
            budget -= 1
            var candidate = current
            for at in low..<high { candidate[at] = another(candidate[at]) }
            let ran = engine.execute(candidate, parent: entry, operators: .colour)
            if ran != nil, engine.scan.hash == path {
                current = candidate
            } else if high - low > 1 {
                let middle = (low + high) / 2
                ranges.append((middle, high))
                ranges.append((low, middle))
            }
        }
        return current
    }

    /// A byte of the same class: a digit for a digit, a letter for a letter of its case.
    private mutating func another(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x30...0x39: 0x30 + UInt8(generator.below(10))
        case 0x41...0x5A: 0x41 + UInt8(generator.below(26))
        case 0x61...0x7A: 0x61 + UInt8(generator.below(26))
        case 0x20...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: byte
        default: generator.byte()
        }
    }

    // MARK: Walk

    static let walkBudget = 256
    static let attemptsPerWalk = 8

    private enum Pace {
        /// As quick, at compares that no run has met.
        case focused
        /// The likeliest few proposals of each compare.
        case quick
        /// All of them, those too that must be measured first.
        case thorough
    }

    /// Meets one compare after another and returns how far it came.
    @discardableResult
    private mutating func walk(
        from start: [UInt8], pace: Pace, skipping: Bool, budget total: Int, _ engine: inout FuzzEngine
    ) -> [UInt8] {
        var current = start
        guard var trace = engine.trace(current, parent: entry, operators: .walk) else { return current }
        engine.learn(trace)
        if start == bytes { engine.noteFrontier(trace, entry) }
        var cursor = 0
        /// Values that were met without showing anything new: one character is looked for at every place of a text.
        var mere: [UInt64: Int] = [:]
        /// Attempts at each site: loops compare the same again and again.
        var attempts: [UInt64: Int] = [:]
        var influence = InfluenceMap()
        var budget = total
        while budget > 0, !engine.isOver {
            guard
                // What stands before the cursor holds, or was tried in vain.
                let at = trace.compares[min(cursor, trace.compares.count)...].firstIndex(where: { !trace.isSatisfied($0) })
            else { return current }
            let compare = trace.compares[at]
            cursor = at + 1
            if pace == .focused, engine.isSolved(compare) { continue }
            if attempts[compare.site, default: 0] >= (pace == .focused ? 2 : Self.attemptsPerWalk) { continue }
            attempts[compare.site, default: 0] += 1
            if skipping, generator.oneIn(2) { continue }
            if engine.isDeadly(compare) || !engine.isWorthTrying(compare, &generator) { continue }
            engine.aim(at: compare)
            defer { engine.aim(at: nil) }
            let goal = WalkGoal(trace: trace, at: at)
            var proposals = Proposals.direct(for: compare, in: trace, bytes: current, engine: &engine)
            var isReached = false
            var isMeasured = pace != .thorough
            var left = pace == .thorough ? Int.max : pace == .focused ? 8 : 4
            while budget > 0, left > 0, !engine.isOver {
                left -= 1
                guard let proposal = proposals.popFirst() else {
                    // What is not found as it is may still be moved by bytes: see which.
                    guard !isMeasured else { break }
                    isMeasured = true
                    guard engine.isWorthMeasuring(compare) else { break }
                    if !influence.knows(CompareKey(compare)) {
                        budget -= influence.measure(current, base: trace, entry: entry, engine: &engine)
                    }
                    let places = influence[CompareKey(compare)]
                    proposals =
                        compare.kind == UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue)
                        ? Proposals.moved(
                            trace.text(compare), by: places, bytes: current, site: compare.site, engine: &engine)
                        : Proposals.moved(for: compare, by: places, bytes: current, engine: engine)
                    continue
                }
                budget -= 1
                let before = current
                let candidate = proposal.applied(to: current)
                guard let next = engine.trace(candidate, parent: entry, operators: proposal.operators) else { continue }
                engine.learn(next)
                let judged = goal.judge(next)
                // Another length that shows nothing new only loses bytes, or adds some that mean nothing yet.
                let meeting = compare.site ^ (compare.b &* 0x9E37_79B9_7F4A_7C15)
                let isMere = !next.isNew && (proposal.operators == .length || mere[meeting, default: 0] >= 2)
                if judged == .reached, !next.isNew { mere[meeting, default: 0] += 1 }
                if judged == .reached && !isMere || (judged == .kept && next.isNew) {
                    current = Array(candidate.prefix(engine.options.maximumLength))
                    trace = next
                    isReached = true
                    // Met, and nothing new: what is wanted may be to pass the boundary on one of its sides.
                    if !next.isNew, proposal.number != nil {
                        for beside in [1, -1] where budget > 0 {
                            guard let other = proposal.beside(beside) else { continue }
                            budget -= 1
                            let candidate = other.applied(to: before)
                            guard let run = engine.trace(candidate, parent: entry, operators: proposal.operators) else { continue }
                            engine.learn(run)
                            if run.isNew, goal.judge(run) == .kept {
                                current = Array(candidate.prefix(engine.options.maximumLength))
                                trace = run
                                break
                            }
                        }
                    }
                    break
                }
                if case .broke(let broken) = judged, budget > 8 {
                    let mended = mend(candidate, trace: next, broken: broken, goal: goal, budget: &budget, &engine)
                    if let mended {
                        current = mended.bytes
                        trace = mended.trace
                        isReached = true
                        break
                    }
                }
            }
            engine.count(attempt: compare, met: isReached)
            if isReached {
                attempts[compare.site] = 0
                influence.forgetPositions(longerThan: current.count)
                cursor = (trace.find(CompareKey(compare), from: at) ?? at) + 1
            }
        }
        return current
    }

    /// Makes an equality hold again that held before the last change: a checksum, a length.
    private mutating func mend(
        _ candidate: [UInt8], trace: CompareTrace, broken: Int, goal: WalkGoal, budget: inout Int, _ engine: inout FuzzEngine
    ) -> (bytes: [UInt8], trace: CompareTrace)? {
        var current = candidate
        var trace = trace
        var broken = broken
        for _ in 0..<3 {
            var next: (bytes: [UInt8], trace: CompareTrace, judged: WalkGoal.Judgement)?
            var proposals = Proposals.direct(for: trace.compares[broken], in: trace, bytes: current, engine: &engine)
            var left = 8
            while left > 0, let proposal = proposals.popFirst() {
                left -= 1
                budget -= 1
                let mended = proposal.applied(to: current)
                guard let run = engine.trace(mended, parent: entry, operators: [.repair, proposal.operators]) else { continue }
                let judged = goal.judge(run)
                if judged == .reached { return (mended, run) }
                if case .broke(let other) = judged, CompareKey(run.compares[other]) != CompareKey(trace.compares[broken]) {
                    next = (mended, run, judged)
                    break
                }
            }
            guard let next, case .broke(let other) = next.judged, budget > 8 else { return nil }
            current = next.bytes
            trace = next.trace
            broken = other
        }
        return nil
    }

    // MARK: Pump

    /// Repeats pieces of the entry: recursion, backtracking and what grows faster than its input show themselves so.
    private mutating func pump(_ engine: inout FuzzEngine) {
        guard !bytes.isEmpty else { return }
        let header = engine.shard.header
        var pieces: [(Int, Int)] = []
        for width in [1, 2, 4] where width <= bytes.count {
            for _ in 0..<min(8, bytes.count - width + 1) { pieces.append((generator.below(bytes.count - width + 1), width)) }
        }
        for (at, width) in pieces {
            for times in [6, 40, 600] {
                if engine.isOver { return }
                guard bytes.count + width * times <= engine.options.maximumLength else { break }
                var candidate = Array(bytes[..<at])
                for _ in 0..<times { candidate += bytes[at..<(at + width)] }
                candidate += bytes[at...]
                let calls = header.pointee.calls_seen
                guard engine.takeStep() else { break }
                engine.executeGated(engine.load(candidate), parent: entry, operators: .pump, attention: .work)
                // Where a few repetitions changed nothing, many will not either.
                if times == 6, header.pointee.calls_seen == calls, generator.below(4) != 0 { break }
            }
        }
    }
}
