import ChildProcesses
import Glibc
import StrictDocuments
import TemporaryFolders
import Testing

@testable import pulsegate

/// `pulsegate bench compare` from commit to verdict, on a package whose second commit slows one kernel down and grows a function that nobody measures.
///
/// It builds three suites in release, minutes on a busy machine, so it runs in `make bench-check` only. What it judges does not hang on how busy the
/// machine is: a slow-down of nearly a third against a budget of 15 %, exact counts, and addresses.
@Suite(
    "comparing two commits",
    .enabled(if: Environment.current()["PULSEGATE_BENCH_CHECK"] != nil, "three release builds: `make bench-check`"))
struct ComparisonTests {
    /// This package's sources, without what takes external packages or long to build.
    private static let manifest = """
        // swift-tools-version: 6.3
        import PackageDescription

        let package = Package(
            name: "Compared",
            targets: [
                .target(name: "Determinism", path: "PulseGate/Foundations/Determinism"),
                .target(name: "StrictDocuments", dependencies: ["Determinism"], path: "PulseGate/Foundations/StrictDocuments"),
                .target(name: "BenchmarkingRuntime", path: "PulseGate/Assurance/BenchmarkingRuntime"),
                .target(
                    name: "Benchmarking", dependencies: ["BenchmarkingRuntime", "StrictDocuments"], path: "PulseGate/Assurance/Benchmarking"),
                .executableTarget(name: "Suite", dependencies: ["Benchmarking"]),
            ],
            swiftLanguageModes: [.v6]
        )
        """

    /// - Parameters:
    ///   - steps: of the kernel `slowed`.
    ///   - preparation: lines of a function that stands before all kernels and is not measured.
    private static func suite(steps: Int, preparation: String) -> String {
        """
        import Benchmarking

        @inline(never) func prepared(_ size: Int) -> Int {
            var size = opaque(size)
        \(preparation)
            return size
        }

        @inline(never) func slowedKernel(_ seed: Int) -> Int {
            var state = seed
            for step in 0..<\(steps) { state = (state &* 31) ^ step }
            return state
        }

        @inline(never) func arithmeticKernel(_ seed: Int) -> Int {
            var state = seed
            for step in 0..<10_000 { state = (state ^ (state >> 3)) &+ step }
            return state
        }

        @inline(never) func allocatingKernel(_ count: Int) -> Int {
            var rows: [[Int]] = []
            for row in 0..<count { rows.append([row, count]) }
            return rows.count
        }

        @main struct Suite: BenchmarkSuite {
            static var benchmarks: [Benchmark] {
                Benchmark("slowed") { slowedKernel($0) } setup: { prepared(1) }
                Benchmark("arithmetic") { arithmeticKernel($0) } setup: { prepared(1) }
                Benchmark("allocating") { allocatingKernel($0) } setup: { prepared(100) }
            }
        }
        """
    }

    private static let sources: String = {
        let file = #filePath
        return file.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/") + "/Sources"
    }()

    private static let pulsegate =
        Probe.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        + "/pulsegate"

    private static let kernels = ["slowedKernel", "arithmeticKernel", "allocatingKernel"]

    private func compare(_ base: String, in repository: TemporaryRepository) throws -> (code: Int32?, json: JSONValue) {
        let ended = try repository.run([
            Self.pulsegate, "bench", "compare", base, "--budget", "15%", "--seconds", "5", "--json", "--quiet",
        ])
        try #require(ended.output.hasPrefix("{"), "\(ended.problems)")
        return (ended.code, try JSONValue(try JSONDocument.parse(Array(ended.output.utf8), file: "answer"), file: "answer"))
    }

    /// Where the kernels stand, by name.
    private func places(_ path: String) throws -> [String: ExecutableFunctions.Extent] {
        let functions = try ExecutableFunctions.ofFile(path).functions
        var places: [String: ExecutableFunctions.Extent] = [:]
        for kernel in Self.kernels {
            // The kernel itself, "$s5Suite12slowedKernelyS2iF", and not what was made of it.
            let found = functions.filter { $0.key.contains(kernel) && $0.key.hasSuffix("yS2iF") }
            try #require(found.count == 1, "\(kernel): \(found.keys.sorted())")
            places[kernel] = found.first?.value
        }
        return places
    }

    @Test("the benchmark that became slower fails alone, though code that nobody changed would have moved; the same commit again passes")
    func commits() throws {
        let repository = try TemporaryRepository()
        try #require(symlink(Self.sources, repository.root + "/PulseGate") == 0)
        try repository.write("Package.swift", Self.manifest)
        try repository.write(".gitignore", ".build*/\n.pulsegate/\n")
        try repository.write("Sources/Suite/Suite.swift", Self.suite(steps: 10_000, preparation: ""))
        let base = try repository.commit("base")
        let growth = (1...40).map { "    if size > \($0 * 1000) { size = opaque(size &* \($0)) }" }.joined(separator: "\n")
        try repository.write("Sources/Suite/Suite.swift", Self.suite(steps: 13_000, preparation: growth))
        try repository.commit("slower")

        let slower = try compare(base, in: repository)
        let outcomes = try #require(slower.json["benchmarks"]?.arrayValue).map { ($0["name"]?.stringValue, $0["outcome"]?.stringValue) }
        #expect(slower.code == 1)
        #expect(outcomes.filter { $0.1 == "fail" }.map(\.0) == ["slowed"], "\(slower.json.canonicalText())")
        #expect(outcomes.compactMap(\.0).sorted() == ["allocating", "arithmetic", "slowed"])
        for benchmark in slower.json["benchmarks"]?.arrayValue ?? [] {
            let allocations = benchmark["counts"]?.arrayValue?.first { $0["metric"]?.stringValue == "allocations" }
            #expect(allocations?["verdict"]?.stringValue == "equal", "\(benchmark)")
        }
        let placement = try #require(slower.json["placement"])
        let (matched, functions) = (placement["matched"]?.intValue ?? 0, placement["functions"]?.intValue ?? 0)
        #expect(functions > 100 && matched * 10 > functions * 9, "\(matched) of \(functions)")

        // As they were built, kernels that nobody changed stand elsewhere; as they were compared, all stand where they stood.
        let bases = repository.root + "/.pulsegate/bench/bases"
        let built = try #require(TemporaryFolder.names(bases).first)
        let before = try places("\(bases)/\(built)/build/release/Suite")
        let after = try places(repository.root + "/.build-bench/release/Suite")
        #expect(before["arithmeticKernel"]?.bytes == after["arithmeticKernel"]?.bytes)
        #expect(before["arithmeticKernel"]?.address != after["arithmeticKernel"]?.address)
        let layouts = repository.root + "/.pulsegate/bench/layouts"
        let pair = try #require(TemporaryFolder.names(layouts).first)
        let linked = TemporaryFolder.names("\(layouts)/\(pair)").filter { $0.hasPrefix("base-") }
        #expect(linked.count >= 2, "the slow-down was confirmed in another layout: \(linked)")
        for name in linked {
            #expect(try places("\(layouts)/\(pair)/\(name)") == places("\(layouts)/\(pair)/head-\(name.dropFirst(5))"), "\(name)")
        }

        let same = try compare("HEAD", in: repository)
        #expect(same.code == 0, "\(same.json.canonicalText())")
        #expect(same.json["benchmarks"]?.arrayValue?.contains { $0["outcome"]?.stringValue == "fail" } == false)
        // Of another base are other programs.
        #expect(TemporaryFolder.names(layouts).count == 2)
    }
}
