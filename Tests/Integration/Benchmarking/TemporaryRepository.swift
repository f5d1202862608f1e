import ChildProcesses
import StrictDocuments
import TemporaryFolders

@testable import pulsegate

/// A git repository in a temporary folder, removed with the value's last reference.
final class TemporaryRepository: Sendable {
    let root: String
    let environment = Environment.allowing(from: Environment.current())
        .merging(["LLVM_PROFILE_FILE": "/dev/null", "CI": "1"]) { _, new in new }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    init() throws {
        guard let folder = TemporaryFolder.make() else { throw Failed(description: "no temporary folder") }
        root = folder
        try git("init", "-q", "-b", "main")
    }

    private init(root: String) { self.root = root }

    deinit { TemporaryFolder.remove(root) }

    func write(_ path: String, _ text: String) throws {
        if let slash = path.lastIndex(of: "/") { _ = try run(["mkdir", "-p", root + "/" + path[..<slash]]) }
        try DocumentFile.replace(root + "/" + path, with: Array(text.utf8))
    }

    /// - Returns: the commit's name.
    @discardableResult
    func commit(_ message: String) throws -> String {
        try git("add", "-A")
        try git(
            "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty",
            "-m",
            message)
        return String(try git("rev-parse", "HEAD").prefix { !$0.isWhitespace })
    }

    @discardableResult
    func git(_ words: String...) throws -> String {
        let ended = try run(["git"] + words)
        guard ended.code == 0 else { throw Failed(description: "git \(words.joined(separator: " ")): \(ended.problems)") }
        return ended.output
    }

    /// A clone with so many commits of each branch.
    func clone(depth: Int) throws -> TemporaryRepository {
        guard let folder = TemporaryFolder.make() else { throw Failed(description: "no temporary folder") }
        let copy = TemporaryRepository(root: folder)
        try copy.git("clone", "-q", "--depth", "\(depth)", "file://" + root, folder)
        return copy
    }

    func run(_ words: [String], seconds: Int64 = 1800) throws -> (code: Int32?, output: String, problems: String) {
        let outcome = try Command(
            words, environment: environment, workingDirectory: root, timeoutNanoseconds: seconds * 1_000_000_000, outputLimitBytes: 64 << 20
        ).run()
        var code: Int32?
        if case .exited(let status) = outcome.termination { code = status }
        return (code, outcome.standardOutput.text, outcome.standardError.text)
    }
}
