/// Which way of making inputs comes next, by what each has found for what it cost.
///
/// The weight of an arm is (finds + prior) / (cost + ``soon``), so that arms without finds share the cost as the roots of their priors, and one that
/// finds takes more as long as it does. Costs are counted, not timed: an execution is one, and what was compared is paid for by ``compares`` a unit.
struct SearchArms {
    enum Arm: Int, CaseIterable {
        case havoc, growth, analysis
    }

    private var finds: [Double] = [0, 0, 0]
    private var costs: [Double] = [0, 0, 0]
    static let priors: [Double] = [10, 3, 1]
    static let soon = 4096.0
    static let hope = 524_288.0
    /// Compares written down and read that cost as much as an execution without a gate.
    static let compares = 8.0
    private static let memory = 1_048_576.0

    /// - Parameter stall: executions since the last find: the longer, the less is expected of the dear arms.
    func choose(_ generator: inout ShardGenerator, among arms: [Arm], stall: Double) -> Arm {
        guard arms.count > 1 else { return .havoc }
        let hope = 1 / (1 + stall / Self.hope)
        let weights = arms.map { arm in
            (finds[arm.rawValue] + Self.priors[arm.rawValue] * (arm == .havoc ? 1 : hope)) / (costs[arm.rawValue] + Self.soon)
        }
        var point = Double(generator.next() >> 11) * 0x1p-53 * weights.reduce(0, +)
        for (arm, weight) in zip(arms, weights) {
            point -= weight
            if point < 0 { return arm }
        }
        return .havoc
    }

    mutating func count(_ arm: Arm, executions: UInt64, compares: UInt64, finds found: UInt64) {
        costs[arm.rawValue] += Double(executions) + Double(compares) / Self.compares
        finds[arm.rawValue] += Double(found)
        guard costs.reduce(0, +) > Self.memory else { return }
        for arm in Arm.allCases {
            costs[arm.rawValue] /= 2
            finds[arm.rawValue] /= 2
        }
    }
}
