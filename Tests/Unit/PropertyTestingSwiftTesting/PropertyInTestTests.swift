import PropertyTesting
import PropertyTestingSwiftTesting
import Testing

@Suite("properties in Swift Testing")
struct PropertyInTestTests {
    @Test("a property that holds records nothing and says what it ran")
    func holds() async throws {
        let report = try await property { draws in
            let xs = draws.array { $0.int() }
            #expect(Array(xs.reversed().reversed()) == xs)
        }
        #expect(report.outcome == .passed)
        #expect(report.cases == 100)
    }

    @Test("a failure")
    func fails() async throws {
        let report = try await property { draws in
            let xs = draws.array(0...10) { $0.int(in: 0...100) }
            draws.note("xs = \(xs)")
            #expect(xs.sorted() == xs)
        }
        #expect(report.outcome == .falsified)
    }
}
