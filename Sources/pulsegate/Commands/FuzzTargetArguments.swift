import ArgumentParser
import Gates

/// The targets that a command of `pulsegate fuzz` is for, as arguments.
struct FuzzTargetArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("Targets; without any, all.", valueName: "target"))
    var targets: [String] = []

    func choose(_ session: SuiteSession) throws(Failure) -> [SuiteTarget] { try session.account.choose(targets) }

    /// - Parameter what: that of which `--to` takes one: "corpus".
    func choose(_ session: SuiteSession, to: String?, what: String) throws(Failure) -> [SuiteTarget] {
        let chosen = try choose(session)
        if to != nil, chosen.count != 1 { throw Failure(.usage, "--to takes the \(what) of one target", hint: "name the target") }
        return chosen
    }
}

/// The one target that a command of `pulsegate fuzz` is for, as an option.
struct FuzzTargetOption: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The target; may be left out where there is one.", valueName: "target"))
    var target: String?

    func name(_ session: SuiteSession) throws(Failure) -> String { try Corpus.target(target, session) }
}
