/// What one iteration costs by itself, from launches of one build.
///
/// Noise of a shared machine only ever adds: of each launch the time that a tenth of its batches stay below counts, and of the launches the one that a
/// quarter stays below. It is a figure to look at; whether code became slower is decided on pairs (``PairedDecision``).
public struct TimeEstimate: Sendable, Equatable {
    /// Nanoseconds an iteration, the loop's own cost taken off.
    public var nanoseconds: Double
    /// The lowest and the highest launch.
    public var lowest: Double
    public var highest: Double
    public var launches: Int

    /// - Parameter loopNanoseconds: what the loop around the body costs an iteration.
    public init?(_ launches: [(times: [Int64], iterations: Int64)], loopNanoseconds: Double = 0) {
        let values = launches.filter { !$0.times.isEmpty && $0.iterations > 0 }.map { launch in
            let sorted = launch.times.map { Double($0) / Double(launch.iterations) }.sorted()
            return max(0, Quantile.of(0.1, sorted: sorted) - loopNanoseconds)
        }.sorted()
        guard let first = values.first, let last = values.last else { return nil }
        nanoseconds = Quantile.of(0.25, sorted: values)
        lowest = first
        highest = last
        self.launches = values.count
    }
}
