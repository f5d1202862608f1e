/// Whether a history of concurrent operations can be explained by some order of them, one after the other, that respects who ended before whom
/// began.
///
/// The search of J. M. Wing and C. Gong ("Testing and Verifying Concurrent Objects", JPDC 1993) with the memo of G. Lowe ("Testing for
/// linearizability", CCPE 2017): states of the model that were reached by the same set of operations are looked at once. Exponential in the
/// number of operations that overlap, at worst; the number of states is limited, and past the limit the answer is *undecided*.
enum Linearizability<Model: Hashable> {
    /// The operations in an order that explains them.
    case explained([Int])
    /// No order explains them. The longest one that gets anywhere, the model behind it, and the operations that could come next, all of which the
    /// model refuses.
    case unexplained(longest: [Int], model: Model, refused: [Int])
    /// More than the limit of states was looked at.
    case undecided(states: Int)

    /// When an operation began and ended, on one clock. One that did not end may take effect at any time, or never.
    struct Interval: Hashable {
        var invoked: Int
        var returned: Int?
    }

    private struct Place: Hashable {
        var done: UInt64
        var model: Model
    }

    /// Most operations of a history: a set of them is one word.
    static var maximumOperations: Int { 64 }
    static var defaultLimit: Int { 100_000 }

    /// - Parameter allows: steps the model by an operation; whether the operation's response is one that the model allows there.
    static func check(
        _ history: [Interval], initial: Model, limit: Int = defaultLimit, allows: (_ operation: Int, _ model: inout Model) -> Bool
    ) -> Linearizability {
        guard history.count <= maximumOperations else { return .undecided(states: 0) }
        var seen: Set<Place> = []
        var order: [Int] = []
        var longest: (order: [Int], model: Model, refused: [Int])?
        // Those that did not end need not be explained.
        var required: UInt64 = 0
        for (number, interval) in history.enumerated() where interval.returned != nil { required |= 1 << UInt64(number) }

        func search(_ done: UInt64, _ model: Model) -> Bool? {
            if done & required == required { return true }
            guard seen.count < limit else { return nil }
            guard seen.insert(Place(done: done, model: model)).inserted else { return false }
            // Nothing may come before what had ended when it began.
            let firstEnd = history.indices.lazy.filter { done >> UInt64($0) & 1 == 0 }.compactMap { history[$0].returned }.min() ?? .max
            var refused: [Int] = []
            for number in history.indices where done >> UInt64(number) & 1 == 0 && history[number].invoked < firstEnd {
                var next = model
                guard allows(number, &next) else {
                    refused.append(number)
                    continue
                }
                order.append(number)
                if let answer = search(done | 1 << UInt64(number), next) {
                    if answer { return true }
                } else {
                    return nil
                }
                order.removeLast()
            }
            if longest == nil || order.count > (longest?.order.count ?? 0) { longest = (order, model, refused) }
            return false
        }
        switch search(0, initial) {
        case true?: return .explained(order)
        case nil: return .undecided(states: seen.count)
        case false?:
            let farthest = longest ?? ([], initial, [])
            return .unexplained(longest: farthest.order, model: farthest.model, refused: farthest.refused)
        }
    }
}
