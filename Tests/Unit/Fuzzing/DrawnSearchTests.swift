import FuzzingRuntime
import PropertyTesting
import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

/// The search of typed targets, in this process and without counters: what a machine's states tell is all there is to go by.
///
/// One after the other: a process has one set of counters and one mark of the stack, as a runner needs no more.
@Suite(.serialized) struct DrawnSearchTests {
    private final class Seen {
        var lengths: [Int] = []
        var failures = 0
        var first: Int?
    }

    private func explore(
        _ target: FuzzTarget, seeds: [[UInt8]] = [], executions: UInt64, seed: UInt64 = 1, _ look: (FuzzEngine, Seen) throws -> Void
    ) throws {
        var template = Array("/tmp/typed-search-XXXXXX".utf8CString)
        close(mkstemp(&template))
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { unlink(path) }
        var layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: target.maximumLength)
        layout.entryCapacity = 1 << 12
        layout.listCapacity = 1 << 16
        layout.arenaCapacity = 1 << 20
        let shard = try Shard(path: path, layout: layout, build: 1, seed: seed)
        defer { shard.unmap() }
        shard.header.pointee.execution_limit = executions
        let runner = TargetRunner(target: target)
        let seen = Seen()
        var options = FuzzEngine.Options()
        options.maximumLength = target.maximumLength
        options.valueProfile = false
        var engine = FuzzEngine(shard: shard, options: options, harvest: []) { input in
            seen.lengths.append(input.count)
            do { try runner.run(Array(input)) } catch {
                seen.failures += 1
                if seen.first == nil { seen.first = seen.lengths.count }
            }
        }
        engine.drawn = runner.drawn
        engine.explore(from: seeds)
        try look(engine, seen)
    }

    private static let nested = FuzzTarget(
        "nested", maximumLength: 48,
        drawing: { draws in
            draws.array(0...20) { draws in (draws.int(), draws.text(0...6), draws.array(0...3) { $0.bool() }) }
        }, { _ in })

    @Test func noInputIsLongerThanTheLimit() throws {
        try explore(Self.nested, seeds: [[UInt8](repeating: 0xFF, count: 48)], executions: 3000) { engine, seen in
            #expect(seen.lengths.count == 3000)
            #expect(seen.lengths.max() ?? 0 <= 48)
            #expect(seen.lengths.max() ?? 0 > 24)
        }
    }

    @Test func theCorpusHoldsWhatWasDrawn() throws {
        let target = FuzzTarget(
            "states",
            drawing: { draws in
                let count = draws.int(in: 0...30)
                draws.feature(UInt64(count))
                _ = draws.array(0...4) { $0.int(in: 0...1000) }
                return count
            }, { _ in })
        let wild: [UInt8] = [0xFF, 0xFF, 0x03, 0x81, 0x00, 0x05, 0xFF]
        try explore(target, seeds: [wild], executions: 2000) { engine, _ in
            #expect(engine.shard.entryCount >= 31)
            let drawn = try #require(TargetRunner(target: target).drawn)
            for entry in 0..<engine.shard.entryCount {
                let bytes = engine.bytes(entry)
                try bytes.withUnsafeBufferPointer { try drawn.run($0) }
                #expect(ChoiceBytes.bytes(drawn.indices) == bytes)
            }
            #expect(engine.bytes(0) != wild)
        }
    }

    @Test func oneSeedIsOneSearch() throws {
        var runs: [[Int]] = []
        for seed in [5, 5, 6] as [UInt64] { try explore(Self.nested, executions: 500, seed: seed) { runs.append($1.lengths) } }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
    }

    private static func lock(fingerprint: Bool) -> FuzzTarget {
        FuzzTarget(
            "lock",
            machine: {
                var machine = StateMachine { 0 }
                for number in 0..<9 {
                    machine.rule("press\(number)") { stage, _ in
                        stage = number == [4, 7, 1, 8, 0, 5][stage] ? stage + 1 : 0
                        if stage == 6 {
                            stage = 0
                            throw FuzzFailure("open")
                        }
                    }
                }
                if fingerprint { machine.fingerprint { stage, print in print.combine(stage) } }
                return machine
            })
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func statesLeadToSixRulesInOrder(_ seed: UInt64) throws {
        try explore(Self.lock(fingerprint: true), executions: 20_000, seed: seed) { _, seen in #expect(seen.failures > 0) }
    }

    @Test func nothingElseDoes() throws {
        try explore(Self.lock(fingerprint: false), executions: 5000) { _, seen in #expect(seen.failures == 0) }
    }

    // MARK: Input to state

    private func compare(_ a: UInt64, _ b: UInt64, size: UInt8, variable: Bool = false) -> pulsegate_fuzz_compare {
        var compare = pulsegate_fuzz_compare()
        (compare.a, compare.b, compare.size) = (a, b, size)
        compare.kind = UInt8((variable ? PULSEGATE_FUZZ_VARIABLE : PULSEGATE_FUZZ_CONSTANT).rawValue)
        return compare
    }

    private func sequence(_ indices: [UInt64], _ draw: @escaping @Sendable (Draws) -> Void) -> ChoiceSequence {
        let input = DrawnInput()
        input.begin(indices)
        draw(input.draws)
        return input.sequence
    }

    @Test func aComparedNumberIsWrittenAsItsIndex() {
        let drawn = sequence([9, 8]) { draws in
            _ = draws.int(in: -1000...1000)
            _ = draws.int(in: 0...500)
        }
        // The first is 5, the second 8; -77 is index 154 of the first.
        let wanted = DrawnAnalysis.substitutions(compare(5, 0xFFFF_FFB3, size: 4), drawn)
        #expect(wanted.first == [154, 8])
        #expect(!wanted.contains { $0[1] != 8 })
        #expect(DrawnAnalysis.substitutions(compare(300, 8, size: 8, variable: true), drawn).first == [9, 300])
        #expect(DrawnAnalysis.substitutions(compare(300, 8, size: 8), drawn).isEmpty)
        // Out of range: not that, but no trap either.
        #expect(DrawnAnalysis.substitutions(compare(8, 501, size: 8), drawn).allSatisfy { $0[1] <= 500 })
    }

    @Test func aComparedCountIsTheLengthOfAList() {
        let drawn = sequence([1, 5, 1, 6, 0, 3]) { draws in
            _ = draws.array(0...9) { $0.int(in: 0...9) }
            _ = draws.int(in: 0...9)
        }
        #expect(DrawnAnalysis.lengths(compare(2, 4, size: 8), drawn) == [[1, 5, 1, 6, 1, 6, 1, 6, 0, 3]])
        #expect(DrawnAnalysis.lengths(compare(2, 1, size: 8), drawn) == [[1, 5, 0, 3]])
        #expect(DrawnAnalysis.lengths(compare(2, 0, size: 8), drawn) == [[0, 3]])
        #expect(DrawnAnalysis.lengths(compare(3, 4, size: 8), drawn).isEmpty)
        #expect(DrawnAnalysis.lengths(compare(2, 1 << 40, size: 8), drawn).isEmpty)
    }

    @Test func aTextIsWrittenThroughItsAlphabet() throws {
        let drawn = sequence([1, 10, 1, 11, 0, 7]) { draws in
            _ = draws.text(0...9)
            _ = draws.int(in: 0...9)
        }
        let text = try #require(DrawnText.all(of: drawn).first)
        let alphabet = TextAlphabet.usual(bound: text.bound)
        #expect(alphabet.allows(["a", "b"], text.drawn))
        #expect(!alphabet.allows(["b", "a"], text.drawn))
        let written = text.list.replaced(by: "cab".compactMap { alphabet.indices[$0] }.map { [$0] }, in: drawn.indices)
        #expect(written == [1, 12, 1, 10, 1, 11, 0, 7])
    }
}
