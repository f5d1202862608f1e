/// What the view of a campaign knows: every event taken in, nothing drawn. Pure: times come with the events, in nanoseconds since the
/// campaign began.
struct ViewState {
    /// One target, over all its slices.
    struct Target {
        var name: String
        var edgesOfBuild = 0
        var sample: CampaignSample?
        var history = EdgeHistory()
        /// Findings in the order in which they came.
        var findings: [Finding] = []
        var stuck: [UnsolvedCompare] = []
        /// When the newest find was seen, and the executions until then.
        var lastFind: (at: Int64, executions: UInt64)?
        fileprivate var recent: [(at: Int64, executions: UInt64, cpu: UInt64)] = []
        /// Time in slices that are over, and when the running one began.
        fileprivate var spent: Int64 = 0
        fileprivate var sliceBegan: Int64?
        fileprivate var atStart: (executions: UInt64, cpu: UInt64)?
    }

    /// One bucket: a place where the code under test ended, named and minimised once triage has looked at it.
    struct Finding: Equatable {
        var bucket: String
        var kind: String
        var title: String?
        var value: String?
        var location: String?
        var isFlaky = false
        var length: Int?
        var foundAt: Int64
    }

    private(set) var plan: CampaignPlan?
    private(set) var targets: [Target] = []
    private(set) var current: Int?
    private(set) var now: Int64 = 0

    mutating func begin(_ plan: CampaignPlan) {
        self.plan = plan
        targets = plan.targets.map { Target(name: $0.name) }
    }

    mutating func tick(at elapsed: Int64) { now = max(now, elapsed) }

    mutating func apply(_ event: CampaignEvent, target name: String, at elapsed: Int64) {
        tick(at: elapsed)
        let index: Int
        if let known = targets.firstIndex(where: { $0.name == name }) {
            index = known
        } else {
            index = targets.count
            targets.append(Target(name: name))
        }
        targets[index].apply(event, at: elapsed)
        if case .started = event { current = index }
    }
}

extension ViewState.Target {
    fileprivate mutating func apply(_ event: CampaignEvent, at elapsed: Int64) {
        switch event {
        case .started(let start):
            edgesOfBuild = start.edges
            sliceBegan = elapsed
            recent = []
        case .sample(let sample): take(sample, at: elapsed)
        case .crash(let crash):
            let finding = ViewState.Finding(bucket: crash.place, kind: crash.kind, length: crash.length, foundAt: elapsed)
            if !findings.contains(where: { $0.bucket == crash.place }) { findings.append(finding) }
        case .bug(let bug):
            var finding = ViewState.Finding(
                bucket: bug.bucket, kind: bug.kind, title: bug.title, value: bug.value, location: bug.location, isFlaky: bug.isFlaky,
                length: bug.length, foundAt: elapsed)
            // The places that it was known by until now are this bug.
            for place in findings where bug.places.contains(place.bucket) { finding.foundAt = min(finding.foundAt, place.foundAt) }
            findings.removeAll { bug.places.contains($0.bucket) }
            if let known = findings.firstIndex(where: { $0.bucket == bug.bucket }) {
                finding.foundAt = min(finding.foundAt, findings[known].foundAt)
                findings[known] = finding
            } else {
                findings.append(finding)
            }
        case .unsolved(let compare):
            stuck.removeAll { $0.location == compare.location && $0.form == compare.form && $0.right == compare.right }
            stuck.append(compare)
            stuck.sort { $0.reached > $1.reached }
            if stuck.count > Self.mostStuck { stuck.removeLast() }
        case .stuck(let compares): stuck = Array(compares.prefix(Self.mostStuck))
        case .finished:
            if let began = sliceBegan { spent += elapsed - began }
            sliceBegan = nil
        case .target, .build, .replay, .entry, .edge, .distilled, .merged, .minimised, .other: break
        }
    }

    private static let mostStuck = 64

    private mutating func take(_ new: CampaignSample, at elapsed: Int64) {
        if atStart == nil { atStart = (new.executions, new.cpuNanoseconds) }
        if let old = sample {
            if new.lastFind != old.lastFind || new.features > old.features { lastFind = (elapsed, new.executions) }
        } else if new.lastFind > 0 {
            lastFind = (elapsed, new.executions)
        }
        sample = new
        history.add(new.edges)
        recent.append((elapsed, new.executions, new.cpuNanoseconds))
        while recent.count > 2, elapsed - recent[1].at >= 5_000_000_000 { recent.removeFirst() }
    }

