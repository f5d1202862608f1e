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
/// The counters are read and not changed, so that the coverage report of the same run stays true. A case costs one pass over them,
/// 8 bytes for each region of the program, twice.
struct CoverageFeatures: FeatureSource {
    /// Regions of one case that are reported; further ones are dropped.
    static let maximumFeatures = 4096

    private var previous: [UInt64]
    private var found: [UInt64]

    init() {
        let count = pt_coverage_count()
        previous = [UInt64](repeating: 0, count: count)
        found = [UInt64](repeating: 0, count: count == 0 ? 0 : Self.maximumFeatures)
    }

    /// Whether this build counts.
    var isAvailable: Bool { !previous.isEmpty }

    mutating func reset() {
        previous.withUnsafeMutableBufferPointer { previous in
            if let base = previous.baseAddress { pt_coverage_snapshot(base, previous.count) }
        }
    }

    mutating func collect(into features: inout [UInt64]) {
        let count = previous.withUnsafeMutableBufferPointer { previous in
            found.withUnsafeMutableBufferPointer { found in
                guard let counters = previous.baseAddress, let target = found.baseAddress else { return 0 }
                return pt_coverage_collect(counters, previous.count, target, found.count)
            }
        }
        // Apart from the features that cases state themselves, which are small numbers or hashes.
        for place in 0..<count { features.append(found[place] &* 0x9E37_79B9_7F4A_7C15 ^ 0xC0FE_FE00_0000_0000) }
    }
}
