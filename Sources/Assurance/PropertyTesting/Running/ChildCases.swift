import Determinism
import PropertyTestingRuntime

/// Runs cases in a forked child, which may die: its death is a ``CaseFailure`` like any other.
///
/// The child is forked when the first case comes and serves case after case; only a death costs a new fork (about a millisecond). Parent and
/// child take turns over a shared mapping (``CaseTransfer``), so the choices of a case that dies are there afterwards, and the engine can shrink it.
///
/// **What a fork can and cannot.** The child has the one thread that forked. Whatever other threads of the parent held at that moment, a lock in
/// particular, is held for ever in the child; the allocator is looked after by the C library. So a body in a child must be synchronous and must
/// not wait for tasks, queues or threads. Where a lock that it needs was held by chance, the child hangs and is ended as a timeout; as every
/// new failure is tried again in a fresh child before it is believed (``CaseSupervisor``), that does not become a false report.
/// Nothing better is to be had cheaply: handlers around a fork know no locks but their own, and a child that was forked before other threads
/// began would not know the body, which captures what the test made.
/// What a body changes in memory stays in the child; its output is kept from the terminal.
///
/// The alternative, a spawned copy of the test program, starts with clean threads but costs its whole start (tens of milliseconds for each death)
/// and needs an entry point in every program; it was not taken.
final class ChildCases {
    /// Cases that may hang before the rest of the run's candidates is left out: each costs the whole limit. The shrinker has as many again, so
    /// that what the search used up does not leave the counterexample large.
    static let maximumHangs = 20
    /// Cases that may die, for the same reason: a thousand times the cost of a case that passes.
    static let maximumDeaths = 400
    /// How often the parent looks at a child that has not answered.
    private static let sliceNanoseconds: Int64 = 20_000_000
    /// Bytes of a dying child's standard error that are read: the message comes before a trace of the stack, which may be long.
    private static let maximumMessage = 32 << 10

    private let test: (Draws) -> CaseEnd
    private let limitNanoseconds: Int64
    private let time: any TimeSource
    private let memory: UnsafeMutableRawPointer
    private let size: Int
    private let capture: Int32
    private let transfer: CaseTransfer
    private var child: Int32 = -1
    private var hangs = 0
    private var isShrinking = false
    private var deaths = 0
    private let deathLimit: Int
    /// Whether cases were rejected unseen because too many had died: then nothing is proved.
    private(set) var hasLeftOut = false
    private var symbols: [UInt64: String?] = [:]
    /// What the run had drawn when the child was forked; the child goes on with its copy.
    private var trie: ChoiceTrie?
    /// The case of the child; made before the fork, used after it.
    private let draws: Draws

    private var page: UnsafeMutablePointer<pt_page> { memory.assumingMemoryBound(to: pt_page.self) }

    /// Runs `body` with a runner of cases and ends its child. Where the system has no children for us, the body runs in this process.
    static func with<Result>(
        caseLimit: Duration, budget: Int, time: any TimeSource, deathLimit: Int = maximumDeaths, test: (Draws) -> CaseEnd,
        _ body: (ChildCases) -> Result
    ) -> Result {
        withoutActuallyEscaping(test) { test in
            let cases = ChildCases(caseLimit: caseLimit, budget: budget, time: time, deathLimit: deathLimit, test: test)
            defer { cases.end() }
            return body(cases)
        }
    }

    private init(caseLimit: Duration, budget: Int, time: any TimeSource, deathLimit: Int, test: @escaping (Draws) -> CaseEnd) {
        self.deathLimit = deathLimit
        self.test = test
        self.time = time
        limitNanoseconds = max(1, MonotonicInstant.origin.advanced(by: caseLimit).nanosecondsSinceOrigin)
        let capacity = max(1, budget)
        let head = 4096
        size = head + CaseTransfer.size(capacity: capacity)
        let mapping = pt_map(size)
        capture = mapping == nil ? -1 : pt_capture_open()
        // Without a mapping nothing forks; the memory then only stands in for it.
        memory = mapping ?? .allocate(byteCount: size, alignment: 16)
        isMapped = mapping != nil
        transfer = CaseTransfer(base: memory + head, capacity: capacity)
        draws = transfer.makeDraws()
    }

    private let isMapped: Bool
    private var isSupported: Bool { isMapped && capture >= 0 && pt_child_supported() == 1 }

    deinit {
        end()
        if capture >= 0 { pt_close(capture) }
        if isMapped { pt_unmap(memory, size) } else { memory.deallocate() }
    }

    private func end() {
        if child > 0 { _ = pt_child_end(child) }
        child = -1
    }

