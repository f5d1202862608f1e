import ArgumentParser
import BenchmarkStatistics
import Gates
import Glibc

struct BenchPrograms: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programs", abstract: "Judge two suites that are built already.",
        discussion: """
            For builds that come from elsewhere: an artefact of another job, other compiler flags, or one program that is two by its environment.

              pulsegate bench programs old/Benchmarks new/Benchmarks
              pulsegate bench programs Benchmarks Benchmarks --head-env CACHE=off

            Nothing is built or linked, so code stands where the linkers put it: a function may be slower only because another one moved it. \
            `pulsegate bench compare` puts what is unchanged at the same addresses.

            Exit codes: 0 pass or inconclusive, 1 a budget is broken, 2 usage, 3 nothing could be measured.
            """)

    @Argument(help: ArgumentHelp("The suite to compare with.", valueName: "base"))
    var base: String

    @Argument(help: ArgumentHelp("The suite to judge.", valueName: "head"))
    var head: String

    @Option(name: .long, help: ArgumentHelp("Set for base alone.", valueName: "NAME=value"))
    var baseEnv: [String] = []

    @Option(name: .long, help: ArgumentHelp("Set for head alone.", valueName: "NAME=value"))
    var headEnv: [String] = []

    @OptionGroup var choice: BenchChoice
    @OptionGroup var place: BenchPlace
    @OptionGroup var measuring: BenchMeasuring

    func run() throws {
        let session = try BenchSession(package: place.packagePath, quiet: place.quiet)
        let (before, after) = (try Self.program(base), try Self.program(head))
        var settings = try measuring.settings()
        for (option, words) in [("--base-env", baseEnv), ("--head-env", headEnv)] {
            for word in words {
                guard let equals = word.firstIndex(of: "="), equals > word.startIndex, !word.utf8.contains(0) else {
                    throw Failure(.usage, "\(option) \(word): it is not NAME=value")
                }
                settings.extra += [option, word]
            }
        }
        // Counts are of programs that are started alone, and without these variables.
        settings.isCounting = baseEnv.isEmpty && headEnv.isEmpty
        let slowdown = try measuring.slowdown()
        let gate = try measuring.gate(session)
        let result = try session.compare(
            place.suite ?? after.product, base: before, head: after, names: choice.only, tags: choice.tag, settings: settings,
            budget: { gate?.budget($0) ?? BenchmarkBudget(slowdown: slowdown) })
        try BenchAnswer.give(result, session, json: place.json, reports: measuring.reports(session))
    }

    private static func program(_ path: String) throws(Failure) -> BenchBuilder.Built {
        let path = RunSession.absolute(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure(.usage, "'\(path)' does not exist") }
        guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else { throw Failure(.usage, "'\(path)' is no program") }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return BenchBuilder.Built(executable: path, scratch: "", product: name, name: path, commit: nil)
    }
}
