import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import StrictDocuments

struct BenchVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compute every verdict again from the launches that were kept.",
        discussion: """
              pulsegate bench verify            all comparisons of this package
              pulsegate bench verify 12         that of this number (`bench history --json` has the numbers)

            Each verdict is decided again by the rule that decided it, from the raw batches in .pulsegate/bench/launches.sqlite, and must come out \
            the same in every bit.

            Exit codes: 0 equal, 2 usage, 3 there is no verdict, 4 one differs or a record cannot be read.
            """)

    @Argument(help: ArgumentHelp("Comparisons; without one, all.", valueName: "number"))
    var numbers: [Int64] = []

    @OptionGroup var kept: BenchKept

    func run() throws {
        let console = Console(environment: Environment.current())
        let folders = try BenchFolders(package: kept.packagePath)
        var replay = VerdictReplay()
        if access(folders.database, F_OK) == 0 {
            let store = try BenchStore(path: folders.database, readOnly: true)
            let all = try store.comparisons()
            if let unknown = numbers.first(where: { !all.contains($0) }) {
                throw Failure(.usage, "there is no comparison \(unknown)", hint: "there are \(all.first ?? 0) to \(all.last ?? 0)")
            }
            for comparison in numbers.isEmpty ? all : numbers {
                let kept = try store.decisions(of: comparison)
                guard !kept.isEmpty else { continue }
                replay.comparisons += 1
                let records = Dictionary(grouping: try store.launches(of: comparison), by: \.benchmark)
                for decision in kept { replay.add(decision, of: comparison, records: records[decision.benchmark] ?? []) }
            }
        }
        console.print(kept.json ? String(decoding: replay.json.prettyBytes(), as: UTF8.self) : replay.text)
        throw Ending(code: replay.exitCode)
    }
}
