import ArgumentParser
import ChildProcesses
import Gates
import Glibc

/// The command line. Errors of every kind end here, with their message and exit code.
@main
struct Pulsegate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulsegate",
        abstract: "A quality gate whose verdicts can be believed.",
        discussion: """
            Collects evidence (tests, coverage, golden data, reports of other tools), judges it by gates.json, keeps every verdict in a \
            tamper-evident ledger, and writes reports that people read.

              pulsegate init                 write a gates.json for the package you stand in
              pulsegate run                  collect, judge, record, report
              pulsegate explain coverage     what a gate asks, and why it stopped you

            Exit codes: 0 pass, 1 a gate failed, 2 usage or configuration, 3 cannot evaluate, 4 ledger broken, \
            5 a collector crashed or timed out, 6 a duty is overdue, 7 internal error.
            """,
        version: RunSession.toolVersion,
        subcommands: [
            Init.self, Run.self, Check.self, Explain.self, Lint.self, Doctor.self, BaselineCommand.self, Report.self, History.self,
            Show.self, Verify.self, LedgerCommand.self,
        ])

    static func main() {
        let console = Console(environment: Environment.current())
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            console.problem("pulsegate: \(failure.description)")
            Glibc.exit(failure.code.rawValue)
        } catch let ending as Ending {
            Glibc.exit(ending.code.rawValue)
        } catch {
            let message = fullMessage(for: error)
            // Help and version are answers, everything else that the parser refuses is a mistake in the command line.
            if exitCode(for: error) == .success {
                console.print(message)
                Glibc.exit(0)
            }
            console.problem(message)
            Glibc.exit(Gates.ExitCode.usage.rawValue)
        }
    }
}

/// Ends the process with a code after everything was said.
struct Ending: Error {
    let code: Gates.ExitCode
}

/// Where a command looks.
struct PlaceOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The gates.json to use; otherwise the one here or above.", valueName: "file"))
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The ledger; otherwise .pulsegate/ledger.sqlite beside gates.json.", valueName: "file"))
    var ledger: String?

    func workspace() throws(Failure) -> Workspace { try Workspace(configuration: config) }

    /// The ledger, which must be there.
    func store() throws(Failure) -> LedgerStore {
        if let ledger { return try LedgerStore.open(ledger, create: false) }
        return try LedgerStore.open(try workspace().ledgerPath, create: false)
    }
}
