import ArgumentParser
import BenchmarkStatistics
import Gates
import Glibc
import StrictDocuments

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Ask whether a change made code slower, and believe the answer.",
        discussion: """
            A suite is an executable of your package with benchmarks:

              import Benchmarking
              @main struct Suite: BenchmarkSuite {
                  static var benchmarks: [Benchmark] {
                      Benchmark("parse") { text in parse(text) } setup: { sampleText() }
                  }
              }

            pulsegate builds it in release, and the commit to compare with in a work tree of its own:

              pulsegate bench run                    what everything costs now
              pulsegate bench compare main           whether the work tree is slower than main
              pulsegate bench compare v1.0 v1.1      one commit against another
              pulsegate bench run --against before   the difference to a run kept by --save before
              pulsegate bench history parse          how it went
              pulsegate bench profile parse          where its instructions go
              pulsegate bench programs OLD NEW       two suites that are built already
              pulsegate bench self-test              how often this machine's verdicts are wrong

            Verdicts are pass, fail or inconclusive, never a guess: processes of both builds take turns, each votes, and a slow-down counts when \
            fresh processes with the code laid out anew confirm it.
            """,
        subcommands: [
            BenchRun.self, BenchCompare.self, BenchBaselines.self, BenchHistory.self, BenchProfile.self, BenchPrograms.self,
            BenchSelfTest.self, BenchVerify.self,
        ])
}

/// What every command of `pulsegate bench` takes that shows what was kept.
struct BenchKept: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The package; otherwise the one here or above.", valueName: "folder"))
    var packagePath: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false
}

/// What every command of `pulsegate bench` that measures takes.
struct BenchOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Benchmarks; a trailing * stands for any ending. Without any, all.", valueName: "benchmark"))
    var names: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only benchmarks with this tag.", valueName: "tag"))
    var tag: [String] = []

    @OptionGroup var place: BenchPlace
    @OptionGroup var measuring: BenchMeasuring
}

/// Which benchmarks, where the arguments are something else.
struct BenchChoice: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Benchmarks; a trailing * stands for any ending. Without any, all.", valueName: "benchmark"))
    var only: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only benchmarks with this tag.", valueName: "tag"))
    var tag: [String] = []
}

struct BenchPlace: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The suite's executable target; otherwise the only one.", valueName: "product"))
    var suite: String?

    @Option(name: .long, help: ArgumentHelp("The package; otherwise the one here or above.", valueName: "folder"))
    var packagePath: String?

    @Flag(name: [.long, .short], help: "Show no progress.")
    var quiet = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false
}

struct BenchMeasuring: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Seconds of measuring for a benchmark at most, in each stage.", valueName: "seconds"))
    var seconds = BenchSession.Settings().seconds

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Seconds of measuring for all of them together; what is undecided by then is inconclusive.", valueName: "seconds"))
    var suiteSeconds: Double?

    @Option(name: .long, help: ArgumentHelp("The slow-down that fails a benchmark without a budget of its own.", valueName: "percent"))
    var budget: String?

    @Option(name: .long, help: ArgumentHelp("Milliseconds of measuring for a benchmark in one process.", valueName: "ms"))
    var launch = 100

    @Flag(name: .long, help: "Count instructions with valgrind's callgrind where no hardware counter opens; seconds a benchmark.")
    var instructions = false

    @Option(name: .long, help: ArgumentHelp("Write performance.md and its plots into this folder.", valueName: "folder"))
    var report: String?

    @Option(name: .long, help: ArgumentHelp("Take budgets from this collector of gates.json.", valueName: "collector"))
    var forGate: String?

    func gate(_ session: BenchSession) throws(Failure) -> BenchGate? {
        try forGate.map { (collector) throws(Failure) in try BenchGate(collector: collector, package: session.folders.package) }
    }

    /// The page goes where it is asked for; a gate's goes with the other reports.
    func reports(_ session: BenchSession) -> String? {
        report.map { RunSession.absolute($0) } ?? (forGate == nil ? nil : session.folders.package + "/reports")
    }

    func settings() throws(Failure) -> BenchSession.Settings {
        guard seconds > 0, seconds <= 600 else { throw Failure(.usage, "--seconds takes more than 0 and at most 600, not \(seconds)") }
        if let suiteSeconds, !(suiteSeconds > 0 && suiteSeconds <= 86_400) {
            throw Failure(.usage, "--suite-seconds takes more than 0 and at most 86400, not \(suiteSeconds)")
        }
        guard (10...10_000).contains(launch) else { throw Failure(.usage, "--launch takes 10 to 10000 milliseconds, not \(launch)") }
        var settings = BenchSession.Settings()
        settings.seconds = seconds
        settings.suiteSeconds = suiteSeconds
        settings.milliseconds = launch
        settings.isCountingInstructions = instructions
        return settings
    }

    func slowdown() throws(Failure) -> Double {
        guard let budget else { return BenchmarkBudget.defaultSlowdown }
        guard let value = try? QuantityText(budget), value.quantity.unit == .ratio, value.quantity.numerator > 0 else {
            throw Failure(.usage, "--budget \(budget): it is not a share", hint: "write it as 5% or 2.5%")
        }
        let share = Double(value.quantity.numerator) / Double(value.quantity.denominator)
        guard share >= 0.005, share <= 10 else { throw Failure(.usage, "--budget \(budget): a budget is 0.5% to 1000%") }
        return share
    }
}

