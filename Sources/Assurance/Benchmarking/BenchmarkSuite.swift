import BenchmarkingRuntime

/// An executable that is a set of benchmarks.
///
/// ```swift
/// @main struct Suite: BenchmarkSuite {
///     static var benchmarks: [Benchmark] {
///         Benchmark("parse") { try? parse(text) }
///         Benchmark.series("sort", sizes: [100, 10_000]) { name, size in
///             Benchmark(name, consuming: { $0.sorted() }, input: { (0..<size).reversed() as [Int] })
///         }
///     }
/// }
/// ```
///
/// `pulsegate bench run` builds it in release, drives it, and judges what it measures. By hand: `swift run -c release Suite list`.
public protocol BenchmarkSuite {
    @BenchmarkBuilder static var benchmarks: [Benchmark] { get }
}

extension BenchmarkSuite {
    public static func main() {
        let benchmarks = benchmarks
        if pulsegate_bench_is_hosted() {
            HostedSuite.offer(benchmarks)
        } else {
            SuiteProgram(benchmarks: benchmarks).main(Array(CommandLine.arguments.dropFirst()))
        }
    }
}

/// Lists benchmarks one after the other, with `if`, `for` and arrays of them.
@resultBuilder
public enum BenchmarkBuilder {
    public static func buildExpression(_ benchmark: Benchmark) -> [Benchmark] { [benchmark] }
    public static func buildExpression(_ benchmarks: [Benchmark]) -> [Benchmark] { benchmarks }
    public static func buildBlock(_ parts: [Benchmark]...) -> [Benchmark] { parts.flatMap(\.self) }
    public static func buildArray(_ parts: [[Benchmark]]) -> [Benchmark] { parts.flatMap(\.self) }
    public static func buildOptional(_ part: [Benchmark]?) -> [Benchmark] { part ?? [] }
    public static func buildEither(first part: [Benchmark]) -> [Benchmark] { part }
    public static func buildEither(second part: [Benchmark]) -> [Benchmark] { part }
    public static func buildLimitedAvailability(_ part: [Benchmark]) -> [Benchmark] { part }
}
