import Glibc
import StrictDocuments
import TemporaryFolders
import Testing

@testable import pulsegate

struct MatchedLayoutsTests {
    private let plan = """
          "C.Bench.exe":
            tool: shell
            args: ["/usr/bin/swiftc","-L","/p/release","-o","/p/release/Bench","-module-name","Bench","-emit-executable","@/p/Bench.product/Objects.LinkFileList"]
          "C.Other.exe":
            args: ["/usr/bin/swiftc","-o","/p/release/Other","-emit-executable","-use-ld=gold"]
          "C.lib":
            args: ["/usr/bin/swiftc","-o","/p/release/libX.so","-emit-library"]
        """

    @Test("the link command of a product is found in the build's plan, and no other")
    func finds() throws {
        let words = try MatchedLayouts.command(plan: plan, executable: "/p/release/Bench")
        #expect(words.first == "/usr/bin/swiftc" && words.last == "@/p/Bench.product/Objects.LinkFileList")
        #expect(throws: MatchedLayouts.NoLink.self) { try MatchedLayouts.command(plan: plan, executable: "/p/release/libX.so") }
        #expect(throws: MatchedLayouts.NoLink.self) { try MatchedLayouts.command(plan: "", executable: "/p/release/Bench") }
    }

    @Test("what is placed is the same link to another place by a linker that takes an order")
    func places() throws {
        let words = try MatchedLayouts.command(plan: plan, executable: "/p/release/Other")
        let placed = try #require(MatchedLayouts.placed(words, to: "/v/head-2", order: "/v/order"))
        #expect(placed.contains("/v/head-2") && !placed.contains("/p/release/Other") && !placed.contains("-use-ld=gold"))
        #expect(placed.contains("-use-ld=lld") && placed.contains("--symbol-ordering-file=/v/order"))
        #expect(MatchedLayouts.placed(["swiftc", "-emit-executable"], to: "/v/x", order: "/o") == nil)
        #expect(MatchedLayouts.placed(["swiftc", "-o"], to: "/v/x", order: "/o") == nil)
    }

    @Test("the order holds what both builds have in the same size, first as base has it, then as a seed wants it")
    func orders() {
        func functions(_ list: [(String, UInt64, UInt64)]) -> ExecutableFunctions {
            ExecutableFunctions(
                functions: Dictionary(uniqueKeysWithValues: list.map { ($0.0, .init(address: $0.1, bytes: $0.2)) }))
        }
        let names = (0..<600).map { "f\($0)" }
        let base = functions(
            names.enumerated().map { ($1, UInt64(10_000 - 10 * $0), 8) } + [("grew", 20_000, 8), ("gone", 20_010, 8), ("two words", 1, 8)])
        let head = functions(names.map { ($0, 7, 8) } + [("grew", 1, 16), ("new", 30, 8), ("two words", 1, 8)])
        #expect(MatchedLayouts.order(base, head, seed: 0) == names.reversed() + ["new", "grew", "gone"])
        let drawn = MatchedLayouts.order(base, head, seed: 1)
        #expect(Set(drawn) == Set(names + ["new", "grew", "gone"]) && drawn == MatchedLayouts.order(base, head, seed: 1))
        #expect(Set(drawn.prefix(599)).isSubset(of: names) && drawn.last.map(names.contains) == true)
        #expect(MatchedLayouts.order(base, head, seed: 2) != drawn)
    }

    @Test("another harness shows in the size of a function that both suites have, not in copies for types or in which are there")
    func harnesses() {
        let names = ["pulsegate_bench_run", "$s12Benchmarking6LaunchV3runyyF", "$s12Benchmarking6LaunchV3runyyFTf4n_n", "$s4mine1fyyF"]
        func suite(_ sizes: [UInt64?]) -> ExecutableFunctions {
            var functions: [String: ExecutableFunctions.Extent] = [:]
            for (name, size) in zip(names, sizes) { functions[name] = size.map { .init(address: 0, bytes: $0) } }
            return ExecutableFunctions(functions: functions)
        }
        let base = suite([8, 16, 24, 32])
        #expect(!ExecutableFunctions.haveOtherHarnesses(base, base))
        #expect(!ExecutableFunctions.haveOtherHarnesses(base, suite([8, nil, 40, 48])))
        #expect(ExecutableFunctions.haveOtherHarnesses(base, suite([8, 17, 24, 32])))
        #expect(ExecutableFunctions.haveOtherHarnesses(base, suite([9, 16, 24, 32])))
    }

    @Test("what was linked from one pair of builds serves no other: another base or head, or one that was built anew")
    func keys() throws {
        let folder = try #require(TemporaryFolder.make())
        defer { TemporaryFolder.remove(folder) }
        func built(_ name: String, _ text: String) throws -> BenchBuilder.Built {
            try DocumentFile.replace("\(folder)/\(name)", with: Array(text.utf8))
            return .init(executable: "\(folder)/\(name)", scratch: folder, product: name, name: name, commit: nil)
        }
        func key(_ base: BenchBuilder.Built, _ head: BenchBuilder.Built) -> String? {
            MatchedLayouts(
                tool: SwiftTool(environment: [:], interruption: nil, progress: .silent), folder: folder + "/layouts", base: base, head: head
            ).key
        }
        let (first, second, third) = (try built("first", "1"), try built("second", "2"), try built("third", "3"))
        let pairs = [(first, second), (second, first), (first, third), (third, second), (first, first)]
        let keys = pairs.compactMap { key($0, $1) }
        #expect(Set(keys).count == pairs.count)
        #expect(pairs.compactMap { key($0, $1) } == keys, "and what did not change serves again")
        // The same place and as many bytes, made later: a build is another one though it looks the same.
        _ = try built("second", "4")
        #expect(key(first, second) != keys[0] && key(first, third) == keys[2])
        // One that was overwritten in place keeps its number; then the time tells.
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        let before = key(first, third)
        #expect(utimensat(AT_FDCWD, third.executable, &times, 0) == 0)
        #expect(key(first, third) != before)
        TemporaryFolder.remove(third.executable)
        #expect(key(first, third) == nil)
    }
}
