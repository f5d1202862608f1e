import Benchmarking
import Determinism
import Evidence
import Gates
import Indicators
import PropertyTesting
import StrictDocuments
import TerminalDisplay

/// What this repository promises of its speed, judged by the gate `speed` on every change: `pulsegate bench compare main`.
///
/// One benchmark for what each module is used for most, small enough that a launch of all of them takes a second. The tag `pr` has those that are
/// judged on every change; `nightly` takes all. Claims against floors and peers stand
/// beside, in `Bench ledger | startup | property | fuzz`.
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
    ]

    static let assurance: [Benchmark] = [
        Benchmark("property.lists", tags: ["property", "pr"], throughput: .elements(100)) {
            PropertyEngine.run(PropertySettings(cases: 100, seed: 3)) { draws in
                draws.array(0...20) { $0.int() }
            } holds: { numbers in
                numbers.count <= 20
            }
        }
    ]

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
    ]
}
