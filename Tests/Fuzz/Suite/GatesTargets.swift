import Determinism
import Evidence
import Fuzzing
import Gates
import PropertyTesting
import StrictDocuments

/// gates.json and what the ledger keeps of runs.
enum GatesTargets {
    static let all: [FuzzTarget] = [configuration, verdicts, glob, globTyped, quantity, records]

    /// A refusal names places within the file; an accepted configuration can be linted, and its gates name collectors that exist.
    private static let configuration = FuzzTarget("gates-json", maximumLength: 4096) { bytes in
        let configuration: GatesConfiguration
        do { configuration = try GatesConfiguration(json: bytes, file: "f") } catch let error as DocumentErrors {
            try expect(!error.errors.isEmpty && error.errors.count <= StrictDecoder.maximumErrors + 1, "a refusal without an error")
            for one in error.errors { try DocumentTargets.located(one, in: bytes) }
            return
        }
        let collectors = Set(configuration.collectors.map(\.id))
        for gate in configuration.gates {
            try expect(gate.from.allSatisfy(collectors.contains), "the gate \(gate.id) judges a collector that is not there")
        }
        let gates = Set(configuration.gates.map(\.id))
        for profile in configuration.profiles {
            try expect(profile.gates.allSatisfy(gates.contains), "the profile \(profile.name) has a gate that is not there")
        }
        for options in configuration.collectors.compactMap(\.benchmarking) {
            for budget in options.budgets {
                try expect(!budget.isLoosened || (budget.reason != nil && budget.expires != nil), "a budget is loosened without a word")
                try expect(budget.expires.map { !budget.isExpired(at: .epoch) && $0.end > .epoch } ?? true, "a budget ends in the past")
                try expect(
                    [budget.slowdownPartsPerMillion, budget.timePicoseconds ?? 1, budget.ratioPartsPerMillion ?? 1, budget.peakBytes ?? 1]
                        .allSatisfy { $0 > 0 }, "a limit that nothing can keep")
            }
            if let first = options.budgets.first, let pattern = first.benchmarks, pattern.isLiteral {
                try expect(options.budget(for: pattern.pattern) == first, "the first budget is not found by its name")
            }
        }
        _ = ConfigurationLint.warnings(configuration) { _ in false }
    }

    /// With no evidence at all, no gate of any configuration passes, and the verdict survives its record.
    private static let verdicts = FuzzTarget("verdicts", maximumLength: 4096) { bytes in
        guard let configuration = try? GatesConfiguration(json: bytes, file: "f") else { return }
        for profile in configuration.profiles {
            for state in [CollectedEvidence.State.absent, .invalid, .crashed, .timedOut] {
                let evidence = configuration.collectors.map { CollectedEvidence(collector: $0.id, state: state, detail: "none") }
                let verdicts = Evaluator.verdicts(
                    EvaluationInput(
                        configuration: configuration, profile: profile, evidence: evidence, baseline: .missing(reason: "none"),
                        changes: .known(lines: [:], base: "main"), now: .epoch))
                for verdict in verdicts {
                    try expect(verdict.status != .pass, "the gate \(verdict.id) passes without evidence")
                    try expect(GateVerdict(json: verdict.json) == verdict, "a verdict does not survive its record")
                }
                _ = Evaluator.exitCode(verdicts, evidence: evidence)
            }
        }
    }

    /// Two lines, a pattern and a path. A pattern without signs matches itself and nothing else.
    private static let glob = FuzzTarget("glob", maximumLength: 256) { bytes in
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let pattern = String(decoding: lines[0], as: UTF8.self)
        let path = lines.count > 1 ? String(decoding: lines[1], as: UTF8.self) : ""
        guard let glob = try? Glob(pattern) else { return }
        let matches = glob.matches(path)
        if glob.isLiteral {
            try expect(glob.matches(pattern), "a plain path does not match itself")
            try expect(matches == (Array(path.utf8) == Array(pattern.utf8)), "a plain path matches another")
        }
        if pattern == "**" { try expect(matches || path.isEmpty, "** leaves a path out") }
        let (signs, scalars) = (Array(pattern.unicodeScalars), Array(path.unicodeScalars))
        guard max(signs.count, scalars.count) <= PlainGlob.maximumLength, !signs.contains("{"), !signs.contains("}") else { return }
        try expect(matches == PlainGlob.matches(signs, scalars), "another reading of the pattern")
    }

