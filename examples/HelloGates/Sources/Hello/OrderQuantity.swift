/// How much an order asks for: "250", "1,000" or "25k".
///
/// Commas group digits by three; `k` and `m` stand for a thousand and a million. Zero, signs and fractions are refused.
public struct OrderQuantity: Equatable, Sendable {
    public enum Mistake: Error, Equatable {
        case empty
        case notANumber(String)
        case misplacedComma(String)
        case zero
        case tooLarge(limit: Int)
    }

    /// The largest quantity that an order may have.
    public static let limit = 1_000_000_000

    public let units: Int

    public init(_ text: String) throws(Mistake) {
        guard !text.isEmpty else { throw .empty }
        var digits = Substring(text)
        var factor = 1
        if digits.last == "k" { factor = 1000 }
        if digits.last == "m" { factor = 1_000_000 }
        if factor > 1 { digits.removeLast() }
        let groups = digits.split(separator: ",", omittingEmptySubsequences: false)
        if groups.count > 1 {
            let wellPlaced = groups.dropFirst().allSatisfy { $0.utf8.count == 3 } && (1...3).contains(groups[0].utf8.count)
            guard wellPlaced else { throw .misplacedComma(text) }
        }
        var number = 0
        var count = 0
        for group in groups {
            for byte in group.utf8 {
                guard (0x30...0x39).contains(byte) else { throw .notANumber(text) }
                number = number * 10 + Int(byte - 0x30)
                count += 1
                guard number <= Self.limit else { throw .tooLarge(limit: Self.limit) }
            }
        }
        guard count > 0 else { throw .notANumber(text) }
        guard number > 0 else { throw .zero }
        guard number <= Self.limit / factor else { throw .tooLarge(limit: Self.limit) }
        units = number * factor
    }
}
