/// The rules of the house as data: which rooms there are, in which order they stand, and what may be imported where.
///
/// A wing's rooms are listed from the ground up. A room may import the rooms listed above it in its own wing, every
/// room of Foundations, and nothing else of this package; docs/adr/0002-walls.md says why. Adding a module means adding
/// a line here, which is the moment to think about where it belongs.
struct ArchitectureRules: Sendable {
    struct Room: Sendable {
        var name: String
        /// The C or system-library targets on the room's own line, which only this room may import.
        var beside: [String] = []
    }

    struct Wing: Sendable {
        var name: String
        var rooms: [Room]
    }

    /// A program: `Sources/<name>`.
    struct Executable: Sendable {
        var name: String
        /// Wings that it must not know of.
        var forbiddenWings: Set<String> = []
    }

    /// A word in the code that reaches for the world past its parameter.
    struct Reach: Sendable {
        var text: String
        /// The line is innocent when it also holds this.
        var unless: String?
    }

    /// The ground floor, which every room may stand on.
    var groundFloor: String
    var wings: [Wing]
    var executables: [Executable]
    /// Modules of the toolchain that any room may import.
    var system: Set<String>
    /// Modules that only the named rooms may import. "executables" stands for every executable.
    var reserved: [String: Set<String>]

    var reaches: [Reach]
    /// Prefixes of paths, relative to Sources, in which reaching for the world is the point.
    var reachesAllowed: [String]

    static let pulseGate = ArchitectureRules(
        groundFloor: "Foundations",
        wings: [
            Wing(
                name: "Foundations",
                rooms: [
                    Room(name: "Determinism"),
                    Room(name: "StrictDocuments"),
                    Room(name: "ContentDigest"),
                    Room(name: "SVGPlotting"),
                    Room(name: "ChildProcesses", beside: ["ChildProcessesRuntime"]),
                    Room(name: "TerminalDisplay"),
                ]),
            Wing(
                name: "Engines",
                rooms: [
                    Room(name: "Kernels"),
                    Room(name: "Indicators"),
                    Room(name: "Optimiser"),
                    Room(name: "Scheduler"),
                    Room(name: "Limiter"),
                ]),
            Wing(
                name: "Assurance",
                rooms: [
                    Room(name: "PropertyTesting", beside: ["PropertyTestingRuntime"]),
                    Room(name: "PropertyTestingSwiftTesting"),
                    Room(name: "PropertyTestingXCTest"),
                    Room(name: "Fuzzing", beside: ["FuzzingRuntime"]),
                    Room(name: "FuzzingSwiftTesting"),
                    Room(name: "BenchmarkStatistics"),
                    Room(name: "Benchmarking", beside: ["BenchmarkingRuntime"]),
                    Room(name: "GoldenData"),
                    Room(name: "Soak"),
                ]),
            Wing(
                name: "Governance",
                rooms: [
                    Room(name: "Evidence", beside: ["CLibXML2"]),
                    Room(name: "Gates"),
                    Room(name: "Ledger"),
                    Room(name: "Release"),
                    Room(name: "Reporting"),
                ]),
        ],
        executables: [
            // pulsegate judges any package, so it must not know that an engine exists.
            Executable(name: "pulsegate", forbiddenWings: ["Engines"]),
            Executable(name: "tradepulse"),
        ],
        system: ["Swift", "Glibc", "Musl", "Darwin", "Synchronization", "FoundationEssentials"],
        reserved: [
            "Dispatch": ["Ledger", "Benchmarking"],
            "Foundation": ["Ledger"],
            "GRDB": ["Ledger", "executables"],
            "GRDBSQLite": ["Ledger"],
            "Crypto": ["ContentDigest"],
            "ArgumentParser": ["executables"],
            "Testing": ["PropertyTestingSwiftTesting", "FuzzingSwiftTesting"],
            "XCTest": ["PropertyTestingXCTest"],
        ],
        reaches: [
            Reach(text: "clock_gettime"), Reach(text: "gettimeofday"),
            Reach(text: "Date()"), Reach(text: "Date.now"),
            Reach(text: "ContinuousClock()"), Reach(text: "SuspendingClock()"),
            Reach(text: "SystemRandomNumberGenerator"), Reach(text: "arc4random"),
            // A generator that is handed in makes it a pure function.
            Reach(text: ".random(", unless: "using:"), Reach(text: ".shuffled()"), Reach(text: ".shuffle()"),
            Reach(text: ".randomElement()"),
            Reach(text: "getenv"), Reach(text: "ProcessInfo"),
        ],
        reachesAllowed: [
            "Foundations/Determinism/SystemTimeSource.swift",
            "Foundations/ChildProcesses/", "Foundations/ChildProcessesRuntime/",
            // A suite's processes: the clock of the watch, the environment's word on Swift's crash handler and on the profile.
            "Assurance/FuzzingRuntime/Deaths.c", "Assurance/FuzzingRuntime/ProfileCounters.c",
            // Where the symboliser is, which target another engine is to drive, where temporary files go.
            "Assurance/Fuzzing/Crashes/CodeFrame.swift", "Assurance/Fuzzing/Interop/ForeignEngine.swift",
            "Assurance/FuzzingSwiftTesting/SuiteName.swift",
            // The clocks are what a benchmark is about; its program settles its own environment before it measures.
            "Assurance/BenchmarkingRuntime/Clocks.c", "Assurance/Benchmarking/SuiteProgram.swift",
            // An adaptor stands at the edge: what the gate runner says to a test process, it says here.
            "Assurance/PropertyTestingSwiftTesting/PropertyTestRun.swift",
            "pulsegate/", "tradepulse/",
        ])
}
