import ChildProcesses
import Glibc
import StrictDocuments
import Testing

/// A temporary repository with the built `pulsegate` at hand; removed with the value's last reference.
final class Sandbox: Sendable {
    let root: String

    struct Ended {
        var code: Int32?
        var signal: Int32?
        var output: String
        var problems: String
        var all: String { output + problems }
    }

    /// - Parameter copying: a folder of this repository whose files the sandbox begins with.
    init(copying source: String? = nil) throws {
        var template = Array("/tmp/pulsegate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SandboxError("mkdtemp failed") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let source {
            let copied = try Self.run(["cp", "-r", Self.repository + "/" + source + "/.", root], in: "/")
            guard copied.code == 0 else { throw SandboxError("cp failed: \(copied.all)") }
            for folder in [".build", ".pulsegate", "reports"] { _ = try Self.run(["rm", "-rf", root + "/" + folder], in: "/") }
        }
    }

    deinit { _ = try? Self.run(["rm", "-rf", root], in: "/") }

    /// This repository, from where this file stands.
    static let repository: String = {
        let file = #filePath
        return file.components(upTo: "/Tests/Integration/")
    }()

    /// The folder of the test bundle, in which the executables lie too.
    static let products: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.components(upTo: "/", last: true)
    }()

    static var pulsegate: String { products + "/pulsegate" }
    static var tradepulse: String { products + "/tradepulse" }

    // MARK: Files

    func write(_ path: String, _ text: String) throws {
        _ = try Self.run(["mkdir", "-p", (root + "/" + path).components(upTo: "/", last: true)], in: "/")
        try DocumentFile.replace(root + "/" + path, with: Array(text.utf8))
    }

    func read(_ path: String) throws -> String {
        String(decoding: try DocumentFile.read(root + "/" + path, maximumBytes: 64 << 20), as: UTF8.self)
    }

    func exists(_ path: String) -> Bool { access(root + "/" + path, F_OK) == 0 }

    /// Makes a git repository of what is there, with one commit.
    func commit() throws {
        for arguments in [
            ["init", "-q", "-b", "main"], ["add", "-A"],
            ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "state"],
        ] {
            let ended = try Self.run(["git"] + arguments, in: root)
            guard ended.code == 0 else { throw SandboxError("git \(arguments) failed: \(ended.all)") }
        }
    }

    // MARK: Commands

    /// The environment of a process under test. Under coverage the processes of one sandbox, which run one after the other, add to one
    /// profile (%m), in a folder that the swift-test collector reads and `swift test` leaves alone.
    static func childEnvironment(_ sandbox: String) -> [String: String] {
        var environment = Environment.current()
        // What these programs find out is not evidence of the run that these tests are a part of.
        environment["PULSEGATE_EVIDENCE_DIR"] = nil
        if let profile = environment["LLVM_PROFILE_FILE"] {
            let name = sandbox.split(separator: "/").last.map(String.init) ?? "none"
            environment["LLVM_PROFILE_FILE"] = profile.components(upTo: "/", last: true) + "/executables/\(name)-%m.profraw"
        }
        return environment
    }

    /// Runs pulsegate here and waits for its end.
    func pulsegate(_ arguments: String..., environment: [String: String] = [:]) throws -> Ended {
        try Self.run([Self.pulsegate] + arguments, in: root, environment: environment)
    }

    static func run(_ arguments: [String], in folder: String, environment: [String: String] = [:], timeoutSeconds: Int64 = 300) throws
        -> Ended
    {
        var own = childEnvironment(folder)
        own["CI"] = "1"
        for (key, value) in environment { own[key] = value }
        let command = Command(
            arguments, environment: own, workingDirectory: folder, timeoutNanoseconds: timeoutSeconds * 1_000_000_000,
            outputLimitBytes: 64 << 20)
        let outcome = try command.run()
        if outcome.timedOut { throw SandboxError("`\(arguments.joined(separator: " "))` did not end within \(timeoutSeconds) s") }
        var ended = Ended(output: outcome.standardOutput.text, problems: outcome.standardError.text)
        switch outcome.termination {
        case .exited(let code): ended.code = code
        case .signalled(let number): ended.signal = number
        }
        return ended
    }
}

struct SandboxError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension String {
    /// The part before the first (or last) occurrence of a separator; the whole where there is none.
    fileprivate func components(upTo separator: String, last: Bool = false) -> String {
        let text = Array(utf8)
        let wanted = Array(separator.utf8)
        guard text.count >= wanted.count else { return self }
        let places = Array(0...(text.count - wanted.count)).filter { Array(text[$0..<($0 + wanted.count)]) == wanted }
        guard let place = last ? places.last : places.first else { return self }
        return String(decoding: text[..<place], as: UTF8.self)
    }
}

/// Processes whose command line holds a text.
func processes(holding marker: String) -> [Int] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [Int] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard let id = Int(name), id != Int(getpid()) else { continue }
        let line = readAll("/proc/\(id)/cmdline")
        if String(decoding: line, as: UTF8.self).contains(marker) { found.append(id) }
    }
    return found
}

private func readAll(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count <= 0 { return bytes }
        bytes += chunk[..<count]
    }
}
