import Determinism
import Evidence
import Gates

/// What every report says first, in the same words and the same order.
extension RecordedRun {
    /// Gates that keep the run from passing come first, then the others that are not in order; within each in the order of gates.json.
    var gatesByUrgency: [GateVerdict] { verdict.gates.sorted { $0.urgency < $1.urgency } }

    var blocking: [GateVerdict] { verdict.gates.filter(\.blocks) }

    /// Collectors that did not bring whole evidence.
    var troubledCollectors: [CollectorRecord] { collectors.filter { $0.state != .collected } }

    /// "FAIL, 2 of 14", "PASS, 14 gates", "COLLECTOR FAILED, 14 gates".
    var headline: String {
        let total = verdict.gates.count
        let word = Self.words(verdict.exitCode.word).uppercased()
        let count = blocking.isEmpty ? Self.counted(total, "gate") : "\(blocking.count) of \(total)"
        return "\(word), \(count)"
    }

    /// "commit 3f2a91c against main@b77e012"; empty outside a repository.
    var commitText: String {
        guard let commit = verdict.commit ?? run.commit else { return "" }
        var text = "commit \(Self.short(commit))"
        if verdict.dirty ?? run.dirty ?? false { text += " with uncommitted changes" }
        if let base = verdict.base ?? run.base { text += " against \(Self.short(base))" }
        return text
    }

    var durationText: String { Self.duration(run.endedAt.nanoseconds(since: run.startedAt)) }

    /// One sentence for somebody who reads nothing else.
    var summary: String {
        let names = blocking.map(\.id)
        let passed = verdict.count(.pass)
        switch verdict.exitCode {
        case .pass:
            var text = "Nothing blocks: \(Self.counted(passed, "gate")) passed"
            for status in [VerdictStatus.excepted, .notApplicable, .fail, .notEvaluated, .inconclusive, .invalid]
            where verdict.count(status) > 0 {
                text += ", \(verdict.count(status)) \(status.words)"
            }
            return text + "."
        case .fail, .cannotEvaluate, .collectorFailed:
            let what =
                switch verdict.exitCode {
                case .fail: "A gate does not hold"
                case .cannotEvaluate: "There is not enough sound evidence to judge"
                default: "A collector crashed or ran out of time"
                }
            guard !names.isEmpty else { return what + "." }
            let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
            return "\(what): \(shown). \(Self.counted(passed, "gate")) passed."
        default: return "The run ended with exit code \(verdict.exitCode.rawValue) (\(Self.words(verdict.exitCode.word)))."
        }
    }

    /// The facts of all collectors as one.
    var mergedFacts: Facts { facts.keys.sorted().reduce(Facts()) { $0.merging(facts[$1] ?? Facts()) } }

    /// "pulsegate run --profile pr"
    var reproduceCommand: String { "pulsegate run --profile \(verdict.profile)" }

    /// The checkpoint on one line: "pulsegate.example/ledger 1042 qN8…=".
    var checkpointLine: String? {
        guard let checkpoint else { return ledgerSequence.map { "ledger leaf \($0)" } }
        let lines = checkpoint.split(whereSeparator: \.isNewline).prefix(3).joined(separator: " ")
        let text = "checkpoint \(lines)"
        return ledgerSequence.map { "\(text) (verdict is leaf \($0))" } ?? text
    }

    // MARK: Words

    static func words(_ identifier: String) -> String { identifier.split(separator: "_").joined(separator: " ") }

    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// The first seven digits of a commit's name, also behind a branch: "main@b77e012"; other text as it is.
    static func short(_ reference: String) -> String {
        let parts = reference.split(separator: "@", omittingEmptySubsequences: false)
        guard let name = parts.last, name.utf8.count >= 40, name.utf8.allSatisfy({ isHex($0) }) else { return reference }
        return (parts.dropLast().map(String.init) + [String(name.prefix(7))]).joined(separator: "@")
    }

    private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

    /// "950 ms", "19.4 s", "3 min 12 s", "2 h 05 min"; cut, not rounded.
    static func duration(_ nanoseconds: Int64) -> String {
        let time = max(0, nanoseconds)
        if time < 60_000_000_000 { return Quantity(time, unit: .nanoseconds).description }
        let seconds = time / 1_000_000_000
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        let minutes = seconds / 60 % 60
        return "\(seconds / 3600) h \(minutes < 10 ? "0" : "")\(minutes) min"
    }

    /// "12,345"
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }
}

extension VerdictStatus {
    var words: String { RecordedRun.words(rawValue) }
}

extension GateVerdict {
    fileprivate var urgency: Int {
        if blocks { return status == .fail ? 0 : 1 }
        return switch status {
        case .fail: 2
        case .invalid: 3
        case .notEvaluated: 4
        case .inconclusive: 5
        case .excepted: 6
        case .pass: 7
        case .notApplicable: 8
        }
    }

    /// Whether a person should look at it.
    var isQuiet: Bool { status == .pass || status == .notApplicable }

    /// "FAIL" where it blocks; "fail, does not block" where it does not.
    var verdictWords: String {
        if blocks { return status.words.uppercased() }
        return isQuiet || status == .excepted ? status.words : "\(status.words), does not block"
    }
}
