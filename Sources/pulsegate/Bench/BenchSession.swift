import BenchmarkStatistics
import ChildProcesses
import Determinism
import Gates
import Glibc
import StrictDocuments

/// One comparison, run or self-test from build to verdict: builds, launches in rounds, keeps each launch, judges.
struct BenchSession {
    let folders: BenchFolders
    let console: Console
    let interruption: Interruption
    let progress: Progress
    let isQuiet: Bool
    let time = SystemTimeSource()
    let git: GitRepository
    let builder: BenchBuilder
    let driver: BenchDriver
    let toolchain: String
    let machine: String

    struct Settings: Sendable {
        /// Milliseconds of measuring for each benchmark in one launch.
        var milliseconds = 100
        /// Seconds of measuring for a benchmark at most, in each stage; launches are counted from it.
        /// Most are decided in one; where launches differ by more than the budget, two leave a fifth open and five a fiftieth (docs/benchmarking.md).
        var seconds = 5.0
        /// Seconds of measuring for the whole suite; what is not decided by then stays inconclusive. Nil: as long as its benchmarks may take.
        var suiteSeconds: Double?
        var falseAlarms = 0.01
        var isCounting = true
        /// By callgrind, where no hardware counter opens.
        var isCountingInstructions = false
        /// Handed to each launch; for programs that are two by their environment.
        var extra: [String] = []

        /// Launches of a stage at most. Budgets below 3 % may take twice as long.
        func launches(budget: Double) -> Int {
            let seconds = budget < 0.03 ? seconds * 2 : seconds
            return min(100, max(4, Int(seconds * 1000 / Double(milliseconds))))
        }
    }

    init(package: String?, quiet: Bool) throws(Failure) {
        console = Console(environment: Environment.current())
        interruption = try Interruption.bySignals()
        progress = console.progress(quiet: quiet)
        isQuiet = quiet
        folders = try BenchFolders(package: package)
        git = GitRepository(root: folders.package, environment: console.environment)
        let tool = SwiftTool(environment: console.environment, interruption: interruption, progress: progress)
        builder = BenchBuilder(folders: folders, tool: tool, git: git)
        driver = BenchDriver(environment: console.environment, folder: folders.package, interruption: interruption)
        toolchain = Machine.toolchain(console.environment) ?? "unknown"
        machine = Machine.classification() + " " + Self.processor()
        try Workspace.makeFolder(folders.base)
    }

    /// "AMD EPYC 7B13", from what the kernel says of the first CPU.
    static func processor() -> String {
        guard let bytes = try? DocumentFile.read("/proc/cpuinfo", maximumBytes: 1 << 22) else { return "unknown CPU" }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("model name") {
            if let colon = line.firstIndex(of: ":") { return String(line[line.index(after: colon)...].drop { $0 == " " }) }
        }
        return "unknown CPU"
    }

    static func load() -> Double {
        var loads = [0.0]
        return getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }

    var seconds: Double { Double(time.monotonicNow.nanosecondsSinceOrigin) / 1e9 }

    /// Where the branch began that HEAD is on; on the main branch itself the newest commit, or the one before where nothing was changed since.
    func mergeBase(branch: String) throws(Failure) -> String { try Self.mergeBase(git, branch: branch) }

    static func mergeBase(_ git: GitRepository, branch: String) throws(Failure) -> String {
        let state = git.state()
        if state?.dirty == true, let head = state?.commit, head == git.commit("origin/" + branch) ?? git.commit(branch) { return head }
        switch git.base(requested: nil, branch: branch, head: state?.commit) {
        case .found(let commit, _): return commit
        case .unknown(let reason): throw Failure(.cannotEvaluate, "nothing to compare with: \(reason)")
        }
    }

    // MARK: Choosing

    /// The benchmarks that names (a trailing * stands for any ending) and tags choose.
    static func choose(_ entries: [BenchDriver.Account.Entry], names: [String], tags: [String]) throws(Failure) -> [BenchDriver.Account
        .Entry]
    {
        for pattern in names where !entries.contains(where: { matches(pattern, $0.name) }) {
            throw Failure(
                .usage, "there is no benchmark '\(pattern)'", hint: "there are: \(entries.prefix(40).map(\.name).joined(separator: ", "))")
        }
        let chosen = entries.filter { isChosen($0, names: names, tags: tags) }
        guard !chosen.isEmpty else {
            throw Failure(.cannotEvaluate, "no benchmark was found", hint: "a suite without benchmarks shows nothing")
        }
        return chosen
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }

    private static func isChosen(_ entry: BenchDriver.Account.Entry, names: [String], tags: [String]) -> Bool {
        (names.isEmpty || names.contains { matches($0, entry.name) }) && (tags.isEmpty || tags.contains { entry.tags.contains($0) })
    }

    /// What was chosen of base and is not in head at all; one that only lost a tag is not missing.
    static func missing(
        of base: [BenchDriver.Account.Entry], in head: [BenchDriver.Account.Entry], names: [String], tags: [String]
    ) -> [String] {
        let present = Set(head.map(\.name))
        return base.filter { isChosen($0, names: names, tags: tags) && !present.contains($0.name) }.map(\.name)
    }

    // MARK: Comparing

    struct Comparison {
        var suite: SuiteVerdict
        var records: [LaunchRecord]
        var number: Int64
    }

    struct Launched {
        var schedule: ComparisonSchedule
        var records: [LaunchRecord]
        var placement: SuiteVerdict.Placement
    }

    /// - Parameters:
    ///   - cold: benchmarks that are judged by first iterations, with their clocks.
    ///   - headWork: millionths of the work that head does, for self-tests; of hot benchmarks.
    ///   - display: told each launch.
    func launches(
        _ rules: [(name: String, rule: PairedDecision.Rule)], base: BenchBuilder.Built, head: BenchBuilder.Built, settings: Settings,
        cold: [String: String] = [:], headWork: Int64 = 1_000_000, display: MeasuringDisplay? = nil,
        keep: ([LaunchRecord]) throws(Failure) -> Void
    ) throws(Failure) -> Launched {
        let driver = telling(display)
        var schedule = ComparisonSchedule(rules)
        var records: [LaunchRecord] = []
        let layouts = MatchedLayouts(tool: builder.tool, folder: folders.layouts, base: base, head: head)
        let natural = layouts.pair(seed: 0)
        let began = seconds
        // Whole rounds, so that each benchmark has been launched when the time is up.
        while records.isEmpty || seconds - began < settings.suiteSeconds ?? .infinity {
            let groups = schedule.nextRound()
            if groups.isEmpty { break }
            for group in groups {
                var launch = BenchDriver.Launch(
                    benchmarks: group.benchmarks, base: base.executable, head: head.executable, stage: group.stage, layout: 0,
                    headFirst: group.headFirst, cpu: group.cpu, milliseconds: settings.milliseconds, headWork: headWork,
                    padding: group.padding, extra: settings.extra)
                if natural != nil, let pair = layouts.pair(seed: group.layout) {
                    (launch.base, launch.head, launch.layout) = (pair.base, pair.head, group.layout)
                }
                for part in Self.parts(group.benchmarks, cold) {
                    launch.benchmarks = part
                    display?.begin(part)
                    let answer = try driver.launch(launch, cold: cold)
                    try keep(answer.records)
                    for record in answer.records {
                        schedule.add(record)
                        display?.add(record, schedule.decisions[record.benchmark])
                    }
                    for failure in answer.failures { schedule.fail(failure.benchmark, failure.problem) }
                    for name in part where schedule.failures[name] != nil { display?.fail(name) }
                    records += answer.records
                    progress.tick()
                }
            }
        }
        return Launched(schedule: schedule, records: records, placement: MatchedLayouts.placement(natural))
    }

    private func telling(_ display: MeasuringDisplay?) -> BenchDriver {
        var driver = driver
        if let display { driver.tick = { display.tick() } }
        return driver
    }

    /// The hot ones share a process; a cold one has its own.
    static func parts(_ names: [String], _ cold: [String: String]) -> [[String]] {
        let hot = names.filter { cold[$0] == nil }
        return (hot.isEmpty ? [] : [hot]) + names.filter { cold[$0] != nil }.map { [$0] }
    }