    private static let globTyped = FuzzTarget(
        "glob-pairs",
        drawing: { draws in
            let pieces = ["a", "b", "/", "*", "**", "?", "**/", "/**", ".", "é"]
            return (
                pattern: draws.array(1...7) { $0.element(of: pieces) }.joined(),
                path: draws.array(0...7) { $0.element(of: ["a", "b", "/", ".", "é", "ab"]) }.joined()
            )
        },
        { drawn in
            guard let glob = try? Glob(drawn.pattern) else { return }
            try expect(
                glob.matches(drawn.path) == PlainGlob.matches(Array(drawn.pattern.unicodeScalars), Array(drawn.path.unicodeScalars)),
                "another reading of the pattern")
        })

    private static let quantity = FuzzTarget("quantity", maximumLength: 64) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let read = try? QuantityText(text) else { return }
        try expect(read.description == text && read.quantity.denominator > 0, "a quantity is not as written")
        try expect(read.quantity.compare(to: read.quantity) == 0, "a quantity differs from itself")
        try expect(!read.quantity.description.isEmpty, "a quantity has no text")
    }

    /// Records of the ledger: what is read is written as what is read again.
    private static let records = FuzzTarget("run-records", maximumLength: 2048) { bytes in
        guard let value = DocumentTargets.read(bytes) else { return }
        if let record = RunRecord(json: value) { try expect(RunRecord(json: record.json) == record, "a run does not survive its record") }
        if let record = CollectorRecord(json: value) {
            try expect(CollectorRecord(json: record.json) == record, "a collector does not survive its record")
        }
        if let document = VerdictDocument(json: value) {
            try expect(VerdictDocument(json: document.json) == document, "a verdict does not survive its document")
        }
        if let inputs = RecordedInputs(json: value) {
            try expect(RecordedInputs(json: inputs.json) == inputs, "inputs do not survive their record")
        }
        if let baseline = Baseline(payload: value, recordedAt: .epoch) {
            try expect(Baseline(payload: baseline.payload, recordedAt: .epoch) == baseline, "a baseline does not survive its record")
        }
    }
}

/// Patterns without braces, read by backtracking, as the documentation of ``Glob`` says them and without its tables.
enum PlainGlob {
    /// Longer patterns and paths are left to other targets: backtracking takes exponential time in the number of stars.
    static let maximumLength = 20

    static func matches(_ pattern: [Unicode.Scalar], _ path: [Unicode.Scalar]) -> Bool { matches(pattern, 0, path, 0) }

    private static func matches(_ pattern: [Unicode.Scalar], _ at: Int, _ path: [Unicode.Scalar], _ place: Int) -> Bool {
        guard at < pattern.count else { return place == path.count }
        guard pattern[at] == "*" else {
            guard place < path.count, pattern[at] == "?" ? path[place] != "/" : path[place] == pattern[at] else { return false }
            return matches(pattern, at + 1, path, place + 1)
        }
        var behind = at
        while behind < pattern.count, pattern[behind] == "*" { behind += 1 }
        let isWhole = behind - at == 2 && (at == 0 || pattern[at - 1] == "/") && (behind == pattern.count || pattern[behind] == "/")
        func opens(_ place: Int) -> Bool { place == 0 || path[place - 1] == "/" }
        if isWhole {
            // At the end, with a slash behind it or none, it takes the rest from the start of a component; before a slash any number of
            // whole
            // components, none included.
            if behind >= pattern.count - 1 { return opens(place) }
            return (place...path.count).contains { opens($0) && opens(place) && matches(pattern, behind + 1, path, $0) }
        }
        for end in place...path.count {
            if matches(pattern, behind, path, end) { return true }
            if end < path.count, path[end] == "/" { return false }
        }
        return false
    }
}