    /// Executions a second of the last seconds; nil before there are two samples.
    var speed: Double? {
        guard let first = recent.first, let last = recent.last, last.at > first.at, last.executions >= first.executions else { return nil }
        return Double(last.executions - first.executions) / (Double(last.at - first.at) / 1e9)
    }

    /// The same for each second of CPU time; nil where the suite's figures say nothing.
    var speedOfProcessor: Double? {
        guard let first = recent.first, let last = recent.last, last.cpu > first.cpu, last.executions >= first.executions else {
            return nil
        }
        return Double(last.executions - first.executions) / (Double(last.cpu - first.cpu) / 1e9)
    }

    /// Time given to the target so far, in nanoseconds.
    func time(at now: Int64) -> Int64 { spent + (sliceBegan.map { max(0, now - $0) } ?? 0) }

    /// Executions without a find.
    var executionsSinceFind: UInt64? {
        guard let sample else { return nil }
        let at = lastFind?.executions ?? 0
        return sample.executions >= at ? sample.executions - at : 0
    }

    /// Of how many executions one is expected, at most, to show something new.
    var discovery: DiscoveryEstimate? {
        guard let sample else { return nil }
        return DiscoveryEstimate(once: sample.once, looked: sample.looked, sinceFind: executionsSinceFind ?? 0)
    }

    /// Executions and CPU nanoseconds of this campaign: those of earlier ones are not counted.
    var ownWork: (executions: UInt64, cpu: UInt64) {
        guard let sample, let atStart else { return (0, 0) }
        return (
            sample.executions - min(sample.executions, atStart.executions),
            sample.cpuNanoseconds - min(sample.cpuNanoseconds, atStart.cpu)
        )
    }
}

/// The chance that the next execution shows something new, as "1 in so many".
///
/// Two bounds, of which the tighter holds: I. J. Good and A. M. Turing's (Biometrika 40, 1953), the share of executions whose edge no
/// other ran; and the rule of three (J. Hanley, A. Lippman-Hand, JAMA 249, 1983): after n executions without a find the chance is below
/// 3/n, with 95 % confidence.
struct DiscoveryEstimate: Equatable {
    enum Reason: Equatable {
        case singletons(once: UInt64, looked: UInt64)
        case silence(executions: UInt64)
    }

    let oneIn: Double
    let reason: Reason

    init?(once: UInt64, looked: UInt64, sinceFind: UInt64) {
        let goodTuring = looked > 0 ? Double(looked) / Double(max(1, once)) : 0
        let silence = Double(sinceFind) / 3
        guard max(goodTuring, silence) >= 1 else { return nil }
        if goodTuring >= silence {
            oneIn = goodTuring
            reason = .singletons(once: once, looked: looked)
        } else {
            oneIn = silence
            reason = .silence(executions: sinceFind)
        }
    }
}

/// How the number of edges grew, in a bounded number of values: when full, every second one goes.
struct EdgeHistory {
    private(set) var values: [UInt64] = []
    private var stride = 1
    private var skipped = 0
    static let capacity = 512

    mutating func add(_ value: UInt64) {
        skipped += 1
        guard values.isEmpty || skipped >= stride else { return }
        skipped = 0
        values.append(value)
        guard values.count > Self.capacity else { return }
        values = values.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        stride *= 2
    }

    /// Bars of eighths, the newest at the right; as many as there are values, or `width`.
    func sparkline(width: Int) -> String {
        guard width > 0, let least = values.first, let greatest = values.max() else { return "" }
        let count = min(width, values.count)
        let bars = Array("▁▂▃▄▅▆▇█")
        // A line from where the campaign began: the rise is the news, not the height.
        let range = greatest > least ? Double(greatest - least) : 1
        return String(
            (0..<count).map { column in
                let index = count == 1 ? values.count - 1 : column * (values.count - 1) / (count - 1)
                let part = Double(values[index] - min(values[index], least)) / range
                return bars[min(bars.count - 1, Int(part * Double(bars.count - 1) + 0.5))]
            })
    }
}
