import Determinism
import Evidence
import Testing

@testable import Gates

@Suite("exceptions")
struct ExceptionTests {
    private func grant(paths: [String] = [], floor: String? = nil, starts: Int64 = -10, expires: Int64 = 10, gate: String = "g") throws
        -> ExceptionGrant
    {
        ExceptionGrant(
            id: "EX-1", gate: gate, paths: try paths.map { try Glob($0) }, floor: try floor.map { try QuantityText($0) },
            starts: Scene.noon.advanced(byNanoseconds: starts), expires: Scene.noon.advanced(byNanoseconds: expires))
    }

    private func scene(_ grant: ExceptionGrant, covered: Int = 80) -> Scene {
        var scene = Scene(
            #"{ "metric": "coverage.line", "on": "each_file", "op": ">=", "value": "90%" }"#,
            coverage: [file("Sources/a.swift", covered, of: 100)])
        scene.exceptions = [grant]
        return scene
    }

    @Test("an exception covers what fails, is named, and does not block")
    func covers() throws {
        let verdict = try scene(grant()).verdict()
        #expect(verdict.status == .excepted)
        #expect(verdict.exception == "EX-1")
        #expect(!verdict.blocks)
        #expect(verdict.reason.contains("EX-1"))
    }

    @Test("it holds from its start until just before its end", arguments: [(0, 1, true), (-10, 0, false), (1, 10, false), (-1, 1, true)])
    func time(_ starts: Int64, _ expires: Int64, _ holds: Bool) throws {
        #expect(try scene(grant(starts: starts, expires: expires)).verdict().status == (holds ? .excepted : .fail))
    }

    @Test("worse than its floor still fails, exactly at it does not")
    func floor() throws {
        #expect(try scene(grant(floor: "80%")).verdict().status == .excepted)
        #expect(try scene(grant(floor: "80%"), covered: 79).verdict().status == .fail)
        // A floor in another unit covers nothing.
        #expect(try scene(grant(floor: "80")).verdict().status == .fail)
    }

    @Test("it covers only its gate and its paths")
    func scope() throws {
        #expect(try scene(grant(gate: "other")).verdict().status == .fail)
        #expect(try scene(grant(paths: ["Sources/*.swift"])).verdict().status == .excepted)
        #expect(try scene(grant(paths: ["Sources/b.swift"])).verdict().status == .fail)
        var two = try scene(grant(paths: ["Sources/a.swift"]))
        two.facts.coverage.append(file("Sources/b.swift", 1, of: 100))
        #expect(try two.verdict().status == .fail)
    }

    @Test("it excuses failures, never missing evidence or a dead collector")
    func neverMissing() throws {
        var missing = try scene(grant())
        missing.facts = Facts()
        #expect(try missing.verdict().status == .notEvaluated)
        var dead = try scene(grant())
        dead.state = .crashed
        #expect(try dead.verdict().status == .notEvaluated)
    }

    @Test(
        "the floor of a figure without a better direction is read by its condition",
        arguments: [(">=", 75, true), (">=", 60, false), ("<=", 95, false)])
    func neutralFloor(_ op: String, _ seen: Int, _ holds: Bool) throws {
        var scene = Scene(
            #"{ "metric": "custom.x", "op": "\#(op)", "value": 80 }"#, measures: [Measure("custom.x", .count(seen))])
        scene.exceptions = [try grant(floor: op == ">=" ? "70" : "90")]
        #expect(try scene.verdict().status == (holds ? .excepted : .fail))
    }
}
