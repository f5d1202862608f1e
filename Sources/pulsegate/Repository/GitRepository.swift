import ChildProcesses
import Evidence
import Gates
import StrictDocuments

/// What git says of the workspace. Reads only; never touches the index or a branch.
struct GitRepository: Sendable {
    let root: String
    let environment: [String: String]

    /// Two minutes: a `git status` of the largest repositories.
    static let timeoutNanoseconds: Int64 = 120_000_000_000
    static let maximumOutputBytes = 256 << 20

    struct State: Hashable, Sendable {
        var commit: String?
        var tree: String?
        var branch: String?
        /// Whether files other than the reports differ from the commit.
        var dirty: Bool
    }

    init(root: String, environment: [String: String]) {
        self.root = root
        var own = Environment.allowing(from: environment)
        // The same words and formats on every machine.
        own["LC_ALL"] = "C"
        own["GIT_OPTIONAL_LOCKS"] = "0"
        own["GIT_TERMINAL_PROMPT"] = "0"
        self.environment = own
    }

    /// nil where there is no repository or no git.
    func state() -> State? {
        guard let status = run(["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--", "."]) else { return nil }
        var state = State(dirty: false)
        // Paths are relative to the repository's root, which may be above the workspace.
        var prefix: String?
        var isOldName = false
        for entry in status.split(separator: 0) {
            // The name before a renaming follows as an entry of its own.
            if isOldName {
                isOldName = false
                continue
            }
            let text = String(decoding: entry, as: UTF8.self)
            isOldName = text.hasPrefix("2 ")
            if text.hasPrefix("# branch.oid ") {
                let oid = String(text.dropFirst("# branch.oid ".count))
                state.commit = oid == "(initial)" ? nil : oid
            } else if text.hasPrefix("# branch.head ") {
                let head = String(text.dropFirst("# branch.head ".count))
                state.branch = head == "(detached)" ? nil : head
            } else if !text.hasPrefix("#"), !state.dirty {
                let above = prefix ?? run(["rev-parse", "--show-prefix"]).map(Self.line) ?? ""
                prefix = above
                state.dirty = !Self.isReport(text, below: above)
            }
        }
        if state.commit != nil, let tree = run(["rev-parse", "HEAD^{tree}"]) { state.tree = Self.line(tree) }
        return state
    }

    /// Whether a line of `status` speaks of what pulsegate itself writes.
    ///
    /// - Parameter prefix: the workspace in the repository, "" or ending in "/".
    static func isReport(_ entry: String, below prefix: String) -> Bool {
        // Fields before the path, which may hold spaces itself: git-status(1), porcelain format version 2.
        let fields: Int
        switch entry.first {
        case "1": fields = 8
        case "2": fields = 9
        case "u": fields = 10
        default: fields = 1
        }
        let parts = entry.split(separator: " ", maxSplits: fields, omittingEmptySubsequences: false)
        guard parts.count == fields + 1, let path = parts.last else { return false }
        return path.hasPrefix(prefix + "reports/") || path.hasPrefix(prefix + ".pulsegate/")
    }

    /// The commit that changes are counted from, and its name for people.
    enum Base: Hashable, Sendable {
        case found(commit: String, name: String)
        case unknown(String)
    }

    /// - Parameter requested: a revision the user named; else the merge base with `branch` (its remote form first), and on the branch
    ///   itself the parent of the newest commit, so that the same rule holds before and after a merge.
    func base(requested: String?, branch: String, head: String?) -> Base {
        if let requested {
            guard !requested.hasPrefix("-"), let commit = commit(requested) else {
                return .unknown("'\(requested)' names no commit here\(shallowHint())")
            }
            return mergeBase(with: commit, name: requested)
        }
        guard let head else { return .unknown("there is no commit yet") }
        for name in ["origin/" + branch, branch] {
            guard let tip = commit(name) else { continue }
            if tip == head {
                guard let parent = commit("HEAD^") else {
                    return isShallow()
                        ? .unknown("the clone is shallow: the parent of HEAD is not here; fetch with full depth")
                        : .unknown("HEAD is the first commit: there is nothing to compare it with")
                }
                return .found(commit: parent, name: "HEAD^")
            }
            return mergeBase(with: tip, name: name)
        }
        return .unknown("there is no branch '\(branch)' to compare with\(shallowHint())")
    }

    private func mergeBase(with commit: String, name: String) -> Base {
        guard let output = run(["merge-base", "HEAD", commit]) else {
            return .unknown("HEAD and \(name) have no common commit here\(shallowHint())")
        }
        return .found(commit: Self.line(output), name: name)
    }

    private func shallowHint() -> String { isShallow() ? "; the clone is shallow, fetch with full depth" : "" }
    private func isShallow() -> Bool { run(["rev-parse", "--is-shallow-repository"]).map(Self.line) == "true" }

    func commit(_ revision: String) -> String? {
        run(["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"]).map(Self.line)
    }

    /// Lines that the work tree has and `base` has not, untracked files included.
    func changes(since base: Base) -> ChangeSet {
        guard case .found(let commit, let name) = base else {
            if case .unknown(let reason) = base { return .unknown(reason: reason) }
            return .unknown(reason: "no base")
        }
        guard
            let diff = run([
                "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--relative", "--src-prefix=a/",
                "--dst-prefix=b/", commit, "--", ".",
            ])
        else { return .unknown(reason: "git diff against \(name) failed") }
        var lines: [String: [ClosedRange<Int>]] = [:]
        do throws(DocumentError) {
            for file in try UnifiedDiff.parse(diff, file: "git diff \(name)").files {
                lines[file.path] = file.ranges
                // What was moved away has changed too, though it has no lines any more.
                if let old = file.oldPath, lines[old] == nil { lines[old] = [] }
            }
        } catch {
            return .unknown(reason: error.description)
        }
        guard let untracked = run(["ls-files", "--others", "--exclude-standard", "-z"]) else {
            return .unknown(reason: "git ls-files failed")
        }
        for path in untracked.split(separator: 0) { lines[String(decoding: path, as: UTF8.self)] = [1...Int.max] }
        return .known(lines: lines, base: "\(name)@\(commit.prefix(7))")
    }

    /// The bytes of a file at a commit, path relative to the workspace; nil where it is not there.
    func file(_ path: String, at commit: String) -> [UInt8]? { run(["show", "--end-of-options", "\(commit):./\(path)"]) }

    /// Names of files below a folder at a commit, relative to the workspace.
    func names(below folder: String, at commit: String) -> [String] {
        guard let output = run(["ls-tree", "-r", "-z", "--name-only", "--end-of-options", commit, "--", folder + "/"]) else { return [] }
        return output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private func run(_ arguments: [String]) -> [UInt8]? {
        let command = Command(
            ["git"] + arguments, environment: environment, workingDirectory: root, timeoutNanoseconds: Self.timeoutNanoseconds,
            outputLimitBytes: Self.maximumOutputBytes)
        guard let outcome = try? command.run(), outcome.termination == .exited(0), !outcome.timedOut else { return nil }
        return outcome.standardOutput.complete
    }

    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
