/// Paths of reports as this project records them: relative to the repository, with '/'.
///
/// ```swift
/// let context = ReadingContext(file: "c.json", roots: ["/build/checkout"])
/// ReportPath.relative("/build/checkout/Sources/A.swift", context)   // "Sources/A.swift"
/// ReportPath.relative("/usr/include/stdio.h", context)              // "/usr/include/stdio.h": not ours
/// ```
///
/// `strip_prefix` goes first, then the longest root that is a whole leading part of the path; "./" in front goes too.
/// A path is text: nothing is opened, and ".." is left as it is, for whoever opens files to refuse. O(length · roots).
enum ReportPath {
    /// Longest path that is taken from a report, in bytes.
    static let maximumBytes = 4096

    static func relative(_ path: String, _ context: ReadingContext) -> String {
        var rest = path[...]
        if let prefix = context.stripPrefix, !prefix.isEmpty, rest.utf8.starts(with: prefix.utf8) {
            rest = Substring(rest.utf8.dropFirst(prefix.utf8.count))
            while rest.utf8.first == UInt8(ascii: "/") { rest = Substring(rest.utf8.dropFirst()) }
        } else {
            var longest = 0
            for root in context.roots {
                let bare = Substring(root.utf8.reversed().first == UInt8(ascii: "/") ? root.utf8.dropLast() : root.utf8[...])
                guard !bare.isEmpty, bare.utf8.count > longest, rest.utf8.starts(with: bare.utf8),
                    rest.utf8.dropFirst(bare.utf8.count).first == UInt8(ascii: "/")
                else { continue }
                longest = bare.utf8.count
            }
            if longest > 0 { rest = Substring(rest.utf8.dropFirst(longest + 1)) }
        }
        while rest.utf8.starts(with: "./".utf8) { rest = Substring(rest.utf8.dropFirst(2)) }
        return String(rest)
    }
}

/// Text of a report that people will read: bounded, because reports are untrusted.
enum ReportText {
    /// Longest message that is kept, in Unicode scalars.
    static let maximumScalars = 2000

    static func bounded(_ text: String) -> String {
        // A text of no more bytes has no more scalars.
        if text.utf8.count <= maximumScalars { return text }
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: maximumScalars, limitedBy: scalars.endIndex), end < scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + "…"
    }

    /// Nil for text that is empty or nothing but white space.
    static func boundedOrNil(_ text: String) -> String? {
        text.utf8.allSatisfy { $0 <= 0x20 } ? nil : bounded(text)
    }
}
