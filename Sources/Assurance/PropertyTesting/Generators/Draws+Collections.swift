import Determinism

/// Labels of the spans that the engine opens itself; those of a user's own begin at ``firstFree``.
public enum Label {
    public static let element: UInt32 = 1
    public static let array: UInt32 = 2
    public static let branch: UInt32 = 3
    public static let attempt: UInt32 = 4
    public static let text: UInt32 = 5
    public static let double: UInt32 = 6
    public static let recursion: UInt32 = 7
    public static let value: UInt32 = 8
    public static let firstFree: UInt32 = 1000
}

extension Draws {
    /// Elements by "one more?" choices, which lets a shrinker take out any run of them, and join two lists into one.
    ///
    /// Every length of the range comes up; of a wide one mostly the short lengths. Precondition: none; counts below 0 are taken as 0.
    @inlinable
    public func array<Element>(_ counts: ClosedRange<Int> = 0...20, of element: (Draws) -> Element) -> [Element] {
        journaled {
            span(Label.array) {
                var elements: [Element] = []
                let (lower, upper) = (max(0, counts.lowerBound), max(0, counts.upperBound))
                let goal = pickCount(lower, upper)
                let isEcho = temper.echo > 0 && beginEcho(Label.array)
                defer { if isEcho { endEcho() } }
                elements.reserveCapacity(min(goal, 1024))
                while elements.count < upper {
                    let number = openSpan(Label.element)
                    defer { closeSpan(number) }
                    // Below the least count there is nothing to decide.
                    if elements.count >= lower, !more(elements.count < goal) { break }
                    if overrun { break }
                    elements.append(element(self))
                }
                if elements.count == upper, upper > lower { endFullCollection() }
                state.pointee.endedCollections += 1
                return elements
            }
        }
    }

    /// A full collection ends like any other, so that one without some of its elements still ends.
    @usableFromInline
    func endFullCollection() { span(Label.element) { recordFixedChoice(.more) } }

    /// How long a fresh collection is to be: a plan of the generation, no choice of the case.
    @inlinable
    func pickCount(_ lower: Int, _ upper: Int) -> Int {
        guard tail == .random, upper > lower else { return lower }
        let dice = random.next()
        let room = UInt64(upper - lower)
        // The temper of the case says how long they get: of long ones three of four are as long as allowed, if that is not too long.
        let growth = count < CaseTemper.longCase ? temper.growth : min(temper.growth, 1)
        let plenty = UInt64(10 * growth)
        if growth > 2, room <= plenty, dice & 3 != 0 { return upper }
        // One of sixteen is drawn over the whole range, however wide.
        let reach = growth > 1 && (dice >> 2) & 15 == 0 ? room : min(room, plenty)
        return lower + Int((dice >> 6).multipliedFullWidth(by: (reach + 1) << 6).high)
    }

    /// Distinct elements, in the order drawn.
    public func set<Element: Hashable>(_ counts: ClosedRange<Int> = 0...20, of element: (Draws) -> Element) -> [Element] {
        var seen: Set<Element> = []
        return journaled {
            let drawn = array(counts, of: element)
            let result = drawn.filter { seen.insert($0).inserted }
            if result.count < counts.lowerBound { assume(false) }
            return result
        }
    }

    /// One of several, the first the simplest.
    @inlinable
    public func oneOf<Value>(_ branches: [(Draws) -> Value]) -> Value {
        precondition(!branches.isEmpty, "oneOf needs a branch")
        return journaled {
            span(Label.branch) {
                let index = uniform(bound: UInt64(branches.count - 1))
                return branches[Int(index)](self)
            }
        }
    }

    /// One of these values, the first the simplest.
    @inlinable
    public func element<Value>(of values: [Value]) -> Value {
        precondition(!values.isEmpty, "element(of:) needs a value")
        return journaled { values[Int(uniform(bound: UInt64(values.count - 1)))] }
    }

    /// Tries again until a value is accepted, at most ``maximumAttempts`` times; then the case is rejected.
    public func filtered<Value>(_ isIncluded: (Value) -> Bool, _ generate: (Draws) -> Value) -> Value {
        journaled {
            var value = span(Label.attempt) { generate(self) }
            for _ in 1..<Self.maximumAttempts where !isIncluded(value) && !isOverrun {
                discardLastSpan(Label.attempt)
                temper.relax()
                value = span(Label.attempt) { generate(self) }
            }
            assume(isIncluded(value))
            return value
        }
    }

    public static let maximumAttempts = 8

    /// A text over an alphabet, whose first character is the simplest.
    public func text(_ counts: ClosedRange<Int> = 0...20, alphabet: [Character] = Draws.printable) -> String {
        journaled { String(array(counts) { $0.element(of: alphabet) }) }
    }

    /// Digits, letters, then the other printable characters of ASCII.
    public static let printable: [Character] = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

    /// Raw bytes.
    public func bytes(_ counts: ClosedRange<Int> = 0...64) -> [UInt8] { array(counts) { UInt8($0.uniform(bound: 255, kind: .integer)) } }

    /// A value that contains values of its own kind; `leaf` ends it. The deeper, the likelier a leaf, so that the expected size stays finite.
    public func recursive<Value>(maximumDepth: Int = 5, leaf: @escaping (Draws) -> Value, node: @escaping (Draws, () -> Value) -> Value)
        -> Value
    {
        func grow(_ depth: Int) -> Value {
            span(Label.recursion) {
                if depth >= maximumDepth || isOverrun {
                    // A subtree that is moved up finds the choice "leaf or node" where it looks for it.
                    recordFixedChoice(.boolean)
                    return leaf(self)
                }
                return bool(probability: 0.6 / Double(depth + 1) + 0.15) ? node(self) { grow(depth + 1) } : leaf(self)
            }
        }
        return journaled { grow(0) }
    }
}
