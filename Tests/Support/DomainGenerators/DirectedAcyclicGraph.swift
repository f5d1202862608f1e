import PropertyTesting

/// A directed graph without cycles: edges lead from a node to nodes of a higher rank only.
public struct DirectedAcyclicGraph: Hashable, Sendable {
    /// Nodes are 0..<nodeCount.
    public var nodeCount: Int
    /// Distinct edges, sorted.
    public var edges: [Edge]
    /// A topological order of the nodes: every edge leads from an earlier to a later one.
    public var order: [Int]

    /// One edge between two nodes.
    public struct Edge: Hashable, Comparable, Sendable {
        /// The node it leaves.
        public var from: Int
        /// The node it reaches.
        public var to: Int

        /// - Parameter from: lies before `to` in the order of the graph it is part of.
        public init(from: Int, to: Int) { (self.from, self.to) = (from, to) }

        /// By the node it leaves, then by the one it reaches.
        public static func < (a: Edge, b: Edge) -> Bool { (a.from, a.to) < (b.from, b.to) }
    }

    /// What each node leads to, in increasing order.
    public var successors: [[Int]] {
        var lists = [[Int]](repeating: [], count: nodeCount)
        for edge in edges { lists[edge.from].append(edge.to) }
        return lists
    }
}

extension Gen where Value == DirectedAcyclicGraph {
    /// A graph without cycles; its numbers are shuffled, so that code which relies on their order is found out.
    ///
    /// The simplest has the fewest nodes and no edge. Chains, stars (one node before or behind all others) and dense graphs come up beside sparse ones.
    ///
    /// - Parameters:
    ///   - nodes: how many, at least 0.
    ///   - maximumEdges: how many edges are drawn beside those of a chain, star or dense graph; duplicates count once.
    public static func directedAcyclicGraph(nodes: ClosedRange<Int> = 0...20, maximumEdges: Int = 40) -> Gen {
        Gen { draws in
            let count = draws.int(in: max(0, nodes.lowerBound)...max(0, nodes.lowerBound, nodes.upperBound))
            var ranks: Set<DirectedAcyclicGraph.Edge> = []
            if count > 1 {
                // In ranks first: an edge leads from a lower to a higher one.
                switch draws.weighted([12, 2, 1, 1, 1]) {
                case 1: for node in 1..<count { ranks.insert(.init(from: node - 1, to: node)) }
                case 2: for node in 1..<count { ranks.insert(.init(from: 0, to: node)) }
                case 3: for node in 0..<(count - 1) { ranks.insert(.init(from: node, to: count - 1)) }
                case 4: for from in 0..<count { for to in (from + 1)..<count { ranks.insert(.init(from: from, to: to)) } }
                default: break
                }
                let more = draws.array(0...max(0, maximumEdges)) { draws in
                    draws.span(DomainLabel.edge) {
                        let to = draws.int(in: 1...(count - 1))
                        return DirectedAcyclicGraph.Edge(from: draws.int(in: 0...(to - 1)), to: to)
                    }
                }
                ranks.formUnion(more)
            }
            let names = draws.permutation(of: Array(0..<count))
            let edges = ranks.map { DirectedAcyclicGraph.Edge(from: names[$0.from], to: names[$0.to]) }.sorted()
            return DirectedAcyclicGraph(nodeCount: count, edges: edges, order: names)
        }
    }
}
