import Determinism
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// A property that fails, and the simplest value for which it does: how the field compares shrinkers.
///
/// ```swift
/// Challenge("reverse", minima: ["[0, 1]"], generate: { $0.array { $0.int() } }) { $0 == $0.reversed() }
/// ```
///
/// Counting rules: a *body* is one call of the property with a whole value, one that then turns out not to meet an assumption included; a
/// candidate that ends inside the generator, and a verdict that was known without running, is none. The replay for the report is not
/// counted. Seeds follow one another, no setting is made for a challenge, and the time is CPU time of this process from the first failing body
/// to the last one.
struct Challenge {
    let name: String
    /// The values, as `String(describing:)` writes them, of which each counts as the minimum.
    let minima: Set<String>
    /// Median of the bodies that Hypothesis 6.155 takes to shrink it, where it always ends at the minimum.
    let peerBodies: Int?
    private let attempt: (PropertySettings) -> Attempt

    /// What came of one seed.
    struct Attempt {
        var shown = "not falsified"
        var bodies = 0
        var tries = 0
        var toFailure = 0
        var isProved = false
        var shrinkNanoseconds: Int64 = 0
    }

    /// - Parameter holds: gets the draws as well, so that an assumption can stand in the property, where it counts as a body.
    init<Value>(
        _ name: String, minima: Set<String>, peerBodies: Int? = nil, generate: @escaping (Draws) -> Value,
        holdsAssuming holds: @escaping (Draws, Value) -> Bool
    ) {
        self.name = name
        self.minima = minima
        self.peerBodies = peerBodies
        attempt = { settings in
            var attempt = Attempt()
            var failedAt: Int64?
            var endedAt: Int64 = 0
            let result = PropertyEngine.run(settings) { draws in
                (draws, generate(draws))
            } holds: { draws, value in
                let isHeld = holds(draws, value)
                if failedAt != nil { endedAt = Self.cpuNanoseconds() }
                if !isHeld, !draws.isRejected, failedAt == nil { failedAt = Self.cpuNanoseconds() }
                return isHeld
            }
            attempt.shrinkNanoseconds = failedAt.map { max(0, endedAt - $0) } ?? 0
            if case .falsified(let value, _, _) = result.outcome { attempt.shown = "\(value.1)" }
            attempt.bodies = result.shrinkBodies
            attempt.tries = result.shrinkTries
            attempt.toFailure = result.casesToFailure
            attempt.isProved = result.isProvedMinimal
            return attempt
        }
    }

    init<Value>(
        _ name: String, minima: Set<String>, peerBodies: Int? = nil, generate: @escaping (Draws) -> Value,
        holds: @escaping (Value) -> Bool
    ) {
        self.init(name, minima: minima, peerBodies: peerBodies, generate: generate, holdsAssuming: { _, value in holds(value) })
    }

    /// Runs one seed after the other.
    func measure(_ seeds: ClosedRange<UInt64>) -> Row {
        var attempts: [Attempt] = []
        for seed in seeds {
            var settings = PropertySettings(cases: 2_000_000, seed: seed)
            settings.discardLimit = 20_000_000
            attempts.append(attempt(settings))
        }
        return Row(challenge: self, attempts: attempts)
    }

    private static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What came of all seeds.
    struct Row {
        let challenge: Challenge
        let attempts: [Attempt]

        var minimal: Int { attempts.count { challenge.minima.contains($0.shown) } }
        var share: Double { Double(minimal) / Double(attempts.count) }
        var proved: Int { attempts.count { $0.isProved } }
        /// Proved minimal, and yet not the minimum: must never be.
        var wronglyProved: Int { attempts.count { $0.isProved && !challenge.minima.contains($0.shown) } }

        func quantile(_ share: Double, of part: (Attempt) -> Int) -> Int {
            attempts.map(part).sorted()[min(attempts.count - 1, Int(Double(attempts.count) * share))]
        }

        func milliseconds(_ share: Double) -> Double { Double(quantile(share) { Int($0.shrinkNanoseconds) }) / 1e6 }

        /// The commonest ends that are not the minimum.
        var others: [(value: String, count: Int)] {
            var counts: [String: Int] = [:]
            for attempt in attempts where !challenge.minima.contains(attempt.shown) { counts[attempt.shown, default: 0] += 1 }
            return counts.map { ($0.key, $0.value) }.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        }
    }
}
