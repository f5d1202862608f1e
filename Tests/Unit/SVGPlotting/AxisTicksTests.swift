import Testing

@testable import SVGPlotting

struct AxisTicksTests {
    private func labels(_ axis: PlotAxis, _ data: ClosedRange<Double>?, wanted: Int = 5) -> [String] {
        AxisTicks(axis, data: data, wanted: wanted).marks.map(\.label)
    }

    @Test("numbers are marked at round steps, from zero where the data come near it")
    func numbers() {
        #expect(labels(PlotAxis("n"), 3...97) == ["0", "20", "40", "60", "80", "100"])
        #expect(labels(PlotAxis("n"), 1_000...12_400_000) == ["0", "5 M", "10 M", "15 M"])
        #expect(labels(PlotAxis("n"), 0.012...0.019) == ["0.012", "0.014", "0.016", "0.018", "0.020"])
        #expect(labels(PlotAxis("n"), -3...4) == ["-4", "-2", "0", "2", "4"])
    }

    @Test("durations are marked as on a clock")
    func durations() {
        let axis = PlotAxis("t", unit: .seconds)
        #expect(labels(axis, 0...95) == ["0 s", "30 s", "1 min", "1 min 30 s", "2 min"])
        #expect(labels(axis, 0...0.0042) == ["0 s", "1 ms", "2 ms", "3 ms", "4 ms", "5 ms"])
        #expect(labels(axis, 0...7_200) == ["0 s", "30 min", "1 h", "1 h 30 min", "2 h"])
        #expect(labels(axis, 0...400_000) == ["0 s", "1 d", "2 d", "3 d", "4 d", "5 d"])
    }

    @Test("logarithmic axes are marked at decades, thinned out where there are many and filled where there are few")
    func decades() {
        let axis = PlotAxis("n", scale: .logarithmic)
        #expect(labels(axis, 1...90_000) == ["1", "10", "100", "1000", "10 k", "100 k"])
        #expect(labels(axis, 3...40, wanted: 7) == ["2", "5", "10", "20", "50"])
        #expect(labels(axis, 1...1e15).count <= 6)
        #expect(AxisTicks(axis, data: 1...100, wanted: 5).position(10).map { ($0 - 0.5).magnitude < 1e-12 } == true)
    }

    @Test("parts of one are marked in per cent and bytes in powers of two")
    func units() {
        #expect(labels(PlotAxis("c", unit: .fraction, range: 0...1), 0.2...0.9) == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"])
        #expect(labels(PlotAxis("m", unit: .bytes), 0...3_000_000) == ["0 MiB", "1 MiB", "2 MiB", "3 MiB"])
    }

    @Test(
        "any data leave a bounded number of marks that rise and hold the data",
        arguments: [
            0...0, 5...5, -7 ... -7, 0...1e-308, Double.leastNonzeroMagnitude...Double.leastNonzeroMagnitude * 9, 1e300...1.7e308,
            -1.7e308...1.7e308, 1...1.0000000000000002,
            1e15...1e15 + 1,
        ] as [ClosedRange<Double>])
    func extremes(data: ClosedRange<Double>) {
        for scale in [PlotAxis.Scale.linear, .logarithmic] {
            for unit in [PlotAxis.Unit.number, .seconds, .bytes, .fraction] {
                let ticks = AxisTicks(PlotAxis("x", unit: unit, scale: scale), data: data, wanted: 5)
                #expect((2...AxisTicks.maximumMarks).contains(ticks.marks.count))
                #expect(ticks.low < ticks.high && ticks.low.isFinite && ticks.high.isFinite)
                #expect(zip(ticks.marks, ticks.marks.dropFirst()).allSatisfy { $0.value < $1.value })
            }
        }
    }

    @Test("the logarithm agrees with powers of ten and of two")
    func logarithm() {
        for exponent in -30...30 { #expect((AxisTicks.logarithm(Decade.power(exponent)) - Double(exponent)).magnitude < 1e-12) }
        #expect((AxisTicks.logarithm(2) - 0.301029995663981).magnitude < 1e-12)
        #expect((AxisTicks.logarithm(9.999) - 0.999956568380192).magnitude < 1e-12)
    }

    @Test("numbers are written without a locale, rounded half away from zero")
    func numerals() {
        #expect(SVGText.fixed(1.25, decimals: 1) == "1.3")
        #expect(SVGText.fixed(-0.04, decimals: 1) == "0.0")
        #expect(SVGText.fixed(-0.05, decimals: 1) == "-0.1")
        #expect(SVGText.fixed(12.0004, decimals: 3, trimmed: true) == "12")
        #expect(SVGText.scientific(9.96e20) == "1e21")
        #expect(SVGText.fixed(1e300, decimals: 2) == "1e300")
    }
}
