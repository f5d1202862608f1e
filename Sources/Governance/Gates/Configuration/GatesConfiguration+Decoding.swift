import StrictDocuments

extension GatesConfiguration {
    /// Limits of a gates.json.
    public static let jsonLimits = JSONLimits(maximumBytes: 4 << 20, maximumDepth: 32)
    public static let maximumGates = 1000
    public static let maximumCollectors = 200
    public static let maximumProfiles = 200
    /// Of the tests' and the coverage's counts, those that a baseline can be asked for: it keeps the names of tests and the shares of
    /// files. Whether a test failed or a file was unmeasured then is not kept; such a state is no baseline.
    static let countsInBaselines = ["tests.total", "tests.vanished"]

    /// The keys of each kind of object; the schema in docs/schemas lists the same (a test compares them).
    public static let keys: [String: [String]] = [
        "root": ["$schema", "version", "project", "baseline", "profiles", "collect", "gates"],
        "project": ["name", "product", "tests", "generated"],
        "baseline": ["ref", "branch", "days", "on_missing"],
        "profile": ["extends", "gates", "on_inconclusive"],
        "collector": [
            "id", "kind", "why", "run", "cwd", "env", "timeout", "reads", "after", "coverage", "filter", "scratch_path", "manifest",
            "suite", "targets", "time", "workers", "seed", "sanitize", "base", "tags", "seconds", "budgets",
        ],
        "budget": [
            "benchmarks", "slowdown", "time", "ratio", "allocations", "allocation_growth", "peak_memory", "reason", "expires",
        ],
        "report": ["path", "format", "strip_prefix"],
        "gate": ["id", "title", "owner", "why", "from", "applies_when", "pass_when", "min_evidence", "on_absent", "blocking"],
        "applies_when": ["changed"],
        "min_evidence": ["items", "lines", "samples"],
        "condition": ["metric", "on", "scope", "op", "value", "against", "drop_at_most", "otherwise", "all", "any", "not"],
        "scope": ["paths", "tests"],
    ]

    /// Reads and checks a gates.json; throws every mistake found, each with its place and a way to mend it.
    public init(json bytes: [UInt8], file: String) throws(DocumentErrors) {
        let root: JSONNode
        do {
            root = try JSONDocument.parse(bytes, file: file, limits: Self.jsonLimits)
        } catch {
            throw DocumentErrors([error])
        }
        var reader = GatesReader(file: file)
        let configuration = reader.read(root)
        try reader.decoder.finish()
        guard let configuration else {
            throw DocumentErrors([DocumentError(.badValue, file: file, at: root.position, "the configuration could not be read")])
        }
        self = configuration
    }
}
