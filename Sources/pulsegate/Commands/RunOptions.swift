import ArgumentParser
import Determinism

/// What `run` and `check` share.
struct RunOptions: ParsableArguments {
    @Option(
        name: [.long, .short], help: ArgumentHelp("The profile whose gates are judged; otherwise 'pr' or the first one.", valueName: "name")
    )
    var profile: String?

    @Option(name: .long, help: ArgumentHelp("The revision that changes are counted from; otherwise the merge base.", valueName: "revision"))
    var base: String?

    @Option(name: .long, help: ArgumentHelp("The folder of raw evidence; otherwise .pulsegate/evidence.", valueName: "folder"))
    var evidence: String?

    @Option(name: .long, help: ArgumentHelp("The time at which to judge, as 2024-01-31T12:00:00Z; otherwise now.", valueName: "instant"))
    var now: String?

    @Option(name: .long, help: ArgumentHelp("Where to write the reports; otherwise reports/ beside gates.json.", valueName: "folder"))
    var reports: String?

    @Flag(name: .long, help: "Write no report files.")
    var noReports = false

    @OptionGroup var place: PlaceOptions

    @Flag(name: .long, help: "Print the verdict as JSON (docs/schemas/verdict.schema.json) and no progress.")
    var json = false

    @Flag(name: [.long, .short], help: "Show passing gates too.")
    var verbose = false

    @Flag(name: [.long, .short], help: "Show no progress.")
    var quiet = false

    var ledger: String? { place.ledger }

    func instant() throws(Failure) -> Instant? {
        guard let now else { return nil }
        do {
            return try Instant(rfc3339: now)
        } catch {
            throw Failure(.usage, "--now: \(error.description)")
        }
    }

    func reportsFolder(_ workspace: Workspace) -> String? {
        if noReports { return nil }
        return reports.map { RunSession.absolute($0) } ?? workspace.reportsFolder
    }
}
