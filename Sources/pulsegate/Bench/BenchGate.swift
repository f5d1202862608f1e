import BenchmarkStatistics
import Determinism
import Gates

/// What a collector of kind `bench` in gates.json asks for, as the measuring takes it.
struct BenchGate: Sendable {
    let options: BenchCollectorOptions
    /// The branch that a merge base is sought with.
    let branch: String

    /// - Parameter collector: its id.
    init(collector: String, package: String) throws(Failure) {
        let path = package + "/" + Workspace.configurationName
        let (configuration, _) = try Workspace(configuration: path).configuration()
        guard let found = configuration.collectors.first(where: { $0.id == collector }), let options = found.benchmarking else {
            throw Failure(.usage, "gates.json has no collector '\(collector)' of kind bench")
        }
        self.options = options
        branch = configuration.baseline.branch
    }

    /// The budget of a benchmark, in the words of BenchmarkStatistics.
    func budget(_ name: String) -> BenchmarkBudget {
        let budget = options.budget(for: name)
        return BenchmarkBudget(
            slowdown: Double(budget.slowdownPartsPerMillion) / 1e6, time: budget.timePicoseconds.map { Double($0) / 1000 },
            ratio: budget.ratioPartsPerMillion.map { Double($0) / 1e6 }, allocations: budget.allocations,
            allocationGrowth: budget.allocationGrowth, peakBytes: budget.peakBytes, reason: budget.reason, expires: budget.expires?.text)
    }
}
