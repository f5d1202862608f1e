import Determinism
import PropertyTesting

#if canImport(Glibc)
    import Glibc
#endif

/// Properties that die or suspend, for tests that look at a whole process: what it prints, what it leaves behind, how long candidates take.
///
/// ```
/// property-probe traps 100        # that many dying candidates in children; prints deaths and milliseconds
/// property-probe async            # asynchronous runs, to be tried on a pool of one thread
/// property-probe costs 10000      # microseconds of a case that passes: in this process, suspending, in a child
/// property-probe orphan           # prints the id of a child that never ends, and waits to be killed
/// ```
@main
struct PropertyProbe {
    static func main() async {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "traps": traps(arguments.count > 2 ? Int(arguments[2]) ?? 100 : 100)
        case "async": await suspending()
        case "costs": await costs(arguments.count > 2 ? Int(arguments[2]) ?? 10_000 : 10_000)
        case "orphan": orphan()
        default:
            print("usage: property-probe traps [count] | async | costs [cases] | orphan")
            exit(2)
        }
    }

    /// Every candidate dies; each with choices of its own.
    private static func traps(_ count: Int) {
        let clock = SystemTimeSource()
        let start = clock.monotonicNow
        let deaths = PropertyEngine.countDeaths(candidates: count, caseLimit: .seconds(5)) { draws in
            let xs = draws.array(1...10) { $0.int() }
            return xs[xs.count] == 0 ? .rejected : .passed
        }
        let spent = start.duration(to: clock.monotonicNow)
        print("deaths \(deaths) milliseconds \(spent / .milliseconds(1))")
    }

    private static func suspending() async {
        let report = await PropertyEngine.runAsync(PropertySettings(cases: 200, seed: 1)) { draws in
            let x = draws.int(in: 0...1000)
            await Task.yield()
            return x > 500 ? .failed(CaseFailure(origin: FailureOrigin(reason: "large"))) : .passed
        }
        print("outcome \(report.outcome) token \(report.failures.first?.token.description ?? "none")")
    }

    private static func costs(_ cases: Int) async {
        let clock = SystemTimeSource()
        func report(_ name: String, since start: MonotonicInstant) {
            print("\(name) \(start.duration(to: clock.monotonicNow) / .microseconds(1) / Double(max(1, cases))) us")
        }
        func test(_ draws: Draws) -> CaseEnd { draws.int() == 1 && draws.int() == 2 ? .rejected : .passed }
        let settings = PropertySettings(cases: cases)
        var start = clock.monotonicNow
        _ = PropertyEngine.run(settings, test: test)
        report("engine", since: start)
        start = clock.monotonicNow
        _ = PropertySession(settings).run(test)
        report("session", since: start)
        start = clock.monotonicNow
        _ = await PropertyEngine.runAsync(settings) { draws in test(draws) }
        report("suspending", since: start)
        start = clock.monotonicNow
        _ = PropertyEngine.runIsolated(settings, caseLimit: .seconds(5), test: test)
        report("child", since: start)
    }

    private static func orphan() {
        let output = dup(STDOUT_FILENO)
        _ = PropertyEngine.runIsolated(PropertySettings(cases: 1), caseLimit: .seconds(600)) { draws in
            _ = draws.int()
            let line = Array("child \(getpid())\n".utf8)
            _ = write(output, line, line.count)
            while true { pause() }
        }
    }
}
