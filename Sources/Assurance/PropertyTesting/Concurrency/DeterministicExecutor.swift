import Determinism
import Synchronization

/// Runs tasks and actors on one thread, in an order that the choices of a case decide: a race found once can be replayed and shrunk.
///
/// ```swift
/// try draws.interleaved {
///     async let first: Void = account.deposit(5)
///     async let second: Void = account.deposit(7)
///     _ = await (first, second)
/// }
/// ```
///
/// # How the order is chosen
///
/// Every suspension that could go on at once is a *point*: `await interleave()`, `Task.yield()`, a hop to an actor, a contended lock. Between
/// two points nothing else runs. The present task goes on unless it *pauses*; where it has to wait, the task that has been ready longest goes
/// on. The first time a task stands at a point where another could run, one choice says how many such points it passes before it pauses,
/// and after each pause the next choice; 0 means never again. A schedule is therefore a short list of pauses and not a long list of
/// decisions, it has no choices at all where there is nothing to decide, and what is simplest is the schedule with the fewest
/// pauses. Few pauses are also what most races need (S. Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding
/// Bugs", ASPLOS 2010), so few are likely while cases are generated.
///
/// # What takes part
///
/// Child tasks (`async let`, task groups) inherit the executor. Actors take part, best with an ``ActorExecutor`` each; a call that returns from an
/// actor without one is no point. `Task.detached`, the main actor, sleeps and I/O run elsewhere: who waits
/// for them is reported as a deadlock, never waited for. Unstructured `Task { }` does not inherit the executor; give it
/// `Task(executorPreference: DeterministicExecutor.current)`.
///
/// All tasks of a run must have ended with it: one that waits on, and is resumed later, would run within the run that comes next.
///
/// A job costs about a microsecond. A run that ends keeps nothing. One that ends in a deadlock, or at the limit of jobs, leaves its tasks suspended
/// for ever, with what they hold: Swift has no way to end a task from outside, and to wake one without what it waits for would run code
/// under test in a state that it excludes. That is one to two kilobytes for each task.
public final class DeterministicExecutor: TaskExecutor, @unchecked Sendable {
    // Sendable: `inbox` has its own lock; all else is touched by the thread that drains and by the jobs it runs, which is one thread.

    /// Jobs of one run.
    public static let maximumJobs = 20_000
    /// The farthest pause, in points.
    static let maximumGap = 24
    /// Pauses of one task that are drawn; then it pauses no more.
    static let maximumPauses = 8

    /// The executor that runs the present task; nil outside of one.
    public static var current: DeterministicExecutor? { RunningExecutor.onThisThread }

    private struct Ready {
        var job: UnownedJob
        /// The actor it runs on; nil for a task of its own.
        var actor: ActorExecutor?
        var strand = -1
        /// Whether it carries a task on its way: a yield, or an actor that has no executor of its own.
        var isCarrier = false
    }

    private struct Inbox {
        var entries: [Ready] = []
        /// After a deadlock: what still arrives is left alone.
        var isClosed = false
    }

    /// What is known of one task.
    private struct Strand {
        static let unknown = -1
        /// Points until it pauses; 0 for never.
        var gap = Strand.unknown
        var pauses = 0
        /// Gaps that were given rather than drawn; nil where they are drawn.
        var given: ArraySlice<Int>?
        /// The step of a plan that it performs; -1 for none.
        var step = -1
        var name: String?
        var waitsFor: String?
    }

    /// Points that a step of a plan has come by.
    private struct Passed {
        /// Since its own last pause.
        var count = 0
        /// As many of them lie before the last pause of all.
        var before = 0
    }

    private let inbox = Mutex(Inbox())
    private var ready: [Ready] = []
    private var strands: [Strand] = []
    private var numbers: [UInt64: Int] = [:]
    private var running = -1
    /// Whether the job that ran last only carried a task.
    private var carried = false
    private var draws: Draws?
    private var eagerness = -1.0
    private(set) var jobs = 0
    /// Gaps of tasks that appear from now on; nil for drawing them.
    var givenToNewTasks: ArraySlice<Int>?
    private var passed: [Passed] = []
    /// Called with the task that pauses, by name.
    var onPause: ((String) -> Void)?

