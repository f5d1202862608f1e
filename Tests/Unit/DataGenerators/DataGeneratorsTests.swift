import ContentDigest
import Foundation
import StrictDocuments
import Testing

@testable import DataGenerators

@Suite("Generated data")
struct GeneratedDataTests {
    /// The root of the repository: this file lies four folders below it.
    private static let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path

    @Test("the committed files are the bytes that the generators make")
    func committed() throws {
        let files = try GeneratedFiles.all()
        #expect(files.map(\.path) == ["data/golden/indicator_macd_baseline.csv", "data/sample.csv", "data/sample_ohlc.csv"])
        for (path, bytes) in files {
            let committed = try DocumentFile.read(Self.root + "/" + path, maximumBytes: 1 << 20)
            #expect(committed == bytes, "\(path) is not what generate-data writes")
        }
    }

    @Test("the golden MACD has the handbook's rows")
    func goldenRows() throws {
        let lines = String(decoding: try GoldenMACD.csv(), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines[0] == "ts,close,ema_12,ema_26,macd,signal,histogram")
        #expect(lines[2] == "2024-01-01T00:01:00Z,101.00,100.153846,100.074074,0.079772,0.015954,0.063818")
        #expect(lines[5] == "2024-01-01T00:04:00Z,102.20,100.847232,100.451659,0.395573,0.161906,0.233667")
    }

    @Test("the sample prices are 500 smooth rows that rise to 150")
    func prices() throws {
        let table = try CSVTable.read(try SampleSeries.prices(), file: "sample.csv")
        #expect(table.header == ["ts", "price", "volume"])
        #expect(table.rows.map { $0[0] } == (1...500).map(String.init))
        let prices = table.rows.compactMap { DecimalText.parse($0[1]) }
        #expect(prices.count == 500)
        #expect(abs(prices[0] - 100) < 1 && prices[499] == 150)
        #expect(zip(prices, prices.dropFirst()).allSatisfy { abs($1 - $0) < 1 })
        #expect(prices.allSatisfy { $0 > 95 && $0 < 160 })
        #expect(table.rows.allSatisfy { Int($0[2]).map { $0 > 0 } ?? false })
    }

    @Test("the sample bars are 300 valid ones with four decimals")
    func bars() throws {
        let table = try CSVTable.read(try SampleSeries.bars(), file: "sample_ohlc.csv")
        #expect(table.header == ["ts", "open", "high", "low", "close", "volume"])
        #expect(table.rows.map { $0[0] } == (1...300).map(String.init))
        for row in table.rows {
            let figures = row[1...4].compactMap(DecimalText.parse)
            let (open, high, low, close) = (figures[0], figures[1], figures[2], figures[3])
            #expect(low > 0 && low <= min(open, close) && max(open, close) <= high, "row \(row[0])")
            #expect(row[1...4].allSatisfy { $0.split(separator: ".").last?.count == 4 })
            #expect(try #require(Int(row[5])) > 0)
        }
    }
}

@Suite("Exact fractions")
struct ExactRationalTests {
    @Test("big naturals add, subtract, multiply and divide like 128-bit integers")
    func naturals() {
        func big(_ value: UInt128) -> BigNatural {
            BigNatural(UInt64(truncatingIfNeeded: value >> 64)).shifted(left: 64) + BigNatural(UInt64(truncatingIfNeeded: value))
        }
        let samples: [UInt64] = [0, 1, 2, 9, 10, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0001, .max - 1, .max]
        for a in samples {
            for b in samples {
                let (x, y) = (UInt128(a), UInt128(b))
                #expect(BigNatural(a) + BigNatural(b) == big(x + y))
                #expect(BigNatural(a) * BigNatural(b) == big(x * y))
                #expect((BigNatural(a) < BigNatural(b)) == (a < b))
                if x * y >= x { #expect(big(x * y) - BigNatural(a) == big(x * y - x)) }
                if b != 0 {
                    let product = x * y + x
                    let (quotient, remainder) = big(product).quotientAndRemainder(dividingBy: BigNatural(b))
                    #expect(quotient == big(product / y) && remainder == big(product % y))
                }
                #expect((BigNatural(a) * BigNatural(b)).text == String(x * y))
            }
        }
    }

    @Test(
        "decimals are rounded half to even",
        arguments: [
            (1, 2, 0, "0"), (3, 2, 0, "2"), (5, 2, 0, "2"), (-5, 2, 0, "-2"), (1, 8, 2, "0.12"), (3, 8, 2, "0.38"), (1, 3, 6, "0.333333"),
            (-2, 3, 4, "-0.6667"), (-1, 1000, 2, "0.00"), (199, 200, 2, "1.00"), (12345, 1, 2, "12345.00"), (0, 7, 3, "0.000"),
        ] as [(Int64, UInt64, Int, String)])
    func decimals(numerator: Int64, denominator: UInt64, places: Int, text: String) {
        #expect(ExactRational(numerator, denominator).decimal(places: places) == text)
    }

    @Test("fractions obey the laws of a field on samples, in lowest terms")
    func laws() {
        let samples = [
            ExactRational(0), ExactRational(1, 3), ExactRational(-7, 5), ExactRational(22, 4), ExactRational(-1_000_003, 999_983),
        ]
        for a in samples {
            #expect(a - a == ExactRational(0) && a * ExactRational(1) == a && a + ExactRational(0) == a)
            for b in samples {
                #expect(a + b == b + a && a * b == b * a)
                for c in samples { #expect(a * (b + c) == a * b + a * c && (a + b) + c == a + (b + c)) }
            }
        }
        #expect(ExactRational(22, 4) == ExactRational(11, 2))
        #expect(ExactRational(1, 3) < ExactRational(1, 2))
        #expect(ExactRational(-1, 2) < ExactRational(-1, 3))
    }

    @Test("decimal texts and doubles are taken exactly")
    func sources() {
        #expect(ExactRational(decimal: "102.20") == ExactRational(511, 5))
        #expect(ExactRational(decimal: "-0.5") == ExactRational(-1, 2))
        for text in ["", "-", ".5", "5.", "1.2.3", "1e3", "--1", "1234567890123456789"] { #expect(ExactRational(decimal: text) == nil) }
        #expect(ExactRational(exactly: 0.1)?.decimal(places: 20) == "0.10000000000000000555")
        #expect(ExactRational(exactly: -3) == ExactRational(-3))
        #expect(ExactRational(exactly: .nan) == nil)
        #expect(ExactRational(exactly: 0) == ExactRational(0))
    }
}
