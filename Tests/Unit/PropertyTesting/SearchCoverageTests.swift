import Testing

@testable import PropertyTesting

@Suite(.serialized)
struct SearchCoverageTests {
    /// Never inlined, so that each compare is a region of its own.
    @inline(never)
    private func depth(_ bytes: [UInt8]) -> Int {
        guard bytes.count >= 4 else { return 0 }
        if bytes[0] == 0x9C {
            if bytes[1] == 0x3F {
                if bytes[2] == 0xE1 {
                    if bytes[3] == 0x57 { return 4 }
                    return 3
                }
                return 2
            }
            return 1
        }
        return 0
    }

    @Test("where the build counts, other branches are other features and the same branch is the same; where it does not, there are none")
    func features() {
        var source = CoverageFeatures()
        func observe(_ bytes: [UInt8]) -> Set<UInt64> {
            source.reset()
            _ = depth(bytes)
            var features: [UInt64] = []
            source.collect(into: &features)
            return Set(features)
        }
        let shallow = observe([1, 2, 3, 4])
        let deep = observe([0x9C, 0x3F, 3, 4])
        if source.isAvailable {
            #expect(!deep.subtracting(shallow).isEmpty)
        } else {
            #expect(shallow.isEmpty && deep.isEmpty)
        }
    }

    @Test("a run guided by regions, in whatever build, passes what holds and falsifies what does not")
    func guided() {
        // Counters belong to the process: what other tests run meanwhile is seen too, so nothing is said of how soon.
        var settings = PropertySettings(cases: 500, seed: 1)
        settings.isGuidedByCoverage = true
        let holding = PropertyEngine.run(settings) {
            $0.bytes(0...16)
        } holds: {
            depth($0) <= 4
        }
        let failing = PropertyEngine.run(settings) {
            $0.bytes(0...16)
        } holds: {
            depth($0) < 4 && $0.count < 5
        }
        #expect(holding.report.outcome == .passed && failing.report.outcome == .falsified)
    }
}
