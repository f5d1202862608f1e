import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// Measures the fuzzing engine on the instrumented suite with planted bugs, in processes of their own: executions a CPU second on a target
/// that does
/// nothing and on a branchy tokenizer (compare guidance on), and how often a second a runner is started again after a crash.
///
/// ```
/// Bench fuzz [--executions 1000000] [--repeats 3] [--json] [--suite PATH]
/// Bench fuzz --kills 1000
/// ```
///
/// CPU seconds are those of all processes of the campaign (`wait4`); what its start costs is taken off. Machines differ, so each figure is
/// shown with its
/// ratio to a
/// reference kernel as well: steps of xorshift64 that one CPU second makes here, in the same minute. The median of the repeats counts.
///
/// `--kills` starts a campaign, kills it after some milliseconds, and does so again that often: afterwards every entry that any of them had
/// kept, and
/// both planted bugs, must be there.
enum FuzzBenchmarks {
    private struct Options {
        var executions = 1_000_000
        var repeats = 3
        var kills = 0
        var json = false
        var suite = ".build-release/release/PlantedSuite"

        init(_ arguments: [String]) {
            var rest = arguments[...]
            while let name = rest.popFirst() {
                if name == "--json" {
                    json = true
                    continue
                }
                guard let text = rest.popFirst() else { Stop.usage("\(name) takes a value") }
                switch name {
                case "--suite": suite = text
                case "--executions":
                    guard let value = Int(text), (10_000...1_000_000_000).contains(value) else {
                        Stop.usage("--executions takes 10000 to 1000000000")
                    }
                    executions = value
                case "--repeats":
                    guard let value = Int(text), (1...100).contains(value) else { Stop.usage("--repeats takes 1 to 100") }
                    repeats = value
                case "--kills":
                    guard let value = Int(text), (1...100_000).contains(value) else { Stop.usage("--kills takes 1 to 100000") }
                    kills = value
                default: Stop.usage("unknown option \(name)")
                }
            }
        }
    }

    /// One campaign: its last figures, and what it cost.
    private struct Campaign {
        var executions = 0.0
        var restarts = 0.0
        var cpuSeconds = 0.0
        var wallSeconds = 0.0
    }

    private struct Figure {
        var name: String
        var values: [Double]
        /// Per step of the reference kernel; nil where that says nothing.
        var ratio: Double?
        var unit: String

        var median: Double { values.sorted()[values.count / 2] }
    }

    static func main(_ arguments: [String]) {
        let options = Options(arguments)
        guard access(options.suite, X_OK) == 0 else {
            Stop.usage(
                "there is no \(options.suite); build it with `swift build -c release --product PlantedSuite --scratch-path .build-release`")
        }
        if options.kills > 0 { KilledCampaigns(suite: options.suite, kills: options.kills).run() }
        let kernel = kernelStepsPerSecond()
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        var figures: [Figure] = []
        for target in ["empty", "tokenizer"] {
            let rates = (0..<options.repeats).map { seed -> Double in
                let cost = run(options, target, executions: options.executions, seed: seed + 1)
                return cost.executions / cost.cpuSeconds
            }
            figures.append(
                Figure(name: "\(target) executions", values: rates, ratio: median(rates) / kernel, unit: "per CPU second"))
        }
        let restarts = (0..<options.repeats).map { seed -> (cpu: Double, wall: Double) in
            let cost = run(options, "fatal", executions: options.executions / 1000, seed: seed + 1)
            return (cost.restarts / cost.cpuSeconds, cost.restarts / cost.wallSeconds)
        }
        let byCPU = restarts.map(\.cpu)
        figures.append(Figure(name: "crash restarts", values: byCPU, ratio: median(byCPU) / kernel, unit: "per CPU second"))
        figures.append(Figure(name: "crash restarts", values: restarts.map(\.wall), ratio: nil, unit: "per second"))
        show(figures, kernel: kernel, json: options.json)
    }

