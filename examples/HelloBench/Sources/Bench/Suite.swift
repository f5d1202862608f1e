import Benchmarking
import Hello

@main
struct Suite: BenchmarkSuite {
    static let line = Array((1...1000).map { String($0 * 7919 % 100_000) }.joined(separator: ",").utf8)

    static var benchmarks: [Benchmark] {
        // Arithmetic that nobody changes: a yardstick for budgets that should hold on any machine.
        Benchmark("yardstick") { (0..<opaque(4096)).reduce(0) { ($0 &* 31) ^ $1 } }

        // Hot, on a state that is made once, with a rate.
        Benchmark("parse", throughput: .bytes(line.count), reference: "yardstick") { (line: inout [UInt8]) in
            Prices.parse(line)
        } setup: {
            line
        }

        // The same at several sizes: the report says how the time grows.
        Benchmark.series("average", sizes: [1000, 10_000, 100_000]) { name, size in
            Benchmark(name, throughput: .elements(size)) { (prices: inout [Int]) in
                Prices.movingAverage(prices, window: 20)
            } setup: {
                (0..<size).map { $0 * 7919 % 100_000 }
            }
        }

        // An input that each iteration uses up.
        Benchmark("sorted", consuming: { (prices: [Int]) in prices.sorted() }, input: { Prices.parse(line) })
    }
}
