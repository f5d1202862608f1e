/// The benchmarks of this repository: `Bench <module> [options]`, one file for each module.
///
/// ```
/// swift run -c release Bench ledger --leaves 1000000
/// swift run -c release Bench property --seeds 100
/// swift run -c release Bench startup --runs 30
/// swift run -c release Bench fuzz --repeats 5
/// ```
///
/// Exit codes: 0 every floor held, 1 one did not, 2 wrong usage.
@main
enum Bench {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "fuzz": FuzzBenchmarks.main(Array(arguments.dropFirst()))
        case "ledger": LedgerBenchmarks.main(Array(arguments.dropFirst()))
        case "property": PropertyTestingBenchmarks.main(Array(arguments.dropFirst()))
        case "startup": StartupBenchmarks.main(Array(arguments.dropFirst()))
        default:
            Stop.usage(
                """
                usage: Bench fuzz [--executions N] [--repeats N] [--kills N] [--suite PATH] [--json]
                       Bench ledger [--leaves N] [--repeats N] [--keep PATH] [--json]
                       Bench property [--group NAME] [--seeds N] [--json]
                       Bench startup [--runs N] [--pulsegate PATH] [--keep FOLDER] [--json]
                """)
        }
    }
}
