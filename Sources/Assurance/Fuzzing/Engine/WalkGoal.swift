import FuzzingRuntime

/// What a change to an input is to achieve: one compare is to hold, and those before it that held must go on holding.
struct WalkGoal {
    enum Judgement: Equatable {
        /// The compare holds and nothing before it broke.
        case reached
        /// It does not hold, but what was before it does.
        case kept
        /// It holds, but the compare at this place of the new trace, which held, no longer does.
        case broke(Int)
        case missed
    }

    let key: CompareKey
    /// Where the compare stood in the trace that the change started from.
    let place: Int
    let held: [CompareKey]
    let compares: Int

    init(trace: CompareTrace, at index: Int) {
        key = CompareKey(trace.compares[index])
        place = index
        held = trace.compares[..<index].filter { trace.isSatisfied($0) }.map { CompareKey($0) }
        compares = trace.compares.count
    }

    func judge(_ trace: CompareTrace) -> Judgement {
        var broken: Int?
        var isMissing = false
        var cursor = 0
        for key in held {
            guard let at = trace.find(key, from: cursor) else {
                isMissing = true
                break
            }
            cursor = at + 1
            if !trace.isSatisfied(trace.compares[at]) {
                broken = at
                break
            }
        }
        let at = trace.find(key, from: cursor)
        let isReached = at.map { trace.isSatisfied(trace.compares[$0]) } ?? false
        if broken == nil, !isMissing {
            // A compare that holds and ends the run early is an error path: seen, but nothing to go on from.
            if isReached, trace.isNew || trace.compares.count * 4 >= compares * 3 { return .reached }
            return .kept
        }
        if let broken, isReached || at == nil, trace.compares[broken].kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) {
            return .broke(broken)
        }
        return .missed
    }
}
