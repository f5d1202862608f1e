// swift-tools-version: 6.3
import PackageDescription

// The rooms of the house, in the order in which one may stand on another (docs/adr/0002-walls.md).
// Tests/Unit/Architecture reads the sources' import lines and fails on an import that goes upwards.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// Instrumentation for fuzzing: counters and compares of the code under test, and the options that keep its branches apart
/// (docs/fuzzing.md).
/// Nothing is linked by them; FuzzingRuntime defines what they call.
let instrumentation: [SwiftSetting] = [
    .unsafeFlags(
        [
            // A sanitizer is added to this option: of two of them the last one would win, and the counters be lost.
            "-Xfrontend", "-sanitize=fuzzer" + (Context.environment["PULSEGATE_FUZZ_SANITIZE"].map { "," + $0 } ?? ""),
            "-Xfrontend", "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls",
            "-Xllvm", "-sanitizer-coverage-stack-depth", "-Xllvm", "-sanitizer-coverage-gated-trace-callbacks",
            "-Xfrontend", "-disable-incremental-llvm-codegen",
        ]
            + [
                "-simplifycfg-branch-fold-threshold=0", "-phi-node-folding-threshold=0", "-two-entry-phi-node-folding-threshold=0",
                "-bonus-inst-threshold=0", "-simplifycfg-hoist-common=false", "-simplifycfg-sink-common=false",
                "-simplifycfg-hoist-cond-stores=false", "-simplifycfg-merge-cond-stores=false", "-vectorize-slp=false",
            ].flatMap { ["-Xllvm", $0] })
]

/// The same for modules under test, in builds that ask for it: `PULSEGATE_FUZZ=1` or the folder of this package, always with a scratch path of
/// their own. A folder instruments one package and not those it depends on.
let fuzzing: [SwiftSetting] =
    ["1", Context.packageDirectory].contains(Context.environment["PULSEGATE_FUZZ"]) ? instrumentation : []

/// A module of one wing: `Sources/<wing>/<name>`. One that fuzzing itself stands on is not instrumented.
func module(
    _ name: String, wing: String, on dependencies: [Target.Dependency] = [], exclude: [String] = [], instrumented: Bool = true
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)", exclude: exclude,
        swiftSettings: strict + (instrumented ? fuzzing : []))
}

/// The tests of one kind for one module: `Tests/<kind>/<folder>`, one target each.
func tests(
    _ name: String, kind: String, folder: String, on dependencies: [Target.Dependency],
    exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(kind)/\(folder)", exclude: exclude, resources: resources,
        swiftSettings: strict)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")

