import Determinism
import Testing

@testable import BenchmarkStatistics

struct ComplexityFitTests {
    private static let sizes = [10, 100, 1000, 10_000, 100_000]

    private func points(_ growth: ComplexityFit.Growth, coefficient: Double, fixed: Double = 0, noise: Double = 0, seed: UInt64 = 1) -> [(
        size: Int, nanoseconds: Double
    )] {
        var generator = SeededGenerator(seed: seed)
        return Self.sizes.map { size in
            let exact = fixed + coefficient * growth.value(Double(size))
            return (size, exact * (1 + noise * (2 * generator.uniform() - 1)))
        }
    }

    @Test("each growth is known again, with its coefficient, through noise and a fixed cost", arguments: ComplexityFit.Growth.allCases)
    func known(growth: ComplexityFit.Growth) throws {
        for seed in 1...100 as ClosedRange<UInt64> {
            let coefficient = 3.1
            let fixed = growth == .constant ? 0 : seed % 2 == 0 ? 0 : 40.0
            let fit = try #require(ComplexityFit(points(growth, coefficient: coefficient, fixed: fixed, noise: 0.02, seed: seed)))
            #expect(fit.growth == growth, "seed \(seed): \(fit)")
            #expect(abs(fit.coefficient / coefficient - 1) < 0.08, "seed \(seed): \(fit)")
            #expect(fit.rms < 0.03 && fit.isClear)
        }
    }

    @Test("a fixed cost of each call is told apart from the growth")
    func overhead() throws {
        let fit = try #require(ComplexityFit(points(.linear, coefficient: 2, fixed: 500)))
        #expect(fit.growth == .linear)
        #expect(abs(fit.fixed - 500) < 1e-6 && abs(fit.coefficient - 2) < 1e-9 && fit.rms < 1e-9)
        #expect(fit.text == "O(n), 2 ns · n + 500 ns, rms 0 %")
    }

    @Test("of fits that noise cannot tell apart the slower growth is named")
    func simple() throws {
        // log n grows by a tenth over these sizes: less than the noise of 15 %.
        let points = [(size: 1000, nanoseconds: 100.0), (1100, 101), (1200, 99)]
        #expect(ComplexityFit(points)?.growth == .constant)
        #expect(ComplexityFit([(10, 100), (100, 104), (1000, 108)], noise: 0.1)?.growth == .constant)
        #expect(ComplexityFit([(10, 100), (100, 200), (1000, 300)])?.growth == .logarithmic)
    }

    @Test("a factor on all times is a factor on the coefficient and changes nothing else")
    func scale() throws {
        let plain = points(.linearithmic, coefficient: 3, fixed: 20, noise: 0.03, seed: 9)
        let one = try #require(ComplexityFit(plain))
        let other = try #require(ComplexityFit(plain.map { (size: $0.size, nanoseconds: $0.nanoseconds * 1024) }))
        #expect(one.growth == other.growth)
        #expect(abs(other.coefficient / one.coefficient - 1024) < 1e-6)
        #expect(abs(other.rms - one.rms) < 1e-9)
        #expect(try #require(ComplexityFit(plain.reversed())).growth == one.growth)
    }

    @Test("fewer than three sizes have no growth, whatever their times")
    func few() {
        #expect(ComplexityFit([]) == nil)
        #expect(ComplexityFit([(10, 1), (100, 2)]) == nil)
        #expect(ComplexityFit([(10, 1), (10, 2), (10, 3), (100, 2)]) == nil)
        #expect(ComplexityFit([(0, 1), (-5, 2), (10, .nan), (20, .infinity), (30, 0), (40, 5), (50, 5)]) == nil)
    }

    @Test("times that follow no growth are not given one, and no input traps")
    func unclear() throws {
        let wild = try #require(ComplexityFit([(10, 100_000), (100, 1), (1000, 100_000), (10_000, 1)]))
        #expect(!wild.isClear)
        #expect(wild.text.hasPrefix("no growth that fits; the nearest is "))
        for time in [Double.leastNonzeroMagnitude, 1e-300, 1e300, .greatestFiniteMagnitude] {
            let fit = ComplexityFit([(1, time), (2, time), (Int.max, time)])
            #expect(fit?.text.contains("nan") != true)
        }
    }

    @Test(
        "figures have three digits and the unit that fits",
        arguments: [
            (0.0, "0 ns"), (0.2456, "246 ps"), (0.9999, "1 ns"), (3.14159, "3.14 ns"), (9.996, "10 ns"), (99.96, "100 ns"), (999.6, "1 µs"),
            (1234.5, "1.23 µs"), (1e6, "1 ms"), (12_345_678, "12.3 ms"), (2.5e9, "2.5 s"), (-20.04, "−20 ns"), (.infinity, "-"),
        ])
    func times(nanoseconds: Double, text: String) { #expect(FigureText.time(nanoseconds: nanoseconds) == text) }

    @Test("changes, counts and bytes are short and say their sign")
    func figures() {
        #expect(FigureText.change(1.0834) == "+8.3 %")
        #expect(FigureText.change(0.5) == "−50 %")
        #expect(FigureText.change(1) == "0 %")
        #expect(FigureText.change(1.0003) == "+0.03 %")
        #expect(FigureText.change(3.4) == "+240 %")
        #expect(FigureText.change(.infinity) == "-")
        #expect(
            FigureText.bound(0.01222, .up) == "1.3 %" && FigureText.bound(0.9769, .down) == "97.6 %" && FigureText.bound(1, .up) == "100 %")
        #expect(
            ["-12.35", "0.00", "7.00", "any", "-any", "unknown"]
                == [-12.345_1, -0.004, 7, 1e15, -.infinity, .nan].map { FigureText.decimals($0, 2) })
        #expect(["3", "-3", "0"] == [2.5, -2.5, -0.4].map { FigureText.decimals($0, 0) })
        #expect(["12", "9999", "10 k", "1.23 M", "45 G"] == [12, 9999, 10_000, 1_234_567, 4.5e10].map(FigureText.count))
        #expect(["12 B", "1 KiB", "1.5 MiB", "2 GiB"] == [12, 1024, 1_572_864, 2_147_483_648].map(FigureText.bytes))
    }
}
