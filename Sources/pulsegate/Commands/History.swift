import ArgumentParser
import ChildProcesses
import Gates
import Ledger
import Reporting
import StrictDocuments
import TerminalDisplay

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List recorded runs, newest first.",
        discussion: """
              pulsegate history
              pulsegate history --gate coverage --limit 50
              pulsegate history --branch main --json
            """)

    @Option(name: [.long, .customShort("n")], help: ArgumentHelp("How many runs.", valueName: "number"))
    var limit = 20

    @Option(name: .long, help: ArgumentHelp("Only runs that judged this gate, with its verdict.", valueName: "gate"))
    var gate: String?

    @Option(name: .long, help: ArgumentHelp("Only runs on this branch.", valueName: "branch"))
    var branch: String?

    @Option(name: .long, help: ArgumentHelp("Only runs of this profile.", valueName: "profile"))
    var profile: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var place: PlaceOptions

    static let maximumLimit = 100_000

    func run() throws {
        let console = Console(environment: Environment.current())
        guard (1...Self.maximumLimit).contains(limit) else { throw Failure(.usage, "--limit is 1 to \(Self.maximumLimit)") }
        let rows = try place.store().history(limit: limit, gate: gate, branch: branch, profile: profile)
        if json { return console.print(bytes: JSONValue.array(rows.map(\.json)).prettyBytes()) }
        if rows.isEmpty { return console.print("no run is recorded that matches") }
        var columns: [TextTable.Column] = [
            .init("leaf", alignment: .right), .init("run"), .init("started"), .init("profile"), .init("branch"), .init("commit"),
            .init("outcome"),
        ]
        if gate != nil { columns += [.init("verdict"), .init("seen"), .init("why", overflow: .truncate)] }
        var table = TextTable(columns: columns)
        for row in rows {
            let style: Style = row.exitCode == 0 ? .success : .failure
            var cells: [TextTable.Cell] = [
                .init("#\(row.sequence)"), .init(row.runID), .init(row.startedAt), .init(row.profile), .init(row.branch ?? "-"),
                .init(String((row.commit ?? "-").prefix(7))), .init(row.outcome, style: style),
            ]
            if gate != nil { cells += [.init(row.gateStatus ?? "-"), .init(row.gateObserved ?? "-"), .init(row.gateReason ?? "")] }
            table.addRow(cells)
        }
        console.print(table.rendered(width: console.columns, colour: console.colour))
    }
}

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a recorded run, or compute its verdict again.",
        discussion: """
              pulsegate show latest
              pulsegate show 3f2a91c0 --json
              pulsegate show '#412' --recompute      judge again from what the ledger keeps, and compare byte for byte
            """)

    @Argument(help: ArgumentHelp("A run: its id or the beginning of it, '#' and a leaf number, or 'latest'.", valueName: "run"))
    var selection = "latest"

    @Flag(name: .long, help: "Print the verdict as JSON.")
    var json = false

    @Flag(name: .long, help: "Judge again from the recorded evidence; ends with 4 when the verdict differs.")
    var recompute = false

    @OptionGroup var place: PlaceOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        let store = try place.store()
        let recorded = try store.recordedRun(matching: selection)
        if recompute {
            try Recomputation.check(recorded, store)
            if json {
                return console.print(
                    bytes: JSONValue.object(["run_id": .string(recorded.verdict.runID), "same": .bool(true)]).prettyBytes())
            }
            return console.print("run \(recorded.verdict.runID): judged again from the ledger, the verdict is the same, byte for byte")
        }
        if json { return console.print(bytes: VerdictJSON.render(recorded)) }
        console.print(console.table(of: recorded, verbose: true))
    }
}