    public init() {}

    // MARK: Running

    /// Runs a body to its end on the calling thread, under a schedule drawn from `draws`.
    ///
    /// - Throws: what the body throws, or ``ScheduleFailure``.
    public func run<Value>(_ draws: Draws, _ body: @escaping () async throws -> Value) throws -> Value {
        self.draws = draws
        strands.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        running = -1
        carried = false
        eagerness = -1
        jobs = 0
        givenToNewTasks = nil
        passed.removeAll(keepingCapacity: true)
        defer {
            self.draws = nil
            onPause = nil
        }
        let outcome = Outcome<Value>()
        // Sending: body and outcome are used on this thread alone, since every job of the task is run by the loop below.
        nonisolated(unsafe) let (body, kept) = (body, outcome)
        let outer = RunningExecutor.onThisThread
        RunningExecutor.onThisThread = self
        defer { RunningExecutor.onThisThread = outer }
        _ = Task(executorPreference: self) {
            do { kept.result = .success(try await body()) } catch { kept.result = .failure(error) }
        }
        while let entry = next() {
            jobs += 1
            guard jobs <= Self.maximumJobs else {
                abandon()
                throw ScheduleFailure.endless(jobs: Self.maximumJobs)
            }
            if let actor = entry.actor {
                entry.job.runSynchronously(isolatedTo: actor.asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            } else {
                entry.job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
        guard let result = outcome.result else {
            let waiting = waitingNames()
            abandon()
            throw ScheduleFailure.deadlock(waiting: waiting)
        }
        return try result.get()
    }

    private final class Outcome<Value> { var result: Result<Value, any Error>? }

    /// Tasks that never end may still be resumed by what they wait for, and would then come here: this executor has to outlive them.
    private func abandon() {
        inbox.withLock {
            $0.isClosed = true
            $0.entries.removeAll()
        }
        // What it knew of them is of no use any more.
        (ready, strands, numbers) = ([], [], [:])
        _ = Unmanaged.passRetained(self)
    }

    /// Whether a run was given up, after which the executor cannot be used again.
    var isAbandoned: Bool { inbox.withLock { $0.isClosed } }

    public func enqueue(_ job: consuming ExecutorJob) { take(UnownedJob(job), on: nil) }

    func take(_ job: UnownedJob, on actor: ActorExecutor?) {
        inbox.withLock { if !$0.isClosed { $0.entries.append(Ready(job: job, actor: actor)) } }
    }

    // MARK: Choosing

    private func next() -> Ready? {
        inbox.withLock {
            for var entry in $0.entries {
                if let known = number(of: entry.job) {
                    entry.strand = known
                } else {
                    // Enqueued by the task that ran last, for itself.
                    entry.strand = max(0, running)
                    entry.isCarrier = true
                }
                ready.append(entry)
            }
            $0.entries.removeAll(keepingCapacity: true)
        }
        guard !ready.isEmpty else { return nil }
        if carried, let place = ready.firstIndex(where: { $0.strand == running && !$0.isCarrier }) {
            // The point was the carrier's.
            carried = false
            return ready.remove(at: place)
        }
        var place = ready.firstIndex { $0.strand == running } ?? 0
        // Whoever is the only one that has not just paused goes on without being asked.
        var asked = 1
        while asked < ready.count, pauses(ready[place].strand) {
            let paused = ready.remove(at: place)
            ready.append(paused)
            place = 0
            asked += 1
        }
        running = ready[place].strand
        carried = ready[place].isCarrier
        return ready.remove(at: place)
    }

    /// A small number for the task of a job, by the order in which tasks first appear; nil for a job that is no task's.
    private func number(of job: UnownedJob) -> Int? {
        // The text ends in the task's number, which is unique in a process.
        var identifier: UInt64 = 0
        for byte in job.description.utf8 where byte >= 48 && byte <= 57 { identifier = identifier &* 10 &+ UInt64(byte - 48) }
        if identifier == 0 { return nil }
        if let known = numbers[identifier] { return known }
        strands.append(Strand(given: givenToNewTasks))
        numbers[identifier] = strands.count - 1
        return strands.count - 1
    }

    private func pauses(_ strand: Int) -> Bool {
        if strands[strand].gap == Strand.unknown { strands[strand].gap = nextGap(strand) }
        let step = strands[strand].step
        if step >= 0 { passed[step].count += 1 }
        guard strands[strand].gap > 0 else { return false }
        strands[strand].gap -= 1
        guard strands[strand].gap == 0 else { return false }
        strands[strand].pauses += 1
        strands[strand].gap = Strand.unknown
        for other in passed.indices { passed[other].before = passed[other].count }
        if step >= 0 { passed[step] = Passed() }
        if let name = strands[strand].name { onPause?(name) }
        return true
    }

    private func nextGap(_ strand: Int) -> Int {
        if let given = strands[strand].given {
            strands[strand].given = given.dropFirst()
            return given.first ?? 0
        }
        guard let draws else { return 0 }
        return drawGap(draws, isLast: strands[strand].pauses >= Self.maximumPauses)
    }

    /// How many points a task passes before it pauses; 0 is never, and the last can be nothing else.
    func drawGap(_ draws: Draws, isLast: Bool = false) -> Int {
        draws.span(Label.pause) {
            let gap = draws.choose(ChoiceShape(kind: .integer, bound: isLast ? 0 : UInt64(Self.maximumGap))) { random in
                if isLast { return 0 }
                if eagerness < 0 { eagerness = [0.15, 0.4, 0.75][Int(random.next() % 3)] }
                guard random.uniform() < eagerness else { return 0 }
                // As often one of the next points as one far off.
                let reach = [1, 2, 4, 8, UInt64(Self.maximumGap)][Int(random.next() % 5)]
                return 1 + random.next() % reach
            }
            return Int(gap)
        }
    }

    /// Begins a case whose gaps are drawn before it runs.
    func beginCase() { eagerness = -1 }

    // MARK: What the running task says of itself

    /// Gives the gaps of the running task, instead of drawing them.
    ///
    /// - Parameter step: what it does next, by its number in a plan: the points that it comes by are counted.
    func setPauses(_ gaps: [Int], of step: Int = -1) {
        _ = exchangePauses(given: gaps[...])
        guard strands.indices.contains(running) else { return }
        strands[running].step = step
        while passed.count <= step { passed.append(Passed()) }
    }

    /// A point that is there only where the plan says that the running task pauses in this step: behind the step.
    func countPointBehindStep() {
        guard strands.indices.contains(running), strands[running].step >= 0 else { return }
        if !ready.isEmpty || inbox.withLock({ !$0.entries.isEmpty }) { passed[strands[running].step].count += 1 }
    }

    /// The gaps by which one pause more could follow behind all others, for each step of the plan: every schedule that begins like this one and
    /// has one pause more is among them.
    var furtherGaps: [ClosedRange<Int>?] {
        passed.map { $0.count > $0.before ? $0.before + 1...$0.count : nil }
    }

    /// As above, nil for drawing them; returns what was given before.
    func exchangePauses(given gaps: ArraySlice<Int>?) -> ArraySlice<Int>? {
        guard strands.indices.contains(running) else { return nil }
        defer {
            strands[running].given = gaps
            strands[running].gap = Strand.unknown
        }
        return strands[running].given
    }

    /// Calls the running task by a name in messages; nil when it ends.
    public func nameRunningTask(_ name: String?) { if strands.indices.contains(running) { strands[running].name = name } }

    /// What messages call the running task.
    var runningName: String { strands.indices.contains(running) ? strands[running].name ?? "task \(running)" : "a task" }

    /// Says what the running task is about to wait for; nil once it has it.
    ///
    /// For types of your own that suspend on a continuation: it makes the message of a deadlock say who waits for what.
    public func noteWait(_ what: String?) { if strands.indices.contains(running) { strands[running].waitsFor = what } }

    private func waitingNames() -> [String] {
        strands.indices.compactMap { number in
            let strand = strands[number]
            if let waitsFor = strand.waitsFor { return "\(strand.name ?? "task \(number)") waits for \(waitsFor)" }
            return strand.name.map { "\($0) waits" }
        }
    }
}
