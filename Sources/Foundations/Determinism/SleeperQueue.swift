/// Who sleeps until when: the pure core of ``FrozenClock``.
///
/// Sleepers wake in order of deadline, then of arrival; that order depends on nothing else. The element is whatever wakes
/// one (a continuation there, an integer in tests).
///
/// Complexity: insertion O(n) worst, O(log n) when deadlines arrive in order; taking the due ones O(n).
struct SleeperQueue<Element> {
    struct Sleeper {
        let deadline: MonotonicInstant
        /// Given out in order of arrival, so that it breaks ties and names the sleeper.
        let ticket: UInt64
        let element: Element
    }

    /// In ascending order of deadline, then ticket.
    private(set) var sleepers: [Sleeper] = []

    var count: Int { sleepers.count }
    var nextDeadline: MonotonicInstant? { sleepers.first?.deadline }

    mutating func insert(_ element: Element, deadline: MonotonicInstant, ticket: UInt64) {
        var low = 0
        var high = sleepers.count
        while low < high {
            let middle = low + (high - low) / 2
            let other = sleepers[middle]
            if (other.deadline, other.ticket) < (deadline, ticket) { low = middle + 1 } else { high = middle }
        }
        sleepers.insert(Sleeper(deadline: deadline, ticket: ticket, element: element), at: low)
    }

    /// Takes out one sleeper; nil where it is not (or no longer) asleep.
    mutating func remove(ticket: UInt64) -> Element? {
        guard let index = sleepers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return sleepers.remove(at: index).element
    }

    /// Takes out everybody whose deadline is not after `now`, in order of waking.
    mutating func takeDue(at now: MonotonicInstant) -> [Element] {
        let count = sleepers.prefix { $0.deadline <= now }.count
        let due = sleepers.prefix(count).map(\.element)
        sleepers.removeFirst(count)
        return due
    }
}
