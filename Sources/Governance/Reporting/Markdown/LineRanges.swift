import Evidence

/// Line numbers as people write them: 41, 42, 43, 60 is "41–43, 60".
enum LineRanges {
    /// `lines` in ascending order; at most `limit` ranges, then "+N more", where N counts lines. O(lines).
    static func text(_ lines: [Int], limit: Int) -> String {
        var ranges: [ClosedRange<Int>] = []
        var shown = 0
        for line in lines {
            if let last = ranges.last, last.upperBound < line, line - 1 == last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound...line
            } else if ranges.count < limit {
                ranges.append(line...line)
            } else {
                break
            }
            shown += 1
        }
        let words = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }
        let more = lines.count - shown
        return (words + (more > 0 ? ["+\(more) more"] : [])).joined(separator: ", ")
    }
}
