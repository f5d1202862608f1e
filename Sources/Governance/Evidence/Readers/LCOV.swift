import StrictDocuments

/// Reads lcov tracefiles (`geninfo`, `llvm-cov export -format=lcov`, and the many tools that write the same).
///
/// ```
/// TN:unit
/// SF:Sources/A.swift
/// DA:3,1
/// LF:1
/// LH:1
/// end_of_record
/// ```
///
/// The `DA` lines are the truth. `LF` and `LH` may be larger, since llvm counts a line there once for each function on
/// it, but a record that declares fewer lines than it lists, fewer hits than it lists, or more hits than lines
/// contradicts itself and is refused. The same line twice in a record, and the same file in several records (tests,
/// objects), are observations of one line: counts are added. `-` as a branch's count says that its block never ran:
/// the branch counts as one that was not taken.
///
/// Refused: a record without `end_of_record`, which is how a report cut short shows (a cut exactly between two records
/// leaves no trace in this format: prefer a format that has an end where you can); data outside a record; fractions and
/// negative counts; unknown keywords; a report without a single `DA` line.
///
/// Counts above 64 bits are held at the largest number. LF, CRLF and a missing last line end are fine.
/// Complexity: O(bytes · log(lines of a file)).
public enum LCOV: ReportReader {
    public static let format = "lcov"
    public static let parserVersion = 1
    public static let summary = "lcov tracefile (.info)"

    /// Largest report, in bytes.
    public static let maximumBytes = 512 << 20
    /// Largest number of a line.
    public static let maximumLine = 10_000_000
    /// Longest line of text, in bytes.
    public static let maximumTextLineBytes = 1 << 20

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        guard bytes.count <= maximumBytes else {
            throw DocumentError(
                .limit, file: context.file, at: nil, "the report has \(bytes.count) bytes; the limit maximumBytes is \(maximumBytes)")
        }
        var parser = LCOVParser(bytes: bytes, context: context)
        return try parser.document()
    }
}

private struct LCOVParser {
    let bytes: [UInt8]
    let context: ReadingContext
    var lineNumber = 0
    var lineStart = 0
    var record: LCOVRecord?
    var files: [FileCoverage] = []
    var sawRecord = false

    init(bytes: [UInt8], context: ReadingContext) {
        self.bytes = bytes
        self.context = context
    }

    mutating func document() throws(DocumentError) -> Facts {
        var index = 0
        var blank = true
        // A `TN` that no record follows is how a cut inside the next record's first lines shows.
        var danglingTestName = false
        while index < bytes.count {
            lineStart = index
            lineNumber += 1
            while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            let ended = index < bytes.count
            var end = index
            index += 1
            if end > lineStart, bytes[end - 1] == 0x0D { end -= 1 }
            while end > lineStart, bytes[end - 1] == 0x20 { end -= 1 }
            if end == lineStart { continue }
            blank = false
            guard end - lineStart <= LCOV.maximumTextLineBytes else {
                throw error(.limit, "a line is longer than the limit maximumTextLineBytes of \(LCOV.maximumTextLineBytes)")
            }
            if bytes[lineStart] == UInt8(ascii: "#") { continue }
            do throws(DocumentError) {
                danglingTestName = try line(lineStart..<end)
            } catch {
                // What stops in the middle of a word is cut short rather than wrong.
                if ended || (error.kind != .syntax && error.kind != .badValue) { throw error }
                throw DocumentError(
                    .truncated, file: context.file, at: error.position, "the report ends inside a line: \(error.message)",
                    hint: "it seems to be cut short")
            }
        }
        if blank { throw DocumentError(.empty, file: context.file, at: nil, "the report is empty") }
        if let record {
            throw DocumentError(
                .truncated, file: context.file, at: SourcePosition.locate(byteOffset: bytes.count, in: bytes),
                "the record of '\(record.path)' has no end_of_record", hint: "the report seems to be cut short")
        }
        if danglingTestName, sawRecord {
            throw DocumentError(
                .truncated, file: context.file, at: SourcePosition.locate(byteOffset: bytes.count, in: bytes),
                "the report ends behind a test name without a record", hint: "it seems to be cut short")
        }
        guard files.contains(where: { !$0.lines.isEmpty }) else {
            throw DocumentError(
                .empty, file: context.file, at: nil, "the report holds no executable line", hint: "was any instrumented code run?")
        }
        // Several records of one file become one fact; their tallies are joined as ``Facts/merging(_:)`` says.
        var facts = Facts()
        facts.coverage = files
        return facts.normalised()
    }

