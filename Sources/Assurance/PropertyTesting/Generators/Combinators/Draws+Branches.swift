extension Draws {
    /// One of several branches, as often as its weight says; the first is the simplest.
    ///
    /// A branch of weight 0 or less is never drawn, neither by a replay. The weights steer random cases only: a shrinker may take any branch.
    ///
    /// - Precondition: at least one weight is positive.
    /// - Complexity: O(n) in the number of branches.
    public func frequency<Value>(_ branches: [(weight: Int, generate: (Draws) -> Value)]) -> Value {
        journaledSpan(Label.branch) { branches[weighted(branches.lazy.map(\.weight))].generate(self) }
    }

    /// The position of one of several weights, as often as its weight says; the first positive one is the simplest.
    ///
    /// - Precondition: at least one weight is positive. Weights above 2^32 count as 2^32.
    public func weighted(_ weights: some Collection<Int>) -> Int {
        var total: UInt64 = 0
        var choices: UInt64 = 0
        for weight in weights where weight > 0 {
            // Held at 2^32, so that 2^31 weights cannot overflow the sum.
            total += UInt64(min(weight, 1 << 32))
            choices += 1
        }
        precondition(choices > 0, "frequency needs a branch with a positive weight")
        var chosen: UInt64 = 0
        if choices > 1 {
            chosen = choose(ChoiceShape(kind: .selector, bound: choices - 1)) { random in
                var ticket = random.next().multipliedFullWidth(by: total).high
                var number: UInt64 = 0
                for weight in weights where weight > 0 {
                    let tickets = UInt64(min(weight, 1 << 32))
                    if ticket < tickets { break }
                    ticket -= tickets
                    number += 1
                }
                return number
            }
        }
        var position = 0
        for weight in weights {
            if weight > 0 {
                if chosen == 0 { break }
                chosen -= 1
            }
            position += 1
        }
        return position
    }

    /// A value or nil; nil is simplest.
    ///
    /// - Parameter probability: of a value, 0 to 1.
    public func optional<Value>(probability: Double = 0.75, of generate: (Draws) -> Value) -> Value? {
        journaledSpan(Label.branch) { bool(probability: probability) ? generate(self) : nil }
    }

    /// A success or a failure; the success is simplest.
    ///
    /// - Parameter failureProbability: 0 to 1.
    public func result<Success, Failure: Error>(
        failureProbability: Double = 0.25, success: (Draws) -> Success, failure: (Draws) -> Failure
    ) -> Result<Success, Failure> {
        journaledSpan(Label.branch) { bool(probability: failureProbability) ? .failure(failure(self)) : .success(success(self)) }
    }

    /// A value that contains values of its own kind, held to a size.
    ///
    /// - Parameters:
    ///   - maximumDepth: nodes within one another, at most ``Draws/maximumDepth``; 0 leaves leaves only.
    ///   - size: choices after which only leaves are drawn, so that wide nodes cannot make a case explode.
    ///   - leaf: ends the recursion; simpler than a node.
    ///   - node: draws a value around others, each of which it gets by calling its second argument.
    public func recursive<Value>(
        maximumDepth: Int = 5, size: Int, leaf: @escaping (Draws) -> Value, node: @escaping (Draws, () -> Value) -> Value
    ) -> Value {
        let start = count
        func grow(_ depth: Int) -> Value {
            span(Label.recursion) {
                if isNode(depth: depth, maximumDepth: maximumDepth, isFull: count - start >= size) {
                    node(self) { grow(depth + 1) }
                } else {
                    leaf(self)
                }
            }
        }
        return journaled { grow(0) }
    }

    /// Whether a recursive generator goes deeper; less and less likely with the depth.
    func isNode(depth: Int, maximumDepth: Int, isFull: Bool) -> Bool {
        if depth >= min(maximumDepth, Self.maximumDepth) || isFull || isOverrun {
            // Recorded all the same: a subtree that is moved up finds this choice where it looks for it.
            recordFixedChoice(.boolean)
            return false
        }
        return bool(probability: 0.6 / Double(depth + 1) + 0.15)
    }
}
