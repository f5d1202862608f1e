import FuzzingRuntime

/// An executable that is a set of fuzz targets.
///
/// ```swift
/// @main struct Suite: FuzzSuite {
///     static let targets = [FuzzTarget("json") { bytes in _ = try? parse(bytes) }]
/// }
/// ```
///
/// `pulsegate fuzz` builds and drives it. By hand: `swift run Suite list`, `swift run Suite replay --target json FILE…`. The inputs that are committed
/// for its targets run in `swift test` (FuzzingSwiftTesting).
public protocol FuzzSuite {
    static var targets: [FuzzTarget] { get }
}

extension FuzzSuite {
    public static func main() {
        let targets = targets
        if let problem = FuzzTarget.problem(of: targets) { SuiteProgram.stop(problem) }
        // The sensor of a build without inline counters, if it is one that counts at all.
        let arguments = CommandLine.arguments
        let wantsInline = zip(arguments, arguments.dropFirst()).contains { $0 == ("--sensor", "inline") }
        if pulsegate_fuzz_edge_count() == 0, !wantsInline { _ = pulsegate_fuzz_use_profile_counters() }
        SuiteProgram(targets: targets, suite: String(reflecting: Self.self)).main(Array(CommandLine.arguments.dropFirst()))
    }
}
