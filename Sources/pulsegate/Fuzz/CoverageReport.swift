import Reporting

/// Coverage of a corpus as annotated source: Markdown pages, one for each file that an input reached, and one over all.
///
/// ```swift
/// let report = CoverageReport(coverage, locations: locations, source: { try? read($0) }, command: "pulsegate fuzz cover csv")
/// for page in report.pages() { try write(page.text, to: "reports/fuzz/csv/coverage/" + page.name) }
/// ```
///
/// Blocks of code are counted, as the instrumented build has them: a line is marked where a block begins. Pages show source in a `diff`
/// block, whose `+`, `-` and `!` web pages colour. The *frontier* is every block that no input ran right behind one that some did: doors
/// that campaigns stand before. Pure; the same coverage is the same bytes.
struct CoverageReport {
    struct Page: Equatable {
        var name: String
        var text: String
    }

    /// One line's blocks.
    struct Line: Equatable {
        var blocks = 0
        var lit = 0
        /// The most inputs that ran one of them.
        var inputs: UInt64 = 0
    }

    /// A block that was not run, behind one that was.
    struct Door: Equatable {
        var file: String
        var line: Int
        /// The block before it.
        var beforeFile: String
        var beforeLine: Int
        var inputs: UInt64
    }

    /// Files that have a page of their own, lines of a file, and doors that are listed.
    static let maximumFiles = 400
    static let maximumLines = 20_000
    static let maximumDoors = 60

    private let coverage: CorpusCoverage
    private let command: String
    private let source: (String) -> String?
    private(set) var files: [String: [Int: Line]] = [:]
    private(set) var functions: [String: (all: Int, entered: Int)] = [:]
    private(set) var doors: [Door] = []
    private var outside = 0

    /// - Parameters:
    ///   - locations: of the edges' addresses, as far as they are known.
    ///   - source: the text of a file of the package.
    ///   - command: what makes this report anew.
    init(_ coverage: CorpusCoverage, locations: [UInt64: SourceLocator.Location], source: @escaping (String) -> String?, command: String) {
        self.coverage = coverage
        self.source = source
        self.command = command
        var before: (location: SourceLocator.Location, inputs: UInt64)?
        var found: [Door] = []
        for edge in coverage.edges {
            if edge.beginsFunction { before = nil }
            guard let location = locations[edge.address], location.isOwn else {
                outside += 1
                continue
            }
            var line = files[location.file, default: [:]][location.line] ?? Line()
            line.blocks += 1
            line.lit += edge.inputs > 0 ? 1 : 0
            line.inputs = max(line.inputs, edge.inputs)
            files[location.file, default: [:]][location.line] = line
            if edge.beginsFunction {
                functions[location.file, default: (0, 0)].all += 1
                functions[location.file, default: (0, 0)].entered += edge.inputs > 0 ? 1 : 0
            }
            if edge.inputs > 0 {
                before = (location, edge.inputs)
            } else if let last = before {
                found.append(
                    Door(
                        file: location.file, line: location.line, beforeFile: last.location.file, beforeLine: last.location.line,
                        inputs: last.inputs))
                before = nil
            }
        }
        // A door on the line before it is mostly that line's own trap (an overflow, a bound): it comes last.
        var seen = Set<String>()
        doors = found.sorted { first, second in
            let trap = (
                first.file == first.beforeFile && first.line == first.beforeLine,
                second.file == second.beforeFile && second.line == second.beforeLine
            )
            if trap.0 != trap.1 { return trap.1 }
            if first.inputs != second.inputs { return first.inputs > second.inputs }
            return (first.file, first.line, first.beforeLine) < (second.file, second.line, second.beforeLine)
        }.filter { seen.insert("\($0.file):\($0.line)").inserted }
    }

    func pages() -> [Page] {
        let reached = files.keys.filter { totals($0).lit > 0 }.sorted()
        let shown = Array(reached.prefix(Self.maximumFiles))
        return [Page(name: "index.md", text: index(reached, shown: shown.count))] + shown.map { Page(name: Self.name($0), text: page($0)) }
    }

    /// A file's page: "Sources/A/B.swift" as "Sources-A-B.swift.md".
    static func name(_ file: String) -> String { String(file.map { $0 == "/" ? "-" : $0 }) + ".md" }

    private func totals(_ file: String) -> (blocks: Int, lit: Int) {
        (files[file] ?? [:]).values.reduce((0, 0)) { ($0.0 + $1.blocks, $0.1 + $1.lit) }
    }

    // MARK: Pages

