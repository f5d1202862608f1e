import ChildProcesses
import Gates
import Glibc
import StrictDocuments

/// Starts a suite as a child, hands on what it says, and ends it. The suite dies with us, however we die.
struct SuiteDriver: Sendable {
    /// Absolute.
    let executable: String
    let environment: [String: String]
    let folder: String
    /// Ctrl-C: the first lets a campaign end in order, the second ends everything.
    let interruption: Interruption?

    /// Without a line for so long a suite counts as unresponsive; a campaign speaks each second.
    static let silenceLimit: Int64 = 60_000_000_000
    /// For questions that run no campaign.
    static let answerLimit: Int64 = 60_000_000_000
    /// For one command over a whole corpus or all findings.
    static let workLimit: Int64 = 3_600_000_000_000

    init(executable: String, environment: [String: String], folder: String, sanitizer: String?, interruption: Interruption?) {
        self.executable = executable
        self.folder = folder
        self.interruption = interruption
        var own = Environment.allowing(from: environment)
        // The runtime's handler writes for seconds over what a crash leaves; equal seeds shall give equal runs.
        own["SWIFT_BACKTRACE"] = "enable=no"
        own["SWIFT_DETERMINISTIC_HASHING"] = "1"
        switch sanitizer {
        case "address": own["ASAN_OPTIONS"] = "abort_on_error=1:detect_leaks=0:handle_segv=0:handle_sigill=0:handle_sigbus=0:handle_abort=0"
        case "thread": own["TSAN_OPTIONS"] = "halt_on_error=1:abort_on_error=1"
        default: break
        }
        self.environment = own
    }

    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It said nothing for too long and was killed.
        case silent
        /// A second Ctrl-C.
        case killed
    }

    struct Answer {
        var ending: Ending
        var events: [CampaignEvent]
        /// What it wrote to standard error, cut in the middle where it is long.
        var problems: String
        var nanoseconds: Int64
    }

    /// Runs one command of the suite to its end.
    ///
    /// - Parameters:
    ///   - keeping: whether events are also returned in a list.
    ///   - onTick: told the nanoseconds since the start about ten times a second.
    func run(
        _ arguments: [String], limit: Int64, silence: Int64 = silenceLimit, keeping: Bool = true, onTick: (Int64) -> Void = { _ in },
        onEvent: (CampaignEvent, Int64) -> Void = { _, _ in }
    ) throws(Failure) -> Answer {
        let command = Command(
            [executable] + arguments, environment: environment, workingDirectory: folder,
            timeoutNanoseconds: min(limit, Command.timeoutLimitNanoseconds), outputLimitBytes: 1 << 16)
        let hard: Interruption
        do { hard = try Interruption() } catch { throw Failure(.internalError, error.description) }
        var lines = LineAssembler(limitBytes: CampaignEvent.maximumLineBytes)
        var events: [CampaignEvent] = []
        var broken: CampaignEventError?
        var process: Int32?
        var elapsed: Int64 = 0
        var spoke: Int64 = 0
        // What was asked before this command began was meant for the one before.
        var asked = interruption?.trips ?? 0
        var isSilent = false
        func take(_ line: String) {
            guard broken == nil, !line.isEmpty else { return }
            do {
                let event = try CampaignEvent(line: line)
                if keeping { events.append(event) }
                onEvent(event, elapsed)
            } catch {
                broken = error
                hard.trip()
            }
        }
        let outcome: Outcome
        do {
            outcome = try command.run(interruption: hard) { event in
                switch event {
                case .started(let identifier): process = identifier
                case .standardOutput(let bytes):
                    spoke = elapsed
                    for line in lines.append(bytes) { take(line) }
                case .standardError: spoke = elapsed
                case .tick(let now):
                    elapsed = now
                    let trips = interruption?.trips ?? 0
                    if trips > asked, let process {
                        // In order first, as the suite's own word to its workers; then at once.
                        if trips == 1 { kill(process, SIGINT) } else { for _ in 0..<2 { hard.trip() } }
                        asked = trips
                    }
                    if now - spoke > silence, !isSilent {
                        isSilent = true
                        for _ in 0..<2 { hard.trip() }
                    }
                    onTick(now)
                case .pipe: break
                }
            }
        } catch {
            throw Failure(.collectorFailed, "\(executable): \(error.description)")
        }
        if let rest = lines.finish() { take(rest) }
        if let broken { throw Failure(.collectorFailed, broken.description, hint: "a suite must not write to standard output itself") }
        let ending: Ending
        switch outcome.termination {
        case _ where isSilent || outcome.timedOut: ending = .silent
        case _ where outcome.interrupted: ending = .killed
        case .exited(let code): ending = .exited(code)
        case .signalled(let signal): ending = .signalled(signal)
        }
        return Answer(ending: ending, events: events, problems: outcome.standardError.text, nanoseconds: outcome.wallNanoseconds)
    }

    /// Runs a command that must succeed.
    func ask(_ arguments: [String], limit: Int64 = answerLimit) throws(Failure) -> [CampaignEvent] {
        let answer = try run(arguments, limit: limit, silence: limit)
        if let failure = Self.failure(answer, arguments.first ?? "") { throw failure }
        return answer.events
    }

    /// What a suite itself dies of, since its targets run in processes of their own.
    static func hint(_ signal: Int32) -> String {
        switch signal {
        // Its memory is files: where no page of them can be had, touching it is a fault.
        case SIGBUS: "the disk of the campaign's folder is full: make room and run again; what was found is kept"
        case SIGXFSZ: "the limit on the size of files (ulimit -f) is smaller than the campaign's memory: raise it"
        default: "what it had found is kept; run again"
        }
    }

    /// Why an answer is none; nil where it is one.
    static func failure(_ answer: Answer, _ command: String) -> Failure? {
        let words = answer.problems.split(separator: "\n").suffix(3).joined(separator: "\n  ")
        switch answer.ending {
        case .exited(0): return nil
        case .exited(2) where words.contains("this build is blind"):
            return Failure(.cannotEvaluate, "the suite refuses to run blind: \(words)")
        case .exited(let code):
            return Failure(.collectorFailed, "the suite's command '\(command)' ended with code \(code)\(words.isEmpty ? "" : ": \(words)")")
        case .signalled(let signal):
            return Failure(
                .collectorFailed, "the suite's command '\(command)' was ended by signal \(signal)\(words.isEmpty ? "" : ": \(words)")",
                hint: hint(signal))
        case .silent:
            return Failure(
                .cannotEvaluate, "the suite's command '\(command)' stopped answering and was ended",
                hint: "a suite must not wait for anything when it starts: no network, no lock, no terminal")
        case .killed: return Failure(.collectorFailed, "the suite was ended by a second interruption")
        }
    }
}

