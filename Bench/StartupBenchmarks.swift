#if canImport(Glibc)
    import Glibc
#endif

/// Measures whole processes of `pulsegate`, start-up included, as people and CI meet them: its help, `check` on the evidence of a
/// small package, and `check` on the evidence of a large one (50 gates, 10,000 tests, 1,000 measured files, a git repository).
///
/// ```
/// Bench startup [--runs 30] [--json] [--pulsegate PATH] [--keep FOLDER]
/// ```
///
/// Figures are wall-clock times and peak resident memory of the process itself. Each `check` appends to a ledger and writes reports,
/// as it does in use. The two floors hold for the median; the large workload has an aim, which is shown and does not fail the
/// benchmark.
enum StartupBenchmarks {
    private static let defaultBinary = ".build-release/release/pulsegate"
    private static let maximumRuns = 10_000
    private static let bytesPerMegabyte = 1_048_576.0

    /// What is measured, and what is asked of it.
    private struct Case {
        var name: String
        var arguments: [String]
        var folder: String
        var limitMilliseconds: Double
        var limitMegabytes: Double?
        /// Whether missing the limit fails the benchmark.
        var isFloor: Bool
        /// Runs that are not measured: the first one makes the ledger.
        var warmUps = 2
    }

    private struct Sample {
        var seconds: Double
        var peakKilobytes: Int
    }

    private struct Options {
        var runs = 30
        var json = false
        var binary = StartupBenchmarks.defaultBinary
        var keep: String?

        init(_ arguments: [String]) {
            var rest = arguments[...]
            while let name = rest.popFirst() {
                switch name {
                case "--json": json = true
                case "--keep", "--pulsegate":
                    guard let text = rest.popFirst() else { Stop.usage("\(name) takes a path") }
                    if name == "--keep" { keep = text } else { binary = text }
                case "--runs":
                    guard let text = rest.popFirst(), let value = Int(text), value >= 1, value <= maximumRuns else {
                        Stop.usage("--runs takes a number from 1 to \(maximumRuns)")
                    }
                    runs = value
                default: Stop.usage("unknown option \(name)")
                }
            }
        }
    }

    static func main(_ arguments: [String]) {
        let options = Options(arguments)
        guard let resolved = realpath(options.binary, nil) else {
            Stop.usage("there is no \(options.binary); build it with `swift build -c release --scratch-path .build-release`")
        }
        let binary = String(cString: resolved)
        free(resolved)
        // Processes are started in their folder, so that no path may be relative from here on.
        let root = options.keep.map(absolute) ?? StartupWorkload.temporaryFolder()
        let small = root + "/small"
        let large = root + "/large"
        StartupWorkload.writeSmall(to: small)
        StartupWorkload.writeLarge(to: large)
        let check = ["check", "--quiet", "--now", "2024-01-31T12:00:00Z"]
        let cases = [
            Case(name: "--help", arguments: ["--help"], folder: small, limitMilliseconds: 15, isFloor: true),
            Case(name: "check, small", arguments: check, folder: small, limitMilliseconds: 60, isFloor: true),
            Case(
                name: "check, large", arguments: check, folder: large, limitMilliseconds: 150, limitMegabytes: 64, isFloor: false),
        ]
        var lines: [String] = []
        var objects: [String] = []
        var missed = false
        for one in cases {
            var samples: [Sample] = []
            for index in 0..<(one.warmUps + options.runs) {
                let sample = run(binary, one.arguments, in: one.folder)
                if index >= one.warmUps { samples.append(sample) }
            }
            let times = samples.map { $0.seconds * 1000 }.sorted()
            let median = times[times.count / 2]
            let peak = Double(samples.map(\.peakKilobytes).max() ?? 0) * 1024 / bytesPerMegabyte
            let holds = median <= one.limitMilliseconds && peak <= (one.limitMegabytes ?? .infinity)
            if !holds, one.isFloor { missed = true }
            let word = one.isFloor ? "floor" : "aim"
            let memory = one.limitMegabytes.map { ", \(shown($0)) MB" } ?? ""
            lines.append(
                padded(one.name, 14) + "median \(shown(median)) ms, min \(shown(times[0])), max \(shown(times[times.count - 1])), "
                    + "peak \(shown(peak)) MB; \(word) \(shown(one.limitMilliseconds)) ms\(memory): \(holds ? "pass" : "FAIL")")
            objects.append(
                "{\"case\":\"\(one.name)\",\"\(word)_us\":\(micro(one.limitMilliseconds)),\"max_us\":\(micro(times[times.count - 1])),"
                    + "\"median_us\":\(micro(median)),\"min_us\":\(micro(times[0])),\"passes\":\(holds),\"peak_bytes\":"
                    + "\(Int(peak * bytesPerMegabyte)),\"runs\":\(times.count)}")
        }
        if options.keep == nil { StartupWorkload.remove(root) }
        if options.json {
            print("{\"cases\":[\(objects.joined(separator: ","))],\"passes\":\(!missed)}")
        } else {
            print("command       Bench startup --runs \(options.runs)")
            print("workload      large: \(StartupWorkload.description)")
            for line in lines { print(line) }
            print(missed ? "a floor was missed" : "floors held")
        }
        exit(missed ? 1 : 0)
    }

    /// One process from its start to its end, output thrown away. It must end with 0: what fails fast is no measure.
    private static func run(_ binary: String, _ arguments: [String], in folder: String) -> Sample {
        var list: [UnsafeMutablePointer<CChar>?] = ([binary] + arguments).map { strdup($0) } + [nil]
        defer { for argument in list { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        guard chdir(folder) == 0 else { Stop.failure("cannot enter \(folder)") }
        var child: pid_t = 0
        var status: Int32 = 0
        var usage = rusage()
        let clock = ContinuousClock()
        let duration = clock.measure {
            guard posix_spawn(&child, binary, &actions, nil, &list, environ) == 0 else { Stop.failure("cannot start \(binary)") }
            while wait4(child, &status, 0, &usage) == -1, errno == EINTR {}
        }
        guard status == 0 else {
            Stop.failure(
                "`pulsegate \(arguments.joined(separator: " "))` in \(folder) ended with wait status \(status); --keep keeps the folder")
        }
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        return Sample(seconds: seconds, peakKilobytes: usage.ru_maxrss)
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }

    private static func micro(_ milliseconds: Double) -> Int { Int(milliseconds * 1000) }
    private static func shown(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}
