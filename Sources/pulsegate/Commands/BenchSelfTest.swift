import ArgumentParser
import BenchmarkStatistics
import Gates
import StrictDocuments
import TerminalDisplay

struct BenchSelfTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "self-test", abstract: "Measure how often this machine's verdicts are wrong.",
        discussion: """
            Judges the suite against itself, again and again: unchanged, which must pass, and with head made to do a known share of more work, which \
            must be found. Each trial is kept, so that it can be ended and gone on with at any time; verdicts print what is known of their benchmark, \
            and one that fails unchanged code more often than promised loses the right to block until it was tested again.

              pulsegate bench self-test --trials 300            of each kind, for each benchmark
              pulsegate bench self-test 'macd.*' --change 3% --budget 3%
              pulsegate bench self-test --trials 0              show what is known

            Benchmarks that are cold are left out: their processes are judged by other launches.

            Exit codes: 0 every promise held, 1 one did not, 2 usage, 3 nothing could be measured.
            """)

    @OptionGroup var options: BenchOptions

    @Option(name: .long, help: ArgumentHelp("Trials of each kind that each benchmark shall have.", valueName: "count"))
    var trials = 20

    @Option(name: .long, help: ArgumentHelp("The known slow-down; otherwise the budget.", valueName: "percent"))
    var change: String?

    func run() throws {
        guard (0...100_000).contains(trials) else { throw Failure(.usage, "--trials takes 0 to 100000, not \(trials)") }
        let session = try BenchSession(package: options.place.packagePath, quiet: options.place.quiet)
        let product = try session.builder.find(asked: options.place.suite)
        let head = try session.builder.buildHead(product)
        let account = try session.driver.account(head.executable)
        let names = try SelfTest.choose(account.entries, names: options.names, tags: options.tag)
        let slowdown = try options.measuring.slowdown()
        var shift = slowdown
        if let change {
            var other = options.measuring
            other.budget = change
            shift = try other.slowdown()
        }
        let settings = try options.measuring.settings()
        let store = try BenchStore(path: session.folders.database)
        let runs = SelfTest(session: session, store: store, product: product, budget: slowdown, settings: settings)
        try runs.run(names, head: head, change: shift, trials: trials)
        let rows = try runs.rows(names, change: shift)
        session.progress.done()
        session.console.print(
            options.place.json
                ? String(decoding: SelfTest.json(rows).prettyBytes(), as: UTF8.self)
                : SelfTest.text(rows, budget: slowdown, change: shift, width: session.console.columns, colour: session.console.colour))
        throw Ending(code: rows.contains { $0.isBroken } ? .fail : .pass)
    }
}
