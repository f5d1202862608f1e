/// The lines of one file from the segments of llvm-cov's export, by LLVM's own rule, so that the result equals the `DA`
/// records of `llvm-cov export -format=lcov`.
///
/// A segment says: from this line and column on, this count holds. For each line from the first segment's to the last's,
/// with *wrapped* the last segment before the line:
///
/// - a line whose first segment enters a region without a count is skipped code (`#if`), unless another of its segments
///   enters one that has a count;
/// - it is executable where wrapped has a count, or a segment of the line enters a region that is no gap;
/// - its count is the largest of wrapped's and of those regions that start on it.
///
/// Source: LLVM, `lib/ProfileData/Coverage/CoverageMapping.cpp`, `LineCoverageStats` and `LineCoverageIterator`.
struct LLVMLineRule {
    struct Segment {
        var line: Int
        var count: Int64
        var hasCount: Bool
        var isRegionEntry: Bool
        var isGapRegion: Bool
    }

    private(set) var lines: [FileCoverage.LineCount] = []
    private var wrapped: Segment?
    /// The line that is being read, 0 before the first.
    private var line = 0
    private var firstSkips = false
    private var entersCounted = false
    private var startsRegion = false
    private var startCount: Int64 = 0
    private var last: Segment?

    /// Segments come in order of line; the caller has checked it and bounded the lines.
    mutating func add(_ segment: Segment) {
        if segment.line != line {
            if line > 0 {
                closeLine()
                // Between two segments' lines the last segment alone decides.
                if let wrapped, wrapped.hasCount {
                    var between = line + 1
                    while between < segment.line {
                        lines.append(FileCoverage.LineCount(line: between, count: wrapped.count))
                        between += 1
                    }
                }
            }
            line = segment.line
            firstSkips = !segment.hasCount && segment.isRegionEntry
            entersCounted = false
            startsRegion = false
            startCount = 0
        }
        if segment.isRegionEntry, segment.hasCount {
            entersCounted = true
            if !segment.isGapRegion {
                startsRegion = true
                startCount = max(startCount, segment.count)
            }
        }
        last = segment
    }

    mutating func finish() -> [FileCoverage.LineCount] {
        if line > 0 { closeLine() }
        return lines
    }

    private mutating func closeLine() {
        let wrappedCounts = wrapped?.hasCount ?? false
        if (!firstSkips && (wrappedCounts || startsRegion)) || entersCounted {
            let base = wrapped?.count ?? 0
            lines.append(FileCoverage.LineCount(line: line, count: startsRegion ? max(base, startCount) : base))
        }
        wrapped = last
    }
}
