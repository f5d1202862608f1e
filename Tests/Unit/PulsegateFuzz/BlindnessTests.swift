import StrictDocuments
import Testing

@testable import pulsegate

@Suite("campaigns that would see nothing")
struct BlindnessTests {
    static let sound = SuiteBuild(edges: 10, number: "aa", fault: 0, backtracer: false, sanitizers: [], commands: [])

    private func verdict(
        sanitizer: String? = nil, known: String? = nil, targets: Int = 1, _ change: (inout SuiteBuild) -> Void = { _ in }
    ) -> String? {
        var build = Self.sound
        change(&build)
        return Blindness.of(build, suite: "Fuzz", sanitizer: sanitizer, known: known, targets: targets)?.word
    }

    @Test("a sound build is let through")
    func sound() {
        #expect(verdict() == nil)
        #expect(verdict(known: "aa") == nil)
        #expect(verdict(sanitizer: "address") { $0.sanitizers = ["address"] } == nil)
    }

    @Test("each fault of a build is told apart")
    func faults() {
        #expect(verdict { $0.fault = 1 } == "no-counters")
        #expect(verdict { $0.edges = 0 } == "no-counters")
        #expect(verdict { $0.fault = 2 } == "broken-table")
        #expect(verdict { $0.fault = 3 } == "broken-table")
        #expect(verdict { $0.fault = 9 } == "broken-table")
        #expect(verdict(targets: 0) == "no-targets")
        #expect(verdict { $0.backtracer = true } == "backtracer")
        #expect(verdict(known: "bb") == "changed-build-number")
        #expect(verdict(sanitizer: "thread") { $0.sanitizers = ["address"] } == "sanitizer-not-linked")
    }

    @Test("each is explained, with a way to mend it")
    func explained() {
        let all: [Blindness] = [
            .noCounters(suite: "Fuzz"), .brokenTable(suite: "Fuzz", fault: 2), .brokenTable(suite: "Fuzz", fault: 3),
            .staleObjects(["a.o", "b.o", "c.o", "d.o"], scratch: ".build-fuzz"), .changedNumber(was: "a", is: "b"),
            .sanitizerNotLinked("address"), .backtracer, .nothingLit(target: "json", seeds: 3, executions: 9), .noTargets(suite: "Fuzz"),
        ]
        for reason in all {
            #expect(!reason.sentence.isEmpty && reason.mending.count > 20, "\(reason)")
            #expect(reason.description == reason.sentence + "\n  " + reason.mending)
        }
        #expect(Blindness.staleObjects(["a.o"], scratch: "x").sentence == "1 object file is older than the flags of this build: a.o")
        #expect(Set(all.map(\.sentence)).count == all.count)
    }

    private func sample(executions: UInt64, edges: UInt64, crashes: UInt64 = 0) -> CampaignSample {
        CampaignSample(seconds: 1, executions: executions, edges: edges, features: edges, corpus: 1, crashes: crashes)
    }

    @Test("a target is blind when inputs ran and no edge was lit, not before any ran")
    func nothingLit() {
        #expect(Blindness.of(sample(executions: 0, edges: 0), target: "a", seeds: 0) == nil)
        #expect(Blindness.of(sample(executions: Blindness.patience - 1, edges: 0), target: "a", seeds: 0) == nil)
        #expect(
            Blindness.of(sample(executions: 500, edges: 0), target: "a", seeds: 3) == .nothingLit(target: "a", seeds: 3, executions: 500))
        #expect(Blindness.of(sample(executions: 500, edges: 1), target: "a", seeds: 3) == nil)
    }

    @Test("a disk without room is refused with figures")
    func disk() throws {
        #expect(DiskRoom.problem(free: 1 << 40, workers: 64, targets: 100, folder: "f") == nil)
        let problem = try #require(DiskRoom.problem(free: 100 << 20, workers: 1, targets: 1, folder: "f"))
        #expect(problem == "f: 100 MiB are free and 1 worker on 1 target may need 320 MiB")
        #expect(DiskRoom.problem(free: DiskRoom.needed(workers: 2, targets: 3), workers: 2, targets: 3, folder: "f") == nil)
        #expect(DiskRoom.problem(free: DiskRoom.needed(workers: 2, targets: 3) - 1, workers: 2, targets: 3, folder: "f") != nil)
    }
}

