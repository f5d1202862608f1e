import Determinism
import TemporaryFolders
import Testing

@testable import PropertyTesting

#if canImport(Glibc)
    import Glibc
#endif

/// The memory of examples against a model: whatever is saved, moved and removed, in whatever order, is there as the model says.
struct ExampleDatabaseLaws {
    private func text(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<random.integer(in: 0...6) {
            text.unicodeScalars.append(UnicodeScalar(UInt32(random.integer(in: 0...0x2FFF))) ?? "x")
        }
        return text
    }

    private func example(_ random: inout SeededGenerator, _ names: [String]) -> Example {
        let role = Example.Role.allCases[random.integer(in: 0...2)]
        let indices = (0..<random.integer(in: 0...2)).map { _ in random.next() >> UInt64(random.integer(in: 61...63)) }
        let origin = random.integer(in: 0...2) == 0 ? nil : FailureOrigin(reason: "r\(random.integer(in: 0...1))", location: nil)
        return Example(
            property: names[random.integer(in: 0...(names.count - 1))], role: role, token: ReplayToken(indices: indices), origin: origin)
    }

    @Test("a folder, a store in memory and a plain list agree after every step of any history")
    func model() throws {
        for seed in 1...12 as ClosedRange<UInt64> {
            let folder = try #require(TemporaryFolder.make(in: TemporaryFolder.parentInMemory))
            defer { TemporaryFolder.remove(folder) }
            var random = SeededGenerator(seed: seed)
            let names = (0..<3).map { "\($0)" + text(&random) }
            let transient = TransientExamples()
            var model: [Example] = []
            for _ in 0..<60 {
                // A database of its own for each step: nothing is kept in the process.
                let database = ExampleDatabase(folder: folder)
                let one = example(&random, names)
                model.removeAll { $0.isSameCase(as: one) }
                if random.integer(in: 0...3) == 0 {
                    #expect(database.remove(one) == nil)
                    #expect(transient.remove(one) == nil)
                } else {
                    model.append(one)
                    #expect(database.save(one) == nil)
                    #expect(transient.save(one) == nil)
                }
                let expected = model.filter { $0.property == one.property }.sorted(by: Example.runsBefore)
                #expect(database.load(one.property).examples == expected)
                #expect(database.load(one.property).warnings.isEmpty)
                #expect(transient.load(one.property).examples == expected)
            }
        }
    }

    @Test("every example reads back from its bytes, and no bytes at all make the reader trap")
    func bytes() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<400 {
            var one = example(&random, [text(&random), text(&random)])
            // A location without a reason is no origin.
            one.origin = random.integer(in: 0...1) == 0 ? nil : FailureOrigin(reason: text(&random), location: text(&random))
            #expect((try? Example(one.bytes, role: one.role, file: "f")) == one)
            var mutated = one.bytes
            for _ in 0..<random.integer(in: 1...4) {
                let position = random.integer(in: 0...(mutated.count - 1))
                if random.integer(in: 0...1) == 0 {
                    mutated[position] = UInt8(truncatingIfNeeded: random.next())
                } else {
                    mutated.remove(at: position)
                }
            }
            _ = try? Example(mutated, role: one.role, file: "f")
        }
    }

    @Test("what is remembered of a failure makes it fail again")
    func replays() throws {
        let folder = try #require(TemporaryFolder.make(in: TemporaryFolder.parentInMemory))
        defer { TemporaryFolder.remove(folder) }
        func generate(_ draws: Draws) -> [Int] { draws.array { $0.int() } }
        func holds(_ xs: [Int]) -> Bool { xs.reduce(0, &+) < 1000 }
        for seed in 1...20 as ClosedRange<UInt64> {
            let report = PropertyEngine.run(PropertySettings(cases: 5000, seed: seed), generate: generate, holds: holds).report
            let failure = try #require(report.failures.first)
            let one = Example(property: "sum \(seed)", role: .failure, token: failure.token, origin: failure.failure.origin)
            #expect(ExampleDatabase(folder: folder).save(one) == nil)
            let again = try #require(ExampleDatabase(folder: folder).load("sum \(seed)").examples.first)
            #expect(!holds(PropertyEngine.replay(again.token.indices, generate: generate).value))
        }
    }
}