    func compare(
        _ product: String, base: BenchBuilder.Built?, head: BenchBuilder.Built, names: [String], tags: [String], settings: Settings,
        budget: @escaping @Sendable (String) -> BenchmarkBudget
    ) throws(Failure) -> Comparison {
        let account = try driver.account(head.executable)
        let chosen = try Self.choose(account.entries, names: names, tags: tags)
        let baseAccount = try base.map { (built) throws(Failure) in try driver.account(built.executable) }
        let baseNames = baseAccount.map { Set($0.entries.map(\.name)) }
        let store = try BenchStore(path: folders.database)
        let before = Self.load()
        let number = try store.begin(
            .init(
                kind: base == nil ? "run" : "compare", suite: product, base: base?.name, baseCommit: base?.commit, head: head.name,
                headCommit: head.commit, toolchain: toolchain, machine: machine, loopPicoseconds: account.loopPicoseconds,
                loadBefore: before), at: time.wallNow)
        let began = seconds
        var known: [String: BenchmarkVerdict.Knowledge] = [:]
        var rules: [(name: String, rule: PairedDecision.Rule)] = []
        let compared = chosen.filter { baseNames?.contains($0.name) ?? false }
        let cold = Dictionary(
            chosen.filter { $0.cold != nil }.map { ($0.name, $0.clock) }, uniquingKeysWith: { first, _ in first })
        for entry in chosen {
            let slowdown = budget(entry.name).slowdown
            // Self-tests are of hot launches: of cold ones nothing is known.
            let (knowledge, wrongVotes) =
                entry.cold != nil
                ? (BenchmarkVerdict.Knowledge(), PairedDecision.Rule.assumedWrongVotes)
                : try self.knowledge(
                    of: entry.name, product: product, budget: slowdown, allowed: settings.launches(budget: slowdown), store: store)
            known[entry.name] = knowledge
            if compared.contains(where: { $0.name == entry.name }) {
                rules.append(
                    (
                        entry.name,
                        .suite(
                            budget: slowdown, benchmarks: compared.count, falseAlarms: settings.falseAlarms, wrongVotes: wrongVotes,
                            launches: settings.launches(budget: slowdown))
                    ))
            }
        }
        progress.phase("measuring \(chosen.count) benchmark\(chosen.count == 1 ? "" : "s")")
        // From here on the table shows what is done.
        progress.done()
        let alone = chosen.filter { entry in !compared.contains { $0.name == entry.name } }.map(\.name)
        let display = console.measuring(
            MeasuringState(
                title: "\(product), \(head.name)" + (base.map { " against \($0.name)" } ?? ""), hasBase: base != nil,
                benchmarks: chosen.map { entry in
                    (entry.name, !alone.contains(entry.name) ? 0 : entry.cold != nil ? BenchDriver.coldProcesses : Self.singleLaunches)
                }), quiet: isQuiet)
        defer { display.end() }
        let watched = telling(display)
        var records: [LaunchRecord] = []
        var schedule = ComparisonSchedule([])
        var placement: SuiteVerdict.Placement?
        if let base, !rules.isEmpty {
            let launched = try launches(
                rules, base: base, head: head, settings: settings, cold: cold, display: display,
                keep: { (new) throws(Failure) in try store.add(new, to: number) })
            (schedule, records, placement) = (launched.schedule, launched.records, launched.placement)
        }
        // Those without a base are measured alone.
        var failures = schedule.failures
        func launchAlone(_ names: [String], cpu: Int) throws(Failure) {
            let group = names.filter { failures[$0] == nil }
            guard !group.isEmpty else { return }
            display.begin(group)
            let answer = try watched.launch(
                .init(
                    benchmarks: group, head: head.executable, stage: .single, cpu: cpu, milliseconds: settings.milliseconds,
                    extra: settings.extra), cold: cold)
            try store.add(answer.records, to: number)
            for record in answer.records { display.add(record, nil) }
            for failure in answer.failures {
                failures[failure.benchmark] = failure.problem
                display.fail(failure.benchmark)
            }
            records += answer.records
        }
        let hot = alone.filter { cold[$0] == nil }
        for launch in 0..<Self.singleLaunches {
            for start in stride(from: 0, to: hot.count, by: ComparisonSchedule.perLaunch) {
                try launchAlone(Array(hot[start..<min(hot.count, start + ComparisonSchedule.perLaunch)]), cpu: launch)
            }
        }
        for process in 0..<BenchDriver.coldProcesses {
            for name in alone where cold[name] != nil { try launchAlone([name], cpu: process) }
        }
        display.end()
        var counts: [String: [CountComparison]] = [:]
        if settings.isCounting {
            progress.phase("counting")
            var counting = Counting(environment: console.environment, scratch: folders.base)
            counting.iterations = 1
            counting.usesCallgrind = settings.isCountingInstructions
            counting.interruption = interruption
            for entry in chosen where failures[entry.name] == nil {
                progress.detail(entry.name)
                let hasBase = baseNames?.contains(entry.name) ?? false
                var counted = counting.compare(entry.name, base: hasBase ? base?.executable : nil, head: head.executable).comparisons
                if entry.cold != nil {
                    counted = BenchDriver.coldCounts(
                        counted, records.filter { $0.benchmark == entry.name }, countsAllocations: account.countsAllocations)
                }
                counts[entry.name] = counted
            }
        }
        let ended = seconds
        let judge = BenchJudge(
            account: account, baseNames: baseNames, budget: budget, knowledge: { [known] in known[$0] ?? .init() },
            today: String(time.wallNow.rfc3339.prefix(10)))
        let byName = Dictionary(grouping: records, by: \.benchmark)
        let loop = Double(account.loopPicoseconds) / 1000
        var verdict = SuiteVerdict(
            suite: product, base: base?.name, head: head.name, toolchain: toolchain, machine: machine,
            benchmarks: chosen.map { entry in
                let reference = entry.reference.flatMap { byName[$0] }.flatMap { records in
                    TimeEstimate(records.filter { $0.layout == 0 }.map { ($0.head.times, $0.iterations) }, loopNanoseconds: loop)
                }
                return judge.verdict(
                    entry, records: byName[entry.name] ?? [], time: schedule.decisions[entry.name].map(\.verdict),
                    counts: counts[entry.name] ?? [], problem: failures[entry.name], reference: reference)
            })
        if let baseAccount {
            verdict.missing = Self.missing(of: baseAccount.entries, in: account.entries, names: names, tags: tags)
        }
        verdict.seconds = ended - began
        verdict.placement = placement
        verdict.hasOtherHarness = base.map { ExecutableFunctions.haveOtherHarnesses($0.executable, head.executable) } ?? false
        verdict.load = (before, Self.load())
        let batches = records.flatMap { $0.head.switches + ($0.base?.switches ?? []) }
        verdict.disturbed = batches.isEmpty ? 0 : Double(batches.count { $0 > 0 }) / Double(batches.count)
        verdict.stolenMilliseconds = records.reduce(0) { $0 + ($1.usage["steal_us"] ?? 0) } / 1000
        verdict.migrated = records.count { $0.usage["migrated"] == 1 }
        if account.isDebug { verdict.problems.append("the suite is a debug build: its times say nothing") }
        try store.end(number, verdict, outcome: verdict.worst.rawValue, at: time.wallNow)
        progress.done()
        return Comparison(suite: verdict, records: records, number: number)
    }

