/// Why a campaign would see nothing, or too little to be believed, and how to mend it. A campaign that is blind is refused: it would be green for ever.
enum Blindness: Equatable, Sendable {
    /// The build counts nothing.
    case noCounters(suite: String)
    /// Counters are there, and the table that says where they stand is missing or of another size.
    case brokenTable(suite: String, fault: Int)
    /// Objects on the disk were made with other flags than the build's plan says now.
    case staleObjects([String], scratch: String)
    /// The executable says another build number than it said before, byte for byte the same.
    case changedNumber(was: String, is: String)
    case sanitizerNotLinked(String)
    case backtracer
    /// Inputs ran, and not one edge was lit.
    case nothingLit(target: String, seeds: Int, executions: UInt64)
    /// A target that the suite does not have.
    case noTargets(suite: String)

    /// One word for reports.
    var word: String {
        switch self {
        case .noCounters: "no-counters"
        case .brokenTable: "broken-table"
        case .staleObjects: "stale-objects"
        case .changedNumber: "changed-build-number"
        case .sanitizerNotLinked: "sanitizer-not-linked"
        case .backtracer: "backtracer"
        case .nothingLit: "nothing-lit"
        case .noTargets: "no-targets"
        }
    }

    /// What is wrong, in one sentence.
    var sentence: String {
        switch self {
        case .noCounters(let suite): "\(suite) counts no edge: none of its modules is instrumented"
        case .brokenTable(let suite, let fault):
            fault == 2
                ? "\(suite) has counters and no table of where they stand"
                : "\(suite)'s counters and the table of where they stand differ in size"
        case .staleObjects(let files, _):
            "\(files.count) object file\(files.count == 1 ? " is" : "s are") older than the flags of this build: \(files.prefix(3).joined(separator: ", "))"
                + (files.count > 3 ? ", …" : "")
        case .changedNumber(let was, let now): "the same executable called itself build \(was) before and calls itself \(now) now"
        case .sanitizerNotLinked(let name): "the sanitizer '\(name)' was asked for and is not linked"
        case .backtracer: "Swift's own crash handler is in the way: it would write its report over what a crash leaves for triage"
        case .nothingLit(let target, let seeds, let executions):
            "the target '\(target)' ran \(executions) inputs"
                + (seeds > 0 ? " (\(seeds) given)" : "") + " and lit no edge: the code that it runs is not instrumented"
        case .noTargets(let suite): "\(suite) has no target"
        }
    }

    /// How to mend it.
    var mending: String {
        switch self {
        case .noCounters, .nothingLit:
            "give the modules under test the settings for fuzzing in Package.swift (swiftSettings: fuzzing; `pulsegate fuzz run --help` shows them), "
                + "under Context.environment[\"PULSEGATE_FUZZ\"], and run again"
        case .brokenTable:
            "the settings need pc-table beside inline-8bit-counters, in one -sanitize-coverage= option, the same for all modules"
        case .staleObjects(_, let scratch):
            "remove \(scratch) and run again; if it comes back, the clock of this machine or of the disk runs backwards"
        case .changedNumber: "the suite's targets or modules must not depend on chance at start; build it anew with --rebuild"
        case .sanitizerNotLinked(let name):
            "pass one -sanitize= only: the manifest adds the sanitizer to its own option, as in "
                + "\"-sanitize=fuzzer\" + (Context.environment[\"PULSEGATE_FUZZ_SANITIZE\"].map { \",\" + $0 } ?? \"\"); "
                + "two options through SwiftPM come in any order and the last one wins (here: '\(name)' lost)"
        case .backtracer: "SWIFT_BACKTRACE must say enable=no; do not set it again in the suite"
        case .noTargets: "its `static let targets` must hold a FuzzTarget at least"
        }
    }

    var description: String { "\(sentence)\n  \(mending)" }

    /// What the suite's own account of its build gives away, worst first.
    static func of(_ build: SuiteBuild, suite: String, sanitizer: String?, known: String?, targets: Int) -> Blindness? {
        if build.fault == 1 || build.edges == 0 { return .noCounters(suite: suite) }
        if build.fault != 0 { return .brokenTable(suite: suite, fault: build.fault) }
        if targets == 0 { return .noTargets(suite: suite) }
        if let sanitizer, !build.sanitizers.contains(sanitizer) { return .sanitizerNotLinked(sanitizer) }
        if let known, known != build.number { return .changedNumber(was: known, is: build.number) }
        if build.backtracer { return .backtracer }
        return nil
    }

    /// Executions after which a target that lit nothing is called blind.
    static let patience: UInt64 = 8

    /// What a target's figures give away.
    static func of(_ sample: CampaignSample, target: String, seeds: Int) -> Blindness? {
        guard sample.edges == 0, sample.executions >= patience || sample.crashes >= patience else { return nil }
        return .nothingLit(target: target, seeds: seeds, executions: sample.executions)
    }
}

/// Bytes that must be free on the disk of the campaign: a full disk loses finds without a word, since the workers' memory is files.
enum DiskRoom {
    /// For the build, the corpus and the records.
    static let floor: Int64 = 256 << 20
    /// What one worker's file may grow to before it is noticed.
    static let perWorker: Int64 = 64 << 20

    static func needed(workers: Int, targets: Int) -> Int64 { floor + perWorker * Int64(workers) * Int64(max(1, targets)) }

    /// What is wrong with so much room; nil where it is enough.
    static func problem(free: Int64, workers: Int, targets: Int, folder: String) -> String? {
        let needed = needed(workers: workers, targets: targets)
        guard free < needed else { return nil }
        return "\(folder): \(free >> 20) MiB are free and \(workers) worker\(workers == 1 ? "" : "s") on \(targets) "
            + "target\(targets == 1 ? "" : "s") may need \(needed >> 20) MiB"
    }
}