    private func index(_ reached: [String], shown: Int) -> String {
        var text = "# Coverage of the corpus of \(MarkdownText.escaped(coverage.target))\n\n"
        let own = coverage.edges.count - outside
        let lit = files.keys.reduce(0) { $0 + totals($1).lit }
        text +=
            "\(coverage.inputs) inputs run \(lit) of the \(own) blocks of this package's code (\(Self.percent(lit, own))), in "
            + "\(reached.count) of \(files.count) files."
        if outside > 0 { text += " \(outside) more blocks are of libraries, or of no line that is known, and are not shown." }
        if coverage.ended > 0 {
            text += " \(coverage.ended) inputs ended their process (findings): what they ran is not counted."
        }
        text += "\n\nMade by `\(command)`.\n"
        if !reached.isEmpty {
            text += "\n| file | blocks run | | functions entered |\n| --- | ---: | ---: | ---: |\n"
            for (number, file) in reached.enumerated() {
                let total = totals(file)
                let entered = functions[file] ?? (0, 0)
                let name = number < shown ? "[\(MarkdownText.escaped(file))](\(Self.link(Self.name(file))))" : MarkdownText.escaped(file)
                text +=
                    "| \(name) | \(total.lit) of \(total.blocks) | \(Self.percent(total.lit, total.blocks)) | "
                    + "\(entered.entered) of \(entered.all) |\n"
            }
        }
        if !doors.isEmpty {
            text += "\n## Frontier\n\nBlocks that no input ran, right behind one that some did; most inputs first"
            text += doors.count > Self.maximumDoors ? " (\(Self.maximumDoors) of \(doors.count)).\n" : ".\n"
            text += "\n| not run | behind | inputs that came so far |\n| --- | --- | ---: |\n"
            for door in doors.prefix(Self.maximumDoors) {
                let behind =
                    door.beforeFile == door.file ? "line \(door.beforeLine)" : MarkdownText.code("\(door.beforeFile):\(door.beforeLine)")
                text += "| \(MarkdownText.code("\(door.file):\(door.line)")) | \(behind) | \(door.inputs) |\n"
            }
        }
        let others = files.keys.filter { totals($0).lit == 0 }.sorted()
        if !others.isEmpty {
            text += "\n<details>\n<summary>\(others.count) files of which no input ran anything</summary>\n\n"
            for file in others.prefix(Self.maximumFiles) { text += "- \(MarkdownText.code(file)), \(totals(file).blocks) blocks\n" }
            if others.count > Self.maximumFiles { text += "- and \(others.count - Self.maximumFiles) more\n" }
            text += "\n</details>\n"
        }
        return text
    }

    private func page(_ file: String) -> String {
        let total = totals(file)
        let lines = files[file] ?? [:]
        var text =
            "# \(MarkdownText.code(file))\n\n[All files](index.md) · \(total.lit) of \(total.blocks) blocks run by "
            + "\(coverage.inputs) inputs of "
        text += "\(MarkdownText.escaped(coverage.target))\n\n"
        text +=
            "`+` every block that begins on the line ran, `-` none did, `!` some did (the others are often its traps); the "
            + "figure counts inputs.\n\n"
        guard let source = source(file) else {
            return text + "The source cannot be read: it is of another state of the package, or was made by a build.\n"
        }
        let rows = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let fence = Self.fence(source)
        text += fence + "diff\n"
        let width = String(min(rows.count, Self.maximumLines)).utf8.count
        for (index, row) in rows.prefix(Self.maximumLines).enumerated() {
            if index == rows.count - 1, row.isEmpty { break }
            let number = String(index + 1)
            let padded = String(repeating: " ", count: width - number.utf8.count) + number
            let line = lines[index + 1]
            let mark = line.map { $0.lit == 0 ? "-" : $0.lit == $0.blocks ? "+" : "!" } ?? " "
            let count = line.map { $0.inputs > 0 ? String($0.inputs) : "" } ?? ""
            text += "\(mark) \(padded) \(String(repeating: " ", count: max(0, 6 - count.utf8.count)))\(count) | \(row)\n"
        }
        text += fence + "\n"
        if rows.count > Self.maximumLines { text += "\nLines after \(Self.maximumLines) are not shown.\n" }
        return text
    }

    /// Longer than any run of backticks in the text.
    private static func fence(_ text: String) -> String {
        var longest = 2
        var run = 0
        for byte in text.utf8 {
            run = byte == 0x60 ? run + 1 : 0
            longest = max(longest, run)
        }
        return String(repeating: "`", count: longest + 1)
    }

    private static func link(_ name: String) -> String {
        var link = ""
        for byte in name.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: link.append(Character(Unicode.Scalar(byte)))
            default: link += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return link
    }

    static func percent(_ part: Int, _ whole: Int) -> String { whole == 0 ? "-" : ViewFrame.percent(Double(part) / Double(whole)) }
}
