import ChildProcesses
import Glibc

/// What is recorded of the machine: enough to know whether two figures may be compared.
enum Machine {
    /// "x86_64-Linux-2": architecture, system, online cores.
    static func classification() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        func text<T>(_ field: T) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(name.machine))-\(text(name.sysname))-\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"
    }

    /// The first line of `swift --version`, or nil without a toolchain.
    static func toolchain(_ environment: [String: String]) -> String? {
        let command = Command(
            ["swift", "--version"], environment: Environment.allowing(from: environment), timeoutNanoseconds: 60_000_000_000)
        guard let outcome = try? command.run(), outcome.termination == .exited(0) else { return nil }
        return outcome.standardOutput.text.split(separator: "\n").first.map(String.init)
    }
}
