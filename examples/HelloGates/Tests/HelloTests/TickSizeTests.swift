import Hello
import Testing

@Suite("tick sizes")
struct TickSizeTests {
    @Test("a step that is not positive is no tick size", arguments: [0, -25, Int.min])
    func refused(_ step: Int) {
        #expect(TickSize(tenThousandths: step) == nil)
    }

    @Test(
        "a price goes to the nearest step, halfway away from zero",
        arguments: [(10_013, 10_025), (10_012, 10_000), (10_025, 10_025), (0, 0), (-10_013, -10_025), (-10_012, -10_000)])
    func nearest(_ price: Int, _ expected: Int) throws {
        let tick = try #require(TickSize(tenThousandths: 25))
        #expect(tick.nearest(to: price) == expected)
    }

    @Test("halfway rounds away from zero on both sides", arguments: [(5, 10), (-5, -10), (4, 0), (-4, 0)])
    func halfway(_ price: Int, _ expected: Int) throws {
        let tick = try #require(TickSize(tenThousandths: 10))
        #expect(tick.nearest(to: price) == expected)
    }

    @Test("what is rounded is on the grid", arguments: [1, 7, 25, 1000])
    func rounded(_ step: Int) throws {
        let tick = try #require(TickSize(tenThousandths: step))
        for price in -60...60 {
            let nearest = try #require(tick.nearest(to: price))
            #expect(tick.contains(nearest))
            #expect(abs(nearest - price) * 2 <= step)
        }
    }

    @Test("a price at the end of the numbers does not trap")
    func extremes() throws {
        let tick = try #require(TickSize(tenThousandths: 1000))
        #expect(tick.nearest(to: Int.max) == nil)
        #expect(tick.nearest(to: Int.min) == nil)
        let widest = try #require(TickSize(tenThousandths: Int.max))
        #expect(widest.nearest(to: Int.max) == Int.max)
    }
}
