import StrictDocuments

/// Reads what `git diff --no-color --find-renames` writes, best with `-U0`, into ``ChangedLines``.
///
/// ```swift
/// let changed = try UnifiedDiff.parse(bytes, file: "git diff")
/// changed["Sources/A.swift"]?.contains(line: 12)
/// ```
///
/// Understood: new, deleted, renamed, copied and binary files (`Binary files … differ`, `GIT binary patch`), mode changes,
/// submodules (as commits and as `--submodule` lines), paths in quotes with octal escapes, CRLF content, `\ No newline at end
/// of file`, context lines. An empty diff is no error: nothing changed.
///
/// Refused: combined diffs of merges (`diff --cc`), hunks with fewer or more lines than their header declares (a diff cut
/// short), a last line of a hunk without line end, hunks out of order, text outside a file. A cut exactly between two hunks or files leaves no trace in
/// this format; take the bytes from a process that exited with 0. Only line ends after LF are line ends, as in git.
///
/// Complexity: O(bytes).
public enum UnifiedDiff {
    /// Largest diff, in bytes.
    public static let maximumBytes = 256 << 20
    /// Largest number of a line.
    public static let maximumLine = 100_000_000

    public static func parse(_ bytes: [UInt8], file: String = "git diff") throws(DocumentError) -> ChangedLines {
        guard bytes.count <= maximumBytes else {
            throw DocumentError(
                .limit, file: file, at: nil, "the diff has \(bytes.count) bytes; the limit maximumBytes is \(maximumBytes)")
        }
        var parser = UnifiedDiffParser(bytes: bytes, file: file)
        return try parser.document()
    }
}

private struct UnifiedDiffParser {
    let bytes: [UInt8]
    let file: String
    private var index = 0
    private var lineNumber = 0
    private var line: Range<Int> = 0..<0
    private var lineHasEnd = true
    private var files: [ChangedLines.File] = []
    private var open: OpenFile?

    private struct OpenFile {
        var headerOld: String?
        var headerNew: String?
        var oldPath: String?
        var newPath: String?
        var change = ChangedLines.File.Change.modified
        var ranges: [ClosedRange<Int>] = []
        var removedLines = 0
        var isBinary = false
        var isSubmodule = false
        var inBinaryPatch = false
        var sawOldName = false
        var sawNewName = false
        var lastNewLine = 0
        var header: Int
    }

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func document() throws(DocumentError) -> ChangedLines {
        while nextLine() {
            do throws(DocumentError) {
                try outsideHunk()
            } catch {
                if lineHasEnd || error.kind == .truncated { throw error }
                throw DocumentError(
                    .truncated, file: file, at: error.position, "the diff ends inside a line: \(error.message)", hint: "it is cut short")
            }
        }
        try close()
        return ChangedLines(files: files)
    }

    private mutating func nextLine() -> Bool {
        guard index < bytes.count else { return false }
        let start = index
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        line = start..<index
        lineHasEnd = index < bytes.count
        index += 1
        lineNumber += 1
        return true
    }

    private func begins(_ word: StaticString) -> Bool {
        guard line.count >= word.utf8CodeUnitCount else { return false }
        return (0..<word.utf8CodeUnitCount).allSatisfy { bytes[line.lowerBound + $0] == word.utf8Start[$0] }
    }

