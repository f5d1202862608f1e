/// A value whose every access is indivisible and a point of the schedule: an atomic for tests under a ``DeterministicExecutor``.
///
/// ```swift
/// let top = ScheduledAtomic<Int?>(nil)
/// let seen = await top.load()
/// let (isExchanged, _) = await top.compareExchange(expected: seen, desired: 3)
/// ```
///
/// Orders of memory are all sequentially consistent: what weaker orders allow on real machines is not explored.
public final class ScheduledAtomic<Value: Equatable>: @unchecked Sendable {
    // Sendable: under a schedule one thread runs all tasks, and each access is whole between two points.

    private var value: Value

    public init(_ value: Value) { self.value = value }

    public func load(isolation: isolated (any Actor)? = #isolation) async -> Value {
        await interleave()
        return value
    }

    public func store(_ desired: Value, isolation: isolated (any Actor)? = #isolation) async {
        await interleave()
        value = desired
    }

    public func exchange(_ desired: Value, isolation: isolated (any Actor)? = #isolation) async -> Value {
        await interleave()
        let original = value
        value = desired
        return original
    }

    public func compareExchange(expected: Value, desired: Value, isolation: isolated (any Actor)? = #isolation) async
        -> (isExchanged: Bool, original: Value)
    {
        await interleave()
        let original = value
        if original == expected { value = desired }
        return (original == expected, original)
    }

    /// The sum, which is also the new value.
    @discardableResult
    public func add(_ amount: Value, isolation: isolated (any Actor)? = #isolation) async -> Value where Value: FixedWidthInteger {
        await interleave()
        value &+= amount
        return value
    }
}
