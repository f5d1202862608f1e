import Benchmarking
import Hello
import Testing

@Test func averagesTakeOneAllocation() throws {
    let prices = Array(1...1000)
    try expectAllocations(atMost: 1) { Prices.movingAverage(prices, window: 20) }
}
