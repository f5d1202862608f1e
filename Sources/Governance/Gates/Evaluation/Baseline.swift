import Determinism
import Evidence
import StrictDocuments

/// Figures of an earlier state that later ones are held against, with who set them and why.
///
/// Baselines are committed as leaves under `governance/baselines/` and change only by `pulsegate baseline update --reason`.
public struct Baseline: Hashable, Sendable {
    /// What one collector had found.
    public struct Figures: Hashable, Sendable {
        /// In order of path.
        public var coverage: [CoverageSummary] = []
        /// Ids of the tests that ran, in order.
        public var tests: [String] = []
        public var measures: [Measure] = []

        public init(coverage: [CoverageSummary] = [], tests: [String] = [], measures: [Measure] = []) {
            self.coverage = coverage
            self.tests = tests
            self.measures = measures
        }
    }

    public var recordedAt: Instant
    /// The commit the figures were taken at; nil outside a repository.
    public var commit: String?
    public var reason: String
    public var figures: [String: Figures]

    public init(recordedAt: Instant, commit: String?, reason: String, figures: [String: Figures]) {
        self.recordedAt = recordedAt
        self.commit = commit
        self.reason = reason
        self.figures = figures
    }

    /// The figures of several collectors as one.
    func merged(_ collectors: [String]) -> Figures? {
        let found = collectors.compactMap { figures[$0] }
        guard !found.isEmpty else { return nil }
        return Figures(
            coverage: Self.joined(found.flatMap(\.coverage)), tests: Array(Set(found.flatMap(\.tests))).sorted(),
            measures: found.flatMap(\.measures))
    }
}

extension Baseline {
    /// One entry a file: two collectors that measured the same file count it once, as ``Facts/merging(_:)`` does for tallies.
    private static func joined(_ files: [CoverageSummary]) -> [CoverageSummary] {
        func larger(_ a: FileCoverage.Tally?, _ b: FileCoverage.Tally?) -> FileCoverage.Tally? {
            guard let a, let b else { return a ?? b }
            return FileCoverage.Tally(covered: max(a.covered, b.covered), total: max(a.total, b.total))
        }
        var byPath: [String: CoverageSummary] = [:]
        for file in files {
            guard var known = byPath[file.path] else {
                byPath[file.path] = file
                continue
            }
            known.package = min(known.package, file.package)
            known.lines = larger(known.lines, file.lines) ?? known.lines
            known.branches = larger(known.branches, file.branches)
            known.functions = larger(known.functions, file.functions)
            known.regions = larger(known.regions, file.regions)
            byPath[file.path] = known
        }
        return byPath.values.sorted { $0.path < $1.path }
    }

    /// The payload of a leaf of type "baseline".
    public var payload: JSONValue {
        var collectors: [String: JSONValue] = [:]
        for (id, figures) in figures {
            collectors[id] = [
                "coverage": .array(
                    figures.coverage.map { file in
                        var members: [String: JSONValue] = [
                            "path": .string(file.path), "package": .string(file.package), "lines": Self.json(file.lines),
                        ]
                        if let tally = file.branches { members["branches"] = Self.json(tally) }
                        if let tally = file.functions { members["functions"] = Self.json(tally) }
                        if let tally = file.regions { members["regions"] = Self.json(tally) }
                        return .object(members)
                    }),
                "tests": .array(figures.tests.map { .string($0) }),
                "measures": .array(
                    figures.measures.map { measure in
                        [
                            "metric": .string(measure.metric), "subject": measure.subject.map { .string($0) } ?? .null,
                            "numerator": .int(measure.quantity.numerator), "denominator": .int(measure.quantity.denominator),
                            "unit": .string(measure.quantity.unit.rawValue), "samples": .int(Int64(measure.samples)),
                        ]
                    }),
            ]
        }
        return [
            "commit": commit.map { .string($0) } ?? .null, "reason": .string(reason), "collectors": .object(collectors),
        ]
    }

    private static func json(_ tally: FileCoverage.Tally) -> JSONValue { [.int(Int64(tally.covered)), .int(Int64(tally.total))] }

    /// Reads a payload; nil when it is not one that this version writes.
    public init?(payload: JSONValue, recordedAt: Instant) {
        guard let reason = payload["reason"]?.stringValue, let collectors = payload["collectors"]?.objectValue else { return nil }
        var figures: [String: Figures] = [:]
        for (id, value) in collectors {
            guard let coverage = value["coverage"]?.arrayValue, let tests = value["tests"]?.arrayValue,
                let measures = value["measures"]?.arrayValue
            else { return nil }
            var result = Figures()
            for file in coverage {
                guard let path = file["path"]?.stringValue, let package = file["package"]?.stringValue,
                    let lines = Self.tally(file["lines"])
                else { return nil }
                result.coverage.append(
                    CoverageSummary(
                        path: path, package: package, lines: lines, branches: Self.tally(file["branches"]),
                        functions: Self.tally(file["functions"]), regions: Self.tally(file["regions"])))
            }
            for test in tests {
                guard let id = test.stringValue else { return nil }
                result.tests.append(id)
            }
            for measure in measures {
                guard let metric = measure["metric"]?.stringValue, let numerator = measure["numerator"]?.intValue,
                    let denominator = measure["denominator"]?.intValue, denominator > 0,
                    let unit = measure["unit"]?.stringValue.flatMap(Unit.init(rawValue:)), let samples = measure["samples"]?.intValue
                else { return nil }
                result.measures.append(
                    Measure(
                        metric, subject: measure["subject"]?.stringValue, Quantity(numerator, over: denominator, unit: unit),
                        samples: Int(clamping: samples)))
            }
            figures[id] = result
        }
        self.init(recordedAt: recordedAt, commit: payload["commit"]?.stringValue, reason: reason, figures: figures)
    }

    private static func tally(_ value: JSONValue?) -> FileCoverage.Tally? {
        guard let pair = value?.arrayValue, pair.count == 2, let covered = pair[0].intValue, let total = pair[1].intValue,
            covered >= 0, covered <= total, total <= Int64(Int32.max)
        else { return nil }
        return FileCoverage.Tally(covered: Int(covered), total: Int(total))
    }
}
