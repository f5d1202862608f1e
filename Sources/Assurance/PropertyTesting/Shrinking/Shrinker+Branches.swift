/// Passes that rearrange, and those that leave one branch of the generator for another.
extension Shrinker {
    /// A tree by one of its own subtrees.
    mutating func hoist() {
        var number = 0
        while number < best.spans.count, tries < limit {
            let span = best.spans[number]
            var tried = 0
            var inner = number + 1
            while inner < best.spans.count, best.spans[inner].depth > span.depth, tried < 16, span.range.upperBound <= best.count {
                let other = best.spans[inner]
                inner += 1
                guard other.label == span.label, !other.range.isEmpty, other.range.count < span.range.count, begins(other, like: span)
                else {
                    continue
                }
                tried += 1
                var candidate = Array(best.indices[..<span.range.lowerBound])
                candidate += best.indices[other.range]
                candidate += best.indices[span.range.upperBound...]
                if accept(candidate) { break }
            }
            number += 1
        }
    }

    private func begins(_ a: ChoiceSequence.Span, like b: ChoiceSequence.Span) -> Bool {
        for offset in 0..<min(2, a.range.count, b.range.count)
        where best.shapes[a.range.lowerBound + offset].kind != best.shapes[b.range.lowerBound + offset].kind {
            return offset > 0 && a.label == Label.recursion
        }
        return true
    }

    /// Elements of a list, and other neighbours of the same kind, the simpler first.
    mutating func sortSiblings() {
        var number = 0
        while number < best.spans.count, tries < limit {
            if let list = list(number), list.elements.count > 1 {
                let contents = list.elements.map { Array(best.indices[$0]) }
                let order = contents.indices.sorted {
                    isSimpler(contents[$0], than: contents[$1]) || (contents[$0] == contents[$1] && $0 < $1)
                }
                if order.elementsEqual(contents.indices) || accept(list.keeping(order, of: best.indices)) {
                    number += 1
                    continue
                }
                sortNeighbours(of: number)
            }
            swapWithNext(number)
            number += 1
        }
    }

    private mutating func sortNeighbours(of number: Int) {
        var element = 0
        while let list = list(number), element + 1 < list.elements.count, tries < limit {
            let (a, b) = (Array(best.indices[list.elements[element]]), Array(best.indices[list.elements[element + 1]]))
            var order = Array(list.elements.indices)
            order.swapAt(element, element + 1)
            if isSimpler(b, than: a), accept(list.keeping(order, of: best.indices)) {
                element = max(0, element - 1)
            } else {
                element += 1
            }
        }
    }

    private mutating func swapWithNext(_ number: Int) {
        guard number < best.spans.count else { return }
        let span = best.spans[number]
        guard span.label != Label.element, !span.range.isEmpty else { return }
        var next = number + 1
        while next < best.spans.count, best.spans[next].depth > span.depth { next += 1 }
        guard next < best.spans.count else { return }
        let other = best.spans[next]
        guard other.label == span.label, other.depth == span.depth, other.start == span.end, !other.range.isEmpty,
            other.range.upperBound <= best.count
        else { return }
        let (a, b) = (Array(best.indices[span.range]), Array(best.indices[other.range]))
        guard isSimpler(b, than: a) else { return }
        _ = accept(Array(best.indices[..<span.range.lowerBound]) + b + a + best.indices[other.range.upperBound...])
    }

    /// A larger choice may make the rest shorter: another branch, a loop that ends, a number that needs no others.
    mutating func raiseToShorten() {
        let budget = bodyLimit
        defer { bodyLimit = budget }
        var position = 0
        while position < best.count - 1, tries < limit {
            let index = best.indices[position]
            let shape = best.shapes[position]
            var raised: [UInt64] = []
            if shape.kind != .more, shape.bound > index {
                if shape.isNumber {
                    raised = [shape.bound]
                    if shape.kind == .magnitude { raised = [] }
                } else if shape.bound < 16 {
                    raised = Set([index + 1, shape.bound]).sorted()
                }
            }
            bodyLimit = shape.kind == .boolean || isBranch(position) ? max(budget, bodies + 1) : budget
            for other in raised where position < best.count - 1 {
                var candidate = Array(best.indices[...position])
                candidate[position] = other
                candidate += [UInt64](repeating: 0, count: max(0, best.count - 2 - position))
                if accept(candidate) { break }
            }
            position += 1
        }
    }

    /// A selector lowered, and the simplest of everything behind it.
    mutating func resetTails() {
        var position = 0
        while position < best.count, tries < limit {
            let value = best.indices[position]
            if value > 0, best.shapes[position].kind == .boolean || isBranch(position) {
                for lowered in 0..<min(value, 8) where position < best.count {
                    var candidate = best.indices
                    candidate[position] = lowered
                    for place in candidate.indices where place > position { candidate[place] = 0 }
                    if accept(candidate) { break }
                }
            }
            position += 1
        }
    }

