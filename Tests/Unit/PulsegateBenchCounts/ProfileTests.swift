import BenchmarkStatistics
import TerminalDisplay
import Testing

@testable import pulsegate

/// Differences of profiles, and how they are shown.
struct ProfileTests {
    private static let base = CallgrindProfile(
        total: 10_000,
        functions: [
            "same": .init(exclusive: 4000, inclusive: 10_000), "slower": .init(exclusive: 3000, inclusive: 3000),
            "gone": .init(exclusive: 2900, inclusive: 2900), "near": .init(exclusive: 100, inclusive: 100),
        ])
    private static let head = CallgrindProfile(
        total: 12_340,
        functions: [
            "same": .init(exclusive: 4000, inclusive: 12_340), "slower": .init(exclusive: 8000, inclusive: 8000),
            "new": .init(exclusive: 240, inclusive: 240), "near": .init(exclusive: 100, inclusive: 100),
        ])

    @Test("the function that changed most stands first; what did not change is left out")
    func difference() {
        let changes = Self.head.difference(from: Self.base)
        #expect(changes.map(\.function) == ["slower", "gone", "new"])
        #expect(changes.map(\.exclusive) == [5000, -2900, 240])
        #expect(Self.base.difference(from: Self.base).isEmpty)
    }

    @Test("changes of one size stand by name")
    func order() {
        let profile = CallgrindProfile(
            total: 4, functions: ["b": .init(exclusive: 1, inclusive: 1), "a": .init(exclusive: 1, inclusive: 1)])
        #expect(profile.difference(from: CallgrindProfile(total: 0, functions: [:])).map(\.function) == ["a", "b"])
        #expect(profile.dearest(5).map(\.function) == ["a", "b"])
        #expect(profile.dearest(1).map(\.function) == ["a"])
    }

    @Test("a shorter run is taken out of a longer one")
    func less() {
        let rest = Self.head.less(Self.base)
        #expect(rest.total == 2340)
        #expect(rest.functions["slower"] == .init(exclusive: 5000, inclusive: 5000))
        #expect(rest.functions["gone"] == .init(exclusive: -2900, inclusive: -2900))
        #expect(rest.functions["near"] == nil)
    }

    @Test("the difference as Markdown")
    func markdown() {
        let table = ProfileTable.difference(Self.head, from: Self.base, iterations: 1, names: ["slower": "parse(_:) | `x`"])
        #expect(
            table.markdown == """
                10 000 → 12 340 instructions an iteration (+2 340, +23.40 %)

                | change | base | head | with callees | function |
                | ---: | ---: | ---: | ---: | --- |
                | +5 000 | 3 000 | 8 000 | +5 000 | `parse(_:) \\| 'x'` |
                | −2 900 | 2 900 | 0 | −2 900 | `gone` |
                | +240 | 0 | 240 | +240 | `new` |

                """)
    }

    @Test("the dearest functions for a terminal, the rest as a number")
    func terminal() {
        var functions: [String: CallgrindProfile.Cost] = [:]
        for index in 1...20 { functions["f\(index)"] = .init(exclusive: Int64(index) * 10, inclusive: Int64(index) * 10) }
        let table = ProfileTable.dearest(CallgrindProfile(total: 2100, functions: functions), iterations: 10)
        let text = table.terminal(width: 80, colour: .plain)
        #expect(table.rows.count == ProfileTable.rowLimit)
        #expect(text.contains("210 instructions an iteration"))
        #expect(text.contains("5 functions more"))
        #expect(table.rows.first == ["20", "9.52 %", "20", "f20"])
    }

    @Test(
        "numbers are rounded, grouped and signed",
        arguments: [
            (0, 1, false, "0"), (1999, 2, false, "1 000"), (3, 2, true, "+2"), (-3, 2, true, "−2"), (1, 8, true, "0"),
            (1_234_567, 1, true, "+1 234 567"), (.min, 1, false, "−9 223 372 036 854 775 808"),
            (.max, 1, false, "9 223 372 036 854 775 807"), (5, 0, false, "5"),
        ] as [(Int64, Int64, Bool, String)])
    func numbers(value: Int64, iterations: Int64, isSigned: Bool, text: String) {
        #expect(ProfileTable.each(value, iterations, isSigned: isSigned) == text)
    }

    @Test("a share of nothing is none")
    func shares() {
        #expect(ProfileTable.share(1, of: 0) == "–")
        #expect(ProfileTable.share(1, of: 3) == "33.33 %")
        #expect(ProfileTable.share(-1, of: 2000, isSigned: true) == "−0.05 %")
        #expect(ProfileTable.share(.max, of: 1) == "–")
    }

    @Test("a thousandth more instructions is more, and a tenth of the tolerance is not")
    func tolerance() {
        func verdict(_ head: Int64) -> CountComparison.Verdict {
            CountComparison(
                metric: "instructions", base: [1_000_000, 1_000_001], head: [head, head], tolerance: Callgrind.tolerance
            ).verdict
        }
        #expect(verdict(1_001_000) == .more)
        #expect(verdict(999_000) == .fewer)
        #expect(verdict(1_000_050) == .equal)
    }

    @Test("demangled lines belong to symbols only when their numbers fit")
    func symbols() {
        #expect(SymbolNames.pair(["$sA", "$sB"], Array("one\ntwo\n".utf8)) == ["$sA": "one", "$sB": "two"])
        #expect(SymbolNames.pair(["$sA", "$sB"], Array("one\n".utf8)).isEmpty)
        #expect(SymbolNames.pair(["$sA"], Array("one\ntwo\nthree".utf8)).isEmpty)
        #expect(SymbolNames.isMangled("$s5suite5parseyyF"))
        #expect(!SymbolNames.isMangled("--help"))
        #expect(!SymbolNames.isMangled("$s\nx"))
    }
}
