@testable import pulsegate

/// Campaigns that were never run, for views and reports to show.
enum CampaignFixture {
    static func plan(_ targets: [String], seconds: Int64 = 60) -> CampaignPlan {
        CampaignPlan(
            suite: "Suite", targets: targets.map { SuiteTarget(name: $0, isTyped: false, maximumLength: 64) }, workers: 2, seed: 1,
            time: seconds * 1_000_000_000, folder: ".pulsegate/fuzz")
    }

    static func start(_ target: String) -> CampaignEvent {
        .started(CampaignStart(target: target, seed: 1, workers: 2, edges: 1204, build: "0", seeds: 0, resumed: 0))
    }

    static func sample(_ second: UInt64, edges: UInt64, find: UInt64 = 5) -> CampaignSample {
        CampaignSample(
            seconds: Double(second), executions: second * 1_000_000, edges: edges, features: edges * 2, corpus: edges / 4,
            crashes: second * 3,
            lastFind: find, cpuNanoseconds: second * 1_800_000_000, stabilityChecks: 200, unstable: 1,
            workers: [second * 500_000, second * 500_000], once: 31, looked: second * 62_500)
    }

    static let bug = CampaignBug(
        bucket: "b1", kind: "crash", title: "index out of range", value: "Order(quantity: 96495, side: .sell)",
        location: "Sources/Parser/Lexer.swift:120", severity: "high", length: 8)

    static let stuck = [
        UnsolvedCompare(location: "0x1a2b", left: "0", right: "80 'P'", reached: 3100, site: 0x1A2B),
        UnsolvedCompare(location: "0x2b3c", left: "\"GET\"", right: "\"POST\"", reached: 12, form: "hasPrefix", site: 0x2B3C),
    ]

    /// A campaign of so many seconds on each target, one after the other.
    static func state(_ targets: [String] = ["csv"], seconds: UInt64 = 12, bugs: Int = 1) -> ViewState {
        var state = ViewState()
        state.begin(plan(targets))
        var base: Int64 = 0
        for target in targets {
            state.apply(start(target), target: target, at: base)
            for second in 1...seconds {
                let at = base + Int64(second) * 1_000_000_000
                state.apply(.sample(sample(second, edges: min(312, 40 * second), find: min(second, 8))), target: target, at: at)
            }
            for index in 0..<bugs {
                var bug = bug
                bug.bucket = "b\(index)"
                state.apply(
                    .crash(CampaignCrash(place: bug.bucket, kind: "crash", execution: 1, length: 8)), target: target,
                    at: base + 2_000_000_000)
                if index % 2 == 0 { state.apply(.bug(bug), target: target, at: base + 3_000_000_000) }
            }
            state.apply(.stuck(stuck), target: target, at: base + 5_000_000_000)
            base += Int64(seconds) * 1_000_000_000
            state.apply(.finished(seconds: Double(seconds)), target: target, at: base)
        }
        return state
    }
}
