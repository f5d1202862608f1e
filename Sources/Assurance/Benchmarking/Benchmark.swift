/// One piece of code whose speed, allocations and memory are worth a promise.
///
/// ```swift
/// Benchmark("macd.batch", tags: ["indicators"], throughput: .elements(10_000)) { prices in
///     MACD.standard.compute(prices)                       // one iteration; what it returns is kept alive
/// } setup: {
///     PriceSeries.make(count: 10_000, seed: 7)            // once a launch, outside the clock
/// }
/// ```
///
/// The body is compiled into the loop that repeats it, where the benchmark stands: a loop over an empty body costs a quarter of a nanosecond an
/// iteration, which is measured and subtracted. Names are dotted or slashed paths, unique in the suite; a history follows a benchmark by its name.
public struct Benchmark: Sendable {
    public var name: String
    /// For choosing: `pulsegate bench run --tag indicators`.
    public var tags: [String]
    /// What one iteration handles, so that a rate is shown beside the time.
    public var throughput: Throughput?
    /// Which time counts.
    public var clock: BenchmarkClock
    /// The benchmark of the same suite that ratio budgets of this one refer to: a kernel of the same character that does not change.
    public var reference: String?
    /// The member of a series that this is: sizes of one benchmark, fitted to a complexity.
    public var series: SeriesMember?
    /// Judged by its first iteration in a fresh process, with these files out of the page cache; nil: judged hot.
    public var cold: ColdStart?

    @usableFromInline let prepare: @Sendable () throws -> PreparedBenchmark

    @usableFromInline
    init(
        name: String, tags: [String], throughput: Throughput?, clock: BenchmarkClock, reference: String?,
        prepare: @escaping @Sendable () throws -> PreparedBenchmark
    ) {
        self.name = name
        self.tags = tags
        self.throughput = throughput
        self.clock = clock
        self.reference = reference
        self.prepare = prepare
    }

    /// A body without state.
    @inlinable @inline(__always)
    public init<Result>(
        _ name: String, tags: [String] = [], throughput: Throughput? = nil, clock: BenchmarkClock = .threadCPU, reference: String? = nil,
        _ body: @escaping @Sendable () throws -> Result
    ) {
        self.init(name: name, tags: tags, throughput: throughput, clock: clock, reference: reference) {
            PreparedBenchmark { iterations, meter in
                meter.start()
                var left = iterations
                while left > 0 {
                    blackHole(try body())
                    blackHole(left)
                    left &-= 1
                }
                meter.stop()
            }
        }
    }

    /// A body on a state that is made once a launch, outside the clock, and that iterations may change.
    @inlinable @inline(__always)
    public init<State, Result>(
        _ name: String, tags: [String] = [], throughput: Throughput? = nil, clock: BenchmarkClock = .threadCPU, reference: String? = nil,
        _ body: @escaping @Sendable (inout State) throws -> Result, setup: @escaping @Sendable () throws -> State
    ) {
        self.init(name: name, tags: tags, throughput: throughput, clock: clock, reference: reference) {
            var state = try setup()
            return PreparedBenchmark { iterations, meter in
                meter.start()
                var left = iterations
                while left > 0 {
                    blackHole(try body(&state))
                    blackHole(left)
                    left &-= 1
                }
                meter.stop()
            }
        }
    }

    /// A body that uses its input up: each iteration gets a new one, made outside the clock.
    ///
    /// The clock runs over up to 256 inputs at a time, so that reading it does not show; inputs should be small enough that so many fit the caches
    /// as they would in use.
    @inlinable @inline(__always)
    public init<Input, Result>(
        _ name: String, tags: [String] = [], throughput: Throughput? = nil, clock: BenchmarkClock = .threadCPU, reference: String? = nil,
        consuming body: @escaping @Sendable (consuming Input) throws -> Result, input: @escaping @Sendable () throws -> Input
    ) {
        self.init(name: name, tags: tags, throughput: throughput, clock: clock, reference: reference) {
            PreparedBenchmark { iterations, meter in
                var left = iterations
                var inputs: [Input] = []
                while left > 0 {
                    let count = Int(min(left, 256))
                    inputs.removeAll(keepingCapacity: true)
                    for _ in 0..<count { inputs.append(try input()) }
                    meter.start()
                    while let next = inputs.popLast() { blackHole(try body(next)) }
                    meter.stop()
                    left -= UInt64(count)
                }
            }
        }
    }

    /// An async body, judged by the CPU time of the process unless told otherwise.
    public init<State: Sendable, Result: Sendable>(
        async name: String, tags: [String] = [], throughput: Throughput? = nil, clock: BenchmarkClock = .processCPU,
        reference: String? = nil,
        _ body: @escaping @Sendable (State) async throws -> Result, setup: @escaping @Sendable () async throws -> State
    ) {
        self.init(name: name, tags: tags, throughput: throughput, clock: clock, reference: reference) {
            let state = try Blocking.run { try await setup() }
            return PreparedBenchmark { iterations, meter in
                meter.start()
                try Blocking.run { for _ in 0..<iterations { blackHole(try await body(state)) } }
                meter.stop()
            }
        }
    }

    /// The same benchmark judged by its first iteration in a fresh process: what a command line tool is made of.
    ///
    /// - Parameter evicting: files that are put out of the page cache before each process's iteration, behind its set-up. Reading them again is
    ///   waiting, which only the clock ``BenchmarkClock/wall`` sees.
    public func cold(evicting files: [String] = []) -> Benchmark {
        var copy = self
        copy.cold = ColdStart(evicting: files)
        return copy
    }
}

/// What one iteration handles.
public enum Throughput: Sendable, Equatable {
    case elements(Int)
    case bytes(Int)
}

/// How a benchmark is judged cold.
public struct ColdStart: Sendable, Equatable {
    public var evicting: [String]
}

/// A place in a series: benchmarks that differ in a size only.
public struct SeriesMember: Sendable, Equatable {
    public var series: String
    public var size: Int
}

extension Benchmark {
    /// One benchmark for each size, named `name/size`; reports fit a complexity to the times.
    public static func series(_ name: String, sizes: [Int], _ make: (_ name: String, _ size: Int) -> Benchmark) -> [Benchmark] {
        sizes.map { size in
            var benchmark = make("\(name)/\(size)", size)
            benchmark.series = SeriesMember(series: name, size: size)
            return benchmark
        }
    }
}

/// A benchmark that is set up.
@usableFromInline
struct PreparedBenchmark {
    /// Runs that many iterations, the clock running during them.
    @usableFromInline let run: (UInt64, inout BatchMeter) throws -> Void

    @usableFromInline init(_ run: @escaping (UInt64, inout BatchMeter) throws -> Void) { self.run = run }
}