    private static func show(_ figures: [Figure], kernel: Double, json: Bool) {
        if json {
            let objects = figures.map { figure in
                "{\"case\":\"\(figure.name)\",\"unit\":\"\(figure.unit)\",\"median\":\(Int(figure.median)),\"min\":"
                    + "\(Int(figure.values.min() ?? 0)),\"max\":\(Int(figure.values.max() ?? 0)),\"ratio_ppb\":"
                    + (figure.ratio.map { "\(Int($0 * 1e9))" } ?? "null") + "}"
            }
            print("{\"kernel_steps_per_second\":\(Int(kernel)),\"cases\":[\(objects.joined(separator: ","))]}")
            return
        }
        print("reference kernel: \(Int(kernel / 1e6)) M steps of xorshift64 a CPU second")
        for figure in figures {
            let ratio = figure.ratio.map { ", one in \(Int(1 / $0)) kernel steps" } ?? ""
            print(
                "\(figure.name): \(Int(figure.median)) \(figure.unit) (\(figure.values.map { "\(Int($0))" }.joined(separator: " ")))\(ratio)"
            )
        }
    }

    /// Steps of xorshift64 a CPU second: one dependency chain of integer operations that no compiler shortens and no cache helps.
    private static func kernelStepsPerSecond() -> Double {
        let steps = 200_000_000
        var state: UInt64 = 88_172_645_463_325_252 &+ UInt64(getpid())
        let start = cpuSeconds()
        for _ in 0..<steps {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
        }
        let took = cpuSeconds() - start
        // Using the result keeps the loop.
        return state == 0 ? 1 : Double(steps) / took
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// What a campaign of four times as many executions costs more than one of so many: without its start, and past its first finds.
    private static func run(_ options: Options, _ target: String, executions: Int, seed: Int) -> Campaign {
        let short = campaign(options, target, executions: executions, seed: seed)
        let long = campaign(options, target, executions: 4 * executions, seed: seed)
        return Campaign(
            executions: long.executions - short.executions, restarts: long.restarts - short.restarts,
            cpuSeconds: max(1e-3, long.cpuSeconds - short.cpuSeconds), wallSeconds: max(1e-3, long.wallSeconds - short.wallSeconds))
    }

    private static func campaign(_ options: Options, _ target: String, executions: Int, seed: Int) -> Campaign {
        let folder = "/tmp/pulsegate-bench-\(getpid())"
        defer { KilledCampaigns.remove(folder) }
        let output = folder + ".jsonl"
        defer { unlink(output) }
        let arguments = [
            "run", "--target", target, "--folder", folder, "--seconds", "600", "--seed", "\(seed)", "--executions", "\(executions)",
        ]
        var usage = rusage()
        let pid = KilledCampaigns.start(options.suite, arguments, output: output)
        var status: Int32 = 0
        guard wait4(pid, &status, 0, &usage) == pid, status == 0 else { Stop.failure("\(options.suite) \(arguments) ended with \(status)") }
        var campaign = Campaign()
        campaign.cpuSeconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
        guard let bytes = try? DocumentFile.read(output, maximumBytes: 64 << 20) else { Stop.failure("the suite wrote nothing") }
        for line in bytes.split(separator: 0x0A) {
            guard case .object(let members)? = try? JSONDocument.parse(Array(line), file: "output").content else { continue }
            func number(_ key: String) -> Double? {
                guard case .number(let number)? = members.first(where: { $0.key == key })?.value.content else { return nil }
                return number.double
            }
            campaign.executions = number("executions") ?? campaign.executions
            campaign.restarts = number("restarts") ?? campaign.restarts
            campaign.wallSeconds = number("seconds") ?? campaign.wallSeconds
        }
        guard campaign.executions > 0, campaign.cpuSeconds > 0 else { Stop.failure("the suite ran nothing: \(arguments)") }
        return campaign
    }
}
