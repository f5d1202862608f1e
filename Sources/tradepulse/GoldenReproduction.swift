import Determinism
import GoldenData
import Indicators
import StrictDocuments

/// Makes the table of a golden entry again with the engine that its `generator` names.
///
/// For `macd` the parameters are `fast`, `slow`, `signal`, `seeding`, and the bars: `start`, `interval_seconds`, `closes`.
enum GoldenReproduction {
    static let maximumBars = 1_000_000

    /// With every digit that the engine has, to be compared within the tolerances.
    static func table(_ entry: GoldenEntry) throws(GoldenReproductionError) -> CSVTable {
        let table = try reproduce(entry)
        do {
            return try table.table(places: nil)
        } catch {
            throw GoldenReproductionError(error.description)
        }
    }

    /// The bytes of the golden file, to be blessed.
    static func fileBytes(_ entry: GoldenEntry) throws(GoldenReproductionError) -> [UInt8] {
        let table = try reproduce(entry)
        do {
            return try table.csv(places: MACDTable.places)
        } catch {
            throw GoldenReproductionError(error.description)
        }
    }

    private static func reproduce(_ entry: GoldenEntry) throws(GoldenReproductionError) -> MACDTable {
        guard entry.generator == "macd" else {
            throw GoldenReproductionError("there is no generator '\(entry.generator)' (the generators are: macd)")
        }
        let parameters = entry.parameters.objectValue ?? [:]
        let known: Set<String> = ["fast", "slow", "signal", "seeding", "start", "interval_seconds", "closes"]
        if let unknown = parameters.keys.filter({ !known.contains($0) }).min() {
            throw GoldenReproductionError("unknown parameter '\(unknown)' (the parameters are: \(known.sorted().joined(separator: ", ")))")
        }
        func bad(_ key: String, _ expected: String) -> GoldenReproductionError {
            GoldenReproductionError("the parameter '\(key)' must be \(expected)")
        }
        func integer(_ key: String) throws(GoldenReproductionError) -> Int {
            guard let value = parameters[key]?.intValue else { throw bad(key, "an integer") }
            return Int(value)
        }
        guard let seeding = parameters["seeding"]?.stringValue.flatMap(EMASeeding.init(rawValue:)) else {
            throw bad("seeding", "\"first-value\" or \"simple-mean\"")
        }
        guard let start = parameters["start"]?.stringValue.flatMap({ try? Instant(rfc3339: $0) }) else {
            throw bad("start", "an RFC 3339 time")
        }
        let (interval, overflow) = Int64(try integer("interval_seconds")).multipliedReportingOverflow(by: 1_000_000_000)
        guard interval > 0, !overflow else { throw bad("interval_seconds", "above 0") }
        let closes = parameters["closes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let prices = closes.compactMap(DecimalText.parse)
        guard !closes.isEmpty, closes.count <= maximumBars, closes.count == parameters["closes"]?.arrayValue?.count,
            prices.count == closes.count
        else { throw bad("closes", "an array of 1 to \(maximumBars) decimal numbers, written as strings") }
        var times: [String] = []
        var time = start
        for _ in closes {
            times.append(time.rfc3339)
            time = time.advanced(byNanoseconds: interval)
        }
        let macd = MACDParameters(
            fast: try integer("fast"), slow: try integer("slow"), signal: try integer("signal"), seeding: seeding)
        do {
            return try MACDTable(times: times, closes: closes, prices: prices, parameters: macd)
        } catch {
            throw GoldenReproductionError(error.description)
        }
    }
}
