/// Passes that lower choices one by one, or several to nothing.
extension Shrinker {
    /// All numbers at once: what matters is often the structure alone.
    mutating func zeroNumbers() {
        var candidate = best.indices
        var count = 0
        for position in candidate.indices where best.shapes[position].isNumber && candidate[position] > 0 {
            candidate[position] = 0
            count += 1
        }
        if count > 1 { _ = accept(candidate) }
    }

    /// Runs of choices that are not zero, to zero.
    mutating func zeroRuns() {
        var position = 0
        while position < best.count, tries < limit {
            let places = best.indices.indices.filter { $0 >= position && best.indices[$0] > 0 && best.shapes[$0].kind != .more }
            guard places.count > 2 else { return }
            let start = best.indices
            let count = largest { shrinker, k in
                guard k <= UInt64(places.count) else { return false }
                var candidate = start
                for place in places.prefix(Int(k)) { candidate[place] = 0 }
                return shrinker.accept(candidate)
            }
            position = places[min(Int(count), places.count - 1)] + 1
        }
    }

    mutating func lowerEach() {
        var position = 0
        while position < best.count, tries < limit {
            lower(position)
            position += 1
        }
    }

    /// Numbers near the beginning on which the number of later choices depends, as far down as they go before anything behind them is looked at.
    mutating func lowerSizes() {
        var candidates = 0
        var position = 0
        while position + 4 < best.count, candidates < 3, tries < limit {
            defer { position += 1 }
            guard best.shapes[position].kind == .integer, best.shapes[position].bound < 1 << 16, best.indices[position] > 0 else {
                continue
            }
            candidates += 1
            var candidate = best.indices
            candidate[position] = 0
            if accept(candidate) { continue }
            guard case .settled(let length) = known.answer(candidate), length < best.count, length > position else { continue }
            let wasOpening = isOpening
            isOpening = false
            lower(position)
            isOpening = wasOpening
            lowerAndDelete(at: position)
        }
    }

    private mutating func lower(_ position: Int) {
        let shape = best.shapes[position]
        let index = best.indices[position]
        guard index > 0, shape.kind != .more else { return }
        func attempt(_ shrinker: inout Shrinker, _ start: [UInt64], _ index: UInt64) -> Bool {
            guard position < start.count, index < start[position] else { return false }
            var candidate = start
            candidate[position] = index
            // After a success fewer choices may be left than there were at the start.
            return shrinker.accept(candidate, isHopeful: candidate.count > shrinker.best.count)
        }
        let start = best.indices
        guard shape.isNumber else {
            minimise(index) { attempt(&$0, start, $1) }
            return
        }
        if shape.kind == .magnitude, index >> 63 == 1 {
            lowerFraction(position)
            return
        }
        if attempt(&self, start, 0) { return }
        guard let value = shape.value(of: index) else { return }
        if isOpening, index > 2, attempt(&self, start, 1) { return }
        // The same distance on the side that comes first.
        let origin = shape.simplestValue
        if value < origin, let mirrored = shape.index(of: 2 * origin - value) { _ = attempt(&self, start, mirrored) }
        guard position < best.count, best.shapes[position] == shape, let value = shape.value(of: best.indices[position]) else { return }
        let current = best.indices
        let sign: Int128 = value < origin ? -1 : 1
        let distance = abs(value - origin)
        guard distance <= Int128(UInt64.max) else { return }
        minimise(UInt64(distance), smallFirst: true) { shrinker, distance in
            shape.index(of: origin + sign * Int128(distance)).map { attempt(&shrinker, current, $0) } ?? false
        }
        // One step further in, on the other side.
        guard position < best.count, best.shapes[position] == shape, let least = shape.value(of: best.indices[position]) else { return }
        let across = origin - (least - origin) + (least > origin ? 1 : 0)
        if let index = shape.index(of: across) { _ = attempt(&self, best.indices, index) }
    }

    /// A fractional double: to a whole number, else to fewer and simpler digits.
    private mutating func lowerFraction(_ position: Int) {
        let value = DoubleOrder.value(best.indices[position])
        func attempt(_ shrinker: inout Shrinker, _ magnitude: Double) -> Bool {
            guard magnitude >= 0, magnitude.isFinite, position < shrinker.best.count else { return false }
            var candidate = shrinker.best.indices
            let index = DoubleOrder.index(magnitude)
            guard index < candidate[position] else { return false }
            candidate[position] = index
            return shrinker.accept(candidate)
        }
        if attempt(&self, 0) || attempt(&self, 1) { return }
        if value.isFinite {
            // Beyond 2^56 doubles have no place among the whole numbers.
            if value >= 0x1p56, attempt(&self, 0x1p55) || attempt(&self, 0x1p56.nextDown) {
                lower(position)
                return
            }
            if attempt(&self, value.rounded(.towardZero)) || attempt(&self, value.rounded(.up)) {
                lower(position)
                return
            }
            for digits in [1, 2, 4, 8, 10, 100, 1000] as [Double] {
                for rule in [FloatingPointRoundingRule.towardZero, .up]
                where attempt(&self, (value * digits).rounded(rule) / digits) { break }
            }
        } else if attempt(&self, .greatestFiniteMagnitude) {
            lower(position)
            return
        }
        // The whole part of what remains, by bits.
        guard position < best.count, best.shapes[position].kind == .magnitude, best.indices[position] >> 63 == 1 else { return }
        let left = DoubleOrder.value(best.indices[position])
        guard left.isFinite, left < 0x1p62 else { return }
        let fraction = left - left.rounded(.towardZero)
        minimise(UInt64(left.rounded(.towardZero))) { attempt(&$0, Double($1) + fraction) }
        let start = best.indices
        minimise(start[position] & ((1 << 63) - 1)) { shrinker, rest in
            guard position < start.count else { return false }
            var candidate = start
            candidate[position] = 1 << 63 | rest
            return shrinker.accept(candidate)
        }
    }

    /// Over what does not fail to what may: small indices, and steps for values that must stay multiples of something.
    mutating func stepOver() {
        // The largest first, from which there is most to gain.
        let order = best.indices.indices.sorted { (best.indices[$1], $0) < (best.indices[$0], $1) }
        for position in order where position < best.count && tries < limit && bodies < bodyLimit {
            let index = best.indices[position]
            if index > 0, best.shapes[position].kind != .more {
                if position < best.count {
                    for small in 1..<max(2, min(best.indices[position], 17)) where position < best.count {
                        if step(position, to: small) { break }
                    }
                }
                for step in 2...12 as ClosedRange<UInt64> where index < 1 << 63 || best.shapes[position].kind != .magnitude {
                    let from = best.indices
                    guard position < from.count else { break }
                    largest { shrinker, k in
                        let (amount, overflow) = k.multipliedReportingOverflow(by: step)
                        guard !overflow, from[position] >= amount else { return false }
                        var candidate = from
                        candidate[position] -= amount
                        return shrinker.accept(candidate)
                    }
                }
            }
        }
    }

    private mutating func step(_ position: Int, to index: UInt64) -> Bool {
        var candidate = best.indices
        candidate[position] = index
        return accept(candidate)
    }
}