/// Benchmarks, and what tests stand on.
let support: [Target] = [
    .executableTarget(
        name: "Bench",
        dependencies: [
            "Ledger", "PropertyTesting", "FaultyStructures", "TemporaryFolders", "KilledSuites", "Determinism", "StrictDocuments",
            "ContentDigest",
        ],
        path: "Bench", exclude: ["GateQuality", "Suite"],
        swiftSettings: strict),
    // What the gate `speed` builds twice, so it depends on nothing that takes long to build.
    .executableTarget(
        name: "pulsegate-bench",
        dependencies: [
            "Benchmarking", "BenchmarkStatistics", "Determinism", "StrictDocuments", "Indicators", "PropertyTesting", "Evidence", "Gates",
            "TerminalDisplay", "SVGPlotting",
        ],
        path: "Bench/Suite", swiftSettings: strict),
    .target(
        name: "DataGenerators", dependencies: ["Determinism", "StrictDocuments"], path: "Tests/Support/DataGenerators",
        swiftSettings: strict),
    .executableTarget(
        name: "generate-data", dependencies: ["DataGenerators", "StrictDocuments", "GoldenData", "ContentDigest"],
        path: "Tests/Support/GenerateData", swiftSettings: strict),
    .executableTarget(
        name: "ChildProcessesProbe", dependencies: ["ChildProcesses"], path: "Tests/Support/ChildProcessesProbe", swiftSettings: strict),
    .target(
        name: "LedgerFixtures", dependencies: ["Ledger", "ContentDigest", "Determinism", "StrictDocuments", grdb],
        path: "Tests/Support/LedgerFixtures", swiftSettings: strict),
    .target(name: "MerkleReference", dependencies: ["ContentDigest"], path: "Tests/Support/MerkleReference", swiftSettings: strict),
    .target(name: "KilledSuites", dependencies: ["StrictDocuments"], path: "Tests/Support/KilledSuites", swiftSettings: strict),
    .target(name: "GrowthMeasure", path: "Tests/Support/GrowthMeasure", swiftSettings: strict),
    .target(name: "HeapUse", path: "Tests/Support/HeapUse", cSettings: strictC),
    .target(
        name: "DomainGenerators", dependencies: ["PropertyTesting", "Determinism"], path: "Tests/Support/DomainGenerators",
        swiftSettings: strict),
    .target(
        name: "FaultyStructures", dependencies: ["PropertyTesting"], path: "Tests/Support/FaultyStructures", swiftSettings: strict),
    .executableTarget(
        name: "PropertyProbe", dependencies: ["PropertyTesting", "Determinism"], path: "Tests/Support/PropertyProbe", swiftSettings: strict),
    .executableTarget(
        name: "ExampleDatabaseWriter", dependencies: ["PropertyTesting"], path: "Tests/Support/ExampleDatabaseWriter",
        swiftSettings: strict),
    .target(name: "TemporaryFolders", path: "Tests/Support/TemporaryFolders", swiftSettings: strict),
    .executableTarget(
        name: "PropertyHeapProbe", dependencies: ["PropertyTesting", "HeapUse"], path: "Tests/Support/PropertyHeapProbe",
        swiftSettings: strict),
    .executableTarget(
        name: "FuzzingHookProbe", dependencies: ["FuzzingRuntime"], path: "Tests/Support/FuzzingHookProbe", swiftSettings: strict),
    .executableTarget(name: "BenchProbe", dependencies: ["Benchmarking"], path: "Tests/Support/BenchProbe", swiftSettings: strict),
    // Always instrumented, so that the tests of campaigns need no build of their own. No product of this package depends on it.
    .executableTarget(
        name: "PlantedSuite", dependencies: ["Fuzzing", "PropertyTesting"], path: "Tests/Support/PlantedSuite",
        swiftSettings: strict + instrumentation),
    .executableTarget(
        name: "pulsegate-fuzz",
        dependencies: [
            "Fuzzing", "PropertyTesting", "Determinism", "StrictDocuments", "ContentDigest", "TerminalDisplay", "GoldenData", "Evidence",
            "Gates", "Ledger", "Reporting",
        ],
        path: "Tests/Fuzz/Suite", swiftSettings: strict + fuzzing),
    .executableTarget(
        name: "FuzzBytes", dependencies: ["Fuzzing"], path: "Tests/Support/FuzzBytes", swiftSettings: strict),
    // Not for a test target to depend on: what they export would stand in the bundle of all tests.
    .executableTarget(
        name: "FuzzBytesProbe", dependencies: ["Fuzzing"], path: "Tests/Support/FuzzBytesProbe", swiftSettings: strict + instrumentation),
    .executableTarget(
        name: "FuzzDriverProbe", dependencies: ["Fuzzing", "PropertyTesting"], path: "Tests/Support/FuzzDriverProbe",
        swiftSettings: strict + instrumentation),
    .executableTarget(
        name: "LedgerAppender", dependencies: ["Ledger", "Determinism"], path: "Tests/Support/LedgerAppender",
        swiftSettings: strict),
]

