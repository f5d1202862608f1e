import Benchmarking
import Testing
import XCTest

@Suite("allocation budgets")
struct AllocationBudgetTests {
    final class Word {
        var value = 7
    }

    private static func mixed(_ steps: Int) -> Int {
        var state = opaque(1)
        for step in 0..<steps { state = (state &* 31) ^ step }
        return state
    }

    @Test("arithmetic allocates nothing")
    func arithmetic() throws {
        let counted = try expectAllocations(atMost: 0, bytes: 0) { Self.mixed(1000) }
        #expect(counted == AllocationCount(allocations: 0, bytes: 0))
    }

    @Test("an instance of a class is one allocation of its header and its fields")
    func instance() throws {
        #expect(try countingAllocations { Word() } == AllocationCount(allocations: 1, bytes: 16 + 8))
        // One that dies within the body was asked for all the same.
        #expect(try countingAllocations { Word().value + Word().value } == AllocationCount(allocations: 2, bytes: 48))
    }

    @Test("a string is one allocation from its sixteenth byte on", arguments: [0, 1, 15, 16, 17, 1000])
    func string(length: Int) throws {
        let bytes = [UInt8](repeating: 0x78, count: length)
        #expect(try countingAllocations { String(decoding: bytes, as: UTF8.self) }.allocations == (length > 15 ? 1 : 0))
    }

    @Test("an array that grows is one allocation for each of its capacities, and one where room was reserved", arguments: [1, 10, 1000])
    func array(count: Int) throws {
        var capacities: Set<Int> = []
        func grown() -> [Int] {
            var numbers: [Int] = []
            for number in 0..<count { numbers.append(number) }
            return numbers
        }
        var watched: [Int] = []
        for number in 0..<count {
            watched.append(number)
            capacities.insert(watched.capacity)
        }
        #expect(try countingAllocations(grown).allocations == capacities.count)
        let reserved = try countingAllocations {
            var numbers: [Int] = []
            numbers.reserveCapacity(count)
            for number in 0..<count { numbers.append(number) }
            return numbers
        }
        #expect(reserved.allocations == 1 && reserved.bytes >= 32 + 8 * count)
    }

    @Test("what is made once counts in the first run alone")
    func lazily() throws {
        final class Lazy {
            lazy var table = [Int](repeating: 1, count: 100)
        }
        let (cold, warm) = (Lazy(), Lazy())
        #expect(try countingAllocations(warmUps: 0) { cold.table[3] }.allocations == 1)
        #expect(try countingAllocations { warm.table[3] }.allocations == 0)
    }

    @Test("a body runs once more than its warm-ups, and never less than once", arguments: [-3, 0, 1, 5])
    func runs(warmUps: Int) throws {
        var runs = 0
        _ = try countingAllocations(warmUps: warmUps) { runs += 1 }
        #expect(runs == max(0, warmUps) + 1)
    }

    @Test("what other threads allocate is not counted")
    func otherThreads() async throws {
        let busy = Task.detached {
            while !Task.isCancelled { blackHole([UInt8](repeating: 1, count: 100)) }
        }
        defer { busy.cancel() }
        // Long enough that the other thread has its turn meanwhile on any machine that runs both, and right where it has not.
        #expect(try countingAllocations { Self.mixed(2_000_000) }.allocations == 0)
    }

    @Test("counting within what is counted changes neither")
    func nested() throws {
        var inner = AllocationCount(allocations: 0, bytes: 0)
        let outer = try countingAllocations {
            inner = try countingAllocations(warmUps: 0) { Word() }
            return Word()
        }
        #expect(inner.allocations == 1 && outer.allocations >= 2)
    }

    @Test("a budget that is broken names count, budget and place")
    func exceeded() throws {
        func twoWords() throws { try expectAllocations(atMost: 1) { (Word(), Word()) } }
        let line = #line - 1
        let failure = try #require(throws: AllocationBudgetExceeded.self) { try twoWords() }
        #expect(
            failure.description
                == "BenchmarkingTests/AllocationBudgetTests.swift:\(line): 2 allocations of 48 bytes, and the budget is 1")
        let bytes = try #require(throws: AllocationBudgetExceeded.self) {
            try expectAllocations(atMost: 1, bytes: 23, fileID: "A/B.swift", line: 7) { Word() }
        }
        #expect(bytes.description == "A/B.swift:7: 1 allocation of 24 bytes, and the budget is 1 allocation of 23 bytes")
        try expectAllocations(atMost: 1, bytes: 24) { Word() }
    }

    @Test("Swift Testing shows a broken budget as the failure of the test")
    func issue() throws {
        try withKnownIssue {
            try expectAllocations(atMost: 0) { Word() }
        } matching: { issue in
            (issue.error as? AllocationBudgetExceeded)?.counted.allocations == 1 && "\(issue)".contains("the budget is 0")
        }
    }

    @Test("an error of the body is the caller's, and where nothing counts it says what to do")
    func errors() {
        struct Planted: Error {}
        #expect(throws: Planted.self) { try countingAllocations { throw Planted() } }
        #expect("\(AllocationsNotCounted())".contains("run this test without it"))
    }
}

final class AllocationBudgetXCTests: XCTestCase {
    func testBudgets() throws {
        try expectAllocations(atMost: 0) { opaque(3) &* 5 }
        XCTAssertEqual(try countingAllocations { AllocationBudgetTests.Word() }.allocations, 1)
        XCTAssertThrowsError(try expectAllocations(atMost: 0) { AllocationBudgetTests.Word() }) { error in
            XCTAssertTrue("\(error)".hasSuffix("1 allocation of 24 bytes, and the budget is 0"), "\(error)")
        }
    }
}
