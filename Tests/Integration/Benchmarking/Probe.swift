import ChildProcesses
import Glibc

@testable import pulsegate

/// The suite with planted costs, which stands beside the program of these tests.
enum Probe {
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/BenchProbe"
    }()

    static let environment = Environment.allowing(from: Environment.current())
        .merging(["SWIFT_BACKTRACE": "enable=no", "LLVM_PROFILE_FILE": "/dev/null"]) { _, new in new }

    static func planted(_ variables: [String: String]) -> [String: String] { environment.merging(variables) { _, new in new } }

    static func command(_ words: [String], _ variables: [String: String] = [:], seconds: Int64 = 120) -> Command {
        Command(
            [path] + words, environment: planted(variables), timeoutNanoseconds: seconds * 1_000_000_000, graceNanoseconds: 0)
    }

    static func count(_ benchmark: String, iterations: Int = 8, _ variables: [String: String] = [:]) throws -> CountedRun? {
        let outcome = try command(["count", benchmark, "--iterations", "\(iterations)"], variables).run()
        return CountedRun(output: outcome.standardOutput.complete ?? [])
    }

    /// Whether system calls can be counted here; asked once.
    static let traces: Bool = {
        switch try? command(["count", "arithmetic"]).countSystemCalls() {
        case .counted?: true
        default: false
        }
    }()

    static let hasCallgrind = Callgrind.isInstalled(environment)

    static let scratch = environment["TMPDIR"] ?? "/tmp"
}
