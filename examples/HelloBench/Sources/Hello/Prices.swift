/// Prices as text and as an average.
public enum Prices {
    /// The whole numbers between the commas of a line; what is no number is left out.
    public static func parse(_ line: [UInt8]) -> [Int] {
        var prices: [Int] = []
        var price: Int?
        for byte in line {
            if byte == UInt8(ascii: ",") {
                if let price { prices.append(price) }
                price = nil
            } else if (0x30...0x39).contains(byte) {
                price = (price ?? 0) &* 10 &+ Int(byte - 0x30)
            }
        }
        if let price { prices.append(price) }
        return prices
    }

    /// The mean of the last `window` prices at each place from the first whole window on.
    public static func movingAverage(_ prices: [Int], window: Int) -> [Int] {
        guard window > 0, prices.count >= window else { return [] }
        var averages: [Int] = []
        averages.reserveCapacity(prices.count - window + 1)
        var sum = 0
        for index in 0..<window { sum = sum &+ prices[index] }
        averages.append(sum / window)
        for index in window..<prices.count {
            sum = sum &+ prices[index] &- prices[index - window]
            averages.append(sum / window)
        }
        return averages
    }
}
