/// Passes that make the sequence shorter.
extension Shrinker {
    /// The list in the span with this number, if it is one.
    func list(_ number: Int) -> DrawnList? {
        guard number < best.spans.count, best.spans[number].label == Label.array else { return nil }
        return DrawnList(best.spans[number], number: number, of: best)
    }

    /// What filters threw away, all of it.
    mutating func deleteDiscarded() {
        var kept = best.indices
        var end = Int.max
        for span in best.spans.reversed() where span.isDiscarded && !span.range.isEmpty && span.range.upperBound <= min(end, kept.count) {
            kept.removeSubrange(span.range)
            end = span.range.lowerBound
        }
        if kept.count < best.count { _ = accept(kept) }
    }

    /// The shortest beginning, then the shortest end of each list that still fails.
    mutating func keepFew() {
        deleteDiscarded()
        var number = 0
        while number < best.spans.count, tries < limit {
            if let list = list(number), !list.elements.isEmpty {
                let start = best.indices
                let count = list.elements.count
                let isFirst = isOpening && count > 3
                keepLeast(count, isFirst: isFirst) { shrinker, kept in shrinker.accept(list.keeping(0..<kept, of: start)) }
                if let list = self.list(number), list.elements.count > 1 {
                    let start = best.indices
                    let count = list.elements.count
                    keepLeast(count, isFirst: false) { shrinker, kept in
                        shrinker.accept(list.keeping(count - kept..<count, of: start))
                    }
                }
            }
            number += 1
        }
    }

