import ArgumentParser
import Indicators
import StrictDocuments

/// `tradepulse indicators …`
struct IndicatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indicators", abstract: "Compute technical indicators from CSV files.", subcommands: [MACDCommand.self])
}

enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case csv
    case json
}

extension EMASeeding: ExpressibleByArgument {}

/// `tradepulse indicators macd FILE.csv`
struct MACDCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "macd",
        abstract: "Moving average convergence/divergence of a price column.",
        discussion: """
            Reads a CSV file with a header line and prints ts, close, both averages, macd, signal
            and histogram, one line a bar, with six decimals. A cell is empty where its line is
            not defined yet.

            Example:
              tradepulse indicators macd data/sample_ohlc.csv --seeding simple-mean

            The two seedings give different numbers for the first bars:
              first-value   every average begins at its first value; all lines are defined at once
              simple-mean   every average begins with the mean of its first n values (the textbooks')
            """)

    /// The largest file that is read.
    static let maximumFileBytes = 256 << 20

    @Argument(help: ArgumentHelp("A CSV file with a header line.", valueName: "file.csv"))
    var file: String
    @Option(help: "The period of the fast average, in bars.")
    var fast = MACD.defaultFast
    @Option(help: "The period of the slow average, in bars.")
    var slow = MACD.defaultSlow
    @Option(help: "The period of the signal line, in bars.")
    var signal = MACD.defaultSignal
    @Option(help: "How the averages begin.")
    var seeding = EMASeeding.firstValue
    @Option(help: ArgumentHelp("The column with the prices.", valueName: "name"))
    var column = "close"
    @Option(help: ArgumentHelp("The column with the times, copied as it is.", valueName: "name"))
    var timeColumn = "ts"
    @Option(help: "How to print the result.")
    var format = TableFormat.csv

    func validate() throws {
        do {
            _ = try MACD(fast: fast, slow: slow, signal: signal, seeding: seeding)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        let table: MACDTable
        do {
            let bytes = try DocumentFile.read(file, maximumBytes: Self.maximumFileBytes)
            table = try MACDTable(
                csv: bytes, file: file, column: column, timeColumn: timeColumn,
                parameters: MACDParameters(fast: fast, slow: slow, signal: signal, seeding: seeding))
        } catch {
            throw failure(.usage, "\(error)")
        }
        switch format {
        case .csv: Output.write(try table.csv(places: MACDTable.places))
        case .json: Output.write(table.json.prettyBytes())
        }
    }
}
