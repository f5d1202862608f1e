import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The commands `triage` and `minimise` of a suite.
struct SuiteTriage {
    let target: FuzzTarget
    let suite: String
    let folder: String
    let destination: String?
    let limits: Zygote.Limits
    let minimising: InputMinimiser.Limits

    init(target: FuzzTarget, suite: String, options: inout SuiteArguments) {
        self.target = target
        self.suite = suite
        folder = options.value("--folder") ?? ".pulsegate/fuzz/\(target.name)"
        destination = options.value("--to")
        var limits = Zygote.Limits()
        limits.time = Int64(options.number("--time-limit-ms", default: 1000)) * 1_000_000
        limits.memory = UInt64(options.number("--memory-limit-mb", default: 512)) << 20
        self.limits = limits
        var minimising = InputMinimiser.Limits()
        minimising.executions = options.number("--executions", default: minimising.executions)
        self.minimising = minimising
    }

    private func triage(_ folder: String) -> CrashTriage {
        guard let triage = CrashTriage(target: target, suite: suite, folder: folder, limits: limits, minimising: minimising) else {
            SuiteProgram.stop("there is no shared memory to run inputs in")
        }
        return triage
    }

    func run() {
        triage(folder).run(Self.tell)
    }

    static func tell(_ report: CrashReport, isNew: Bool) {
        func text(_ value: String?) -> SuiteOutput.Value { value.map { .text($0) } ?? .nothing }
        SuiteOutput.write([
            ("event", .text("bug")), ("bucket", .text(report.bucket)), ("kind", .text(report.record.kind.rawValue)),
            ("title", .text(report.title)), ("value", text(report.value)), ("location", text(report.location)),
            ("severity", .text(report.severity.rawValue)), ("flaky", .flag(report.isFlaky)),
            ("length", .number(UInt64(report.minimisedBytes))), ("count", .number(report.count)), ("new", .flag(isNew)),
            ("places", .list(report.places.sorted().map { .hexadecimal($0) })),
        ])
    }

    /// One input, beside any campaign: it is sorted in a folder of its own and comes out small.
    func minimise(_ files: [String]) {
        guard let file = files.first, files.count == 1 else { SuiteProgram.stop("minimise takes one file") }
        guard let input = SuiteFiles.read(file, limit: 1 << 20) else { SuiteProgram.stop("\(file): cannot be read") }
        guard let record = SuiteReplay.end(of: target, on: input, limits: limits) else {
            SuiteProgram.stop("\(file): \(target.name) survives it; nothing to minimise")
        }
        var template = Array("/tmp/pulsegate-minimise-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { SuiteProgram.stop("no temporary folder can be made") }
        let work = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { SuiteFiles.removeTree(work) }
        var kept = record
        kept.input = input
        _ = CrashFolder(path: "\(work)/crashes").keep(kept)
        let triage = triage(work)
        let bucket = triage.key(of: kept).0.bucket
        var others: [String] = []
        triage.run { report, isNew in if report.bucket != bucket, isNew { others.append(report.bucket) } }
        guard let small = SuiteFiles.read("\(work)/crashes/\(bucket)/minimised", limit: 1 << 20) else {
            SuiteProgram.stop("\(file): does not die in the same way again")
        }
        let path = destination ?? file + ".minimised"
        guard SuiteFiles.write(small, to: path) else { SuiteProgram.stop("\(path): cannot be written") }
        SuiteOutput.write([
            ("event", .text("minimised")), ("file", .text(path)), ("bucket", .text(bucket)), ("length", .number(UInt64(small.count))),
            ("from", .number(UInt64(input.count))), ("others", .list(others.map { .text($0) })),
        ])
    }
}
