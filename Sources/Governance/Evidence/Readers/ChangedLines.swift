/// Which lines a change added or altered, by file: what "new code" means.
public struct ChangedLines: Hashable, Sendable {
    /// What became of one file.
    public struct File: Hashable, Sendable {
        public enum Change: String, Hashable, Sendable, CaseIterable {
            case added, modified, deleted, renamed, copied
        }

        /// The path after the change (of a deleted file: before it).
        public var path: String
        /// The path before, where it was another.
        public var oldPath: String?
        public var change: Change
        /// Lines of the new file that were added or altered: ascending, apart from one another, from 1.
        public var ranges: [ClosedRange<Int>]
        /// Lines that were taken away.
        public var removedLines: Int
        /// Binary files and submodules have no lines.
        public var isBinary: Bool
        public var isSubmodule: Bool

        public init(
            path: String, oldPath: String? = nil, change: Change = .modified, ranges: [ClosedRange<Int>] = [], removedLines: Int = 0,
            isBinary: Bool = false, isSubmodule: Bool = false
        ) {
            self.path = path
            self.oldPath = oldPath
            self.change = change
            self.ranges = ranges
            self.removedLines = removedLines
            self.isBinary = isBinary
            self.isSubmodule = isSubmodule
        }

        public var addedLines: Int { ranges.reduce(0) { $0 + $1.count } }

        /// Whether a line of the new file is new. O(log ranges).
        public func contains(line: Int) -> Bool {
            var low = 0
            var high = ranges.count
            while low < high {
                let middle = low + (high - low) / 2
                if ranges[middle].upperBound < line { low = middle + 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].contains(line)
        }
    }

    /// In order of path.
    public var files: [File]

    public init(files: [File] = []) {
        self.files = files.sorted { CanonicalOrder.compare($0.path, $1.path) < 0 }
    }

    /// The file with this path after the change. O(log files).
    public subscript(path: String) -> File? {
        var low = 0
        var high = files.count
        while low < high {
            let middle = low + (high - low) / 2
            if CanonicalOrder.compare(files[middle].path, path) < 0 { low = middle + 1 } else { high = middle }
        }
        return low < files.count && CanonicalOrder.compare(files[low].path, path) == 0 ? files[low] : nil
    }
}
