import StrictDocuments

/// Reads what `llvm-cov export` writes (type `llvm.coverage.json.export`, versions 2 and 3).
///
/// The document is read in one pass without a tree: reports of tens of megabytes are usual. Lines come from the segments
/// (``LLVMLineRule``), not from the summary, which counts a line once for each function and closure on it. Branches
/// come from the branch records, joined by place over instantiations; functions and regions from the summary.
///
/// Refused: another type or version, an export made with `-summary-only` (it has no lines) or `-skip-…` of files, a file
/// without a name, segments out of order, negative counts, totals that are not the sum of the files' summaries, a
/// file twice in one export, and, as everywhere, a document without a single executable line.
///
/// Counts above 64 bits are held at the largest number. Complexity: O(bytes + lines).
public enum LLVMCovJSON: ReportReader {
    public static let format = "llvm-cov"
    public static let parserVersion = 1
    public static let summary = "llvm-cov export JSON, versions 2 and 3, with segments"

    /// Largest report, in bytes.
    public static let maximumBytes = 512 << 20
    /// Largest number of a line.
    public static let maximumLine = 1_000_000
    /// Most executable lines of one report.
    public static let maximumLines = 5_000_000
    /// Deepest nesting.
    public static let maximumDepth = 32

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let reader = try JSONReader(
            bytes, file: context.file, limits: JSONLimits(maximumBytes: maximumBytes, maximumDepth: maximumDepth))
        var parser = LLVMCovParser(bytes: bytes, reader: reader, context: context)
        return try parser.document()
    }
}

/// One pass over one export.
private struct LLVMCovParser {
    let bytes: [UInt8]
    var reader: JSONReader
    let context: ReadingContext
    var files: [FileCoverage] = []
    var lineTotal = 0

    /// The numbers of a summary that are cross-checked: lines, functions, instantiations, regions, branches.
    static let tallyNames = ["lines", "functions", "instantiations", "regions", "branches"]
    typealias Summary = [FileCoverage.Tally?]

    init(bytes: [UInt8], reader: JSONReader, context: ReadingContext) {
        self.bytes = bytes
        self.reader = reader
        self.context = context
    }

