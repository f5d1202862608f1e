import StrictDocuments

/// Which property kills which mutant, and after how many tests.
public struct StrengthReport: Hashable, Sendable {
    /// How one property fared against one mutant.
    public enum End: Hashable, Sendable {
        /// Falsified; the test that did it, counted from 1.
        case killed(tests: Int)
        case survived(tests: Int)
        /// Too few cases met the assumptions: nothing is known.
        case gaveUp(tests: Int)
        /// The property does not hold for the correct code.
        case meaningless
    }

    public struct Verdict: Hashable, Sendable {
        public var mutant: String
        public var end: End

        public init(mutant: String, end: End) {
            self.mutant = mutant
            self.end = end
        }
    }

    public struct Row: Hashable, Sendable {
        public var property: String
        /// Whether the property holds for the correct code.
        public var isSound = false
        /// One for each mutant it was tried against, in the order given.
        public var verdicts: [Verdict] = []

        public init(property: String) { self.property = property }

        public var kills: Int { verdicts.count { $0.isKilled } }
    }

    /// The tests each mutant had to be killed in.
    public var cases: Int
    public var seed: UInt64
    public var rows: [Row] = []

    public init(cases: Int, seed: UInt64) {
        self.cases = cases
        self.seed = seed
    }

    /// All mutants, each once, in the order of their first appearance.
    public var mutants: [String] {
        var seen: Set<String> = []
        return rows.flatMap(\.verdicts).map(\.mutant).filter { seen.insert($0).inserted }
    }

    /// Mutants that no property killed: faults that could be in the code today.
    public var survivors: [String] {
        let killed = Set(rows.flatMap(\.verdicts).filter(\.isKilled).map(\.mutant))
        return mutants.filter { !killed.contains($0) }
    }

    /// Properties that hold and kill nothing: either they say nothing or no mutant is theirs.
    public var idleProperties: [String] { rows.filter { $0.isSound && $0.kills == 0 }.map(\.property) }

    /// Properties that fail for the correct code, and whose kills therefore do not count.
    public var unsoundProperties: [String] { rows.filter { !$0.isSound }.map(\.property) }

    /// Share of the mutants that some property killed; nil without mutants.
    public var score: Double? {
        let all = mutants.count
        return all == 0 ? nil : Double(all - survivors.count) / Double(all)
    }

    // MARK: For people and programs

    /// A line for each property and mutant, then what needs attention.
    public var text: String {
        var lines: [(String, String, String)] = [("property", "mutant", "tests")]
        for row in rows {
            for verdict in row.verdicts { lines.append((row.property, verdict.mutant, Self.text(verdict.end))) }
        }
        let first = lines.map(\.0.count).max() ?? 0
        let second = lines.map(\.1.count).max() ?? 0
        var text = ""
        for line in lines {
            text += line.0 + String(repeating: " ", count: first - line.0.count + 2)
            text += line.1 + String(repeating: " ", count: second - line.1.count + 2)
            text += line.2 + "\n"
        }
        let all = mutants.count
        text += "killed \(all - survivors.count) of \(all) mutants within \(cases) tests, seed \(seed)\n"
        if !survivors.isEmpty { text += "survivors: " + survivors.joined(separator: ", ") + "\n" }
        if !idleProperties.isEmpty { text += "kill nothing: " + idleProperties.joined(separator: ", ") + "\n" }
        if !unsoundProperties.isEmpty { text += "do not hold for the correct code: " + unsoundProperties.joined(separator: ", ") + "\n" }
        return text
    }

    private static func text(_ end: End) -> String {
        switch end {
        case .killed(let tests): "\(tests)"
        case .survived(let tests): "survived \(tests)"
        case .gaveUp(let tests): "gave up after \(tests)"
        case .meaningless: "-"
        }
    }

    public var json: JSONValue {
        [
            "cases": .int(Int64(cases)), "seed": .string(String(seed)),
            "properties": .array(
                rows.map { row in
                    [
                        "property": .string(row.property), "holds_for_correct_code": .bool(row.isSound),
                        "mutants": .array(row.verdicts.map(Self.json)),
                    ]
                }),
            "mutants": .int(Int64(mutants.count)), "survivors": .array(survivors.map { .string($0) }),
            "idle_properties": .array(idleProperties.map { .string($0) }),
        ]
    }

    private static func json(_ verdict: Verdict) -> JSONValue {
        switch verdict.end {
        case .killed(let tests): ["mutant": .string(verdict.mutant), "verdict": "killed", "tests": .int(Int64(tests))]
        case .survived(let tests): ["mutant": .string(verdict.mutant), "verdict": "survived", "tests": .int(Int64(tests))]
        case .gaveUp(let tests): ["mutant": .string(verdict.mutant), "verdict": "gave_up", "tests": .int(Int64(tests))]
        case .meaningless: ["mutant": .string(verdict.mutant), "verdict": "meaningless"]
        }
    }
}

extension StrengthReport.Verdict {
    public var isKilled: Bool {
        if case .killed = end { return true }
        return false
    }
}
