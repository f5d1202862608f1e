import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

struct BenchBaselines: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baselines", abstract: "List the runs that were kept under a name.",
        discussion: """
              pulsegate bench run --save before        keep what everything costs now
              pulsegate bench run --against before     later: the difference to it
              pulsegate bench baselines                what was kept
              pulsegate bench baselines --remove before

            Removing a name removes no measurement: histories still have it.
            """)

    @Option(name: .long, help: ArgumentHelp("Forget this name.", valueName: "name"))
    var remove: String?

    @OptionGroup var kept: BenchKept

    func run() throws {
        let console = Console(environment: Environment.current())
        let folders = try BenchFolders(package: kept.packagePath)
        // Where nothing was measured there is no baseline, and asking makes no file.
        let store = access(folders.database, F_OK) == 0 ? try BenchStore(path: folders.database) : nil
        if let remove {
            guard let store else { throw BenchStore.unknown(remove, []) }
            try store.removeBaseline(remove)
            console.problem("'\(remove)' is forgotten; what was measured is kept")
            return
        }
        let all = try store?.baselines() ?? []
        if kept.json {
            console.print(bytes: Self.document(all).prettyBytes())
        } else if all.isEmpty {
            console.print("no baselines; `pulsegate bench run --save NAME` keeps one")
        } else {
            console.print(Self.text(all, width: console.columns, colour: console.colour))
        }
    }

    static func text(_ all: [BenchStore.Baseline], width: Int, colour: ColourMode) -> String {
        var table = TextTable(columns: [
            .init("name"), .init("head"), .init("saved"), .init("benchmarks", alignment: .right), .init("suite"),
            .init("machine", overflow: .wrap),
            .init("toolchain", overflow: .wrap),
        ])
        for baseline in all {
            table.addRow([
                .init(baseline.name), .init(baseline.head), .init(String(baseline.savedAt.prefix(10))),
                .init("\(baseline.benchmarks.count)"),
                .init(baseline.suite), .init(baseline.machine), .init(baseline.toolchain),
            ])
        }
        return table.rendered(width: width, colour: colour)
    }

    static func document(_ all: [BenchStore.Baseline]) -> JSONValue {
        [
            "format": "pulsegate-benchmark-baselines", "version": 1,
            "baselines": .array(
                all.map { baseline in
                    [
                        "name": .string(baseline.name), "head": .string(baseline.head), "saved_at": .string(baseline.savedAt),
                        "suite": .string(baseline.suite), "machine": .string(baseline.machine), "toolchain": .string(baseline.toolchain),
                        "benchmarks": .array(baseline.benchmarks.map { .string($0) }),
                    ]
                }),
        ]
    }
}
