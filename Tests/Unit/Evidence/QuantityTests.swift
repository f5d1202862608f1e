import Evidence
import Testing

@Suite struct QuantityTests {
    @Test("fractions are compared exactly, also where their products exceed 64 bits")
    func comparison() {
        #expect(Quantity(1, over: 3, unit: .ratio).compare(to: Quantity(2, over: 6, unit: .ratio)) == 0)
        #expect(Quantity(.max, over: .max - 1, unit: .ratio).compare(to: Quantity(1, unit: .ratio)) == 1)
        #expect(Quantity(.min, over: .max, unit: .ratio).compare(to: Quantity(-1, unit: .ratio)) == -1)
    }

    @Test(
        "quantities are shown cut, never rounded up to a limit they do not reach",
        arguments: [
            (Quantity(9999, over: 10_000, unit: .ratio), "99.9 %"), (Quantity(3, unit: .count), "3"),
            (Quantity(7, over: 2, unit: .count), "3.50"),
            (Quantity(250_000, unit: .nanoseconds), "250.0 us"), (Quantity(1_572_864, unit: .bytes), "1.5 MiB"),
            (Quantity(-1, over: 200, unit: .percentagePoints), "0.00 pp"), (Quantity(12, unit: .perSecond), "12 /s"),
            (Quantity(.min, over: .max, unit: .bytes), "-1 B"), (Quantity(245, over: 1000, unit: .nanoseconds), "0.245 ns"),
            (Quantity(12_999_999, over: 1_000_000, unit: .nanoseconds), "12.999 ns"), (Quantity(12, unit: .nanoseconds), "12 ns"),
            (Quantity(0, over: 1000, unit: .nanoseconds), "0 ns"),
        ])
    func description(quantity: Quantity, text: String) { #expect(quantity.description == text) }
}
