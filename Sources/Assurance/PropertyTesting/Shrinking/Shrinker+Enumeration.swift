/// The search through everything simpler, which finds what no pass is made for, and proves minimality.
extension Shrinker {
    /// Sequences up to this long are searched.
    static let enumerationLength = 8
    /// Candidates of one search.
    static let enumerationTries = 4000
    /// Bodies for a proof, where all choices have few possibilities.
    static let proofBodies: UInt64 = 64
    /// Of a choice with more possibilities only the first few, the last and the values present are tried.
    static let enumerationWidth: UInt64 = 12

    /// Everything simpler, as far as small indices, bounds and the present values go: a depth-first walk through the generator's own tree.
    /// When nothing was left out, the result is proved minimal.
    mutating func enumerate() {
        guard best.count <= Self.enumerationLength, draws != nil else { return }
        // Where everything simpler can be tried, a proof is worth some bodies.
        let isFinite =
            best.shapes.dropLast().allSatisfy { $0.bound <= Self.enumerationWidth } && (best.indices.last ?? 0) < Self.proofBodies
        let budget = bodyLimit
        if isFinite { bodyLimit = max(bodyLimit, bodies + Int(Self.proofBodies)) }
        defer { bodyLimit = budget }
        var walk = Walk(target: best.indices, left: min(Self.enumerationTries, limit - tries))
        let isComplete = visit([], side: .equal, &walk)
        isProvedMinimal = isComplete && !walk.isFound
    }

    private struct Walk {
        let target: [UInt64]
        var left: Int
        var isFound = false
    }

    /// Where a prefix stands in relation to the target's.
    private enum Side {
        case smaller, equal, larger
    }

    /// Whether everything simpler that begins so is known not to fail.
    private mutating func visit(_ prefix: [UInt64], side: Side, _ walk: inout Walk) -> Bool {
        switch known.answer(prefix) {
        case .settled: return true
        case .overrun: break
        case .unknown:
            guard walk.left > 0, tries < limit, bodies < bodyLimit else { return false }
            walk.left -= 1
            if take(prefix, completionSeed: nil) {
                walk.isFound = true
                return false
            }
            if case .settled = known.answer(prefix) { return true }
        }
        // Of the full length only what is smaller from the left is simpler; what is larger must become shorter.
        let length = prefix.count + 1
        if length > walk.target.count || (length == walk.target.count && side == .larger) { return true }
        guard let shape = known.shape(after: prefix[...]) else { return false }
        var last = shape.bound
        if length == walk.target.count, side == .equal {
            if walk.target[length - 1] == 0 { return true }
            last = min(last, walk.target[length - 1] - 1)
        }
        var isComplete = true
        var next: [UInt64] = Array(0...min(last, last < 256 && length == walk.target.count ? last : Self.enumerationWidth))
        if last > UInt64(next.count - 1) {
            isComplete = false
            next += Set(walk.target + [last]).filter { $0 <= last && $0 >= UInt64(next.count) }.sorted()
        }
        for index in next {
            let here = walk.target[length - 1]
            let there: Side = side != .equal ? side : index < here ? .smaller : index == here ? .equal : .larger
            if !visit(prefix + [index], side: there, &walk) { isComplete = false }
            if walk.isFound { return false }
        }
        return isComplete
    }
}
