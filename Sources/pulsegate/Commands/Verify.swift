import ArgumentParser
import ChildProcesses
import Ledger
import StrictDocuments

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that the ledger is whole, or name the first leaf that is not.",
        discussion: """
            Recomputes every digest, the chain and the tree, and compares the checkpoints that were published and are given with --checkpoint. \
            Ends with 4 when anything was edited, deleted, reordered, truncated or duplicated.

              pulsegate verify
              pulsegate verify --checkpoint published.txt
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("A file that holds a checkpoint (three lines: origin, size, root). May be given again.", valueName: "file"))
    var checkpoint: [String] = []

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var place: PlaceOptions

    static let maximumCheckpointBytes = 1 << 20

    func run() throws {
        let console = Console(environment: Environment.current())
        let store = try place.store()
        var anchors: [Checkpoint] = []
        for path in checkpoint {
            let text = String(decoding: try Failure.reading(path, maximumBytes: Self.maximumCheckpointBytes), as: UTF8.self)
            guard let parsed = Checkpoint(text: text) else {
                throw Failure(
                    .usage, "\(path): it is no checkpoint", hint: "three lines: origin, number of leaves, base64 root; then an empty line")
            }
            anchors.append(parsed)
        }
        let progress = console.progress(quiet: json)
        defer { progress.done() }
        progress.phase("verifying the ledger")
        let report = try LedgerStore.translate { () throws(LedgerError) in
            try store.ledger.verify(anchors: anchors) { progress.detail("\($0.checkedLeaves) of \($0.leaves) leaves") }
        }
        progress.done()
        if json {
            console.print(bytes: Self.document(report).prettyBytes())
        } else {
            console.print(Self.text(report))
        }
        throw Ending(code: report.isIntact ? .pass : .ledgerBroken)
    }

    private static func document(_ report: VerifyReport) -> JSONValue {
        [
            "intact": .bool(report.isIntact), "leaves": .int(report.checkedLeaves), "blobs": .int(report.checkedBlobs),
            "root": report.root.map { .string($0.hex) } ?? .null, "anchored": report.newestAnchoredSize.map { .int($0) } ?? .null,
            "first_bad_leaf": report.firstBadLeaf.map { .int($0) } ?? .null, "fault_count": .int(report.faultCount),
            "faults": .array(
                report.faults.map { fault in
                    [
                        "kind": .string(fault.kind.rawValue), "first": fault.leaves.map { .int($0.lowerBound) } ?? .null,
                        "last": fault.leaves.map { .int($0.upperBound) } ?? .null, "message": .string(fault.message),
                    ]
                }),
        ]
    }

    private static func text(_ report: VerifyReport) -> String {
        guard !report.isIntact else {
            let anchored =
                report.newestAnchoredSize.map { "the first \($0) are anchored by a checkpoint" }
                ?? "no checkpoint was given: what its owner rewrote from end to end would not show"
            return
                "ledger intact: \(report.checkedLeaves) leaves, \(report.checkedBlobs) blobs, root \(report.root?.hex.prefix(16) ?? "-"); \(anchored)"
        }
        var lines = ["ledger broken: \(report.faultCount) faults in \(report.checkedLeaves) leaves"]
        lines += report.faults.prefix(maximumFaultsShown).map { "  \($0.kind.rawValue): \($0.description)" }
        if report.faultCount > Int64(maximumFaultsShown) {
            lines.append(
                "  +\(report.faultCount - Int64(maximumFaultsShown)) more (--json lists up to \(LedgerLimits.maximumFaultsListed))")
        }
        return lines.joined(separator: "\n")
    }

    static let maximumFaultsShown = 20
}

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Look after the ledger itself.", subcommands: [Rebuild.self, CheckpointCommand.self])

    struct Rebuild: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the query tables again from the leaves.",
            discussion: "With --check nothing is changed: the tables are made beside the old ones and compared; a difference ends with 4.")

        @Flag(name: .long, help: "Only compare.")
        var check = false

        @OptionGroup var place: PlaceOptions

        func run() throws {
            let console = Console(environment: Environment.current())
            let ledger = try place.store(readOnly: false).ledger
            if check {
                let difference = try LedgerStore.translate { () throws(LedgerError) in try ledger.checkIndexes() }
                if let difference {
                    throw Failure(
                        .ledgerBroken, "the query tables differ from the leaves: \(difference)", hint: "run `pulsegate ledger rebuild`")
                }
                return console.print("the query tables are what the leaves say")
            }
            try LedgerStore.translate { () throws(LedgerError) in try ledger.rebuildIndexes() }
            console.print("the query tables were made again from the leaves")
        }
    }

    struct CheckpointCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint", abstract: "Print the checkpoint of the ledger as it stands, to publish where others keep it.")

        @OptionGroup var place: PlaceOptions

        func run() throws {
            let console = Console(environment: Environment.current())
            let workspace = try place.workspace()
            let (configuration, _) = try workspace.configuration()
            let ledger = try place.store().ledger
            let checkpoint = try LedgerStore.translate { () throws(LedgerError) in
                try ledger.checkpoint(origin: LedgerStore.origin(configuration.project.name))
            }
            console.print(checkpoint.text)
        }
    }
}