    /// Runs one case, wherever it ends.
    func run(_ draws: Draws) -> CaseEnd {
        guard isSupported, transfer.place(draws) else { return test(draws) }
        if draws.phase == .shrink, !isShrinking {
            isShrinking = true
            hangs = 0
        }
        // The case that is shown is run in any event.
        if !draws.isJournaling, hangs >= Self.maximumHangs || deaths >= deathLimit {
            hasLeftOut = true
            return .rejected
        }
        if child < 0 {
            trie = draws.trie
            child = pt_child_fork(
                page, capture,
                { context in
                    guard let context else { return }
                    Unmanaged<ChildCases>.fromOpaque(context).takeUnretainedValue().serve()
                },
                { context in
                    guard let context else { return }
                    Unmanaged<ChildCases>.fromOpaque(context).takeUnretainedValue().salvage()
                }, Unmanaged.passUnretained(self).toOpaque())
            // No process to be had: the property runs here, unprotected, rather than not at all.
            guard child > 0 else { return test(draws) }
        }
        pt_child_start(page)
        let isInTime = awaitTurn()
        if !isInTime { pt_child_call_time(page, child) }
        if isInTime, page.pointee.end == PT_END_ANSWERED.rawValue { return transfer.collect(into: draws) }
        let status = pt_child_end(child)
        child = -1
        _ = transfer.collect(into: draws)
        deaths += 1
        if !isInTime { hangs += 1 }
        // It died in the body, wherever that begins.
        draws.didRunBody = !draws.overrun
        guard isInTime else { return .failed(timeout) }
        return .failed(Obituary(page: page.pointee, status: status, output: output()).failure(&symbols))
    }

    private var timeout: CaseFailure {
        CaseFailure(
            origin: .timeout, message: "did not end within \(Duration.nanoseconds(limitNanoseconds)) and was killed"
        )
    }

    /// Waits for the child's answer or death; false when its time is up. Time that it spent waiting for a processor does not count.
    private func awaitTurn() -> Bool {
        if pt_child_wait(page, child, min(Self.sliceNanoseconds, limitNanoseconds)) == 1 { return true }
        let start = time.monotonicNow
        let starvedBefore = pt_child_starved(child)
        let slice = min(Self.sliceNanoseconds, max(1_000_000, limitNanoseconds))
        while true {
            if pt_child_wait(page, child, slice) == 1 { return true }
            let starved = starvedBefore < 0 ? 0 : max(0, pt_child_starved(child) - starvedBefore)
            if time.monotonicNow.nanoseconds(since: start) - starved >= limitNanoseconds { return false }
        }
    }

    /// The report without claims that rest on cases that were left out.
    func qualified(_ report: PropertyReport) -> PropertyReport {
        var report = report
        if hasLeftOut { for index in report.failures.indices { report.failures[index].isProvedMinimal = false } }
        return report
    }

    private func output() -> String {
        var buffer = [UInt8](repeating: 0, count: Self.maximumMessage)
        // The end of it: the runtime's last words come last.
        let end = page.pointee.output_end
        let start = max(page.pointee.output_start, end - Int64(Self.maximumMessage))
        let count = pt_capture_read(capture, start, end, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    // MARK: In the child

    private func serve() {
        while true {
            pt_child_next(page)
            transfer.begin(draws, trie: trie)
            let end = test(draws)
            // As the parent does with what it gets: both know the same cases.
            if let known = draws.trie { _ = known.insert(draws.indices, draws.shapes, count: draws.count) }
            transfer.put(end, draws)
            pt_child_answer(page)
        }
    }

    private func salvage() {
        transfer.salvage(draws)
        transfer.salvageJournal(draws)
    }
}

extension FailureOrigin {
    /// Of a case that did not end within its limit.
    static let timeout = FailureOrigin(reason: "timeout")
}

extension PropertyEngine {
    /// Runs a property in a child process, so that traps, stack overflows, exits and hangs are failures like others: found, shrunk, reported.
    ///
    /// ```swift
    /// let report = PropertyEngine.runIsolated(PropertySettings(seed: 3), caseLimit: .seconds(1)) { draws in
    ///     let xs = draws.array { $0.int() }
    ///     _ = xs[3]                       // traps for a short array: reported as [] with "Index out of range"
    ///     return .passed
    /// }
    /// ```
    ///
    /// For synchronous bodies that start no tasks or threads and wait for none; ``ChildCases`` says why. On systems other than Linux the body runs
    /// in this process.
    ///
    /// - Parameters:
    ///   - caseLimit: own time of one case (its wall time without the time that it waited for a processor) after which it is killed: "timeout".
    ///   - time: the clock that `caseLimit` is read on.
    /// - Complexity: a change of process for each case, some microseconds; about a millisecond for each case that dies.
    public static func runIsolated(
        _ settings: PropertySettings = PropertySettings(), caseLimit: Duration, time: any TimeSource = SystemTimeSource(),
        test: (Draws) -> CaseEnd
    ) -> PropertyReport {
        ChildCases.with(caseLimit: caseLimit, budget: settings.budget, time: time, test: test) { children in
            children.qualified(run(settings) { children.run($0) })
        }
    }

    /// How many of so many random candidates end in a child's death: what a candidate costs, for those who measure it.
    public static func countDeaths(
        candidates: Int, seed: UInt64 = 0, caseLimit: Duration, time: any TimeSource = SystemTimeSource(), test: (Draws) -> CaseEnd
    ) -> Int {
        let draws = Draws()
        return ChildCases.with(caseLimit: caseLimit, budget: Draws.defaultBudget, time: time, test: test) { children in
            var deaths = 0
            for number in 0..<max(0, candidates) {
                draws.begin(seed: seed &+ UInt64(number))
                if case .failed(let failure) = children.run(draws), failure.origin.reason.hasPrefix("trap") { deaths += 1 }
            }
            return deaths
        }
    }
}
