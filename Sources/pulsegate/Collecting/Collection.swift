import ChildProcesses
import ContentDigest
import Determinism
import Evidence
import Gates
import StrictDocuments

/// What one collector brought: evidence to judge, and what the ledger keeps of it.
struct Collection: Sendable {
    var evidence: CollectedEvidence
    var reports: [CollectorRecord.Report] = []
    /// The raw bytes behind the reports, by digest.
    var blobs: [(sha256: String, media: String, bytes: [UInt8])] = []
    var record: CollectionRecord?

    init(_ collector: Collector, _ state: CollectedEvidence.State, _ detail: String? = nil, facts: Facts = Facts()) {
        evidence = CollectedEvidence(collector: collector.id, state: state, detail: detail, facts: facts)
    }

    /// The evidence is worth less than was thought; the strongest reason stands first.
    mutating func degrade(to state: CollectedEvidence.State, _ detail: String) {
        let order: [CollectedEvidence.State] = [.timedOut, .crashed, .invalid, .absent, .collected]
        let present = order.firstIndex(of: evidence.state) ?? 0
        if let wanted = order.firstIndex(of: state), wanted < present {
            evidence.state = state
            evidence.detail = detail
        }
    }

    /// Notes a report that was read, or tried to be.
    mutating func keep(_ bytes: [UInt8], path: String, format: String, parserVersion: Int) {
        let digest = SHA256Digest.hex(bytes)
        reports.append(
            CollectorRecord.Report(path: path, format: format, parserVersion: parserVersion, sha256: digest, sizeBytes: bytes.count))
        blobs.append((digest, format, bytes))
    }

    /// Reads one report strictly and adds its facts; a report that cannot be read makes the evidence invalid.
    mutating func read(_ bytes: [UInt8], format: String, path: String, context: ReadingContext) {
        guard let reader = ReportFormats.known(format) else {
            degrade(to: .invalid, "\(path): no report format is called '\(format)'")
            return
        }
        keep(bytes, path: path, format: format, parserVersion: reader.parserVersion)
        do {
            evidence.facts.append(try reader.read(bytes, context))
        } catch {
            degrade(to: .invalid, error.description)
        }
    }
}

/// What collectors need of the world.
struct CollectionContext: Sendable {
    var workspace: Workspace
    var project: Project
    /// The commit of the work tree; nil outside a repository.
    var commit: String?
    /// Where raw evidence is kept, one folder a collector.
    var evidenceFolder: String
    var environment: [String: String]
    var interruption: Interruption?
    var progress: Progress
    var time: any TimeSource

    func folder(of collector: Collector) -> String { evidenceFolder + "/" + collector.id }

    /// 128 MiB: the largest report that is read.
    static let maximumReportBytes = 128 << 20

    /// Runs one command of a collector with the environment that it may see.
    func run(
        _ name: String, _ arguments: [String], collector: Collector, timeoutNanoseconds: Int64? = nil, folder: String? = nil,
        variables: [String: String] = [:], outputLimitBytes: Int = Command.defaultOutputLimitBytes, namedPipes: [String] = [],
        onEvent: (Event) -> Void = { _ in }
    ) -> (step: CollectionRecord.Step, outcome: Outcome?) {
        var own = Environment.allowing(Environment.defaultNames + collector.environment, from: environment)
        for (key, value) in variables { own[key] = value }
        let command = Command(
            arguments, environment: own, workingDirectory: folder ?? workspace.path(collector.workingDirectory ?? "."),
            timeoutNanoseconds: timeoutNanoseconds ?? collector.timeoutNanoseconds, outputLimitBytes: outputLimitBytes,
            namedPipes: namedPipes)
        let start = time.monotonicNow
        var result: Result<Outcome, SpawnError>
        do {
            result = .success(try command.run(interruption: interruption, onEvent: onEvent))
        } catch {
            result = .failure(error)
        }
        let duration = time.monotonicNow.nanoseconds(since: start)
        let step = CollectionRecord.Step(name: name, command: command, result, durationNanoseconds: duration)
        return (step, try? result.get())
    }
}
