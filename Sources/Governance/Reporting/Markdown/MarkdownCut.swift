/// Shortens Markdown to a limit of bytes at a line's end, and says so.
enum MarkdownCut {
    /// Room for the closing tags and the sentence.
    private static let reservedBytes = 256

    /// `text` where it fits; otherwise its first lines, with open code blocks and details closed, and how much is missing. The result never
    /// exceeds `limit` bytes. O(bytes).
    static func cut(_ text: String, toBytes limit: Int) -> String {
        let total = text.utf8.count
        guard total > limit else { return text }
        var kept: [Substring] = []
        var bytes = 0
        var fenced = false
        var details = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let size = line.utf8.count + 1
            guard bytes + size <= limit - reservedBytes else { break }
            bytes += size
            kept.append(line)
            if line.hasPrefix("```") { fenced.toggle() }
            if line == "<details>" { details += 1 }
            if line == "</details>" { details -= 1 }
        }
        var output = kept.map { $0 + "\n" }.joined()
        if fenced { output += "```\n" }
        // Details are never nested.
        if details > 0 { output += "\n</details>\n" }
        return output + "\n… cut, \(total - bytes) bytes more in \(ReportPath.gates)\n"
    }
}
