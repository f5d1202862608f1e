import ChildProcesses
import Glibc

// A program of its own for tests of ChildProcesses that need one: to be killed, to be signalled, or to count its own
// descriptors without other tests opening some meanwhile.
//
//     ChildProcessesProbe run <script>     runs `sh -c script` and prints how it ended
//     ChildProcessesProbe signals <script> the same, with signal handlers installed
//     ChildProcessesProbe repeat <count>   runs `true` count times and prints descriptors and children before and after

/// Entries of a folder of /proc.
func entryCount(_ folder: String) -> Int {
    guard let directory = opendir(folder) else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

func runScript(_ script: String, interruption: Interruption?) throws {
    let command = Command(
        ["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], timeoutNanoseconds: 60_000_000_000,
        graceNanoseconds: 100_000_000)
    let outcome = try command.run(interruption: interruption)
    print("\(outcome.termination) interrupted=\(outcome.interrupted) survivors=\(outcome.survivors) first=\(Signals.first ?? 0)")
}

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.dropFirst(2).first) {
case ("run", let script?):
    try runScript(script, interruption: nil)
case ("signals", let script?):
    let interruption = try Interruption()
    try Signals.install(tripping: interruption)
    try runScript(script, interruption: interruption)
case ("repeat", let text?):
    let command = Command(["true"], environment: ["PATH": "/usr/bin:/bin"])
    _ = try command.run()
    let before = entryCount("/proc/self/fd")
    for _ in 0..<(Int(text) ?? 0) {
        let outcome = try command.run()
        if outcome.termination != .exited(0) { print("failed: \(outcome.termination)") }
    }
    // No child, running or zombie, is what ECHILD says.
    let childless = waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD
    print("descriptors \(before) \(entryCount("/proc/self/fd")) childless=\(childless)")
default:
    print("usage: ChildProcessesProbe run|signals <script> | repeat <count>")
    exit(2)
}