    private mutating func keepLeast(_ count: Int, isFirst: Bool, _ attempt: (inout Shrinker, Int) -> Bool) {
        guard isFirst else {
            minimise(UInt64(count)) { attempt(&$0, Int($1)) }
            return
        }
        // Much is left over in a case that was just found: from the small end.
        var (low, high) = (-1, 0)
        while high < count, !attempt(&self, high) {
            low = high
            high = high == 0 ? 2 : high * 2
        }
        high = min(high, count)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if attempt(&self, middle) { high = middle } else { low = middle }
        }
    }

    /// Elements out of the middle of lists, runs of them at once.
    mutating func deleteElements() {
        var number = 0
        while number < best.spans.count, tries < limit {
            guard let count = list(number)?.elements.count else {
                number += 1
                continue
            }
            var last = count - 1
            while last >= 0, let list = list(number), last < list.elements.count {
                let start = best.indices
                let all = list.elements.count
                let from = last
                let deleted = largest { shrinker, k in
                    guard k <= UInt64(from + 1) else { return false }
                    return shrinker.accept(list.keeping((0..<all).filter { $0 <= from - Int(k) || $0 > from }, of: start))
                }
                last -= max(1, Int(deleted))
            }
            number += 1
        }
    }

    /// Whole spans of other kinds, from the end.
    mutating func deleteSpans() {
        var number = best.spans.count - 1
        while number >= 0, tries < limit {
            if number < best.spans.count {
                let span = best.spans[number]
                if span.label != Label.element, !span.range.isEmpty, span.range.upperBound <= best.count {
                    _ = accept(Self.without(best.indices, span.range))
                }
            }
            number -= 1
        }
    }

    /// Whether what is drawn at the second place could be drawn at the first.
    private func isSeam(_ first: Int, _ second: Int) -> Bool {
        guard second < best.count else { return true }
        let (a, b) = (best.shapes[first], best.shapes[second])
        return a.kind == b.kind && (a.bound == b.bound || min(a.bound, b.bound) > 1 << 16)
    }

    private static let windowPatience = 40

    /// Two elements of a list that are only superfluous together.
    mutating func deleteTwo() {
        var number = 0
        while number < best.spans.count, tries < limit {
            if let list = list(number) {
                let all = list.elements.count
                if deleteTwoOfMany(list) { return }
                for distance in 1..<max(2, all) {
                    for first in 0..<max(0, all - distance) where bodies < bodyLimit {
                        if accept(list.keeping((0..<all).filter { $0 != first && $0 != first + distance }, of: best.indices)) { return }
                    }
                }
            }
            number += 1
        }
    }

    /// Where several elements are alike, one of them stands for all.
    private mutating func deleteTwoOfMany(_ list: DrawnList) -> Bool {
        var kinds: [(content: ArraySlice<UInt64>, places: [Int])] = []
        for (place, range) in list.elements.enumerated() {
            if let found = kinds.firstIndex(where: { $0.content == best.indices[range] }) {
                kinds[found].places.append(place)
            } else {
                kinds.append((best.indices[range], [place]))
            }
        }
        let budget = bodyLimit
        defer { bodyLimit = budget }
        bodyLimit = max(budget, bodies + 6)
        let many = kinds.filter { $0.places.count > 1 }
        for (number, first) in many.enumerated() {
            for second in many[number...] {
                let (a, b) = (first.places[first.places.count - 1], second.places[0])
                if a != b, accept(list.keeping((0..<list.elements.count).filter { $0 != a && $0 != b }, of: best.indices)) { return true }
            }
        }
        return false
    }

    /// Any few neighbouring choices, where what follows is of the kind of what goes.
    mutating func deleteWindows() {
        let before = version
        var seen = version
        var spentUntil = patienceEnd(Self.windowPatience)
        var triedUntil = tries + 2 * Self.windowPatience
        defer { settlePatience(Self.windowPatience, hasFound: version != before) }
        for width in stride(from: 5, through: 1, by: -1) {
            var position = best.count - width
            while position >= 0, tries < min(limit, triedUntil), bodies < spentUntil {
                defer { position -= 1 }
                if version != seen {
                    seen = version
                    spentUntil = bodies + Self.windowPatience
                    triedUntil = tries + 2 * Self.windowPatience
                }
                guard position + width <= best.count, isSeam(position, position + width) else { continue }
                // Elements of a list have passes of their own; what is wanted here is the end of one list with the beginning of the next.
                let window = position..<position + width
                if window.contains(where: { best.shapes[$0].kind == .more }),
                    !window.contains(where: { best.shapes[$0].kind == .more && best.indices[$0] == 0 })
                {
                    continue
                }
                let start = best.indices
                let end = position + width
                let from = position
                largest { shrinker, k in
                    guard k <= UInt64(from / width + 1) else { return false }
                    let first = from - (Int(k) - 1) * width
                    return first >= 0 && shrinker.accept(Self.without(start, first..<end))
                }
            }
        }
    }

    /// Choices on which the number of later ones depends: lowered, with as much taken out behind.
    mutating func lowerAndDelete() {
        var position = 0
        while position < best.count, tries < limit {
            lowerAndDelete(at: position)
            position += 1
        }
    }

    mutating func lowerAndDelete(at position: Int) {
        guard position < best.count, best.indices[position] > 0,
            best.shapes[position].kind == .integer || best.shapes[position].kind == .selector,
            let unit = lengthPerStep(at: position)
        else { return }
        var start = position + 1
        while start + unit <= best.count, best.indices[position] > 0, tries < limit {
            let from = best.indices
            let level = from[position]
            let first = start
            func lowered(by k: UInt64) -> [UInt64]? {
                let (length, overflow) = Int(truncatingIfNeeded: min(k, 1 << 20)).multipliedReportingOverflow(by: unit)
                guard !overflow, k <= level, first + length <= from.count else { return nil }
                var candidate = from
                candidate[position] = level - k
                return Self.without(candidate, first..<first + length)
            }
            func lowerReferences(_ candidate: [UInt64], beyond ordinal: Int) -> [UInt64] {
                var candidate = candidate
                for place in candidate.indices where place > position && best.shapes[min(place, best.count - 1)].kind == .integer {
                    if candidate[place] > UInt64(ordinal) { candidate[place] -= 1 }
                }
                return candidate
            }
            if let all = lowered(by: level), level > 1, accept(all) { break }
            let deleted = largest { shrinker, k in lowered(by: k).map { shrinker.accept($0) } ?? false }
            if deleted == 0 {
                // What was taken out may be referred to by its place.
                if let one = lowered(by: 1), accept(lowerReferences(one, beyond: (first - position - 1) / unit)) { continue }
                start += unit
            }
        }
    }

    /// How many choices fewer are drawn when the choice here is lowered by one, as ``lowerEach()`` has tried; nil where it is not known or none.
    private func lengthPerStep(at position: Int) -> Int? {
        var candidate = best.indices
        candidate[position] -= 1
        guard case .settled(let length) = known.answer(candidate), length < best.count, length > position else { return nil }
        return best.count - length
    }

    /// Bodies for each choice and each value it is lowered to.
    private static let cutBodies = 14

    /// A choice that others depend on lowered, and any few choices behind it taken out: a tree that loses a level.
    mutating func lowerAndCut() {
        let budget = bodyLimit
        defer { bodyLimit = budget }
        for position in best.indices.indices where position < best.count && best.indices[position] > 0 && best.shapes[position].bound > 1 {
            var candidate = best.indices
            candidate[position] -= 1
            // As far as is known, something else is drawn behind it.
            switch known.answer(candidate) {
            case .settled(let length) where length == best.count: continue
            case .unknown: continue
            case .settled, .overrun: break
            }
            for lowered in Set([0, best.indices[position] / 2, best.indices[position] - 1]).sorted() {
                bodyLimit = max(budget, bodies + Self.cutBodies)
                for width in 1...8 {
                    for start in position + 1..<max(position + 2, best.count - width) where start + width < best.count {
                        guard isSeam(start, start + width) else { continue }
                        var candidate = best.indices
                        candidate[position] = lowered
                        if accept(Self.without(candidate, start..<start + width)) { return }
                    }
                }
            }
        }
    }

    /// An element goes, and every later number that could be the place of one behind it is lowered by one.
    mutating func deleteReferenced() {
        var number = 0
        while number < best.spans.count, tries < limit {
            if let list = list(number) {
                var element = list.elements.count - 1
                while element >= 0, let list = self.list(number), element < list.elements.count {
                    deleteReferenced(element, of: list)
                    element -= 1
                }
            }
            number += 1
        }
    }

    private mutating func deleteReferenced(_ element: Int, of list: DrawnList) {
        var indices = best.indices
        var isReferred = false
        for place in indices.indices where best.shapes[place].kind == .integer && !list.elements[element].contains(place) {
            let shape = best.shapes[place]
            guard let value = shape.value(of: indices[place]), value > Int128(element), value < Int128(list.elements.count),
                let lower = shape.index(of: value - 1)
            else { continue }
            indices[place] = lower
            isReferred = true
        }
        if isReferred { _ = accept(list.keeping((0..<list.elements.count).filter { $0 != element }, of: indices)) }
    }

    /// An element goes, and a number near it takes over what it contributed: its sum, or its product.
    mutating func mergeElements() {
        var number = best.spans.count - 1
        while number >= 0, tries < limit {
            if let list = list(number) {
                var element = list.elements.count - 1
                while element >= 0, let list = self.list(number), element < list.elements.count {
                    mergeElement(element, of: list)
                    element -= 1
                }
            }
            number -= 1
        }
    }

    private mutating func mergeElement(_ element: Int, of list: DrawnList) {
        let range = list.elements[element]
        let kept = (0..<list.elements.count).filter { $0 != element }
        guard let place = range.first(where: { best.shapes[$0].isNumber }),
            let amount = best.shapes[place].value(of: best.indices[place])
        else {
            raiseNeighbour(of: element, in: list)
            return
        }
        let others = best.indices.indices.filter { best.shapes[$0].isNumber && !range.contains($0) }
        let present = Set(others.prefix(32).compactMap { best.shapes[$0].value(of: best.indices[$0]) }).sorted()
        func distance(_ other: Int) -> Int { abs(other - place) + (list.range.contains(other) ? best.count : 0) }
        for other in others.sorted(by: { distance($0) < distance($1) }).prefix(6) {
            let shape = best.shapes[other]
            guard let value = shape.value(of: best.indices[other]) else { continue }
            var merged = [shape.clamped(value + amount)]
            // Arithmetic of fixed width wraps.
            if shape.kind == .integer, merged[0] != value + amount {
                merged.append(value + amount - (amount > 0 ? 1 : -1) * (Int128(shape.bound) + 1))
            }
            if min(abs(value), abs(amount)) > 1 { merged.append(shape.clamped(value.multipliedReportingOverflow(by: amount).partialValue)) }
            merged += present.suffix(2)
            var tried: Set<UInt64> = [best.indices[other]]
            for value in merged {
                guard let index = shape.index(of: value), tried.insert(index).inserted else { continue }
                var indices = best.indices
                indices[other] = index
                if accept(list.keeping(kept, of: indices)) { return }
            }
        }
    }

    /// Of elements that are one choice each and no number, one goes and a neighbour comes a step later: what told two lists apart by their
    /// lengths tells them apart by a value.
    private mutating func raiseNeighbour(of element: Int, in list: DrawnList) {
        guard list.elements[element].count == 1 else { return }
        let kept = (0..<list.elements.count).filter { $0 != element }
        let budget = bodyLimit
        defer { bodyLimit = budget }
        for neighbour in [element - 1, element + 1] where list.elements.indices.contains(neighbour) {
            let other = list.elements[neighbour].lowerBound
            guard list.elements[neighbour].count == 1, best.indices[other] < best.shapes[other].bound else { continue }
            bodyLimit = max(budget, bodies + 1)
            var indices = best.indices
            indices[other] += 1
            if accept(list.keeping(kept, of: indices)) { return }
        }
    }
}