    /// Launches of one build that is measured alone.
    static let singleLaunches = 5

    /// What self-tests on this class of machine say of a benchmark, and how often its launches vote wrongly, cautiously.
    func knowledge(
        of name: String, product: String, budget: Double, allowed: Int, store: BenchStore
    ) throws(Failure) -> (BenchmarkVerdict.Knowledge, wrongVotes: Double) {
        let same = try store.tally(name, suite: product, machine: machine, budget: budget, change: 0, allowed: allowed)
        let slower = try store.tally(name, suite: product, machine: machine, budget: budget, change: budget, allowed: allowed)
        let knowledge = BenchmarkVerdict.Knowledge(
            falseAlarms: same.trials > 0 ? ExactInterval(found: same.failed, of: same.trials) : nil,
            detections: slower.trials > 0 ? ExactInterval(found: slower.failed, of: slower.trials) : nil)
        // A hundred launches are few enough to come by and enough to say something.
        guard same.launches >= 100 else { return (knowledge, PairedDecision.Rule.assumedWrongVotes) }
        return (knowledge, min(0.45, ExactInterval(found: min(same.slower, same.launches), of: same.launches).upper))
    }
}

extension BenchmarkVerdict {
    /// Allocations an iteration of head, where they were counted and agree.
    var allocations: Int64? {
        guard let counted = counts.first(where: { $0.metric == "allocations" })?.head, let first = counted.first else { return nil }
        return counted.allSatisfy { $0 == first } ? first : nil
    }
}

extension SuiteVerdict {
    /// The worst of all benchmarks.
    var worst: BenchmarkVerdict.Outcome {
        if !missing.isEmpty { return .missing }
        return benchmarks.map(\.outcome).max() ?? .broken
    }

    /// What the outcome means to a gate: 1 for a broken budget, 3 where something could not be evaluated.
    var exitCode: ExitCode {
        if !problems.isEmpty || benchmarks.isEmpty || benchmarks.contains(where: { $0.outcome == .broken }) { return .cannotEvaluate }
        if !missing.isEmpty || benchmarks.contains(where: { $0.outcome == .fail }) { return .fail }
        return .pass
    }
}
