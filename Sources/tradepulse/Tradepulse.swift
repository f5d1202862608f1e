import ArgumentParser

/// `tradepulse`: the command line of the engines.
///
/// Exit status: 0 all is well · 1 a check failed · 2 the command line, a configuration or the input data is wrong · 3 a file that
/// is to be judged is missing · 7 an internal error. Results go to standard output, everything else to standard error.
@main
struct Tradepulse: ParsableCommand {
    /// The version that evidence documents name.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tradepulse",
        abstract: "Run the TradePulse engines on your data.",
        discussion: """
            Example:
              tradepulse indicators macd prices.csv --fast 12 --slow 26 --signal 9
              tradepulse golden check

            Exit status:
              0  all is well
              1  a check failed
              2  the command line, the configuration or the input is wrong
              3  a file that is to be judged is missing
              7  an internal error
            """,
        version: version,
        subcommands: [IndicatorsCommand.self, GoldenCommand.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            let code = exitCode(for: error).rawValue
            let message = fullMessage(for: error)
            if !message.isEmpty { code == 0 ? Output.print(message) : Output.complain(message) }
            // ArgumentParser says EX_USAGE (64) where this project's exit codes say 2.
            exit(withError: ExitCode(code == ExitCode.validationFailure.rawValue ? ExitStatus.usage.rawValue : code))
        }
    }
}

/// The exit codes of this project that this program uses.
enum ExitStatus: Int32 {
    case failed = 1
    case usage = 2
    case cannotEvaluate = 3
    case internalError = 7
}

/// Ends the command with a message on standard error.
func failure(_ status: ExitStatus, _ message: String) -> ExitCode {
    Output.complain(message)
    return ExitCode(status.rawValue)
}
