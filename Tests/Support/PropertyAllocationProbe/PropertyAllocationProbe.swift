import AllocationCount
import PropertyTesting

/// Prints how often memory was asked for during a run of 2,000 cases and one of 18,000: a program of its own, since it counts every malloc.
///
///     PropertyAllocationProbe          the engine alone: only the growth of its buffers
///     PropertyAllocationProbe array    the values are arrays, one allocation a case: shows that the probe sees it
@main
struct PropertyAllocationProbe {
    static func main() {
        let makesArrays = CommandLine.arguments.dropFirst().first == "array"
        func allocations(_ cases: Int) -> UInt64 {
            let before = allocation_count()
            let report = PropertyEngine.run(PropertySettings(cases: cases, seed: 5)) { draws in
                if makesArrays { return draws.array(1...20) { $0.int() }.isEmpty ? .rejected : .passed }
                var sum = 0
                draws.span(Label.array) {
                    for _ in 0..<10 { draws.span(Label.element) { sum &+= draws.int() } }
                }
                return sum == .max ? .rejected : .passed
            }
            precondition(report.cases == cases)
            return allocation_count() - before
        }
        // What the runtime makes once, it makes here.
        _ = allocations(100)
        print(allocations(2000), allocations(18_000))
    }
}
