import PropertyTestingRuntime

/// Says what a case reached, beside what the case says itself by ``Draws/feature(_:)``: regions of the code, most of all.
///
/// ```swift
/// source.reset()                       // just before the body
/// …
/// source.collect(into: &features)      // just after it
/// ```
protocol FeatureSource {
    /// Forgets what was reached so far.
    mutating func reset()
    /// Appends a hash for everything that was reached since.
    mutating func collect(into features: inout [UInt64])
}

/// The regions of the code that ran, and how often by class; from the counters of a coverage build. Finds nothing in any other build.
///
/// The counters are read and not changed, so that the coverage report of the same run stays true.
///
/// **What it costs.** One comparison of all counters with a copy, 8 bytes for each region of the program, a case. The copy is brought up to date
/// before a case only where something ever changed. Most regions that a case reaches say nothing, those of the engine and of the
/// generators among them: a feature that a quarter of the ``earlyCases`` had is not told from then on. Keeping accounts of them cost more
/// than reading the counters.
struct CoverageFeatures: FeatureSource {
    /// Regions of one case that are reported; further ones are dropped.
    static let maximumFeatures = 4096
    /// While these run it is found out what is common.
    static let earlyCases = 128
    /// Before so many cases, and then before one of ``wholePeriod``, everything is compared, so that what the engine does between cases is known
    /// to change, and is not taken for something that a case reached.
    static let wholeCases = 256
    static let wholePeriod = 64

    private var previous: [UInt64]
    private var found: [UInt64]
    /// Stretches of counters that ever changed.
    private var stretches: [UInt8]
    private var seen: [UInt8]
    private var cases = 0

    init() {
        let count = pt_coverage_count()
        previous = [UInt64](repeating: 0, count: count)
        found = [UInt64](repeating: 0, count: count == 0 ? 0 : Self.maximumFeatures)
        stretches = [UInt8](repeating: 0, count: pt_coverage_stretches(count))
        seen = [UInt8](repeating: 0, count: count * 8)
        previous.withUnsafeMutableBufferPointer { previous in
            if let counters = previous.baseAddress { pt_coverage_snapshot(counters, previous.count) }
        }
    }

    /// Whether this build counts.
    var isAvailable: Bool { !previous.isEmpty }

    mutating func reset() {
        guard isAvailable else { return }
        let isWhole: Int32 = cases < Self.wholeCases || cases % Self.wholePeriod == 0 ? 1 : 0
        previous.withUnsafeMutableBufferPointer { previous in
            stretches.withUnsafeMutableBufferPointer { stretches in
                guard let counters = previous.baseAddress, let marks = stretches.baseAddress else { return }
                pt_coverage_refresh(counters, previous.count, marks, isWhole)
            }
        }
    }

    mutating func collect(into features: inout [UInt64]) {
        guard isAvailable else { return }
        cases += 1
        let isEarly: Int32 = cases <= Self.earlyCases ? 1 : 0
        let count = previous.withUnsafeMutableBufferPointer { previous in
            stretches.withUnsafeMutableBufferPointer { stretches in
                seen.withUnsafeMutableBufferPointer { seen in
                    found.withUnsafeMutableBufferPointer { found in
                        guard let counters = previous.baseAddress, let marks = stretches.baseAddress, let counts = seen.baseAddress,
                            let target = found.baseAddress
                        else { return 0 }
                        return pt_coverage_collect(counters, previous.count, marks, counts, isEarly, target, found.count)
                    }
                }
            }
        }
        // Apart from the features that cases state themselves, which are small numbers or hashes.
        for place in 0..<count { features.append(found[place] &* 0x9E37_79B9_7F4A_7C15 ^ 0xC0FE_FE00_0000_0000) }
    }
}

/// Whether runs can be guided by the regions of the code that they reach: ``PropertySettings/isGuidedByCoverage`` finds nothing where not.
public enum CoverageRegions {
    /// True in a build with coverage (`swift build --enable-code-coverage`).
    public static var areCounted: Bool { pt_coverage_count() > 0 }
}
