import BenchmarkStatistics
import Benchmarking
import Determinism
import Evidence
import Gates
import Indicators
import PropertyTesting
import SVGPlotting
import StrictDocuments
import TerminalDisplay

/// What this repository promises of its speed, judged by the gate `speed` on every change: `pulsegate bench compare main`.
///
/// One benchmark for what each module is used for most, small enough that a launch of all of them takes a second. The tag `pr` has those that are
/// judged on every change; `nightly` takes all. Claims against floors and peers stand beside, in `Bench ledger | startup | property | fuzz`; the ledger
/// and the fuzzing engine, which take minutes to build and work in processes of their own, have their figures there alone.
@main
struct Suite: BenchmarkSuite {
    static var benchmarks: [Benchmark] {
        reference
        Inputs.indicators
        Inputs.documents
        Inputs.governance
        Inputs.assurance
        Inputs.display
    }

    /// Arithmetic that never changes: for budgets in multiples of it, and to see how fast this machine is today.
    private static let reference = Benchmark("reference.arithmetic", tags: ["reference"]) { (seed: inout UInt64) in
        var state = seed
        for _ in 0..<1000 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
        }
        seed = state
        return state
    } setup: {
        0x9E37_79B9_7F4A_7C15 as UInt64
    }
}

/// What the benchmarks work on: made from seeds, the same in every process.
enum Inputs {
    static func prices(_ count: Int) -> [Double] {
        var generator = SeededGenerator(seed: 7)
        var price = 60_000.0
        return (0..<count).map { _ in
            price *= 1 + (Double(generator.next() >> 11) / Double(1 << 53) - 0.5) * 0.002
            return price
        }
    }

    static let indicators: [Benchmark] =
        Benchmark.series("indicators.macd.batch", sizes: [1000, 4000, 16_000]) { name, size in
            Benchmark(
                name, tags: size == 4000 ? ["indicators", "pr"] : ["indicators"], throughput: .elements(size),
                reference: "reference.arithmetic"
            ) {
                (prices: inout [Double]) in
                try MACD.series(prices, seeding: .firstValue)
            } setup: {
                prices(size)
            }
        } + [
            Benchmark("indicators.macd.push", tags: ["indicators", "pr"], throughput: .elements(1)) {
                (state: inout (MACD, [Double], Int)) in
                state.2 = (state.2 + 1) % state.1.count
                return try state.0.push(state.1[state.2])
            } setup: {
                (try MACD(seeding: .firstValue), prices(1024), 0)
            }
        ]

