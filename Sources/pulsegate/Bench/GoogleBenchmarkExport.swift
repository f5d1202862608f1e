import BenchmarkStatistics

/// Results in the JSON of google/benchmark (docs/user_guide.md there, `json_schema_version` 1), so that its viewers and `compare.py` read
/// them.
///
/// ```swift
/// GoogleBenchmarkExport(verdict: verdict, launches: launches, date: "2026-11-21T12:00:00+00:00").text(of: .head)
/// ```
///
/// A launch is a repetition: its time is the median of its batches, since repetitions are what a U test there takes for independent. A
/// benchmark without launches has one repetition, its estimate. Decimals are written from whole picoseconds, digit by digit: no double is
/// printed. Pure; the date and what stands in `context` come from the caller.
struct GoogleBenchmarkExport {
    enum Side { case base, head }

    var verdict: SuiteVerdict
    var launches: [LaunchRecord] = []
    /// RFC 3339.
    var date: String
    var cpus = 0

    func text(of side: Side) -> String {
        let names = Set(verdict.benchmarks.map(\.name))
        var found: [String: [LaunchRecord]] = [:]
        for launch in launches where names.contains(launch.benchmark) && (side == .head || launch.base != nil) {
            found[launch.benchmark, default: []].append(launch)
        }
        var entries: [String] = []
        for (index, benchmark) in verdict.benchmarks.enumerated() {
            let estimate = side == .head ? benchmark.head : benchmark.base
            if side == .head, let problem = benchmark.problem {
                entries.append(
                    entry(benchmark, index, repetitions: 1, repetition: 0, iterations: 0, real: 0, cpu: 0, problem: problem))
            } else if let launches = found[benchmark.name] {
                for (repetition, launch) in launches.enumerated() {
                    guard let times = side == .head ? launch.head : launch.base else { continue }
                    let cpu = Self.picoseconds(times.times, launch.iterations)
                    let real = times.wall.isEmpty ? cpu : Self.picoseconds(times.wall, launch.iterations)
                    entries.append(
                        entry(
                            benchmark, index, repetitions: launches.count, repetition: repetition, iterations: launch.iterations,
                            real: real,
                            cpu: cpu, problem: nil))
                }
            } else if let estimate, case .int(let time) = PerformanceJSON.number(estimate.nanoseconds, times: 1000) {
                entries.append(entry(benchmark, index, repetitions: 1, repetition: 0, iterations: 1, real: time, cpu: time, problem: nil))
            }
        }
        let commit = side == .head ? verdict.head : verdict.base ?? ""
        var context: [(String, String)] = [
            ("date", Self.quoted(date)), ("host_name", Self.quoted("")), ("executable", Self.quoted(verdict.suite)),
            ("num_cpus", "\(cpus)"),
            ("mhz_per_cpu", "0"), ("cpu_scaling_enabled", "false"), ("caches", "[]"),
        ]
        if case .int(let load) = PerformanceJSON.number(verdict.load.before, times: 1000) {
            context.append(("load_avg", "[\(Self.decimal(load))]"))
        }
        context += [
            ("library_version", Self.quoted("pulsegate")), ("library_build_type", Self.quoted("release")), ("json_schema_version", "1"),
            ("commit", Self.quoted(commit)), ("machine", Self.quoted(verdict.machine)), ("toolchain", Self.quoted(verdict.toolchain)),
        ]
        let lines = context.map { "    \(Self.quoted($0.0)): \($0.1)" }.joined(separator: ",\n")
        let list = entries.isEmpty ? "[]" : "[\n" + entries.joined(separator: ",\n") + "\n  ]"
        return "{\n  \"context\": {\n\(lines)\n  },\n  \"benchmarks\": \(list)\n}\n"
    }

    private func entry(
        _ benchmark: BenchmarkVerdict, _ family: Int, repetitions: Int, repetition: Int, iterations: Int64, real: Int64, cpu: Int64,
        problem: String?
    ) -> String {
        var fields: [(String, String)] = [
            ("name", Self.quoted(benchmark.name)), ("family_index", "\(family)"), ("per_family_instance_index", "0"),
            ("run_name", Self.quoted(benchmark.name)), ("run_type", Self.quoted("iteration")), ("repetitions", "\(repetitions)"),
            ("repetition_index", "\(repetition)"), ("threads", "1"),
        ]
        if let problem { fields += [("error_occurred", "true"), ("error_message", Self.quoted(problem))] }
        fields += [
            ("iterations", "\(iterations)"), ("real_time", Self.decimal(real)), ("cpu_time", Self.decimal(cpu)),
            ("time_unit", Self.quoted("ns")),
        ]
        if problem == nil, let rate = benchmark.rate, case .int(let number) = PerformanceJSON.number(rate.perSecond, times: 1) {
            fields.append((rate.unit == "bytes" ? "bytes_per_second" : "items_per_second", "\(number)"))
        }
        return "    {\n" + fields.map { "      \(Self.quoted($0.0)): \($0.1)" }.joined(separator: ",\n") + "\n    }"
    }

    /// The lower median of the batches, an iteration's share, rounded to the nearest picosecond; 0 of no batch.
    static func picoseconds(_ batches: [Int64], _ iterations: Int64) -> Int64 {
        let sorted = batches.sorted()
        guard !sorted.isEmpty, iterations > 0 else { return 0 }
        let total = Int128(max(0, sorted[(sorted.count - 1) / 2])) * 1000
        return Int64(clamping: (total + Int128(iterations) / 2) / Int128(iterations))
    }

    /// Thousandths as a decimal number: 123456 is 123.456.
    static func decimal(_ thousandths: Int64) -> String {
        let (whole, rest) = thousandths.magnitude.quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        return (thousandths < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// A JSON string (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            default:
                if scalar.value < 0x20 || scalar.value == 0x2028 || scalar.value == 0x2029 {
                    let digits = String(scalar.value, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                } else {
                    output.unicodeScalars.append(scalar)
                }
            }
        }
        return output + "\""
    }
}
