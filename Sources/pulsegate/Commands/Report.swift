import ArgumentParser
import ChildProcesses
import Reporting
import StrictDocuments

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Render a recorded run again, from the ledger alone.",
        discussion: """
            The same run gives the same bytes, however often and wherever it is rendered.

              pulsegate report                              the newest run, all report files into reports/
              pulsegate report 3f2a91c0 --format junit      one format, to standard output
              pulsegate report '#412' --format annotations
            """)

    @Argument(help: ArgumentHelp("A run: its id or the beginning of it, '#' and a leaf number, or 'latest'.", valueName: "run"))
    var selection = "latest"

    @Option(
        name: .long, help: ArgumentHelp("Print one format instead: \(ReportFiles.formats.joined(separator: ", ")).", valueName: "format"))
    var format: String?

    @Option(name: .long, help: ArgumentHelp("Where to write the report files; otherwise reports/ beside gates.json.", valueName: "folder"))
    var output: String?

    @OptionGroup var place: PlaceOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        let recorded = try place.store().recordedRun(matching: selection)
        if let format {
            guard let bytes = ReportFiles.render(recorded, format: format) else {
                let near = SpellingSuggestion.nearest(to: format, among: ReportFiles.formats).map { "did you mean '\($0)'? " } ?? ""
                throw Failure(
                    .usage, "no report format is called '\(format)'", hint: "\(near)formats: \(ReportFiles.formats.joined(separator: ", "))"
                )
            }
            return console.print(bytes: bytes)
        }
        let folder = try output.map { RunSession.absolute($0) } ?? place.workspace().reportsFolder
        try Workspace.makeFolder(folder)
        for (name, bytes) in ReportFiles.all(recorded) {
            try Failure.replacing(folder + "/" + name, with: bytes)
            console.print("wrote \(folder)/\(name)")
        }
    }
}