    private func after(_ word: StaticString) -> Range<Int> {
        var end = line.upperBound
        if end > line.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }
        return min(line.lowerBound + word.utf8CodeUnitCount, end)..<end
    }

    // MARK: Lines outside hunks

    private mutating func outsideHunk() throws(DocumentError) {
        if begins("diff --git ") {
            try close()
            open = OpenFile(header: lineNumber)
            let names = try headerNames(after("diff --git "))
            open?.headerOld = names?.old
            open?.headerNew = names?.new
            return
        }
        if begins("diff --cc ") || begins("diff --combined ") {
            throw error(.badValue, "this is the combined diff of a merge", hint: "diff against one commit: git diff <base> <head>")
        }
        if begins("Submodule ") {
            try close()
            open = OpenFile(header: lineNumber)
            try submoduleLine()
            return
        }
        guard open != nil else {
            if after("").isEmpty { return }
            throw error(.syntax, "expected 'diff --git …'", hint: "pass the output of git diff --no-color")
        }
        if open?.inBinaryPatch == true { return }
        if begins("@@ ") || (begins("@@") && !lineHasEnd) { return try hunk() }
        try extendedHeader()
    }

    private mutating func extendedHeader() throws(DocumentError) {
        if begins("index ") {
            if ends(" 160000") { open?.isSubmodule = true }
        } else if begins("new file mode ") {
            open?.change = .added
            if ends("160000") { open?.isSubmodule = true }
        } else if begins("deleted file mode ") {
            open?.change = .deleted
            if ends("160000") { open?.isSubmodule = true }
        } else if begins("rename from ") {
            open?.change = .renamed
            let name = try path(after("rename from "), prefix: false)
            open?.oldPath = name
        } else if begins("rename to ") {
            let name = try path(after("rename to "), prefix: false)
            open?.newPath = name
        } else if begins("copy from ") {
            open?.change = .copied
            let name = try path(after("copy from "), prefix: false)
            open?.oldPath = name
        } else if begins("copy to ") {
            let name = try path(after("copy to "), prefix: false)
            open?.newPath = name
        } else if begins("--- ") {
            open?.sawOldName = true
            let old = try path(after("--- "), prefix: true)
            if let old, open?.oldPath == nil { open?.oldPath = old }
        } else if begins("+++ ") {
            open?.sawNewName = true
            let new = try path(after("+++ "), prefix: true)
            if let new, open?.newPath == nil { open?.newPath = new }
        } else if begins("Binary files ") {
            guard ends(" differ") else { throw error(.truncated, "expected 'Binary files … differ'", hint: "the diff is cut short") }
            open?.isBinary = true
        } else if begins("GIT binary patch") {
            open?.isBinary = true
            open?.inBinaryPatch = true
        } else if begins("old mode ") || begins("new mode ") || begins("similarity index ") || begins("dissimilarity index ")
            || after("").isEmpty || (open?.isSubmodule == true && (begins("  > ") || begins("  < ")))
        {
            return
        } else {
            throw error(.syntax, "expected a header or a hunk, found '\(excerpt)'")
        }
    }

    private func ends(_ word: StaticString) -> Bool {
        let text = after("")
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return false }
        return (0..<count).allSatisfy { bytes[text.upperBound - count + $0] == word.utf8Start[$0] }
    }

    /// `Submodule Vendor/x 1234567..89abcde:`, `… (new submodule)`, `… contains untracked content`.
    private mutating func submoduleLine() throws(DocumentError) {
        let text = after("Submodule ")
        guard let space = bytes[text].firstIndex(of: 0x20) else { throw error(.syntax, "expected 'Submodule <path> <commits>'") }
        let name = try path(text.lowerBound..<space, prefix: false)
        open?.newPath = name
        open?.isSubmodule = true
    }

    private mutating func close() throws(DocumentError) {
        guard let ended = open else { return }
        open = nil
        guard let path = ended.newPath ?? (ended.change == .deleted ? ended.oldPath : nil) ?? ended.headerNew else {
            throw DocumentError(
                .truncated, file: file, at: SourcePosition(line: ended.header, column: 1, byteOffset: min(line.lowerBound, bytes.count)),
                "the names of this file are not told", hint: "the diff seems to be cut short")
        }
        guard ended.sawOldName == ended.sawNewName, !(ended.sawNewName && ended.lastNewLine == 0 && ended.removedLines == 0) else {
            throw DocumentError(
                .truncated, file: file, at: SourcePosition(line: ended.header, column: 1, byteOffset: min(line.lowerBound, bytes.count)),
                "'\(path)' has names and no hunk", hint: "the diff seems to be cut short")
        }
        let old = ended.oldPath ?? ended.headerOld
        files.append(
            ChangedLines.File(
                path: path, oldPath: old == path || ended.change == .added ? nil : old, change: ended.change, ranges: ended.ranges,
                removedLines: ended.removedLines, isBinary: ended.isBinary, isSubmodule: ended.isSubmodule))
    }

    // MARK: Hunks

    /// `@@ -3,2 +3,4 @@ context`; then as many lines as it declares.
    private mutating func hunk() throws(DocumentError) {
        guard open?.sawNewName == true else { throw error(.syntax, "a hunk before the file's names ('--- ' and '+++ ')") }
        var cursor = line.lowerBound + 3
        let old = try hunkRange(&cursor, sign: UInt8(ascii: "-"))
        let new = try hunkRange(&cursor, sign: UInt8(ascii: "+"))
        guard cursor + 2 <= line.upperBound, bytes[cursor] == UInt8(ascii: "@"), bytes[cursor + 1] == UInt8(ascii: "@") else {
            throw error(.syntax, "expected '@@' at the end of the hunk's ranges")
        }
        guard old.count > 0 || new.count > 0 else { throw error(.badValue, "a hunk of no lines") }
        // A hunk that only removes names the line before it.
        guard new.start >= (open?.lastNewLine ?? 0) + (new.count > 0 ? 1 : 0) else {
            throw error(.badValue, "hunks must be in order of line")
        }
        let header = lineNumber
        var oldLeft = old.count
        var newLeft = new.count
        var newLine = new.start
        while oldLeft > 0 || newLeft > 0 {
            // git ends every line, also the one it says has no line end in the file.
            guard nextLine(), lineHasEnd else { throw cutShort(header, oldLeft, newLeft) }
            let first = line.isEmpty ? 0 : bytes[line.lowerBound]
            switch first {
            case UInt8(ascii: "+") where newLeft > 0:
                add(newLine)
                newLine += 1
                newLeft -= 1
            case UInt8(ascii: "-") where oldLeft > 0:
                open?.removedLines += 1
                oldLeft -= 1
            case UInt8(ascii: " ") where oldLeft > 0 && newLeft > 0:
                newLine += 1
                oldLeft -= 1
                newLeft -= 1
            case UInt8(ascii: "\\"): continue
            default:
                throw DocumentError(
                    .truncated, file: file, at: place, "the hunk of line \(header) declares \(oldLeft) old and \(newLeft) new lines more",
                    hint: "the diff is cut short or edited")
            }
        }
        let lastNewLine = new.count > 0 ? new.start + new.count - 1 : new.start
        open?.lastNewLine = lastNewLine
        // `\ No newline at end of file` belongs to the last line.
        if index < bytes.count, bytes[index] == UInt8(ascii: "\\") { _ = nextLine() }
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: " ")
        {
            _ = nextLine()
            throw error(.contradiction, "the hunk of line \(header) has more lines than it declares", hint: "the diff was edited")
        }
    }

    private func cutShort(_ header: Int, _ old: Int, _ new: Int) -> DocumentError {
        DocumentError(
            .truncated, file: file, at: SourcePosition(line: lineNumber, column: 1, byteOffset: bytes.count),
            "the diff ends \(old) old and \(new) new lines before the hunk of line \(header) does", hint: "it is cut short")
    }

    private mutating func add(_ number: Int) {
        if let last = open?.ranges.last, last.upperBound + 1 == number {
            open?.ranges.removeLast()
            open?.ranges.append(last.lowerBound...number)
        } else {
            open?.ranges.append(number...number)
        }
    }

    /// `-3,2 ` or `-3 `; the count is 1 where it is left out.
    private func hunkRange(_ cursor: inout Int, sign: UInt8) throws(DocumentError) -> (start: Int, count: Int) {
        guard cursor < line.upperBound, bytes[cursor] == sign else { throw error(.syntax, "expected '@@ -a,b +c,d @@'") }
        cursor += 1
        let start = try number(&cursor)
        var count = 1
        if cursor < line.upperBound, bytes[cursor] == UInt8(ascii: ",") {
            cursor += 1
            count = try number(&cursor)
        }
        guard cursor < line.upperBound, bytes[cursor] == 0x20 else { throw error(.syntax, "expected '@@ -a,b +c,d @@'") }
        cursor += 1
        guard start >= 1 || count == 0 else { throw error(.badValue, "lines are numbered from 1") }
        return (start, count)
    }

    private func number(_ cursor: inout Int) throws(DocumentError) -> Int {
        let first = cursor
        var value = 0
        while cursor < line.upperBound, bytes[cursor] >= 48, bytes[cursor] <= 57 {
            value = value * 10 + Int(bytes[cursor] - 48)
            guard value <= UnifiedDiff.maximumLine else {
                throw error(.limit, "a line number above the limit maximumLine of \(UnifiedDiff.maximumLine)")
            }
            cursor += 1
        }
        guard cursor > first else { throw error(.syntax, "expected a number in the hunk's ranges") }
        return value
    }

    // MARK: Paths

    /// The names of `diff --git a/x b/x`; nil where white space makes them ambiguous (other headers tell them then).
    private func headerNames(_ range: Range<Int>) throws(DocumentError) -> (old: String, new: String)? {
        if range.isEmpty { throw error(.syntax, "expected 'diff --git a/… b/…'") }
        var candidates: [Int] = []
        var quoted = false
        var cursor = range.lowerBound
        while cursor < range.upperBound {
            if bytes[cursor] == UInt8(ascii: "\"") { quoted.toggle() }
            if bytes[cursor] == UInt8(ascii: "\\"), quoted { cursor += 1 }
            if !quoted, cursor < range.upperBound, bytes[cursor] == 0x20 { candidates.append(cursor) }
            cursor += 1
            // Beyond a few blanks nothing is certain, and trying them all would be quadratic.
            if candidates.count > 64 { return nil }
        }
        // Without a rename both names are the same; this is the only case in which no other header tells them.
        for space in candidates {
            if let old = try? path(range.lowerBound..<space, prefix: true),
                let new = try? path((space + 1)..<range.upperBound, prefix: true),
                old == new
            {
                return (old, new)
            }
        }
        return nil
    }

    /// A path in quotes or bare, without its `a/` or `b/`; nil for /dev/null.
    private func path(_ range: Range<Int>, prefix: Bool) throws(DocumentError) -> String? {
        var raw: [UInt8]
        if range.first.map({ bytes[$0] }) == UInt8(ascii: "\"") {
            // Git ends a name with blanks by a tab in `---` and `+++`, behind its quotes too.
            let hasTab = prefix && range.count > 2 && bytes[range.upperBound - 1] == 0x09
            raw = try unquoted(hasTab ? range.lowerBound..<(range.upperBound - 1) : range)
        } else {
            raw = Array(bytes[range])
            // A bare name with blanks is ended by a tab in `---` and `+++`.
            if prefix, let tab = raw.lastIndex(of: 0x09), tab == raw.count - 1 { raw.removeLast() }
        }
        guard !raw.isEmpty, raw.count <= ReportPath.maximumBytes else {
            throw error(.badValue, "a path must have 1 to \(ReportPath.maximumBytes) bytes")
        }
        if prefix {
            if raw == Array("/dev/null".utf8) { return nil }
            // a/, b/, and the i/, w/, c/, o/ of diff.mnemonicPrefix.
            guard raw.count > 2, raw[1] == UInt8(ascii: "/"), "abiwco".utf8.contains(raw[0]) else {
                throw error(.badValue, "a path without the prefix a/ or b/", hint: "run git diff with --src-prefix=a/ --dst-prefix=b/")
            }
            raw.removeFirst(2)
        }
        // Names that are not UTF-8 are kept in the nearest readable form; no report will name them.
        return String(decoding: raw, as: UTF8.self)
    }

    /// C-style quotes of git: \" \\ \a \b \t \n \v \f \r and three octal digits.
    private func unquoted(_ range: Range<Int>) throws(DocumentError) -> [UInt8] {
        var result: [UInt8] = []
        var cursor = range.lowerBound + 1
        while true {
            guard cursor < range.upperBound else { throw error(.syntax, "a quoted path without its closing quote") }
            let byte = bytes[cursor]
            cursor += 1
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            guard cursor < range.upperBound else { throw error(.syntax, "a quoted path ends in an escape") }
            let escape = bytes[cursor]
            cursor += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(escape)
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "r"): result.append(0x0D)
            case 48...51:
                guard cursor + 2 <= range.upperBound, (48...55).contains(bytes[cursor]), (48...55).contains(bytes[cursor + 1]) else {
                    throw error(.syntax, "an octal escape needs three digits")
                }
                result.append((escape - 48) << 6 | (bytes[cursor] - 48) << 3 | (bytes[cursor + 1] - 48))
                cursor += 2
            default: throw error(.syntax, "unknown escape in a quoted path")
            }
        }
        guard cursor == range.upperBound else { throw error(.syntax, "text behind a quoted path") }
        return result
    }

    // MARK: Errors

    private var place: SourcePosition { SourcePosition(line: lineNumber, column: 1, byteOffset: min(line.lowerBound, bytes.count)) }
    private var excerpt: String { String(decoding: bytes[line].prefix(60), as: UTF8.self) }

    private func error(_ kind: DocumentError.Kind, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: place, message, hint: hint)
    }
}
