import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The command line of a suite: what `pulsegate fuzz` drives, one JSON object a line on standard output.
///
/// | command | what it does |
/// |---|---|
/// | `list` | the targets, and what the build knows of itself |
/// | `run --target N --folder F [--seed S] [--workers W] [--seconds T] [--executions E] [--seeds F]…` | a campaign |
/// | `run … --assist yes` | sorts its findings and measures its stability while it runs |
/// | `triage --target N --folder F` | sorts the campaign's findings into bugs: minimal inputs, reports, tests |
/// | `minimise --target N [--to FILE] FILE` | the smallest input that dies as this one does |
/// | `cmin --target N --folder F [--to FOLDER]` | a smallest set of the corpus that reaches all it reaches |
/// | `merge --target N --folder F FOLDER…` | takes over inputs that reach something new |
/// | `replay --target N FILE…` | each input in a process of its own, and how it ended |
/// | `cover --target N --corpus F…` | the edges that the inputs of folders light |
/// | `records --target N --folder F` | the corpus with its origins, and the edges with the input that first ran each |
/// | `edges --target N FILE-OR-FOLDER…` | how many edges inputs light together |
/// | `dictionary --target N` | the words that the code under test knows |
struct SuiteProgram {
    let targets: [FuzzTarget]
    /// The suite's type with its module.
    var suite = ""

    /// What `list` says may be asked.
    static let commands = [
        "cmin", "cover", "dictionary", "edges", "list", "merge", "minimise", "records", "replay", "run", "triage",
    ]

    func main(_ arguments: [String]) -> Never {
        if ForeignEngine.isLinked, arguments.first != "list" { ForeignEngine(targets: targets).main(arguments) }
        var options = SuiteArguments(arguments.dropFirst())
        switch arguments.first {
        case "list": list()
        case "run": SuiteCampaign(target: target(&options), suite: suite, options: &options).run()
        case "records": SuiteRecords(target: target(&options), options: &options).run()
        case "triage": SuiteTriage(target: target(&options), suite: suite, options: &options).run()
        case "minimise": SuiteTriage(target: target(&options), suite: suite, options: &options).minimise(options.files)
        case "cmin": SuiteCorpus(target: target(&options), options: &options).distil()
        case "merge": SuiteCorpus(target: target(&options), options: &options).merge(options.files)
        case "cover": SuiteCover(target: target(&options), options: &options).run()
        case "replay": SuiteReplay(target: target(&options)).run(options.files)
        case "edges": SuiteEdges(target: target(&options)).run(options.files)
        case "dictionary":
            _ = target(&options)
            SuiteDictionary().run()
        default: Self.stop("usage: \(Self.commands.joined(separator: " | ")) …")
        }
        fflush(nil)
        exit(0)
    }

    private func target(_ options: inout SuiteArguments) -> FuzzTarget {
        guard let name = options.value("--target") else { Self.stop("which target? --target NAME, of \(targets.map(\.name))") }
        guard let target = targets.first(where: { $0.name == name }) else {
            Self.stop("no target \(name); there are \(targets.map(\.name))")
        }
        return target
    }

    private func list() {
        for target in targets {
            let isTyped = if case .drawn = target.body { true } else { false }
            SuiteOutput.write([
                ("event", .text("target")), ("name", .text(target.name)), ("typed", .flag(isTyped)),
                ("maximumLength", .number(UInt64(target.maximumLength))),
            ])
        }
        SuiteOutput.write([
            ("event", .text("build")), ("edges", .number(UInt64(pulsegate_fuzz_edge_count()))),
            ("build", .hexadecimal(pulsegate_fuzz_build_number())),
            ("fault", .number(UInt64(pulsegate_fuzz_instrumentation_fault()))),
            ("hooks", .hexadecimal(pulsegate_fuzz_live_hooks())),
            ("backtracer", .flag(pulsegate_fuzz_backtracer_enabled())),
            (
                "sanitizers",
                .list(["address", "thread"].filter { pulsegate_fuzz_sanitizer_linked("__\($0.first ?? "a")san_init") }.map { .text($0) })
            ),
            ("commands", .list(Self.commands.map { .text($0) })),
        ])
    }

    static func stop(_ message: String) -> Never {
        let line = "error: \(message)\n"
        _ = line.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
        exit(2)
    }
}

/// Options in any order, files after or between.
struct SuiteArguments {
    private var pairs: [(String, String)] = []
    private(set) var files: [String] = []

    init(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let argument = rest.popFirst() {
            if argument.hasPrefix("--") {
                guard let value = rest.popFirst() else { SuiteProgram.stop("\(argument) wants a value") }
                pairs.append((argument, value))
            } else {
                files.append(argument)
            }
        }
    }

    func value(_ name: String) -> String? { pairs.last { $0.0 == name }?.1 }
    func values(_ name: String) -> [String] { pairs.filter { $0.0 == name }.map(\.1) }

    func number<Number: LosslessStringConvertible>(_ name: String, default standard: Number) -> Number {
        guard let text = value(name) else { return standard }
        guard let number = Number(text) else { SuiteProgram.stop("\(name) wants a number, not \(text)") }
        return number
    }
}
