import FuzzingRuntime
import Testing

@testable import Fuzzing

@Suite("growth, the arms of the search, and progress of compares", .serialized)
struct EngineGrowthTests {
    private final class Depth {
        var reached = 0
    }

    @Test("a sentence that the code asks for word by word is grown though nothing new shows on the way")
    func sentence() throws {
        let wanted = ["open", "the", "gate"].map { Array($0.utf8) }
        let depth = Depth()
        let file = ShardFile()
        let shard = try file.open(ShardFile.layout(maximumInput: 256), seed: 5)
        defer { shard.unmap() }
        var options = FuzzEngine.Options()
        options.maximumLength = 256
        var engine = FuzzEngine(shard: shard, options: options, harvest: []) { input in
            let words = input.split { !(0x61...0x7A).contains($0) }
            for (place, word) in words.enumerated() where place < wanted.count {
                let word = Array(word)
                pulsegate_fuzz_log_text(
                    UnsafeRawPointer(bitPattern: 0x1001 + place), word, UInt32(word.count), wanted[place], UInt32(wanted[place].count), 0)
                guard word == wanted[place] else { return }
                depth.reached = max(depth.reached, place + 1)
            }
        }
        engine.keep(engine.load([]), parent: 0, operators: 0, depth: 0, flags: [.edges])
        var rounds = 0
        while depth.reached < wanted.count, rounds < 500 {
            engine.growthRound(0)
            rounds += 1
        }
        #expect(depth.reached == wanted.count)
        #expect(shard.header.pointee.executions < 20_000)
    }

    @Test("arms that find nothing share the cost by what is expected of them, and one that finds takes most of it")
    func arms() {
        func share(finds: UInt64, stall: Double) -> [Double] {
            var arms = SearchArms()
            var generator = ShardGenerator(seed: 9)
            var costs = [Double](repeating: 0, count: SearchArms.Arm.allCases.count)
            for _ in 0..<20_000 {
                let arm = arms.choose(&generator, among: SearchArms.Arm.allCases, stall: stall)
                costs[arm.rawValue] += 128
                arms.count(arm, executions: 128, compares: 0, finds: arm == .growth ? finds : 0)
            }
            let total = costs.reduce(0, +)
            return costs.map { $0 / total }
        }
        let fruitless = share(finds: 0, stall: 0)
        // A weight is a prior over a cost: costs grow until they stand as the roots of the priors.
        let roots = SearchArms.priors.map { $0.squareRoot() }
        let priors = roots.map { $0 / roots.reduce(0, +) }
        for (found, expected) in zip(fruitless, priors) { #expect(abs(found - expected) < 0.1) }
        #expect(share(finds: 1, stall: 0)[1] > 0.6)
        #expect(share(finds: 0, stall: 16_777_216)[0] > 0.8)
    }

    @Test("what was compared costs the arm that compared it")
    func dearArm() {
        var arms = SearchArms()
        for arm in [SearchArms.Arm.havoc, .analysis] { arms.count(arm, executions: 1000, compares: 0, finds: 0) }
        arms.count(.growth, executions: 1000, compares: 1_000_000, finds: 0)
        var generator = ShardGenerator(seed: 2)
        let chosen = (0..<2000).map { _ in arms.choose(&generator, among: SearchArms.Arm.allCases, stall: 0) }
        #expect(chosen.filter { $0 == .growth }.count < chosen.filter { $0 == .analysis }.count)
    }

    @Test("progress counts a compare that comes closer than ever, once, and writes nothing down")
    func progress() throws {
        let file = ShardFile()
        let shard = try file.open()
        defer { shard.unmap() }
        func progress(_ bytes: [UInt8]) -> UInt32 {
            pulsegate_fuzz_open_progress(shard.extra)
            pulsegate_fuzz_exercise(bytes, bytes.count)
            pulsegate_fuzz_close_gate()
            #expect(pulsegate_fuzz_compares(Self.ignored) == 0)
            return pulsegate_fuzz_progress()
        }
        pulsegate_fuzz_mark_stack()
        let far: [UInt8] = [0, 0, 0, 0]
        #expect(progress(far) > 0)
        #expect(progress(far) == 0)
        // Nearer to the word that the exercise compares with, little-endian 0x5A465547.
        let near: [UInt8] = [0, 0, 0x46, 0x5A]
        #expect(progress(near) > 0)
        #expect(progress(far) == 0)
        #expect(pulsegate_fuzz_calls() > 0)
    }

    nonisolated(unsafe) private static let ignored = UnsafeMutablePointer<UnsafePointer<pulsegate_fuzz_compare>?>.allocate(capacity: 1)

    @Test("engine and runtime agree where a feature stands")
    func places() throws {
        let file = ShardFile()
        let shard = try file.open()
        defer { shard.unmap() }
        let engine = FuzzEngine(shard: shard, options: FuzzEngine.Options(), harvest: []) { _ in }
        var generator = ShardGenerator(seed: 4)
        for domain in 0..<16 {
            let (site, value) = (generator.next(), generator.next() >> UInt64(generator.below(64)))
            #expect(engine.slot(site, value, domain: UInt64(domain)) == Int(pulsegate_fuzz_feature(site, value, UInt64(domain))))
        }
    }
}