struct BenchRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measure the work tree's benchmarks.",
        discussion: """
            Shows what each costs now, in five processes, or in fifteen where it is cold: time, rate, allocations, memory. Whether that is slower than before is what \
            `pulsegate bench compare` answers.

              pulsegate bench run 'macd.*' --json
              pulsegate bench run --save before        keep it under a name
              pulsegate bench run --against before     show the difference to what was kept; it fails nothing

            Exit codes: 0, 1 when an absolute budget is broken, 2 usage, 3 nothing could be measured, or the baseline is of another machine.
            """)

    @OptionGroup var options: BenchOptions

    @Option(name: .long, help: ArgumentHelp("Keep the launches under this name; one that is there is replaced.", valueName: "name"))
    var save: String?

    @Option(name: .long, help: ArgumentHelp("Show the difference to the run that was kept under this name.", valueName: "name"))
    var against: String?

    func run() throws {
        if let save { try BenchStore.checkName(save) }
        let session = try BenchSession(package: options.place.packagePath, quiet: options.place.quiet)
        // What cannot be compared is refused before anything is built.
        let saved = try against.map { (name) throws(Failure) in try self.saved(name, session) }
        let product = try session.builder.find(asked: options.place.suite)
        if let saved { try BaselineComparison.check(saved, suite: product, machine: session.machine, toolchain: session.toolchain) }
        let head = try session.builder.buildHead(product)
        let slowdown = try options.measuring.slowdown()
        let gate = try options.measuring.gate(session)
        let result = try session.compare(
            product, base: nil, head: head, names: options.names, tags: options.tag, settings: try options.measuring.settings(),
            budget: { gate?.budget($0) ?? BenchmarkBudget(slowdown: slowdown) })
        var difference: BaselineComparison?
        if let saved {
            let store = try BenchStore(path: session.folders.database)
            difference = BaselineComparison(
                saved: saved, base: try store.launches(of: saved.comparison),
                baseAllocations: try store.allocations(of: saved.comparison), earlier: try store.earlierRuns(like: saved),
                head: result.records, verdict: result.suite,
                isWhole: options.names.isEmpty && options.tag.isEmpty)
        }
        if let save { try keep(result, as: save, session) }
        try BenchAnswer.give(
            result, session, json: options.place.json, reports: options.measuring.reports(session), against: difference)
    }

    private func saved(_ name: String, _ session: BenchSession) throws(Failure) -> BenchStore.Baseline {
        guard access(session.folders.database, F_OK) == 0 else { throw BenchStore.unknown(name, []) }
        let saved = try BenchStore(path: session.folders.database).baseline(name)
        try BaselineComparison.check(saved, suite: nil, machine: session.machine, toolchain: session.toolchain)
        return saved
    }

    private func keep(_ result: BenchSession.Comparison, as name: String, _ session: BenchSession) throws(Failure) {
        guard !result.records.isEmpty, result.suite.problems.isEmpty else {
            session.console.problem("nothing is kept as '\(name)': \(result.suite.problems.first ?? "nothing was measured")")
            return
        }
        let before = try BenchStore(path: session.folders.database).save(name, comparison: result.number, at: session.time.wallNow)
        session.console.problem(
            "kept as '\(name)'" + (before.map { ", in place of \($0.head) of \($0.savedAt.prefix(10))" } ?? ""))
    }
}