/// Tests: one target for each module and kind.
let checks: [Target] = [
    tests("DeterminismTests", kind: "Unit", folder: "Determinism", on: ["Determinism"]),
    tests("StrictDocumentsTests", kind: "Unit", folder: "StrictDocuments", on: ["StrictDocuments", "Determinism"]),
    tests("ContentDigestTests", kind: "Unit", folder: "ContentDigest", on: ["ContentDigest", "MerkleReference", "Determinism"]),
    tests(
        "ChildProcessesTests", kind: "Unit", folder: "ChildProcesses", on: ["ChildProcesses", "ChildProcessesProbe", "Determinism"]),
    tests("TerminalDisplayTests", kind: "Unit", folder: "TerminalDisplay", on: ["TerminalDisplay"]),
    tests("SVGPlottingTests", kind: "Unit", folder: "SVGPlotting", on: ["SVGPlotting"]),
    tests(
        "PulsegateFuzzViewTests", kind: "Unit", folder: "PulsegateFuzzView",
        on: ["pulsegate", "TerminalDisplay", "SVGPlotting", "StrictDocuments"]),
    tests(
        "IndicatorsTests", kind: "Unit", folder: "Indicators", on: ["Indicators", "DataGenerators", "StrictDocuments", "Determinism"]),
    tests(
        "GoldenDataTests", kind: "Unit", folder: "GoldenData",
        on: ["GoldenData", "StrictDocuments", "Determinism", "ContentDigest"]),
    tests(
        "DataGeneratorsTests", kind: "Unit", folder: "DataGenerators",
        on: ["DataGenerators", "StrictDocuments", "GoldenData", "ContentDigest", "Determinism"]),
    tests(
        "PropertyTestingTests", kind: "Unit", folder: "PropertyTesting",
        on: ["PropertyTesting", "FaultyStructures", "TemporaryFolders", "Determinism", "StrictDocuments"]),
    tests(
        "DomainGeneratorsTests", kind: "Unit", folder: "DomainGenerators", on: ["DomainGenerators", "PropertyTesting", "Determinism"]),
    tests(
        "PropertyTestingSwiftTestingTests", kind: "Unit", folder: "PropertyTestingSwiftTesting",
        on: ["PropertyTestingSwiftTesting", "PropertyTesting"]),
    tests(
        "PropertyTestingXCTestTests", kind: "Unit", folder: "PropertyTestingXCTest", on: ["PropertyTestingXCTest", "PropertyTesting"]),
    tests(
        "BenchmarkStatisticsTests", kind: "Unit", folder: "BenchmarkStatistics",
        on: ["BenchmarkStatistics", "StrictDocuments", "Determinism"]),
    tests(
        "BenchmarkingTests", kind: "Unit", folder: "Benchmarking",
        on: ["Benchmarking", "BenchmarkingRuntime", "BenchmarkStatistics", "StrictDocuments"]),
    tests("EvidenceTests", kind: "Unit", folder: "Evidence", on: ["Evidence", "StrictDocuments"]),
    tests("GatesTests", kind: "Unit", folder: "Gates", on: ["Determinism", "StrictDocuments", "Evidence", "Gates"]),
    tests("LedgerTests", kind: "Unit", folder: "Ledger", on: ["LedgerFixtures", "LedgerAppender"]),
    tests(
        "ReportingTests", kind: "Unit", folder: "Reporting",
        on: ["Determinism", "StrictDocuments", "TerminalDisplay", "Evidence", "Gates", "Reporting"]),
    tests("FuzzingTests", kind: "Unit", folder: "Fuzzing", on: ["Fuzzing", "FuzzingRuntime", "PropertyTesting", "StrictDocuments"]),
    tests("FuzzingSitesTests", kind: "Unit", folder: "FuzzingSites", on: ["Fuzzing", "FuzzingRuntime"]),
    tests("PulsegateFuzzTests", kind: "Unit", folder: "PulsegateFuzz", on: ["pulsegate", "Gates", "StrictDocuments", "Determinism", grdb]),
    tests(
        "PulsegateBenchTests", kind: "Unit", folder: "PulsegateBench",
        on: [
            "pulsegate", "BenchmarkStatistics", "SVGPlotting", "StrictDocuments", "TerminalDisplay", "TemporaryFolders", "Determinism",
            grdb,
        ]),
    tests(
        "PulsegateBenchCountsTests", kind: "Unit", folder: "PulsegateBenchCounts",
        on: ["pulsegate", "BenchmarkStatistics", "TerminalDisplay", "Determinism"]),
    tests("ArchitectureTests", kind: "Unit", folder: "Architecture", on: []),
    tests("DocumentationTests", kind: "Unit", folder: "Documentation", on: ["Evidence", "Gates", "StrictDocuments"]),
    tests("SchemasTests", kind: "Unit", folder: "Schemas", on: ["StrictDocuments"]),

    tests("DeterminismProperties", kind: "Property", folder: "Determinism", on: ["Determinism"]),
    tests("StrictDocumentsProperties", kind: "Property", folder: "StrictDocuments", on: ["StrictDocuments", "Determinism"]),
    tests(
        "IndicatorsProperties", kind: "Property", folder: "Indicators", on: ["Indicators", "Determinism", "DataGenerators"]),
    tests("GoldenDataProperties", kind: "Property", folder: "GoldenData", on: ["GoldenData", "StrictDocuments", "Determinism"]),
    tests(
        "PropertyTestingProperties", kind: "Property", folder: "PropertyTesting",
        on: ["PropertyTesting", "Determinism", "TemporaryFolders"]),
    tests("FuzzingProperties", kind: "Property", folder: "Fuzzing", on: ["Fuzzing", "Determinism"]),
    tests("EvidenceProperties", kind: "Property", folder: "Evidence", on: ["Evidence", "StrictDocuments", "Determinism"]),
    tests("GatesProperties", kind: "Property", folder: "Gates", on: ["Determinism", "StrictDocuments", "Evidence", "Gates"]),
    tests("ContentDigestProperties", kind: "Property", folder: "ContentDigest", on: ["ContentDigest", "MerkleReference", "Determinism"]),
    tests("LedgerProperties", kind: "Property", folder: "Ledger", on: ["LedgerFixtures"]),
    tests(
        "ReportingProperties", kind: "Property", folder: "Reporting",
        on: ["Determinism", "StrictDocuments", "TerminalDisplay", "Evidence", "Gates", "Reporting"]),

    tests("StrictDocumentsFuzz", kind: "Fuzz", folder: "StrictDocuments", on: ["StrictDocuments", "Determinism"]),
    tests("TerminalDisplayFuzz", kind: "Fuzz", folder: "TerminalDisplay", on: ["TerminalDisplay", "Determinism"]),
    tests("GoldenDataFuzz", kind: "Fuzz", folder: "GoldenData", on: ["GoldenData", "StrictDocuments", "Determinism"]),
    tests("EvidenceFuzz", kind: "Fuzz", folder: "Evidence", on: ["Evidence", "StrictDocuments", "Determinism"]),
    tests("LedgerFuzz", kind: "Fuzz", folder: "Ledger", on: ["LedgerFixtures"]),

    tests("StrictDocumentsPerformance", kind: "Performance", folder: "StrictDocuments", on: ["GrowthMeasure", "StrictDocuments"]),
    tests("TerminalDisplayPerformance", kind: "Performance", folder: "TerminalDisplay", on: ["GrowthMeasure", "TerminalDisplay"]),
    tests("IndicatorsPerformance", kind: "Performance", folder: "Indicators", on: ["GrowthMeasure", "Indicators", "Benchmarking"]),
    tests(
        "PropertyTestingPerformance", kind: "Performance", folder: "PropertyTesting",
        on: ["PropertyTesting", "Benchmarking", "PropertyHeapProbe", "ChildProcesses"]),
    tests("EvidencePerformance", kind: "Performance", folder: "Evidence", on: ["GrowthMeasure", "Evidence", "StrictDocuments"]),
    tests(
        "GatesPerformance", kind: "Performance", folder: "Gates",
        on: ["GrowthMeasure", "Determinism", "StrictDocuments", "Evidence", "Gates"]),
    tests(
        "ReportingPerformance", kind: "Performance", folder: "Reporting",
        on: ["GrowthMeasure", "Determinism", "StrictDocuments", "TerminalDisplay", "Evidence", "Gates", "Reporting"]),

    tests(
        "PulsegateIntegration", kind: "Integration", folder: "Pulsegate",
        on: ["pulsegate", "tradepulse", "PlantedSuite", "ChildProcesses", "StrictDocuments", "Determinism"]),
    tests(
        "PropertyTestingIntegration", kind: "Integration", folder: "PropertyTesting",
        on: ["PropertyTestingSwiftTesting", "PropertyTesting", "ChildProcesses", "PropertyProbe"]),
    tests(
        "ExampleDatabaseIntegration", kind: "Integration", folder: "ExampleDatabase",
        on: ["PropertyTesting", "Determinism", "TemporaryFolders", "ExampleDatabaseWriter"]),
    tests(
        "FuzzingIntegration", kind: "Integration", folder: "Fuzzing",
        on: [
            "FuzzingHookProbe", "PlantedSuite", "pulsegate-fuzz", "KilledSuites", "Fuzzing", "FuzzingRuntime", "ChildProcesses",
            "StrictDocuments",
        ]),
    tests(
        "FuzzingSwiftTestingIntegration", kind: "Integration", folder: "FuzzingSwiftTesting",
        on: ["FuzzingSwiftTesting", "Fuzzing", "PropertyTesting"], exclude: ["Seeds"]),
    tests(
        "BenchmarkingIntegration", kind: "Integration", folder: "Benchmarking",
        on: [
            "pulsegate", "BenchProbe", "BenchmarkStatistics", "Gates", "ChildProcesses", "TerminalDisplay", "StrictDocuments",
            "TemporaryFolders",
        ]),
    tests("TradepulseIntegration", kind: "Integration", folder: "Tradepulse", on: ["tradepulse", "StrictDocuments"]),
]

