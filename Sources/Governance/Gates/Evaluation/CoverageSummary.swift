import Evidence

/// The coverage of a file without its single lines: what baselines keep, and what shares are computed of.
public struct CoverageSummary: Hashable, Sendable {
    public var path: String
    /// The file's package, or its folder where the report names none.
    public var package: String
    public var lines: FileCoverage.Tally
    public var branches: FileCoverage.Tally?
    public var functions: FileCoverage.Tally?
    public var regions: FileCoverage.Tally?

    public init(
        path: String, package: String, lines: FileCoverage.Tally, branches: FileCoverage.Tally? = nil,
        functions: FileCoverage.Tally? = nil, regions: FileCoverage.Tally? = nil
    ) {
        self.path = path
        self.package = package
        self.lines = lines
        self.branches = branches
        self.functions = functions
        self.regions = regions
    }

    public init(_ file: FileCoverage) {
        self.init(
            path: file.path, package: file.package ?? Self.folder(of: file.path),
            lines: FileCoverage.Tally(covered: file.coveredLines, total: file.lines.count), branches: file.branches,
            functions: file.functions, regions: file.regions)
    }

    /// The tally of a metric "coverage.line", "coverage.branch", …; nil where the report has none.
    func tally(of metric: String) -> FileCoverage.Tally? {
        switch metric {
        case "coverage.line": lines
        case "coverage.branch": branches
        case "coverage.function": functions
        case "coverage.region": regions
        default: nil
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[..<slash])
    }
}
