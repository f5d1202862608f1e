import Indicators
import StrictDocuments

struct MACDParameters: Hashable, Sendable {
    var fast: Int
    var slow: Int
    var signal: Int
    var seeding: EMASeeding
}

/// Prices with their MACD lines, as they are printed: `ts,close,ema_12,ema_26,macd,signal,histogram`.
///
/// Times and prices are copied as they are written; a figure is rounded, half to even, only here.
struct MACDTable {
    /// Digits after the point in what people read.
    static let places = 6

    private let parameters: MACDParameters
    private let times: [String]
    private let closes: [String]
    private let lines: MACDSeries

    /// Throws `IndicatorError`. Precondition: as many times as closes as prices.
    init(times: [String], closes: [String], prices: [Double], parameters: MACDParameters) throws(IndicatorError) {
        precondition(times.count == prices.count && closes.count == prices.count, "one time and one close a price")
        self.parameters = parameters
        self.times = times
        self.closes = closes
        lines = try MACD.series(
            prices, fast: parameters.fast, slow: parameters.slow, signal: parameters.signal, seeding: parameters.seeding)
    }

    /// Reads times and prices from a CSV document. Throws `DocumentError`, with line and column, for all that is wrong.
    init(csv: [UInt8], file: String, column: String, timeColumn: String, parameters: MACDParameters) throws(DocumentError) {
        var reader = try CSVReader(csv, file: file)
        let timeIndex = try reader.column(named: timeColumn)
        let closeIndex = try reader.column(named: column)
        var times: [String] = []
        var fields: [CSVField] = []
        var prices: [Double] = []
        while let row = try reader.nextRow() {
            times.append(row.fields[timeIndex].text)
            fields.append(row.fields[closeIndex])
            prices.append(try reader.decimal(row.fields[closeIndex], of: column))
        }
        if prices.isEmpty { throw DocumentError(.empty, file: file, at: nil, "there is no row below the header") }
        do {
            try self.init(times: times, closes: fields.map(\.text), prices: prices, parameters: parameters)
        } catch .unusableInput(let index, let value) {
            throw reader.error(.badValue, "column '\(column)': \(value) is beyond ±1e300", at: fields[index])
        } catch {
            throw DocumentError(.badValue, file: file, at: nil, error.description)
        }
    }

    private var header: [String] {
        ["ts", "close", "ema_\(parameters.fast)", "ema_\(parameters.slow)", "macd", "signal", "histogram"]
    }

    private func figures(_ bar: Int) -> [Double?] {
        let point = lines[bar]
        return [point.fast, point.slow, point.macd, point.signal, point.histogram]
    }

    /// With `places` digits after the point, or, for nil, with as many as tell every double apart.
    func table(places: Int?) throws(CSVWriterError) -> CSVTable {
        let rows = times.indices.map { bar in
            [times[bar], closes[bar]] + figures(bar).map { $0.map { Self.text($0, places: places) } ?? "" }
        }
        return try CSVTable(header: header, rows: rows)
    }

    func csv(places: Int) throws(CSVWriterError) -> [UInt8] { try table(places: places).bytes() }

    /// Figures are texts, since the documents of this project hold no floating-point numbers; null is "not defined".
    var json: JSONValue {
        let rows = times.indices.map { bar -> JSONValue in
            var members: [String: JSONValue] = ["ts": .string(times[bar]), "close": .string(closes[bar])]
            for (name, figure) in zip(header.dropFirst(2), figures(bar)) {
                members[name] = figure.map { .string(Self.text($0, places: Self.places)) } ?? .null
            }
            return .object(members)
        }
        return [
            "indicator": "macd",
            "parameters": [
                "fast": .int(Int64(parameters.fast)), "slow": .int(Int64(parameters.slow)), "signal": .int(Int64(parameters.signal)),
                "seeding": .string(parameters.seeding.rawValue),
            ],
            "rows": .array(rows),
        ]
    }

    /// Beyond 2^63 there is nothing to round behind the point, and the shortest exact form is printed.
    private static func text(_ value: Double, places: Int?) -> String {
        places.flatMap { DecimalText.fixed(value, places: $0) } ?? "\(value)"
    }
}