@Suite("the flags that a build's objects were made with")
struct InstrumentationFlagsTests {
    static func plan(_ flags: String, other: String = "") -> String {
        """
        commands:
          "C.Lib-release.module":
            tool: shell
            args: ["/usr/bin/swiftc","-module-name","Lib","-O","-DX=1"\(flags),"-c","@/x/sources"]
            description: "Compiling Swift Module 'Lib' (1 sources)"
          "C.Engine-release.module":
            tool: shell
            args: ["/usr/bin/swiftc","-module-name","Engine","-O"\(other)]
          "PackageStructure":
            args: ["/usr/bin/clang","-c","x.c"]
        """
    }

    static let coverage =
        #","-Xfrontend","-sanitize=fuzzer","-Xfrontend","-sanitize-coverage=edge,pc-table","-Xllvm","-vectorize-slp=false""#

    @Test("are taken from the plan, module by module, and nothing else is")
    func parsed() {
        let flags = InstrumentationFlags(plan: Self.plan(Self.coverage))
        #expect(flags.modules["Lib"] == ["-sanitize=fuzzer", "-sanitize-coverage=edge,pc-table", "-vectorize-slp=false"])
        #expect(flags.modules["Engine"] == [])
        #expect(flags.modules.count == 2)
        #expect(flags.countsEdges)
        #expect(flags.instrumented == ["Lib"])
        #expect(!InstrumentationFlags(plan: Self.plan("")).countsEdges)
        #expect(InstrumentationFlags(plan: "").modules.isEmpty)
        #expect(InstrumentationFlags(plan: #"args: ["-module-name" oops"#).modules.isEmpty)
    }

    @Test("decide whether the folder is kept: a flag more, another value, another module, no record at all empty it")
    func verdicts() {
        let flags = InstrumentationFlags(plan: Self.plan(Self.coverage))
        let record = BuildRecord(flags: flags.json, since: 1)
        func verdict(_ now: String, other: String = "", had: Bool = true, _ known: BuildRecord?) -> BuildFolderVerdict {
            BuildFolderVerdict.of(hadObjects: had, record: known, flags: InstrumentationFlags(plan: Self.plan(now, other: other)))
        }
        #expect(verdict(Self.coverage, record) == .keep)
        #expect(verdict(Self.coverage + #","-O""#, record) == .keep)
        let changed = BuildFolderVerdict.wipe(reason: "the flags of instrumentation changed")
        #expect(verdict(Self.coverage + #","-Xllvm","-x""#, record) == changed)
        #expect(verdict(Self.coverage.replacing("edge,", with: "func,"), record) == changed)
        #expect(verdict(Self.coverage, other: #","-sanitize=address""#, record) == changed)
        #expect(verdict(Self.coverage, nil) == .wipe(reason: "nobody recorded with which flags its objects were made"))
        #expect(verdict(Self.coverage, had: false, nil) == .keep)
    }

    @Test("the record is read as it was written, and what is none is none")
    func record() {
        let flags = InstrumentationFlags(plan: Self.plan(Self.coverage))
        let record = BuildRecord(flags: flags.json, since: 17, executable: "ab", number: "cd")
        #expect(BuildRecord(json: record.json.prettyBytes()) == record)
        #expect(BuildRecord(json: Array("{}".utf8)) == nil)
        #expect(BuildRecord(json: Array(#"{"version":2,"flags":{},"since":1}"#.utf8)) == nil)
        #expect(BuildRecord(json: record.json.prettyBytes().dropLast(9)) == nil)
    }
}