    /// One line of text; whether it was a test name.
    private mutating func line(_ range: Range<Int>) throws(DocumentError) -> Bool {
        if text(range, is: "end_of_record") {
            guard var record else { throw error(.syntax, "end_of_record without a record (SF)") }
            files.append(try record.finish { (kind, message) in self.error(kind, message) })
            self.record = nil
            return false
        }
        guard let colon = bytes[range].prefix(16).firstIndex(of: UInt8(ascii: ":")) else {
            throw error(.syntax, "expected KEYWORD:value or end_of_record, found '\(excerpt(range))'")
        }
        let keyword = String(decoding: bytes[range.lowerBound..<colon], as: UTF8.self)
        let value = (colon + 1)..<range.upperBound
        switch keyword {
        case "TN": return true
        case "SF":
            guard record == nil else { throw error(.truncated, "a record begins before the one above has its end_of_record") }
            record = LCOVRecord(path: ReportPath.relative(try path(value), context))
            sawRecord = true
            return false
        default: break
        }
        guard record != nil else {
            guard Self.keywords.contains(keyword) else { throw unknown(keyword) }
            throw error(.syntax, "\(keyword) outside a record", hint: "a record begins with SF:<path>")
        }
        try inRecord(keyword, value)
        return false
    }

    private static let keywords: Set<String> = [
        "DA", "LF", "LH", "FN", "FNDA", "FNL", "FNA", "FNF", "FNH", "BRDA", "BRF", "BRH", "BFH", "MCDC", "MCF", "MCH", "VER",
    ]

    private mutating func inRecord(_ keyword: String, _ value: Range<Int>) throws(DocumentError) {
        switch keyword {
        case "DA": try data(value)
        case "LF":
            let number = try count(value)
            record?.linesFound = number
        case "LH":
            let number = try count(value)
            record?.linesHit = number
        case "FN":
            // FN:<line>[,<end line>],<name>; a name may hold commas.
            let fields = split(value, most: 2)
            guard fields.count == 2 else { throw error(.syntax, "expected FN:<line>,<name>") }
            _ = try lineNumber(fields[0])
            var name = fields[1]
            let second = split(name, most: 2)
            if second.count == 2, !second[0].isEmpty, bytes[second[0]].allSatisfy({ $0 >= 48 && $0 <= 57 }) { name = second[1] }
            let function = try text(name)
            record?.declare(function: function)
        case "FNDA":
            let fields = split(value, most: 2)
            guard fields.count == 2 else { throw error(.syntax, "expected FNDA:<count>,<name>") }
            let (executions, function) = (try count(fields[0]), try text(fields[1]))
            record?.add(function: function, count: executions)
        case "FNL":
            // FNL:<index>,<line>[,<end line>]
            let fields = split(value, most: 3)
            guard fields.count >= 2 else { throw error(.syntax, "expected FNL:<index>,<line>") }
            _ = try count(fields[0])
            _ = try lineNumber(fields[1])
        case "FNA":
            // FNA:<index>,<count>,<name>
            let fields = split(value, most: 3)
            guard fields.count == 3 else { throw error(.syntax, "expected FNA:<index>,<count>,<name>") }
            _ = try count(fields[0])
            let (executions, function) = (try count(fields[1]), try text(fields[2]))
            record?.add(function: function, count: executions)
        case "BRDA": try branch(value)
        case "FNF":
            let number = try count(value)
            record?.functionsFound = number
        case "FNH":
            let number = try count(value)
            record?.functionsHit = number
        case "BRF":
            let number = try count(value)
            record?.branchesFound = number
        // llvm writes BFH where others write BRH.
        case "BRH", "BFH":
            let number = try count(value)
            record?.branchesHit = number
        case "MCDC", "MCF", "MCH", "VER": break
        default: throw unknown(keyword)
        }
    }

    /// DA:<line>,<count>[,<checksum>]: nearly every line of a report is one, so that no list of fields is made.
    private mutating func data(_ value: Range<Int>) throws(DocumentError) {
        guard let comma = bytes[value].firstIndex(of: UInt8(ascii: ",")) else { throw error(.syntax, "expected DA:<line>,<count>") }
        let end = bytes[(comma + 1)..<value.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? value.upperBound
        let number = try lineNumber(value.lowerBound..<comma)
        let executions = try count((comma + 1)..<end)
        record?.add(line: number, count: executions)
    }

    /// BRDA:<line>,[e]<block>,<branch>,<taken>: the branch may be an expression that holds commas.
    private mutating func branch(_ value: Range<Int>) throws(DocumentError) {
        let fields = split(value, most: 3)
        guard fields.count == 3, let comma = bytes[fields[2]].lastIndex(of: UInt8(ascii: ",")) else {
            throw error(.syntax, "expected BRDA:<line>,<block>,<branch>,<taken>")
        }
        _ = try lineNumber(fields[0])
        let taken = (comma + 1)..<fields[2].upperBound
        let never = taken.count == 1 && bytes[taken.lowerBound] == UInt8(ascii: "-")
        let executions = never ? 0 : try count(taken)
        let name = try text(value.lowerBound..<comma)
        record?.add(branch: name, taken: executions > 0)
    }

    // MARK: Fields

    private func split(_ range: Range<Int>, most: Int) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound, fields.count < most - 1 {
            if bytes[index] == UInt8(ascii: ",") {
                fields.append(start..<index)
                start = index + 1
            }
            index += 1
        }
        fields.append(start..<range.upperBound)
        return fields
    }

