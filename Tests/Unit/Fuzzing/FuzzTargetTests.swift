import PropertyTesting
import Testing

@testable import Fuzzing

@Suite struct FuzzTargetTests {
    private func target(_ name: String) -> FuzzTarget { FuzzTarget(name) { _ in } }

    private func run(_ target: FuzzTarget, _ indices: [UInt64]) throws { try TargetRunner(target: target).run(ChoiceBytes.bytes(indices)) }

    // MARK: Names

    @Test(arguments: ["a", "limiter.headers", "JSON-5_x", "0"]) func namesOfFoldersAreNames(_ name: String) {
        #expect(FuzzTarget.problem(of: [target(name)]) == nil)
    }

    @Test(arguments: ["", ".hidden", "-option", "a/b", "a b", "é", "a\n", "..", String(repeating: "x", count: 65)])
    func othersAreRefusedByName(_ name: String) throws {
        let problem = try #require(FuzzTarget.problem(of: [target("good"), target(name)]))
        #expect(problem.contains(SwiftLiteral.text(of: name)))
    }

    @Test func oneNameTwiceIsRefusedByName() throws {
        let problem = try #require(FuzzTarget.problem(of: [target("one"), target("two"), target("one")]))
        #expect(problem.contains("two targets one;"))
    }

    @Test func aSuiteWithoutTargetsIsRefused() throws {
        #expect(try #require(FuzzTarget.problem(of: [])).contains("no targets"))
    }

    // MARK: Bodies

    @Test func thrownErrorsAreFindings() {
        let target = FuzzTarget("t", drawing: { $0.int(in: 0...9) }, { try expect($0 != 4, "four") })
        #expect(throws: Never.self) { try run(target, [3]) }
        #expect { try run(target, [4]) } throws: { "\($0)" == "four" }
    }

    @Test func generatorsThatAreValuesAreDrawn() {
        let target = FuzzTarget("t", drawing: .array(of: .int(in: 0...9), count: 2)) { try expect($0 != [1, 2], "both") }
        #expect(throws: Never.self) { try run(target, [1, 1]) }
        #expect(throws: FuzzFailure.self) { try run(target, [1, 2]) }
    }

    @Test func aRefusedDrawIsNoFinding() {
        let filtered = FuzzTarget(
            "t", drawing: { draws in draws.filtered({ $0 > 5 }) { $0.int(in: 0...9) } },
            { _ in
                throw FuzzFailure("ran")
            })
        #expect(throws: Never.self) { try run(filtered, []) }
        #expect(throws: FuzzFailure.self) { try run(filtered, [7]) }
        let exploring = FuzzTarget.exploring("t") { draws in
            let number = draws.int(in: 0...9)
            draws.assume(number > 5)
            throw FuzzFailure("ran")
        }
        #expect(throws: Never.self) { try run(exploring, [1]) }
        #expect(throws: FuzzFailure.self) { try run(exploring, [7]) }
    }

    @Test func machinesFailByTheirRules() {
        let target = FuzzTarget(
            "t",
            machine: {
                var machine = StateMachine { 0 }
                machine.rule("add") { number, _ in number += 1 }
                machine.rule("clear") { number, _ in number = 0 }
                machine.invariant("small") { $0 < 3 }
                return machine
            })
        #expect(throws: Never.self) { try run(target, [1, 0, 1, 0, 1, 1, 1, 0, 0]) }
        #expect(throws: StateMachineFailure.self) { try run(target, [1, 0, 1, 0, 1, 0, 0]) }
    }

    private actor Counter {
        var value = 0
        func lose() async {
            let before = value
            await Task.yield()
            value = before + 1
        }
    }

    @Test(arguments: [FuzzScheduling.deterministic, .concurrent]) func bodiesThatSuspendRunToTheirEnd(_ scheduling: FuzzScheduling) {
        let bytes = FuzzTarget("t", scheduling: scheduling) { (bytes: [UInt8]) async throws in
            await Task.yield()
            try expect(bytes != [7], "seven")
        }
        #expect(throws: Never.self) { try TargetRunner(target: bytes).run([6]) }
        #expect(throws: FuzzFailure.self) { try TargetRunner(target: bytes).run([7]) }
        let drawn = FuzzTarget(
            "t", scheduling: scheduling, drawing: { $0.int(in: 0...9) },
            { (number: Int) async throws in
                await Task.yield()
                try expect(number != 7, "seven")
            })
        #expect(throws: Never.self) { try run(drawn, [6]) }
        #expect(throws: FuzzFailure.self) { try run(drawn, [7]) }
    }

    @Test func schedulesAreAPartOfTheInput() throws {
        let target = FuzzTarget(
            "t", drawing: { $0.int(in: 2...2) },
            { (count: Int) async throws in
                let counter = Counter()
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<count { group.addTask { await counter.lose() } }
                }
                try expect(await counter.value == count, "an increment is lost")
            })
        var ends: Set<Bool> = []
        for gaps in 0..<200 as Range<UInt64> {
            do {
                try run(target, [gaps % 5, gaps / 5 % 5, gaps / 25])
                ends.insert(true)
            } catch {
                ends.insert(false)
            }
        }
        #expect(ends == [true, false])
    }

    // MARK: Values

    private struct Point: Equatable {
        var x: Int
        var y: Int
    }

    @Test func anInputIsToldAsSwift() throws {
        let target = FuzzTarget("t", drawing: { Point(x: $0.int(in: 0...9), y: $0.int(in: -9...9)) }, { _ in })
        let drawn = try #require(TargetRunner(target: target).drawn)
        #expect(drawn.literal([3, 4]) == "Point(x: 3, y: -2)")
        #expect(drawn.declaration([3, 4], named: "value")?.hasSuffix("Point = Point(x: 3, y: -2)") == true)
        #expect(FuzzTarget("b") { _ in }.literal(of: [1, 2]) == "[1, 2]")
    }
}