    mutating func document() throws(DocumentError) -> Facts {
        var type: String?
        var version: String?
        var sawData = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type":
                try refuseSecond(type != nil, key)
                type = try reader.string()
            case "version":
                try refuseSecond(version != nil, key)
                version = try reader.string()
                try check(version: version ?? "")
            case "data":
                try refuseSecond(sawData, key)
                sawData = true
                try data()
            default: try reader.skip()
            }
        }
        try reader.end()
        guard let type else { throw missing("type") }
        guard type == "llvm.coverage.json.export" else {
            throw DocumentError(
                .badValue, file: context.file, at: nil, "the type is '\(ReportText.bounded(type))', not 'llvm.coverage.json.export'",
                hint: "write it with `llvm-cov export`")
        }
        guard version != nil else { throw missing("version") }
        guard sawData else { throw missing("data") }
        guard lineTotal > 0 else {
            throw DocumentError(
                .empty, file: context.file, at: nil, "the report holds no executable line",
                hint: "build the tests with coverage and run them first")
        }
        var facts = Facts()
        facts.coverage = files
        return facts.normalised()
    }

    private func check(version: String) throws(DocumentError) {
        let major = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        switch Int(Substring(major)) {
        case 2, 3: return
        case let newer? where newer > 3:
            throw reader.error(
                .newerVersion, "version '\(ReportText.bounded(version))' of the export is newer than the versions 2 and 3 known here",
                hint: "use a newer pulsegate")
        default:
            throw reader.error(
                .badValue, "version '\(ReportText.bounded(version))' of the export is not known", hint: "versions 2 and 3 are read")
        }
    }

    private mutating func data() throws(DocumentError) {
        try reader.beginArray()
        while try reader.nextElement() { try export() }
    }

    private mutating func export() throws(DocumentError) {
        let start = reader.byteOffset
        var summaries: Summary?
        var totals: Summary?
        var names: Set<String> = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "files":
                try refuseSecond(summaries != nil, key)
                var sum: Summary = Self.tallyNames.map { _ in nil }
                try reader.beginArray()
                while try reader.nextElement() { try file(adding: &sum, &names) }
                summaries = sum
            case "totals":
                try refuseSecond(totals != nil, key)
                totals = try summary()
            default: try reader.skip()
            }
        }
        guard let summaries else { throw reader.error(.missingKey, "an export lacks the key 'files'", at: start) }
        guard let totals else { return }
        for (index, name) in Self.tallyNames.enumerated() {
            guard let declared = totals[index] else { continue }
            let summed = summaries[index] ?? FileCoverage.Tally(covered: 0, total: 0)
            guard summed == declared else {
                throw reader.error(
                    .contradiction,
                    "totals declare \(declared.covered) of \(declared.total) \(name), but the files' summaries add up to "
                        + "\(summed.covered) of \(summed.total)",
                    hint: "the report was edited or joined badly; export it again", at: start)
            }
        }
    }

    private mutating func file(adding sum: inout Summary, _ names: inout Set<String>) throws(DocumentError) {
        let start = reader.byteOffset
        var filename: String?
        var lines: [FileCoverage.LineCount]?
        var branches: FileCoverage.Tally?
        var sawBranches = false
        var own: Summary?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "filename":
                try refuseSecond(filename != nil, key)
                let name = try reader.string()
                guard !name.isEmpty, name.utf8.count <= ReportPath.maximumBytes else {
                    throw reader.error(.badValue, "a file name must have 1 to \(ReportPath.maximumBytes) bytes", at: start)
                }
                filename = name
            case "segments":
                try refuseSecond(lines != nil, key)
                lines = try segments()
            case "branches":
                try refuseSecond(sawBranches, key)
                sawBranches = true
                branches = try branchRecords()
            case "summary":
                try refuseSecond(own != nil, key)
                own = try summary()
            default: try reader.skip()
            }
        }
        guard let filename else { throw reader.error(.missingKey, "a file lacks the key 'filename'", at: start) }
        guard let lines else {
            throw reader.error(
                .missingKey, "'\(filename)' has no segments, so its lines are not known",
                hint: "export without -summary-only", at: start)
        }
        guard names.insert(filename).inserted else {
            throw reader.error(.duplicate, "'\(filename)' stands twice in one export", at: start)
        }
        if let own {
            for (index, tally) in own.enumerated() {
                guard let tally else { continue }
                let before = sum[index] ?? FileCoverage.Tally(covered: 0, total: 0)
                sum[index] = FileCoverage.Tally(
                    covered: saturatingSum(before.covered, tally.covered), total: saturatingSum(before.total, tally.total))
            }
        }
        lineTotal += lines.count
        guard lineTotal <= LLVMCovJSON.maximumLines else {
            throw reader.error(.limit, "more executable lines than the limit maximumLines of \(LLVMCovJSON.maximumLines)", at: start)
        }
        files.append(
            FileCoverage(
                path: ReportPath.relative(filename, context), state: lines.isEmpty ? .noCode : .measured, lines: lines,
                branches: branches, functions: own?[1], regions: own?[3]))
    }

    // MARK: Segments and branches

    private mutating func segments() throws(DocumentError) -> [FileCoverage.LineCount] {
        var rule = LLVMLineRule()
        var lastLine = 0
        var lastColumn = 0
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader.byteOffset
            try reader.beginArray()
            let line = try element(start, "line", upTo: LLVMCovJSON.maximumLine)
            let column = try element(start, "column", upTo: Int(Int32.max))
            guard line >= 1, line > lastLine || (line == lastLine && column >= lastColumn) else {
                throw reader.error(.badValue, "segments must be in order of line and column, from line 1 on", at: start)
            }
            guard try reader.nextElement() else { throw shortSegment(start) }
            let count = try executionCount()
            let hasCount = try flag(start)
            let isRegionEntry = try flag(start)
            let isGapRegion = try flag(start)
            while try reader.nextElement() { try reader.skip() }
            // A region without a count runs 0 times, whatever stands in the place of its count.
            rule.add(
                LLVMLineRule.Segment(
                    line: line, count: hasCount ? count : 0, hasCount: hasCount, isRegionEntry: isRegionEntry, isGapRegion: isGapRegion))
            guard rule.lines.count <= LLVMCovJSON.maximumLines else {
                throw reader.error(.limit, "more executable lines than the limit maximumLines of \(LLVMCovJSON.maximumLines)", at: start)
            }
            lastLine = line
            lastColumn = column
        }
        return rule.finish()
    }

    private func shortSegment(_ start: Int) -> DocumentError {
        reader.error(.badValue, "a segment must be [line, column, count, hasCount, isRegionEntry, isGapRegion]", at: start)
    }

    private mutating func element(_ start: Int, _ name: String, upTo limit: Int) throws(DocumentError) -> Int {
        guard try reader.nextElement() else { throw shortSegment(start) }
        let value = try reader.int64()
        guard value >= 0 else { throw reader.error(.badValue, "a \(name) may not be negative", at: start) }
        guard value <= Int64(limit) else {
            throw reader.error(.limit, "the \(name) \(value) is above the limit of \(limit)", at: start)
        }
        return Int(value)
    }

    private mutating func flag(_ start: Int) throws(DocumentError) -> Bool {
        guard try reader.nextElement() else { throw shortSegment(start) }
        return try reader.bool()
    }

    /// An execution count: not negative, held at the largest number.
    private mutating func executionCount() throws(DocumentError) -> Int64 {
        let start = reader.byteOffset
        var end = start
        while end < bytes.count, bytes[end] >= 48, bytes[end] <= 57 { end += 1 }
        // Up to 18 digits always fit; and no text need be made of them.
        if end - start <= 18, end < bytes.count, bytes[end] != UInt8(ascii: "e"), bytes[end] != UInt8(ascii: "E"),
            bytes[end] != UInt8(ascii: "."), start < end
        {
            return try reader.int64()
        }
        let literal = try reader.number().literal
        guard !literal.utf8.starts(with: "-".utf8) else {
            throw reader.error(.badValue, "a count may not be negative: \(ReportText.bounded(literal))", at: start)
        }
        guard literal.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            throw reader.error(.wrongType, "a count must be an integer, not \(ReportText.bounded(literal))", at: start)
        }
        return Int64(literal) ?? .max
    }

    /// `[line, column, endLine, endColumn, taken, notTaken, …]`; the same place of several instantiations is one branch.
    private mutating func branchRecords() throws(DocumentError) -> FileCoverage.Tally? {
        struct Place: Hashable {
            var line: Int
            var column: Int
            var endLine: Int
            var endColumn: Int
        }
        var outcomes: [Place: (taken: Bool, notTaken: Bool)] = [:]
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader.byteOffset
            try reader.beginArray()
            let place = Place(
                line: try element(start, "line", upTo: Int(Int32.max)), column: try element(start, "column", upTo: Int(Int32.max)),
                endLine: try element(start, "line", upTo: Int(Int32.max)), endColumn: try element(start, "column", upTo: Int(Int32.max)))
            guard try reader.nextElement() else { throw shortBranch(start) }
            let taken = try executionCount() > 0
            guard try reader.nextElement() else { throw shortBranch(start) }
            let notTaken = try executionCount() > 0
            while try reader.nextElement() { try reader.skip() }
            let before = outcomes[place] ?? (false, false)
            outcomes[place] = (before.taken || taken, before.notTaken || notTaken)
        }
        if outcomes.isEmpty { return nil }
        let covered = outcomes.values.reduce(0) { $0 + ($1.taken ? 1 : 0) + ($1.notTaken ? 1 : 0) }
        return FileCoverage.Tally(covered: covered, total: 2 * outcomes.count)
    }

    private func shortBranch(_ start: Int) -> DocumentError {
        reader.error(.badValue, "a branch must be [line, column, endLine, endColumn, taken, notTaken, …]", at: start)
    }

    // MARK: Summaries

    private mutating func summary() throws(DocumentError) -> Summary {
        var result: Summary = Self.tallyNames.map { _ in nil }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if let index = Self.tallyNames.firstIndex(of: key) {
                try refuseSecond(result[index] != nil, key)
                result[index] = try tally(named: key)
            } else {
                try reader.skip()
            }
        }
        return result
    }

    private mutating func tally(named name: String) throws(DocumentError) -> FileCoverage.Tally {
        let start = reader.byteOffset
        var count: Int64?
        var covered: Int64?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "count": count = try executionCount()
            case "covered": covered = try executionCount()
            default: try reader.skip()
            }
        }
        guard let count, let covered else {
            throw reader.error(.missingKey, "the summary of \(name) needs 'count' and 'covered'", at: start)
        }
        guard covered <= count else {
            throw reader.error(.contradiction, "the summary declares \(covered) covered of \(count) \(name)", at: start)
        }
        return FileCoverage.Tally(covered: Int(covered), total: Int(count))
    }

    private func refuseSecond(_ seen: Bool, _ key: String) throws(DocumentError) {
        if seen { throw reader.error(.duplicate, "the key '\(key)' appears twice") }
    }

    private func missing(_ key: String) -> DocumentError {
        DocumentError(.missingKey, file: context.file, at: nil, "the report lacks the key '\(key)'")
    }
}
