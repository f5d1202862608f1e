import Determinism
import Evidence
import StrictDocuments
import Testing

@testable import Gates

@Suite("laws of judging")
struct EvaluatorProperties {
    private static let cases: UInt64 = 250

    @Test("a gate without any evidence never passes, is never excepted, and no exit code 0 comes of it unless the gate lets it go")
    func noEvidence() throws {
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            var input = try scene.input()
            for index in input.evidence.indices { input.evidence[index].facts = Facts() }
            for verdict in Evaluator.verdicts(input) {
                #expect(verdict.status != .pass && verdict.status != .excepted, "seed \(seed): \(verdict)")
            }
        }
    }

    @Test("evidence that is not whole never passes")
    func brokenEvidence() throws {
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            var input = try scene.input()
            input.evidence[scene.generator.integer(in: 0...1)].state = scene.pick([.absent, .invalid, .timedOut, .crashed])
            for verdict in Evaluator.verdicts(input) {
                #expect(verdict.status != .pass && verdict.status != .excepted, "seed \(seed): \(verdict)")
            }
        }
    }

    @Test("one more failing test never turns a failure of 'no test fails' into a pass, nor the run's exit code into 0")
    func oneMoreFailure() throws {
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            let strict = #"{ "all": [{ "metric": "tests.failed", "op": "==", "value": 0 }, \#(scene.condition(depth: 0))] }"#
            var input = try scene.input(conditions: [strict])
            input.exceptions = []
            let before = Evaluator.verdicts(input)
            var facts = input.evidence[0].facts
            facts.tests.append(TestFact(id: "M.S/extra()", outcome: .failed))
            input.evidence[0].facts = facts.normalised()
            let after = Evaluator.verdicts(input)
            #expect(after[0].status != .pass, "seed \(seed)")
            if before[0].status == .fail { #expect(after[0].status == .fail, "seed \(seed)") }
            if after[0].blocking, after[0].status == .fail { #expect(Evaluator.exitCode(after, evidence: input.evidence) != .pass) }
        }
    }

    @Test("the order of evidence, of facts in it and of exceptions does not matter, and judging twice gives the same")
    func order() throws {
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            let input = try scene.input()
            let verdicts = Evaluator.verdicts(input)
            #expect(Evaluator.verdicts(input) == verdicts)
            var turned = input
            turned.evidence.reverse()
            for index in turned.evidence.indices {
                turned.evidence[index].facts.tests.reverse()
                turned.evidence[index].facts.coverage.reverse()
                turned.evidence[index].facts.measures.reverse()
            }
            #expect(Evaluator.verdicts(turned) == verdicts, "seed \(seed)")
            #expect(
                Evaluator.exitCode(Evaluator.verdicts(turned), evidence: turned.evidence)
                    == Evaluator.exitCode(verdicts, evidence: input.evidence))
        }
    }

    @Test("a gate that passes has no failing finding, one that fails has one, and a verdict that blocks gives no exit code 0")
    func consistency() throws {
        var seen: Set<VerdictStatus> = []
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            let input = try scene.input()
            let verdicts = Evaluator.verdicts(input)
            for verdict in verdicts {
                seen.insert(verdict.status)
                #expect(!verdict.reason.isEmpty, "seed \(seed)")
                if verdict.status == .pass { #expect(!verdict.findings.contains { $0.status == .fail }, "seed \(seed): \(verdict)") }
                if verdict.status == .fail { #expect(verdict.findings.first?.status == .fail, "seed \(seed): \(verdict)") }
                if verdict.status == .excepted { #expect(verdict.exception != nil) }
                if !verdict.blocking { #expect(!verdict.blocks) }
            }
            if verdicts.contains(where: \.blocks) { #expect(Evaluator.exitCode(verdicts, evidence: input.evidence) != .pass) }
        }
        // The cases are worth something only if they reach the verdicts.
        #expect(seen.isSuperset(of: [.pass, .fail, .excepted, .notEvaluated, .invalid]))
    }

    @Test("verdicts and their documents are read as they were written")
    func roundTrip() throws {
        for seed in 0..<Self.cases {
            var scene = RandomScene(seed: seed)
            let input = try scene.input()
            let verdicts = Evaluator.verdicts(input)
            for verdict in verdicts { #expect(GateVerdict(json: verdict.json) == verdict) }
            let document = VerdictDocument(
                runID: "r\(seed)", project: "p", profile: "pr", now: input.now, commit: scene.chance(50) ? "c" : nil,
                dirty: scene.chance(50) ? true : nil, base: nil, configurationDigest: "d",
                exitCode: Evaluator.exitCode(verdicts, evidence: input.evidence), gates: verdicts, sources: [])
            let value = try JSONValue(try JSONDocument.parse(document.json.prettyBytes(), file: "v"), file: "v")
            #expect(VerdictDocument(json: value) == document)
        }
    }
}

@Suite("laws of exit codes and fractions")
struct ExitCodeProperties {
    @Test("the strongest of codes is one of them, the same in any order, and never weaker than a part's")
    func strongest() {
        #expect(Set(ExitCode.precedence) == Set(ExitCode.allCases))
        #expect(ExitCode.precedence.count == ExitCode.allCases.count)
        var scene = RandomScene(seed: 1)
        for _ in 0..<500 {
            let codes = (0..<scene.generator.integer(in: 1...5)).map { _ in scene.pick(ExitCode.allCases) }
            let strongest = ExitCode.strongest(codes)
            #expect(codes.contains(strongest))
            #expect(ExitCode.strongest(codes.reversed()) == strongest)
            let rank = ExitCode.precedence.firstIndex(of: strongest) ?? .max
            for code in codes { #expect(rank <= ExitCode.precedence.firstIndex(of: code) ?? -1) }
        }
    }

    @Test("exact fractions compare as cross multiplication does, and turn round when their sides are swapped")
    func fractions() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let a = Quantity(
                Int64(truncatingIfNeeded: generator.next() >> UInt64(generator.integer(in: 0...62))),
                over: Int64(generator.next() >> 2) + 1, unit: .count)
            let b = Quantity(
                Int64(truncatingIfNeeded: generator.next() >> UInt64(generator.integer(in: 0...62))),
                over: Int64(generator.next() >> 2) + 1, unit: .count)
            let (x, y) = (ExactFraction(a), ExactFraction(b))
            #expect(x.compare(y) == a.compare(to: b))
            #expect(y.compare(x) == b.compare(to: a))
        }
    }
}

@Suite("laws of path patterns")
struct GlobProperties {
    /// The definition, component by component, slow and plain; patterns without braces.
    private func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            let rest = pattern.dropFirst()
            if rest.isEmpty { return !path.isEmpty }
            return (path.startIndex...path.endIndex).contains { matches(rest, path[$0...]) }
        }
        guard let head = path.first, component(Array(first), Array(head)) else { return false }
        return matches(pattern.dropFirst(), path.dropFirst())
    }

    private func component(_ pattern: [Character], _ text: [Character]) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = Array(pattern.dropFirst())
        if first == "*" { return (0...text.count).contains { component(rest, Array(text.dropFirst($0))) } }
        guard let head = text.first, first == "?" || first == head else { return false }
        return component(rest, Array(text.dropFirst()))
    }

    @Test("matching agrees with the definition on random patterns and paths")
    func definition() throws {
        var scene = RandomScene(seed: 3)
        var hits = 0
        for _ in 0..<4000 {
            let pattern = (0..<scene.generator.integer(in: 1...4)).map { _ in
                scene.pick(["**", "*", "a", "b", "a*", "?", "*b", "a**b", "a?"])
            }
            let path = (0..<scene.generator.integer(in: 1...4)).map { _ in scene.pick(["a", "b", "ab", "aab", "ba"]) }
            let (p, t) = (pattern.joined(separator: "/"), path.joined(separator: "/"))
            let expected = matches(p.split(separator: "/")[...], t.split(separator: "/")[...])
            hits += expected ? 1 : 0
            #expect(try Glob(p).matches(t) == expected, "\(p) on \(t)")
        }
        #expect(hits > 400)
    }

    @Test("a pattern in braces matches what one of its alternatives matches")
    func braces() throws {
        var scene = RandomScene(seed: 4)
        for _ in 0..<500 {
            let words = (0..<scene.generator.integer(in: 1...3)).map { _ in scene.pick(["a", "b/**", "*", "ab", ""]) }
            let path = scene.pick(["xa", "xb/c", "xab", "x", "xa/b"])
            let whole = try Glob("x{\(words.joined(separator: ","))}").matches(path)
            #expect(try whole == words.contains { try Glob("x\($0)").matches(path) })
        }
    }
}
