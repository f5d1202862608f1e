import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import Synchronization

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
              pulsegate fuzz run             hunt for inputs that end the code under test
              pulsegate bench compare main   ask whether the change made code slower

            Exit codes: 0 pass, 1 a gate failed, 2 usage or configuration, 3 cannot evaluate, 4 ledger broken, \
            5 a collector crashed or timed out, 6 a duty is overdue, 7 internal error.
            """,
        version: RunSession.toolVersion,
        subcommands: [
            Init.self, Run.self, Check.self, Explain.self, Lint.self, Doctor.self, BaselineCommand.self, Report.self, History.self,
            Show.self, Verify.self, LedgerCommand.self, FuzzCommand.self, BenchCommand.self,
        ])

    static func main() {
        holdStandardDescriptors()
        // A reader that went away is an error of write(2), not the end of a run that has yet to write its reports.
        signal(SIGPIPE, SIG_IGN)
        let console = Console(environment: Environment.current())
        do {
            var command = try parseAsRoot()
            try command.run()
            end(.pass, console)
        } catch let failure as Failure {
            console.problem("pulsegate: \(failure.description)")
            Glibc.exit(failure.code.rawValue)
        } catch let ending as Ending {
            end(ending.code, console)
        } catch {
            let message = fullMessage(for: error)
            // Help and version are answers, everything else that the parser refuses is a mistake in the command line.
            if exitCode(for: error) == .success {
                console.print(message)
                end(.pass, console)
            }
            console.problem(message)
            Glibc.exit(Gates.ExitCode.usage.rawValue)
        }
    }

    /// Ends the process; with 7 when the answer did not reach standard output.
    private static func end(_ code: Gates.ExitCode, _ console: Console) -> Never {
        let lost = Console.lostOutput.load(ordering: .relaxed)
        if lost != 0 {
            console.problem("pulsegate: cannot write to standard output: \(String(cString: strerror(lost)))")
            Glibc.exit(Gates.ExitCode.internalError.rawValue)
        }
        Glibc.exit(code.rawValue)
    }

    /// A descriptor 0, 1 or 2 that was closed at the start would be given to the next file opened, and our words written into it.
    private static func holdStandardDescriptors() {
        var opened = open("/dev/null", O_RDWR)
        while opened >= 0, opened <= 2 { opened = open("/dev/null", O_RDWR) }
        if opened > 2 { close(opened) }
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
    func store(readOnly: Bool = true) throws(Failure) -> LedgerStore {
        if let ledger { return try LedgerStore.open(ledger, create: false, readOnly: readOnly) }
        return try LedgerStore.open(try workspace().ledgerPath, create: false, readOnly: readOnly)
    }
}
