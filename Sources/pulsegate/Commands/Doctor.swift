import ArgumentParser
import ChildProcesses
import Evidence
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that this machine and this repository can be gated.",
        discussion: "Ends with 0 when nothing is broken, with 3 otherwise. Warnings do not count.")

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var place: PlaceOptions

    enum Health: String { case good, warning, broken }

    struct Diagnosis {
        var subject: String
        var health: Health
        var text: String
    }

    func run() throws {
        let console = Console(environment: Environment.current())
        var diagnoses = toolchain(console.environment)
        diagnoses.append(git(console.environment))
        diagnoses += repository(console.environment)
        if json {
            let entries: [JSONValue] = diagnoses.map {
                ["subject": .string($0.subject), "health": .string($0.health.rawValue), "text": .string($0.text)]
            }
            let formats: [JSONValue] = ReportFormats.all.map { ["format": .string($0.format), "summary": .string($0.summary)] }
            console.print(bytes: JSONValue.object(["diagnoses": .array(entries), "formats": .array(formats)]).prettyBytes())
        } else {
            var table = TextTable(columns: [.init("what"), .init("health"), .init("finding", overflow: .wrap)])
            for diagnosis in diagnoses {
                let style: Style = diagnosis.health == .good ? .success : (diagnosis.health == .warning ? .warning : .failure)
                table.addRow([.init(diagnosis.subject), .init(diagnosis.health.rawValue, style: style), .init(sanitised(diagnosis.text))])
            }
            console.print(table.rendered(width: console.columns, colour: console.colour))
            console.print("report formats: \(ReportFormats.all.map { $0.format }.joined(separator: ", "))")
        }
        throw Ending(code: diagnoses.contains { $0.health == .broken } ? .cannotEvaluate : .pass)
    }

    private func toolchain(_ environment: [String: String]) -> [Diagnosis] {
        guard let line = Machine.toolchain(environment) else {
            return [
                Diagnosis(
                    subject: "swift", health: .warning,
                    text: "not found on PATH; collectors of kind swift-test cannot run (evidence files can still be judged)")
            ]
        }
        var result: [Diagnosis] = []
        let version = line.split(separator: " ").drop { $0 != "version" }.dropFirst().first.map(String.init) ?? ""
        let parts = version.split(separator: ".").compactMap { Int($0) }
        let new = parts.count >= 2 && (parts[0] > 6 || (parts[0] == 6 && parts[1] >= 3))
        result.append(
            Diagnosis(
                subject: "swift", health: new ? .good : .warning,
                text: new ? line : "\(line); the event stream that names hung and crashed tests needs 6.3 or newer"))
        if let swift = ExecutableSearch(path: environment["PATH"]).find("swift"), let real = Workspace.absolute(swift) {
            let tool = Workspace.folder(of: real) + "/llvm-cov"
            let there = access(tool, X_OK) == 0
            result.append(
                Diagnosis(
                    subject: "llvm-cov", health: there ? .good : .broken,
                    text: there ? "beside swift" : "not beside swift; coverage cannot be exported (one of another version is refused)"))
        }
        return result
    }

    private func git(_ environment: [String: String]) -> Diagnosis {
        guard ExecutableSearch(path: environment["PATH"]).find("git") != nil else {
            return Diagnosis(
                subject: "git", health: .warning, text: "not found; commits, changed lines and merge-base baselines are unknown")
        }
        let folder = (try? place.workspace().root) ?? Workspace.currentFolder()
        let repository = GitRepository(root: folder, environment: environment)
        guard let state = repository.state() else {
            return Diagnosis(subject: "git", health: .warning, text: "this is no repository; verdicts are not bound to a commit")
        }
        switch repository.base(
            requested: nil, branch: (try? place.workspace().configuration().configuration.baseline.branch) ?? "main", head: state.commit)
        {
        case .found(let commit, let name):
            return Diagnosis(
                subject: "git", health: .good,
                text:
                    "\(state.branch ?? "detached") at \(state.commit?.prefix(7) ?? "no commit"), changes count from \(name)@\(commit.prefix(7))"
            )
        case .unknown(let reason):
            return Diagnosis(subject: "git", health: .warning, text: "changed lines are unknown: \(reason)")
        }
    }

    private func repository(_ environment: [String: String]) -> [Diagnosis] {
        var result: [Diagnosis] = []
        do throws(Failure) {
            let workspace = try place.workspace()
            let (configuration, _) = try workspace.configuration()
            result.append(
                Diagnosis(
                    subject: "gates.json", health: .good,
                    text: "\(configuration.gates.count) gates, profiles \(configuration.profiles.map(\.name).joined(separator: ", "))"))
            for collector in configuration.collectors where !collector.run.isEmpty {
                let name = collector.run[0]
                if name.contains("/") {
                    let path = name.hasPrefix("/") ? name : workspace.path(collector.workingDirectory ?? ".") + "/" + name
                    // An earlier collector may build it.
                    if access(path, X_OK) != 0 {
                        result.append(
                            Diagnosis(
                                subject: collector.id, health: .warning, text: "its command '\(name)' is not there, or not executable"))
                    }
                } else if ExecutableSearch(path: environment["PATH"]).find(name) == nil {
                    result.append(Diagnosis(subject: collector.id, health: .broken, text: "its command '\(name)' is not on PATH"))
                }
            }
            let path = place.ledger ?? workspace.ledgerPath
            if access(path, F_OK) == 0 {
                do {
                    let store = try LedgerStore.open(path, create: false)
                    result.append(Diagnosis(subject: "ledger", health: .good, text: try store.summary()))
                } catch {
                    result.append(Diagnosis(subject: "ledger", health: .broken, text: error.message))
                }
            } else {
                result.append(Diagnosis(subject: "ledger", health: .good, text: "none yet; the first run makes it"))
            }
        } catch {
            result.append(Diagnosis(subject: "gates.json", health: .broken, text: error.description))
        }
        return result
    }
}
