import ChildProcesses
import Glibc
import StrictDocuments

/// Runs a benchmark under callgrind, where valgrind is installed.
///
/// ```swift
/// let callgrind = try Callgrind(environment: environment, scratch: folder)
/// let profile = try callgrind.profile("parse", of: suite, iterations: 8)     // of eight iterations, and of nothing else
/// ```
///
/// Two runs, one with so many iterations more than the other, and their difference: start-up, set-up, warming up and the meter are in both. What
/// making an input costs is in it. Only the thread that runs the body is collected.
struct Callgrind {
    struct Problem: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// Instructions may differ by this share between two runs of one build: a thousandth more is then found for certain, and what repeats worse says
    /// nothing. Measured: 0.00004 % for code that hashes nothing.
    static let tolerance = 0.0005
    static let measuredFunction = "pulsegate_bench_measured"

    let environment: [String: String]
    /// A folder for the profiles, which are removed after they were read.
    let scratch: String
    var timeoutNanoseconds: Int64 = 300_000_000_000
    var interruption: Interruption?

    /// nil where valgrind is not installed.
    init?(environment: [String: String], scratch: String) {
        guard Self.isInstalled(environment) else { return nil }
        self.environment = environment
        self.scratch = scratch
    }

    static func isInstalled(_ environment: [String: String]) -> Bool { ExecutableSearch(path: environment["PATH"]).find("valgrind") != nil }

    /// The instructions of `iterations` iterations by function.
    func profile(_ benchmark: String, of suite: String, iterations: Int64) throws(Problem) -> CallgrindProfile {
        let program = withoutDebugInformation(suite)
        defer { if program != suite { unlink(program) } }
        let one = try run(benchmark, program, iterations: 1)
        return try run(benchmark, program, iterations: 1 + max(1, iterations)).less(one)
    }

    /// A copy of the suite beside it that valgrind can read: it gives up on a program whose debug information is newer than itself, and needs none of
    /// it here. The suite itself where there is no tool to make one, or no place; the caller removes the copy.
    func withoutDebugInformation(_ suite: String) -> String {
        let search = ExecutableSearch(path: environment["PATH"])
        guard let tool = ["strip", "llvm-strip", "llvm-objcopy"].compactMap(search.find).first,
            let copy = Self.temporary(suite + "-callgrind") ?? Self.temporary("\(scratch)/callgrind-suite")
        else { return suite }
        let isCopier = tool.hasSuffix("objcopy")
        let command = Command(
            [tool, "--strip-debug"] + (isCopier ? [suite, copy] : ["-o", copy, suite]), environment: environment,
            timeoutNanoseconds: timeoutNanoseconds, graceNanoseconds: 0)
        guard let outcome = try? command.run(interruption: interruption), outcome.termination == .exited(0), chmod(copy, 0o700) == 0 else {
            unlink(copy)
            return suite
        }
        return copy
    }

    /// An empty file of a name that nothing had.
    private static func temporary(_ prefix: String) -> String? {
        var template = Array("\(prefix)-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { return nil }
        close(file)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Everything between the first and the last of so many iterations.
    func run(_ benchmark: String, _ suite: String, iterations: Int64) throws(Problem) -> CallgrindProfile {
        guard let path = Self.temporary("\(scratch)/callgrind") else { throw Problem(description: "no file can be made in '\(scratch)'") }
        defer { unlink(path) }
        var variables = environment
        variables["SWIFT_DETERMINISTIC_HASHING"] = "1"
        variables["LLVM_PROFILE_FILE"] = "/dev/null"
        let command = Command(
            [
                "valgrind", "--tool=callgrind", "--toggle-collect=\(Self.measuredFunction)", "--callgrind-out-file=\(path)",
                suite, "iterate", benchmark, "\(iterations)",
            ], environment: variables, timeoutNanoseconds: timeoutNanoseconds, graceNanoseconds: 0)
        let outcome: Outcome
        do { outcome = try command.run(interruption: interruption) } catch { throw Problem(description: error.description) }
        guard !outcome.endedByOrder else { throw Problem(description: "callgrind did not end in time") }
        guard outcome.termination == .exited(0) else {
            let words =
                outcome.standardOutput.complete.flatMap(CountedRun.failure)
                ?? outcome.standardError.text.split(separator: "\n").last.map(String.init) ?? ""
            throw Problem(description: "under callgrind the suite failed: \(words)")
        }
        let bytes: [UInt8]
        do {
            bytes = try DocumentFile.read(path, maximumBytes: CallgrindReader.maximumBytes)
        } catch {
            throw Problem(description: error.description)
        }
        do { return try CallgrindProfile.parse(bytes: bytes) } catch { throw Problem(description: error.description) }
    }
}