let package = Package(
    name: "PulseGate",
    products: [
        .executable(name: "pulsegate", targets: ["pulsegate"]),
        .executable(name: "tradepulse", targets: ["tradepulse"]),
        .library(name: "Determinism", targets: ["Determinism"]),
        .library(name: "StrictDocuments", targets: ["StrictDocuments"]),
        .library(name: "PropertyTesting", targets: ["PropertyTesting"]),
        .library(name: "PropertyTestingSwiftTesting", targets: ["PropertyTestingSwiftTesting"]),
        .library(name: "PropertyTestingXCTest", targets: ["PropertyTestingXCTest"]),
        .library(name: "Fuzzing", targets: ["Fuzzing"]),
        .library(name: "FuzzingSwiftTesting", targets: ["FuzzingSwiftTesting"]),
        .library(name: "Benchmarking", targets: ["Benchmarking"]),
        .library(name: "GoldenData", targets: ["GoldenData"]),
        .library(name: "Indicators", targets: ["Indicators"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Foundations
        module("Determinism", wing: "Foundations", instrumented: false),
        module("StrictDocuments", wing: "Foundations", on: ["Determinism"]),
        module("ContentDigest", wing: "Foundations", on: [crypto]),
        .target(name: "ChildProcessesRuntime", path: "Sources/Foundations/ChildProcessesRuntime", cSettings: strictC),
        module("ChildProcesses", wing: "Foundations", on: ["ChildProcessesRuntime"]),
        module("TerminalDisplay", wing: "Foundations"),
        module("SVGPlotting", wing: "Foundations"),

        // Engines
        module("Indicators", wing: "Engines"),

        // Assurance
        .target(name: "PropertyTestingRuntime", path: "Sources/Assurance/PropertyTestingRuntime", cSettings: strictC),
        module(
            "PropertyTesting", wing: "Assurance", on: ["PropertyTestingRuntime", "Determinism", "StrictDocuments"], instrumented: false),
        module("PropertyTestingSwiftTesting", wing: "Assurance", on: ["PropertyTesting"]),
        module("PropertyTestingXCTest", wing: "Assurance", on: ["PropertyTesting"]),
        .target(name: "FuzzingRuntime", path: "Sources/Assurance/FuzzingRuntime", cSettings: strictC),
        module(
            "Fuzzing", wing: "Assurance", on: ["FuzzingRuntime", "PropertyTesting", "Determinism", "StrictDocuments"],
            instrumented: false),
        module("FuzzingSwiftTesting", wing: "Assurance", on: ["Fuzzing"], instrumented: false),
        module("BenchmarkStatistics", wing: "Assurance", on: ["StrictDocuments"]),
        .target(name: "BenchmarkingRuntime", path: "Sources/Assurance/BenchmarkingRuntime", cSettings: strictC),
        module("Benchmarking", wing: "Assurance", on: ["BenchmarkingRuntime", "StrictDocuments"], instrumented: false),
        module("GoldenData", wing: "Assurance", on: ["Determinism", "StrictDocuments"]),

        // Governance
        .systemLibrary(
            name: "CLibXML2", path: "Sources/Governance/CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        module("Evidence", wing: "Governance", on: ["StrictDocuments", "CLibXML2"]),
        module("Gates", wing: "Governance", on: ["Determinism", "StrictDocuments", "Evidence"]),
        module("Ledger", wing: "Governance", on: ["Determinism", "StrictDocuments", "ContentDigest", grdb, sqlite]),
        module("Reporting", wing: "Governance", on: ["Determinism", "StrictDocuments", "TerminalDisplay", "Evidence", "Gates"]),

        // Executables
        .executableTarget(
            name: "pulsegate",
            dependencies: [
                "Determinism", "StrictDocuments", "ContentDigest", "ChildProcesses", "TerminalDisplay", "SVGPlotting", "GoldenData",
                "BenchmarkStatistics", "Evidence", "Gates", "Ledger", "Reporting", argumentParser, grdb,
            ],
            path: "Sources/pulsegate", swiftSettings: strict),
        .executableTarget(
            name: "tradepulse",
            dependencies: ["Determinism", "StrictDocuments", "ContentDigest", "Indicators", "GoldenData", argumentParser],
            path: "Sources/tradepulse", swiftSettings: strict),
    ] + support + checks,
    swiftLanguageModes: [.v6]
)
