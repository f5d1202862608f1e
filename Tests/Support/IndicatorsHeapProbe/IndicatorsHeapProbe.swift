import HeapUse
import Indicators

/// Prints how many bytes of heap are in use before and after 100 000 pushes into an EMA and a MACD: a program of its own, for a
/// test bundle has other tests that allocate meanwhile.
///
///     IndicatorsHeapProbe          before and after must be equal
///     IndicatorsHeapProbe keep     keeps what the pushes gave, to show that the probe sees it
@main
struct IndicatorsHeapProbe {
    static let pushes = 100_000

    static func main() throws {
        let keeps = CommandLine.arguments.dropFirst().first == "keep"
        var ema = try EMA(period: 12, seeding: .firstValue)
        var macd = try MACD(seeding: .simpleMean)
        var kept: [MACDPoint] = []
        var sum = 0.0
        func push(_ index: Int) throws {
            let close = 100 + Double(index % 97) / 8
            sum += try ema.push(close) ?? 0
            let point = try macd.push(close)
            sum += point.histogram ?? 0
            if keeps { kept.append(point) }
        }
        // What the runtime makes once, it makes here.
        for index in 0..<1000 { try push(index) }
        let before = heap_bytes_in_use()
        for index in 0..<pushes { try push(index) }
        let after = heap_bytes_in_use()
        print("\(before) \(after) \(sum + Double(kept.count) > 0)")
    }
}