/// What `list` said.
struct SuiteAccount: Sendable {
    var targets: [SuiteTarget]
    var build: SuiteBuild

    init(_ events: [CampaignEvent]) throws(Failure) {
        targets = []
        var found: SuiteBuild?
        for event in events {
            switch event {
            case .target(let target): targets.append(target)
            case .build(let build): found = build
            default: break
            }
        }
        guard let found else {
            throw Failure(
                .cannotEvaluate, "the suite does not say how it was built", hint: "is it a FuzzSuite of this version of PulseGate?")
        }
        for target in targets where !CampaignFolders.isTargetName(target.name) {
            throw Failure(
                .usage, "the target '\(target.name)' cannot name a folder", hint: "names are made of letters, digits, '.', '-' and '_'")
        }
        var seen: Set<String> = []
        for target in targets where !seen.insert(target.name).inserted {
            throw Failure(.usage, "two targets are called '\(target.name)'", hint: "each needs a name of its own")
        }
        build = found
    }

    /// The targets that were asked for, in the suite's order; all where none was. A name may end in `*`.
    func choose(_ names: [String]) throws(Failure) -> [SuiteTarget] {
        guard !names.isEmpty else { return targets }
        func matches(_ name: String, _ target: String) -> Bool {
            name.hasSuffix("*") ? target.hasPrefix(name.dropLast()) : target == name
        }
        for name in names where !targets.contains(where: { matches(name, $0.name) }) {
            throw Failure(
                .usage, "there is no target '\(name)'",
                hint: SpellingSuggestion.hint(for: name, among: targets.map(\.name))
                    ?? "there are: \(targets.map(\.name).joined(separator: ", "))")
        }
        return targets.filter { target in names.contains { matches($0, target.name) } }
    }
}
