import Determinism

/// What a fresh choice takes from earlier ones of its case, as far as the case's ``CaseTemper`` wants it: values that come again, go on, or
/// stand at an end, and collections that begin like earlier ones.
///
/// All of it looks at recorded choices and their shapes alone, so it relates values whatever they mean; where that is nonsense, it is one
/// more strange case. Each is O(1), and what it looks at is near.
extension Draws {
    /// Earlier choices looked at for one of the same shape.
    @usableFromInline static let reuseTries = 4
    /// Earlier spans looked at for one of the same kind.
    @usableFromInline static let spanTries = 8

    /// What the temper makes of an integer by its relation to others; nil where it has no say.
    @usableFromInline
    func relatedIndex(_ shape: ChoiceShape, _ random: inout SeededGenerator) -> UInt64? {
        let word = random.next()
        let state = state
        let isElement = openCount > 0 && spans[Int(open[openCount - 1])].label == Label.element
        let reuse = isElement ? state.pointee.temper.reuse : state.pointee.temper.reuseOutside
        if word & 0xFF < reuse, let earlier = earlierIndex(shape, &random) { return earlier }
        if isElement, (word >> 8) & 0xFF < state.pointee.temper.walk, let next = followingIndex(shape) { return next }
        if (word >> 16) & 0xFF < state.pointee.temper.edges {
            let step = (word >> 24) & 1
            return (word >> 25) & 1 == 0 ? step : shape.bound - step
        }
        return nil
    }

    /// An earlier choice with the same shape, or a neighbour of its value; nil where the few places looked at hold none.
    private func earlierIndex(_ shape: ChoiceShape, _ random: inout SeededGenerator) -> UInt64? {
        let count = UInt64(recorded.pointee)
        if count == 0 { return nil }
        for _ in 0..<Self.reuseTries {
            let word = random.next()
            let position = Int(truncatingIfNeeded: word.multipliedFullWidth(by: count).high)
            guard shapes[position] == shape else { continue }
            let index = indices[position]
            // Two steps of a zigzag are one step of the value.
            switch word & 7 {
            case 0: return index >= 2 ? index - 2 : index
            case 1: return shape.bound - index >= 2 ? index + 2 : index
            default: return index
            }
        }
        return nil
    }

    /// One step on from the choice at the same place of the element before; nil where there is none.
    @inline(__always)
    private func followingIndex(_ shape: ChoiceShape) -> UInt64? {
        let own = Int(open[openCount - 1])
        var number = own - 1
        let last = max(0, own - Self.spanTries)
        while number >= last {
            if spans[number].label == spans[own].label, spans[number].depth == spans[own].depth {
                let position = Int(spans[number].start) + recorded.pointee - Int(spans[own].start)
                guard position < Int(spans[number].end), shapes[position] == shape else { return nil }
                let index = indices[position]
                if temper.walksOutwards { return shape.bound - index >= 2 ? index + 2 : index }
                return index >= 2 ? index - 2 : index
            }
            number -= 1
        }
        return nil
    }

    /// Lets what is drawn next repeat an earlier span of this kind, or the beginning of one; see ``endEcho()``.
    ///
    /// It is laid where a prefix would be that is replayed, so it costs the following draws nothing, and what does not fit is drawn anew.
    @usableFromInline
    func beginEcho(_ label: UInt32) -> Bool {
        let position = recorded.pointee
        guard tail == .random, position >= prefixCount, state.pointee.endedCollections > 0 else { return false }
        let word = random.next()
        guard word & 0xFF < temper.echo else { return false }
        for _ in 0..<Self.spanTries {
            let span = spans[Int(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(spanCount)).high)]
            guard span.label == label, span.end > span.start else { continue }
            var length = Int(span.end - span.start)
            if word & 0x100 != 0 { length = Int((word >> 16).multipliedFullWidth(by: UInt64(length) << 16).high) }
            guard length > 0, position + length <= budget else { return false }
            (prefix + position).update(from: indices + Int(span.start), count: length)
            state.pointee.prefixCount = position + length
            state.pointee.misfit = .random
            return true
        }
        return false
    }

    /// What is left of an echo is not for the draws behind the span that it was laid for.
    @usableFromInline
    func endEcho() { if prefixCount > recorded.pointee { state.pointee.prefixCount = recorded.pointee } }
}
