/// The search through everything simpler, which finds what no pass is made for, and proves minimality.
extension Shrinker {
    /// Sequences up to this long are searched.
    static let enumerationLength = 8
    /// Candidates of one search.
    static let enumerationTries = 4000
    /// Bodies for a proof, where all choices have few possibilities, and where few cases are simpler.
    static let (proofBodies, certainProofBodies) = (64 as UInt64, 128 as UInt64)
    /// Of a choice with more possibilities only the first few, the last and the values present are tried.
    static let enumerationWidth: UInt64 = 12
    /// The same in a proof: what ends inside the generator costs no body.
    static let proofWidth: UInt64 = 1024

    /// Everything simpler, as far as small indices, bounds and the present values go: a depth-first walk through the generator's own tree.
    /// When nothing was left out, the result is proved minimal.
    mutating func enumerate() {
        guard best.count <= Self.enumerationLength, draws != nil else { return }
        // Where everything simpler can be tried, a proof is worth some bodies.
        let isFinite =
            best.shapes.dropLast().allSatisfy { $0.bound <= Self.enumerationWidth } && (best.indices.last ?? 0) < Self.proofBodies
        let isProvable = best.shapes.dropLast().allSatisfy { $0.bound <= Self.proofWidth } && simplerCases <= Self.certainProofBodies
        let budget = bodyLimit
        if isFinite { bodyLimit = max(bodyLimit, bodies + Int(Self.proofBodies)) }
        let withoutProof = bodyLimit
        if isProvable { bodyLimit = max(bodyLimit, bodies + Int(Self.certainProofBodies)) }
        defer { bodyLimit = budget }
        var walk = Walk(
            target: best.indices, width: isProvable ? Self.proofWidth : Self.enumerationWidth, bodiesWithoutProof: withoutProof,
            left: min(Self.enumerationTries, limit - tries), values: Set(best.indices).sorted())
        let isComplete = visit(nil, side: .equal, &walk)
        isProvedMinimal = isComplete && !walk.isFound
    }

    /// About how many cases are simpler: at each choice those that agree up to there and are smaller in it, and those of which a list ends
    /// there, whatever else they hold. What another branch would draw is not known and taken to be as much.
    private var simplerCases: UInt64 {
        func possibilities(_ places: some Sequence<Int>) -> UInt64 {
            var product: UInt64 = 1
            for place in places where best.shapes[place].kind != .more && product <= Self.certainProofBodies {
                // Both are small: no overflow.
                product *= min(best.shapes[place].bound, Self.certainProofBodies) + 1
            }
            return product
        }
        var total: UInt64 = 0
        for position in best.indices.indices where best.indices[position] > 0 && total <= Self.certainProofBodies {
            let index = best.indices[position]
            let behind = position + 1..<best.count
            if best.shapes[position].kind == .more {
                let end = best.spans.last { $0.label == Label.array && $0.range.contains(position) }?.range.upperBound ?? position + 1
                total += min(possibilities(Array(0..<position) + Array(min(end, best.count)..<best.count)), Self.certainProofBodies + 1)
            } else {
                let (product, overflow) = index.multipliedReportingOverflow(by: possibilities(behind))
                total += overflow ? Self.certainProofBodies + 1 : min(product, Self.certainProofBodies + 1)
            }
        }
        return total
    }

    private struct Walk {
        let target: [UInt64]
        let width: UInt64
        /// Where the search ends when something had to be left out.
        let bodiesWithoutProof: Int
        var left: Int
        var path: [UInt64] = []
        /// What the target holds, each once, in order.
        let values: [UInt64]
        var isFound = false
    }

    /// Where a prefix stands in relation to the target's.
    private enum Side {
        case smaller, equal, larger
    }

    /// Whether everything simpler that begins with the walk's path is known not to fail.
    ///
    /// - Parameter parent: what is known behind all of the path but its end; nil for the empty path.
    private mutating func visit(_ parent: KnownVerdicts.Place?, side: Side, _ walk: inout Walk) -> Bool {
        func place(_ known: KnownVerdicts) -> KnownVerdicts.Place? {
            guard let parent, let index = walk.path.last else { return known.beginning }
            return known.place(behind: parent, index)
        }
        var here = place(known)
        if here.map(known.isUnseen) ?? true {
            guard walk.left > 0, tries < limit, bodies < bodyLimit else { return false }
            walk.left -= 1
            if take(walk.path, completionSeed: nil) {
                walk.isFound = true
                return false
            }
            here = place(known)
        }
        guard let here else { return false }
        if known.isSettled(here) { return true }
        // Of the full length only what is smaller from the left is simpler; what is larger must become shorter.
        let length = walk.path.count + 1
        if length > walk.target.count || (length == walk.target.count && side == .larger) { return true }
        guard let shape = known.shape(at: here) else { return false }
        var last = shape.bound
        if length == walk.target.count, side == .equal {
            if walk.target[length - 1] == 0 { return true }
            last = min(last, walk.target[length - 1] - 1)
        }
        let first = min(last, last < 256 && length == walk.target.count ? last : walk.width)
        var isComplete = true
        if last > first {
            isComplete = false
            bodyLimit = min(bodyLimit, walk.bodiesWithoutProof)
        }
        for index in 0...first where !visit(here, index, side, &walk) {
            if walk.isFound { return false }
            isComplete = false
        }
        if last > first {
            for index in walk.values where index > first && index < last {
                _ = visit(here, index, side, &walk)
                if walk.isFound { return false }
            }
            _ = visit(here, last, side, &walk)
        }
        return isComplete && !walk.isFound
    }

    /// The same one choice further.
    private mutating func visit(_ here: KnownVerdicts.Place, _ index: UInt64, _ side: Side, _ walk: inout Walk) -> Bool {
        if let next = known.place(behind: here, index), known.isSettled(next) { return true }
        let wanted = walk.target[walk.path.count]
        walk.path.append(index)
        let isComplete = visit(here, side: side != .equal ? side : index < wanted ? .smaller : index == wanted ? .equal : .larger, &walk)
        walk.path.removeLast()
        return isComplete
    }
}
