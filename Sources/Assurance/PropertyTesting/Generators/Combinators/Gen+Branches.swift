extension Gen {
    /// Always this value. Draws nothing.
    public static func just(_ value: Value) -> Gen where Value: Sendable { Gen { _ in value } }

    /// What the expression gives, evaluated anew for each draw: for objects, which cases must not share. Draws nothing.
    public static func always(_ value: @autoclosure @escaping @Sendable () -> Value) -> Gen { Gen { _ in value() } }

    /// One of these values, evenly; the first is the simplest.
    ///
    /// - Precondition: there is a value.
    public static func element(of values: [Value]) -> Gen where Value: Sendable {
        precondition(!values.isEmpty, "element(of:) needs a value")
        return Gen { $0.element(of: values) }
    }

    /// One of these generators, evenly; the first is the simplest.
    ///
    /// - Precondition: there is a generator.
    public static func oneOf(_ generators: Gen...) -> Gen { oneOf(generators) }

    /// One of these generators, evenly; the first is the simplest.
    ///
    /// - Precondition: there is a generator.
    public static func oneOf(_ generators: [Gen]) -> Gen {
        precondition(!generators.isEmpty, "oneOf needs a generator")
        return Gen { draws in
            draws.span(Label.branch) { generators[Int(draws.uniform(bound: UInt64(generators.count - 1)))].body(draws) }
        }
    }

    /// One of these generators, as often as its weight says; the first with a positive weight is the simplest. See ``Draws/frequency(_:)``.
    ///
    /// - Precondition: at least one weight is positive.
    public static func frequency(_ generators: [(weight: Int, generator: Gen)]) -> Gen {
        precondition(generators.contains { $0.weight > 0 }, "frequency needs a branch with a positive weight")
        return Gen { draws in
            draws.span(Label.branch) { generators[draws.weighted(generators.lazy.map(\.weight))].generator.body(draws) }
        }
    }

    /// A value or nil; nil is simplest.
    ///
    /// - Parameter probability: of a value, 0 to 1.
    public static func optional<Wrapped>(_ wrapped: Gen<Wrapped>, probability: Double = 0.75) -> Gen where Value == Wrapped? {
        Gen { draws in draws.optional(probability: probability, of: wrapped.body) }
    }

    /// A success or a failure; the success is simplest.
    public static func result<Success, Failure: Error>(
        success: Gen<Success>, failure: Gen<Failure>, failureProbability: Double = 0.25
    ) -> Gen where Value == Result<Success, Failure> {
        Gen { draws in draws.result(failureProbability: failureProbability, success: success.body, failure: failure.body) }
    }

    /// A value that contains values of its own kind, held to a depth and a size; a leaf is simplest.
    ///
    /// ```swift
    /// indirect enum Tree: Sendable { case leaf(Int), node(Tree, Tree) }
    /// let tree = Gen.recursive(leaf: .int(in: 0...9).map(Tree.leaf)) { tree in zip(tree, tree).map(Tree.node) }
    /// ```
    ///
    /// - Parameters:
    ///   - maximumDepth: nodes within one another, at most ``Draws/maximumDepth``; 0 leaves leaves only.
    ///   - size: choices after which only leaves are drawn.
    ///   - node: makes the generator of a node from that of its children; called once for each node that is drawn.
    public static func recursive(
        maximumDepth: Int = 5, size: Int = 256, leaf: Gen, node: @escaping @Sendable (Gen) -> Gen
    ) -> Gen {
        Gen { draws in grow(draws, depth: 0, maximumDepth, end: draws.count + size, leaf, node) }
    }

    private static func grow(
        _ draws: Draws, depth: Int, _ maximumDepth: Int, end: Int, _ leaf: Gen, _ node: @escaping @Sendable (Gen) -> Gen
    ) -> Value {
        draws.span(Label.recursion) {
            guard draws.isNode(depth: depth, maximumDepth: maximumDepth, isFull: draws.count >= end) else { return leaf.body(draws) }
            return node(Gen { grow($0, depth: depth + 1, maximumDepth, end: end, leaf, node) }).body(draws)
        }
    }
}
