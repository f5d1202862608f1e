import Gates
import Glibc

/// Where a package's benchmarks are built, and where what was measured is kept.
struct BenchFolders: Sendable {
    /// Absolute: the folder of Package.swift.
    let package: String

    init(package path: String?) throws(Failure) { package = try CampaignFolders(package: path, sanitizer: nil).package }

    var scratch: String { package + "/.build-bench" }
    var base: String { package + "/.pulsegate/bench" }
    var database: String { base + "/launches.sqlite" }
    /// One folder for each commit and toolchain that was a base.
    var bases: String { base + "/bases" }
    var layouts: String { base + "/layouts" }

    /// Bases that are kept; the ones used longest ago go first.
    static let keptBases = 3
}
