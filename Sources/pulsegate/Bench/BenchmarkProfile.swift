import ChildProcesses
import TerminalDisplay

/// Where a benchmark's instructions go, and where they changed: what `pulsegate bench profile` shows and what a failed verdict adds.
///
/// ```swift
/// let text = try BenchmarkProfile(environment: environment, scratch: folder)
///     .table("parse", base: basePath, head: headPath).markdown
/// ```
struct BenchmarkProfile {
    let environment: [String: String]
    /// A folder for files of the moment.
    let scratch: String
    var iterations: Int64 = 8
    var timeoutNanoseconds: Int64 = 300_000_000_000
    var interruption: Interruption?

    init(environment: [String: String], scratch: String) {
        self.environment = environment
        self.scratch = scratch
    }

    /// - Parameter base: the build to compare with; nil for the dearest functions of `head` alone.
    /// - Throws: why there is no profile; that valgrind is not installed is one reason.
    func table(_ benchmark: String, base: String? = nil, head: String) throws(Callgrind.Problem) -> ProfileTable {
        guard var callgrind = Callgrind(environment: environment, scratch: scratch) else {
            throw Callgrind.Problem(description: "valgrind is not installed: profiles need its tool callgrind")
        }
        callgrind.timeoutNanoseconds = timeoutNanoseconds
        callgrind.interruption = interruption
        let headProfile = try callgrind.profile(benchmark, of: head, iterations: iterations)
        guard let base else {
            let names = readable(headProfile.dearest(ProfileTable.rowLimit).map(\.function))
            return .dearest(headProfile, iterations: iterations, names: names)
        }
        let baseProfile = try callgrind.profile(benchmark, of: base, iterations: iterations)
        let changed = headProfile.difference(from: baseProfile).prefix(ProfileTable.rowLimit).map(\.function)
        return .difference(headProfile, from: baseProfile, iterations: iterations, names: readable(changed))
    }

    private func readable(_ symbols: [String]) -> [String: String] { SymbolNames.readable(symbols, environment: environment) }
}