    private func count(_ range: Range<Int>) throws(DocumentError) -> Int64 {
        guard !range.isEmpty else { throw error(.syntax, "a count is missing") }
        var value: Int64 = 0
        for index in range {
            let digit = Int64(bytes[index]) - 48
            guard digit >= 0, digit <= 9 else {
                throw error(
                    .badValue, "'\(excerpt(range))' is no count", hint: "counts are whole numbers of at least 0")
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            value = overflow || carry ? .max : sum
        }
        return value
    }

    private func lineNumber(_ range: Range<Int>) throws(DocumentError) -> Int {
        let value = try count(range)
        guard value >= 1 else { throw error(.badValue, "lines are numbered from 1") }
        guard value <= Int64(LCOV.maximumLine) else {
            throw error(.limit, "the line \(value) is above the limit maximumLine of \(LCOV.maximumLine)")
        }
        return Int(value)
    }

    private func text(_ range: Range<Int>) throws(DocumentError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw error(.encoding, "the line is not valid UTF-8") }
        return text
    }

    private func path(_ range: Range<Int>) throws(DocumentError) -> String {
        guard !range.isEmpty, range.count <= ReportPath.maximumBytes else {
            throw error(.badValue, "a path must have 1 to \(ReportPath.maximumBytes) bytes")
        }
        return try text(range)
    }

    private func text(_ range: Range<Int>, is word: StaticString) -> Bool {
        range.count == word.utf8CodeUnitCount && (0..<range.count).allSatisfy { bytes[range.lowerBound + $0] == word.utf8Start[$0] }
    }

    private func excerpt(_ range: Range<Int>) -> String { String(decoding: bytes[range].prefix(60), as: UTF8.self) }

    private func unknown(_ keyword: String) -> DocumentError {
        error(
            .syntax, "the keyword '\(keyword)' is not known",
            hint: SpellingSuggestion.hint(for: keyword, among: Self.keywords.union(["SF", "TN"]).sorted()))
    }

    private func error(_ kind: DocumentError.Kind, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(
            kind, file: context.file, at: SourcePosition(line: lineNumber, column: 1, byteOffset: lineStart), message, hint: hint)
    }
}

/// One record while it is read.
private struct LCOVRecord {
    let path: String
    var lines: [FileCoverage.LineCount] = []
    var inOrder = true
    var functions: [String: Int64] = [:]
    var branches: [String: Bool] = [:]
    var linesFound: Int64?
    var linesHit: Int64?
    var functionsFound: Int64?
    var functionsHit: Int64?
    var branchesFound: Int64?
    var branchesHit: Int64?

    init(path: String) { self.path = path }

    mutating func add(line: Int, count: Int64) {
        if let last = lines.last, last.line >= line { inOrder = false }
        lines.append(FileCoverage.LineCount(line: line, count: count))
    }

    mutating func declare(function: String) { functions[function, default: 0] += 0 }

    mutating func add(function: String, count: Int64) {
        functions[function] = saturatingSum(functions[function] ?? 0, count)
    }

    mutating func add(branch: String, taken: Bool) { branches[branch] = (branches[branch] ?? false) || taken }

    mutating func finish(_ error: (DocumentError.Kind, String) -> DocumentError) throws(DocumentError) -> FileCoverage {
        var file = FileCoverage(path: path, lines: lines)
        if !inOrder { file = file.withLinesInOrder() }
        let covered = file.coveredLines
        if let found = linesFound, found < Int64(file.lines.count) {
            throw error(.contradiction, "LF declares \(found) lines and the record lists \(file.lines.count)")
        }
        if let found = linesFound, found > 0, file.lines.isEmpty {
            throw error(.contradiction, "LF declares \(found) lines and the record lists none")
        }
        if let hit = linesHit, hit < Int64(covered) {
            throw error(.contradiction, "LH declares \(hit) lines hit and the record lists \(covered)")
        }
        for (name, found, hit) in [
            ("LH", linesFound, linesHit), ("FNH", functionsFound, functionsHit), ("BRH", branchesFound, branchesHit),
        ] {
            if let found, let hit, hit > found { throw error(.contradiction, "\(name) declares \(hit) hit of \(found) found") }
        }
        if !functions.isEmpty {
            file.functions = FileCoverage.Tally(covered: functions.values.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }, total: functions.count)
        }
        if !branches.isEmpty {
            file.branches = FileCoverage.Tally(covered: branches.values.reduce(0) { $0 + ($1 ? 1 : 0) }, total: branches.count)
        }
        if file.lines.isEmpty { file.state = .noCode }
        return file
    }
}
