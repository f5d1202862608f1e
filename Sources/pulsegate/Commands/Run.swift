import ArgumentParser
import ChildProcesses
import Determinism
import Gates

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Collect evidence, judge it, record the verdict, write the reports.",
        discussion: """
            Runs the collectors that the profile's gates need, one after the other, each within its time limit; on a time limit or Ctrl-C \
            every process they started is ended.

              pulsegate run                        the profile 'pr'
              pulsegate run --profile release
              pulsegate run --base origin/main     count changed lines from there
              pulsegate run --json > verdict.json
            """)

    @OptionGroup var options: RunOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        let workspace = try options.place.workspace()
        let interruption = try Interruption.bySignals()
        let session = RunSession(
            workspace: workspace, console: console, options: options, time: SystemTimeSource(), executes: true, interruption: interruption)
        throw Ending(code: try session.run())
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge evidence that is there already; run nothing.",
        discussion: """
            Reads what `run` left in the evidence folder, and the report files that collectors of kind 'file' name. The same evidence with the \
            same --now gives the same verdict, byte for byte.

              pulsegate check --json
              pulsegate check --evidence downloaded/evidence --now 2024-01-31T12:00:00Z
            """)

    @OptionGroup var options: RunOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        let session = RunSession(
            workspace: try options.place.workspace(), console: console, options: options, time: SystemTimeSource(), executes: false,
            interruption: nil)
        throw Ending(code: try session.run())
    }
}