    static func json(_ members: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: 11)
        let value = JSONValue.array(
            (0..<members).map { index in
                [
                    "id": .int(Int64(index)), "name": .string("benchmark \(generator.next() % 1000)"), "ok": .bool(index % 3 == 0),
                    "values": .array((0..<4).map { _ in .int(Int64(generator.next() % 1_000_000)) }),
                ]
            })
        return value.canonicalBytes()
    }

    static let documents: [Benchmark] = [
        Benchmark("documents.json.parse", tags: ["documents", "pr"], throughput: .bytes(json(100).count)) { (bytes: inout [UInt8]) in
            try JSONDocument.parse(bytes, file: "bench")
        } setup: {
            json(100)
        },
        Benchmark("documents.json.canonical", tags: ["documents", "pr"], throughput: .bytes(json(100).count)) { (value: inout JSONValue) in
            value.canonicalBytes()
        } setup: {
            try JSONValue(JSONDocument.parse(json(100), file: "bench"), file: "bench")
        },
        Benchmark("documents.csv.read", tags: ["documents", "pr"], throughput: .bytes(csv(200).count)) { (bytes: inout [UInt8]) in
            var reader = try CSVReader(bytes, file: "bench")
            var rows = 0
            while try reader.nextRow() != nil { rows += 1 }
            return rows
        } setup: {
            csv(200)
        },
    ]

    static func csv(_ rows: Int) -> [UInt8] {
        let prices = prices(rows)
        var text = "time,open,close\n"
        for (index, price) in prices.enumerated() { text += "\(index),\(Int(price)),\"\(Int(price) + index)\"\n" }
        return Array(text.utf8)
    }

    static func junit(_ tests: Int) -> [UInt8] {
        var text = #"<testsuites tests="\#(tests)" failures="0"><testsuite name="s" tests="\#(tests)" failures="0">"#
        for index in 0..<tests { text += #"<testcase classname="a" name="case \#(index)" time="0.1"/>"# }
        return Array((text + "</testsuite></testsuites>").utf8)
    }

    static func lcov(_ lines: Int) -> [UInt8] {
        var text = ""
        for file in 0..<10 {
            text += "SF:Sources/File\(file).swift\n"
            for line in 1...lines / 10 { text += "DA:\(line),\(line % 7)\n" }
            text += "end_of_record\n"
        }
        return Array(text.utf8)
    }

    static let governance: [Benchmark] = [
        Benchmark("evidence.junit", tags: ["evidence", "pr"], throughput: .elements(100)) { (bytes: inout [UInt8]) in
            try JUnitXML.read(bytes, ReadingContext(file: "bench"))
        } setup: {
            junit(100)
        },
        Benchmark("evidence.lcov", tags: ["evidence"], throughput: .elements(1000)) { (bytes: inout [UInt8]) in
            try LCOV.read(bytes, ReadingContext(file: "bench"))
        } setup: {
            lcov(1000)
        },
        Benchmark("gates.read", tags: ["gates"], throughput: .elements(20)) { (bytes: inout [UInt8]) in
            try GatesConfiguration(json: bytes, file: "gates.json")
        } setup: {
            gates(20)
        },
        Benchmark("gates.verdict", tags: ["gates"], throughput: .elements(20)) { (input: inout EvaluationInput) in
            Evaluator.verdicts(input)
        } setup: {
            try evaluation(gates: 20, tests: 200, files: 50)
        },
    ]

    /// A gates.json whose gates ask for tests and coverage in turn.
    static func gates(_ count: Int) -> [UInt8] {
        let conditions = [
            #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#,
            #"{ "metric": "coverage.line", "on": "each_file", "op": ">=", "value": "85%" }"#,
        ]
        let list = (0..<count).map {
            #"{ "id": "g\#($0)", "title": "gate \#($0)", "from": ["unit"], "pass_when": \#(conditions[$0 % 2]) }"#
        }
        return Array(
            """
            { "version": 1, "project": { "name": "bench", "product": ["Sources/**"], "tests": ["Tests/**"] },
              "collect": [{ "id": "unit", "kind": "swift-test" }], "gates": [ \(list.joined(separator: ",\n")) ] }
            """.utf8)
    }

    static func evaluation(gates count: Int, tests: Int, files: Int) throws -> EvaluationInput {
        let configuration = try GatesConfiguration(json: gates(count), file: "gates.json")
        var facts = Facts()
        facts.tests = (0..<tests).map { TestFact(id: "Suite.Cases/case\($0)()", outcome: .passed) }
        facts.coverage = (0..<files).map { file in
            FileCoverage(
                path: "Sources/File\(file).swift", package: nil, state: .measured,
                lines: (1...100).map { FileCoverage.LineCount(line: $0, count: $0 % 20 == 0 ? 0 : 1) })
        }
        return EvaluationInput(
            configuration: configuration, profile: configuration.profiles[0],
            evidence: [CollectedEvidence(collector: "unit", state: .collected, facts: facts.normalised())],
            baseline: .missing(reason: "none"), changes: .known(lines: [:], base: "main"), now: .epoch)
    }

    static let assurance: [Benchmark] = [
        Benchmark("property.lists", tags: ["property", "pr"], throughput: .elements(100)) {
            PropertyEngine.run(PropertySettings(cases: 100, seed: 3)) { draws in
                draws.array(0...20) { $0.int() }
            } holds: { numbers in
                numbers.count <= 20
            }
        },
        // The first failing case, then the way to the simplest one: two of the largest numbers.
        Benchmark("property.shrink", tags: ["property"]) {
            PropertyEngine.run(PropertySettings(cases: 100, seed: 5)) { draws in
                draws.array(0...20) { $0.int(in: 0...1000) }
            } holds: { numbers in
                numbers.reduce(0, +) < 2000
            }
        },
        Benchmark("statistics.decide", tags: ["benchmarking"], throughput: .elements(20)) { (launches: inout [LaunchRecord]) in
            PairedDecision.replay(launches, rule: .init(budget: 0.05, launches: 20))
        } setup: {
            launches(20)
        },
    ]

    /// Launches that stay undecided: now one is slower, now the other.
    static func launches(_ count: Int) -> [LaunchRecord] {
        (0..<count).map { index in
            let base = (0..<80).map { Int64(1_000_000 + ($0 * 7919 + index * 31) % 5000) }
            let head = base.map { index % 2 == 0 ? $0 + 60_000 : $0 - 60_000 }
            return LaunchRecord(
                benchmark: "b", stage: .first, iterations: 10, clock: "thread-cpu", headFirst: false, base: .init(times: base),
                head: .init(times: head))
        }
    }

    static let display: [Benchmark] = [
        Benchmark("display.sanitise", tags: ["display"], throughput: .bytes(1100)) { (text: inout String) in
            sanitised(text, newlines: .kept)
        } setup: {
            String(repeating: "plain text \u{1B}[31mred\u{1B}[0m é 漢字\n", count: 25)
        },
        Benchmark("display.table", tags: ["display", "pr"], throughput: .elements(20)) {
            var table = TextTable(columns: [.init("name"), .init("value", alignment: .right)])
            for row in 0..<20 { table.addRow([.init("row \(row)"), .init("\(row * 1000)")]) }
            return table.rendered(width: 80, colour: .plain)
        },
        Benchmark("plot.line", tags: ["display"], throughput: .elements(200)) { (plot: inout LinePlot) in
            plot.svg()
        } setup: {
            LinePlot(
                title: "history", summary: "a history", x: PlotAxis("commit"), y: PlotAxis("time"),
                series: [PlotSeries("b", points: prices(200).enumerated().map { PlotPoint(Double($0), $1) })])
        },
    ]
}