struct BenchCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Judge whether one state is slower than another.",
        discussion: """
              pulsegate bench compare main                       the work tree against main
              pulsegate bench compare v1.0 v1.1 --only 'macd.*'  two commits
              pulsegate bench compare main --budget 2%           find smaller slow-downs, in more time

            The base is built once for each commit and toolchain. Processes of both builds measure in turn, A B B A, on one CPU; each process votes \
            whether head is slower by more than half the budget, and the side that leads by three votes wins. A slow-down is voted on again with \
            fresh processes and another layout of both builds' code; only then it fails.

            Exit codes: 0 pass or inconclusive, 1 a budget is broken, 2 usage, 3 nothing could be measured.
            """)

    @Argument(help: ArgumentHelp("The state to compare with; 'merge-base': where the branch began.", valueName: "base"))
    var base: String

    @Argument(help: ArgumentHelp("The state to judge; otherwise the work tree.", valueName: "head"))
    var head: String?

    @OptionGroup var choice: BenchChoice
    @OptionGroup var place: BenchPlace
    @OptionGroup var measuring: BenchMeasuring

    func run() throws {
        let session = try BenchSession(package: place.packagePath, quiet: place.quiet)
        func commit(_ revision: String) throws(Failure) -> String {
            guard let commit = session.git.commit(revision) else {
                throw Failure(.usage, "'\(revision)' is no commit here", hint: "name a branch, a tag or a commit; is the clone shallow?")
            }
            return commit
        }
        let gate = try measuring.gate(session)
        let baseCommit = try base == "merge-base" ? session.mergeBase(branch: gate?.branch ?? "main") : commit(base)
        let headCommit = try head.map { (revision) throws(Failure) in try commit(revision) }
        let product = try session.builder.find(asked: place.suite)
        let built: BenchBuilder.Built
        if let headCommit {
            guard let other = try session.builder.buildBase(product, commit: headCommit, toolchain: session.toolchain) else {
                throw Failure(.cannotEvaluate, "\(headCommit.prefix(7)) has no suite '\(product)'")
            }
            built = other
        } else {
            built = try session.builder.buildHead(product)
        }
        let before = try session.builder.buildBase(product, commit: baseCommit, toolchain: session.toolchain)
        if before == nil { session.progress.note("\(baseCommit.prefix(7)) has no suite '\(product)': all benchmarks are new") }
        let slowdown = try measuring.slowdown()
        let result = try session.compare(
            product, base: before, head: built, names: choice.only, tags: choice.tag, settings: try measuring.settings(),
            budget: { gate?.budget($0) ?? BenchmarkBudget(slowdown: slowdown) })
        try BenchAnswer.give(result, session, json: place.json, reports: measuring.reports(session))
    }
}

struct BenchProfile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Show where a benchmark's instructions go, or what changed.",
        discussion: """
            Counts instructions by function with valgrind's callgrind, where that is installed.

              pulsegate bench profile macd.batch                  the dearest functions
              pulsegate bench profile macd.batch --against main   what became dearer since main
            """)

    @Argument(help: ArgumentHelp("The benchmark.", valueName: "benchmark"))
    var name: String

    @Option(name: .long, help: ArgumentHelp("The state to compare with.", valueName: "base"))
    var against: String?

    @OptionGroup var place: BenchPlace

    func run() throws {
        let session = try BenchSession(package: place.packagePath, quiet: place.quiet)
        let product = try session.builder.find(asked: place.suite)
        let head = try session.builder.buildHead(product)
        _ = try BenchSession.choose(try session.driver.account(head.executable).entries, names: [name], tags: [])
        var base: String?
        if let against {
            guard let commit = session.git.commit(against) else { throw Failure(.usage, "'\(against)' is no commit here") }
            base = try session.builder.buildBase(product, commit: commit, toolchain: session.toolchain)?.executable
        }
        session.progress.phase("profiling \(name)")
        do {
            let table = try BenchmarkProfile(environment: session.console.environment, scratch: session.folders.base)
                .table(name, base: base, head: head.executable)
            session.progress.done()
            session.console.print(table.terminal(width: session.console.columns, colour: session.console.colour))
        } catch {
            throw Failure(.cannotEvaluate, "\(error)")
        }
    }
}
