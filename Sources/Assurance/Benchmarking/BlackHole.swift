import BenchmarkingRuntime

/// Keeps a result that nothing uses: the compiler must compute it, and no instruction is spent on keeping it.
///
/// ```swift
/// for price in prices { blackHole(average.push(price)) }
/// ```
///
/// What is kept is the value itself, not what it refers to. The bodies of benchmarks need none for what they return: the loop around them does it.
/// Cost: nothing for what fits a register, a store to the stack otherwise (0.25 and 0.45 ns measured with the loop around it).
@inlinable @inline(__always)
public func blackHole<Value>(_ value: Value) {
    if Value.self == Void.self { return }
    withUnsafePointer(to: value) { pulsegate_bench_keep_memory($0) }
}

@inlinable @inline(__always) public func blackHole(_ value: UInt64) { pulsegate_bench_keep_word(value) }
@inlinable @inline(__always) public func blackHole(_ value: Int64) { pulsegate_bench_keep_word(UInt64(bitPattern: value)) }
@inlinable @inline(__always) public func blackHole(_ value: Int) { pulsegate_bench_keep_word(UInt64(bitPattern: Int64(value))) }
@inlinable @inline(__always) public func blackHole(_ value: Double) { pulsegate_bench_keep_word(value.bitPattern) }

/// A number that the compiler knows nothing about: what is computed from it is computed anew each time.
@inlinable @inline(__always)
public func opaque(_ value: Int) -> Int { Int(Int64(bitPattern: pulsegate_bench_opaque(UInt64(bitPattern: Int64(value))))) }