    /// A smaller choice from further back, before a larger one of the same kind: the smaller subtree first, where no spans say what a subtree is.
    mutating func moveForward() {
        var from = 0
        while from < best.count, tries < limit, bodies < bodyLimit {
            let shape = best.shapes[from]
            var tried = 0
            if shape.kind != .more {
                for to in (0..<from).reversed() where from - to > 1 && best.shapes[to] == shape && best.indices[to] > best.indices[from] {
                    var candidate = best.indices
                    candidate.insert(candidate.remove(at: from), at: to)
                    tried += 1
                    let before = tries
                    if accept(candidate) || (tries > before && acceptSorted()) || tried == 4 { break }
                }
            }
            from += 1
        }
    }

    /// What was just drawn came out shorter and does not fail: with its numbers in order it may.
    private mutating func acceptSorted() -> Bool {
        guard let draws, !draws.isOverrun, draws.count < best.count else { return false }
        let drawn = draws.sequence
        let places = drawn.indices.indices.filter { drawn.shapes[$0].isNumber && drawn.shapes[$0].bound > 1 << 16 }
        var candidate = drawn.indices
        for (place, index) in zip(places, places.map { drawn.indices[$0] }.sorted()) { candidate[place] = index }
        return candidate != drawn.indices && accept(candidate)
    }

    /// Random completions of another branch: those that each has for certain, those of a lower number, and those within the budget.
    private static let (certainCompletions, certainForNumbers, completions) = (14, 5, 32)

    /// Another branch makes everything behind it mean something else: what stands before it is kept. It is completed by one choice and the
    /// simplest rest, by what another failing case has there, and at random. A completion that fails, but is not simpler yet, is shrunk on trial.
    mutating func escapeBranches() {
        let budget = bodyLimit
        defer { bodyLimit = budget }
        var position = 0
        while position < best.count, tries < limit {
            let value = best.indices[position]
            let shape = best.shapes[position]
            let isBranch = isBranch(position)
            if shape.bound > 0, shape.bound < 64, shape.kind != .more {
                let others = isBranch ? (0...shape.bound).filter { $0 != value } : Set([0, value / 2, max(value, 1) - 1]).sorted()
                for other in others.prefix(8) where position < best.count && other != value {
                    bodyLimit = max(budget, bodies + (isBranch ? Self.certainCompletions : Self.certainForNumbers))
                    if escape(to: other, at: position) { return }
                }
            }
            position += 1
        }
    }

    private func isBranch(_ position: Int) -> Bool {
        best.shapes[position].kind == .selector && best.spans.contains { Int($0.start) == position && $0.label == Label.branch }
    }

    private mutating func escape(to other: UInt64, at position: Int) -> Bool {
        var prefix = Array(best.indices[...position])
        prefix[position] = other
        // What follows, as far as it is known, tells whether this is a branch at all.
        if accept(
            prefix + [UInt64](repeating: 0, count: max(0, best.count - prefix.count - (other > best.indices[position] ? 1 : 0))),
            isHopeful: true)
        {
            return true
        }
        if case .settled = known.answer(prefix) { return false }
        if position + 1 < best.count, known.shape(after: prefix[...]) == best.shapes[position + 1] { return false }
        // The first choice there is at the end of its range or somewhere in it, and the rest simplest.
        if let first = known.shape(after: prefix[...]), first.kind != .more, first.bound > 0 {
            let middle = first.bound == .max ? random.next() : random.next() % (first.bound + 1)
            for index in Set([first.bound, middle]).sorted() {
                if accept(prefix + [index] + [UInt64](repeating: 0, count: max(0, best.count - prefix.count - 1)), isHopeful: true) {
                    return true
                }
            }
        }
        var trials = 0
        func isSimplerOnTrial(_ shrinker: inout Shrinker) -> Bool {
            guard let other = shrinker.lastFailure, trials < Self.trials else { return false }
            trials += 1
            let before = shrinker.bodies
            if shrinker.descend(from: other) { return true }
            shrinker.bodyLimit += shrinker.bodies - before
            return false
        }
        let fitting = isBranch(position) ? donors.filter { $0.count > position && $0.indices[position] == other } : []
        for donor in fitting.prefix(Self.mostDonors) {
            lastFailure = nil
            if accept(prefix + donor.indices[(position + 1)...], isHopeful: true) || isSimplerOnTrial(&self) { return true }
        }
        // Those that do not come to an end cost no body.
        for _ in 0..<Self.completions where tries < limit && bodies < bodyLimit {
            if take(prefix, completionSeed: random.next()) || isSimplerOnTrial(&self) { return true }
        }
        return false
    }

    /// Other failing cases that lend what they have behind the branch.
    private static let mostDonors = 2

    /// Bodies for shrinking a case on trial.
    private static let trialBodies = 60
    /// Cases shrunk on trial for each branch.
    private static let trials = 3

    /// Shrinks another case that fails, and takes it where it ends simpler than the best; else everything is as before.
    private mutating func descend(from other: ChoiceSequence) -> Bool {
        let (home, homeVersion, homeStructure, homeLimit) = (best, version, structureVersion, bodyLimit)
        bodyLimit = bodies + Self.trialBodies
        defer { bodyLimit = homeLimit }
        best = other
        zeroNumbers()
        for _ in 0..<2 where !isSimpler(best.indices, than: home.indices) {
            keepFew()
            deleteElements()
            lowerEach()
        }
        if isSimpler(best.indices, than: home.indices) { return true }
        (best, version, structureVersion) = (home, homeVersion, homeStructure)
        return false
    }
}
