import ChildProcesses
import Gates
import Glibc
import Testing

@testable import pulsegate

@Suite("driving a suite")
struct SuiteDriverTests {
    private func driver(_ interruption: Interruption) -> SuiteDriver {
        SuiteDriver(
            executable: "/bin/sh", environment: Environment.current(), folder: "/", sanitizer: nil, interruption: interruption)
    }

    @Test("what a campaign was interrupted by does not end the commands that sort its findings")
    func laterCommands() throws {
        let interruption = try Interruption()
        interruption.trip()
        let answer = try driver(interruption).run(
            ["-c", "sleep 0.5; echo '{\"event\":\"finished\",\"seconds\":1.0}'"], limit: 60_000_000_000)
        #expect(answer.ending == .exited(0) && answer.events.count == 1)
    }

    @Test("a suite that a full disk or a limit ended says which")
    func fullDisk() throws {
        for (signal, word) in [(SIGBUS, "full"), (SIGXFSZ, "ulimit"), (SIGSEGV, "run again")] {
            let answer = try driver(Interruption()).run(["-c", "kill -\(signal) $$"], limit: 60_000_000_000)
            #expect(SuiteDriver.failure(answer, "run")?.description.contains(word) == true)
        }
    }

    @Test("an interruption while a command runs reaches it")
    func now() throws {
        let interruption = try Interruption()
        let answer = try driver(interruption).run(
            ["-c", "trap 'exit 7' INT; echo '{\"event\":\"finished\",\"seconds\":1.0}'; while :; do sleep 0.05; done"],
            limit: 60_000_000_000, onEvent: { _, _ in interruption.trip() })
        #expect(answer.ending == .exited(7))
    }
}
