import ArgumentParser
import ContentDigest
import Determinism
import GoldenData
import StrictDocuments

/// `tradepulse golden …`
struct GoldenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "golden", abstract: "Check the engines against golden files, and bless changed ones.",
        subcommands: [GoldenCheckCommand.self, GoldenBlessCommand.self])
}

struct ManifestOption: ParsableArguments {
    @Option(help: ArgumentHelp("The manifest of the golden files.", valueName: "manifest.json"))
    var manifest = "data/golden/manifest.json"

    var folder: GoldenFolder { GoldenFolder(manifest: manifest, digest: SHA256Digest.hex) }
}

/// `tradepulse golden check`
struct GoldenCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reproduce every golden file with the engines and compare.",
        discussion: """
            Names the first cell that differs, with its row, column, expected and produced value,
            and every file whose bytes nobody has blessed.

            Example:
              tradepulse golden check --manifest data/golden/manifest.json

            Writes golden.json into the folder that PULSEGATE_EVIDENCE_DIR names, where it is set.
            Exit status: 0 all agree, 1 a mismatch, 2 a bad manifest, 3 a file is missing.
            """)

    @OptionGroup var option: ManifestOption

    func run() throws {
        let report: GoldenReport
        do {
            report = try option.folder.check(GoldenReproduction.table)
        } catch {
            throw failure(exitStatus(of: error), error.description)
        }
        for line in report.lines { Output.print(line) }
        if let folder = Output.evidenceFolder {
            do {
                try report.evidence(producer: .init(name: "tradepulse", version: Tradepulse.version))
                    .write(toFolder: folder, named: "golden")
            } catch {
                throw failure(.cannotEvaluate, "the evidence could not be written: \(error)")
            }
        }
        // A wrong configuration outweighs missing evidence, and that outweighs a mismatch.
        let notReproduced = report.files.contains { if case .notReproduced = $0.outcome { true } else { false } }
        if notReproduced { throw ExitCode(ExitStatus.usage.rawValue) }
        if report.hasMissingFile { throw ExitCode(ExitStatus.cannotEvaluate.rawValue) }
        if !report.passes { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// `tradepulse golden bless FILE`
struct GoldenBlessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bless",
        abstract: "Accept what the engine produces now as a golden file, with a reason.",
        discussion: """
            Rewrites the golden file and its entry in the manifest; the blessing before it moves
            to the entry's history. Refused where nothing has changed.

            Example:
              tradepulse golden bless indicator_macd_baseline.csv \\
                --owner @team/quants --reason "Periods changed to 10/20/5 as decided in issue 12"
            """)

    @Argument(help: ArgumentHelp("The golden file, as the manifest names it or as a path.", valueName: "file"))
    var file: String
    @Option(help: "Why the new values are right; one line, kept for good.")
    var reason: String
    @Option(help: "Who vouches for them: a code owner's handle or a mail address.")
    var owner: String
    @OptionGroup var option: ManifestOption

    func run() throws {
        let folder = option.folder
        let name = folder.name(of: file)
        do {
            let manifest = try folder.load()
            guard let entry = manifest.entries.first(where: { $0.file == name }) else {
                throw GoldenError.unknownFile(name, known: manifest.entries.map(\.file))
            }
            let bytes = try GoldenReproduction.fileBytes(entry)
            let blessed = try folder.bless(name, bytes: bytes, owner: owner, reason: reason, at: Self.now)
            Output.print("blessed \(name): SHA-256 \(blessed.blessing.sha256), by \(owner), blessing \(blessed.history.count + 1)")
        } catch let error as GoldenError {
            throw failure(exitStatus(of: error), error.description)
        } catch let error as GoldenReproductionError {
            throw failure(.usage, "\(name): it cannot be produced: \(error.reason)")
        }
    }

    /// Whole seconds: people read it.
    private static var now: Instant {
        let now = SystemTimeSource().wallNow.nanosecondsSinceEpoch
        return Instant(nanosecondsSinceEpoch: now - now % 1_000_000_000)
    }
}

private func exitStatus(of error: GoldenError) -> ExitStatus {
    if case .file(let error) = error, error.isMissing { .cannotEvaluate } else { .usage }
}
