import BenchmarkingRuntime

/// How often a piece of code asked for memory: what `countingAllocations` says of its body.
///
/// ```swift
/// @Test func scanning() throws {                                 // Swift Testing
///     try expectAllocations(atMost: 0) { scanner.scan(bytes) }
///     #expect(try countingAllocations { parse(text) }.bytes < 4096)
/// }
/// func testScanning() throws {                                   // XCTest: the same
///     try expectAllocations(atMost: 0) { scanner.scan(bytes) }
/// }
/// ```
///
/// Counted are the calls of malloc, calloc, realloc and the aligned ones that the calling thread makes while the body runs, whoever makes
/// them: the body, the standard library, Foundation, C. Each growth of an array is one of them. Other threads' are not, so tests may run in parallel;
/// a body cannot be async, since what follows an `await` may run on another thread. What is expected within the body with `#expect` allocates too.
///
/// Counts are exact, and those of the build that runs: a debug build allocates what a release build keeps on the stack. They need no tolerance.
public struct AllocationCount: Sendable, Hashable {
    public var allocations: Int
    /// As asked for: what the allocator adds is not in it.
    public var bytes: Int

    public init(allocations: Int, bytes: Int) { (self.allocations, self.bytes) = (allocations, bytes) }
}

extension AllocationCount: CustomStringConvertible {
    public var description: String {
        "\(allocations) allocation\(allocations == 1 ? "" : "s") of \(bytes) byte\(bytes == 1 ? "" : "s")"
    }
}

/// Counts the allocations of the calling thread during one run of `body`.
///
/// - Parameter warmUps: runs before the one that counts, so that what is made once (a lazy property, the runtime's tables of types) is not
///   in it. A body must bear to be run that often; with 0 the first run counts.
/// - Returns: the count of the last run. What the body returns is kept alive until then.
/// - Throws: what the body throws; `AllocationsNotCounted` where counts would be wrong.
@inline(never)
public func countingAllocations<Result>(warmUps: Int = 1, _ body: () throws -> Result) throws -> AllocationCount {
    guard pulsegate_bench_counts_allocations() else { throw AllocationsNotCounted() }
    for _ in 0..<max(0, warmUps) { blackHole(try body()) }
    let before = pulsegate_bench_allocations_of_thread()
    let result = try body()
    let after = pulsegate_bench_allocations_of_thread()
    blackHole(result)
    return AllocationCount(
        allocations: Int(truncatingIfNeeded: after.count &- before.count), bytes: Int(truncatingIfNeeded: after.bytes &- before.bytes))
}

/// Fails the test when one run of `body` allocates more than its budget: by throwing, so that it does in every testing library.
///
/// - Parameters:
///   - budget: allocations at most.
///   - bytes: bytes at most, of all allocations together; any number when not given.
///   - warmUps: runs before the one that counts.
/// - Throws: `AllocationBudgetExceeded`, which names count, budget and place; otherwise what `countingAllocations` throws.
@discardableResult
public func expectAllocations<Result>(
    atMost budget: Int, bytes: Int? = nil, warmUps: Int = 1, fileID: String = #fileID, line: Int = #line, _ body: () throws -> Result
) throws -> AllocationCount {
    let counted = try countingAllocations(warmUps: warmUps, body)
    guard counted.allocations <= budget, bytes.map({ counted.bytes <= $0 }) ?? true else {
        throw AllocationBudgetExceeded(counted: counted, allocations: budget, bytes: bytes, place: "\(fileID):\(line)")
    }
    return counted
}

/// A body allocated more than its test allows.
public struct AllocationBudgetExceeded: Error, Hashable, CustomStringConvertible {
    public var counted: AllocationCount
    /// The budget.
    public var allocations: Int
    public var bytes: Int?
    /// "MyTests/ScannerTests.swift:12"
    public var place: String

    public var description: String {
        let budget = bytes.map { "\(AllocationCount(allocations: allocations, bytes: $0))" } ?? "\(allocations)"
        return "\(place): \(counted), and the budget is \(budget)"
    }
}

/// Something else has taken malloc's place, and a count would be wrong.
public struct AllocationsNotCounted: Error, Hashable, CustomStringConvertible {
    public init() {}

    public var description: String {
        """
        allocations are not counted in this process, because something else stands in malloc's place: a sanitizer, valgrind or a library that was \
        preloaded; run this test without it
        """
    }
}
