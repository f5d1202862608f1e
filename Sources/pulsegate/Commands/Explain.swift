import ArgumentParser
import ChildProcesses
import Evidence
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a gate asks, why it exists, and why it stopped you.",
        discussion: """
              pulsegate explain coverage      one gate, with all it found in the newest run
              pulsegate explain --metrics     every metric that gates.json may name
            """)

    @Argument(help: ArgumentHelp("The id of a gate.", valueName: "gate"))
    var gate: String?

    @Flag(name: .long, help: "List the metrics with their units, directions and scopes.")
    var metrics = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var place: PlaceOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        if metrics { return listMetrics(console) }
        guard let id = gate else { throw Failure(.usage, "name a gate, or ask for --metrics") }
        let workspace = try place.workspace()
        let (configuration, _) = try workspace.configuration()
        guard let gate = configuration.gates.first(where: { $0.id == id }) else {
            let near = SpellingSuggestion.nearest(to: id, among: configuration.gates.map(\.id)).map { "did you mean '\($0)'? " } ?? ""
            throw Failure(
                .usage, "no gate is called '\(id)'", hint: "\(near)gates: \(configuration.gates.map(\.id).joined(separator: ", "))")
        }
        let path = place.ledger ?? workspace.ledgerPath
        // No ledger is an answer, one that cannot be read is not.
        let store = access(path, F_OK) == 0 ? try LedgerStore.open(path, create: false) : nil
        let latest = try store?.newestVerdict(of: id)
        if json {
            var members: [String: JSONValue] = [
                "id": .string(gate.id), "title": .string(gate.title), "owner": gate.owner.map { .string($0) } ?? .null,
                "why": gate.why.map { .string($0) } ?? .null, "blocking": .bool(gate.blocking),
                "from": .array(gate.from.map { .string($0) }),
                "asks": .array(Self.words(gate.passWhen, depth: 0).map { .string($0) }),
                "profiles": .array(configuration.profiles.filter { $0.gates.contains(id) }.map { .string($0.name) }),
            ]
            members["newest"] = latest.map(\.json) ?? .null
            return console.print(bytes: JSONValue.object(members).prettyBytes())
        }
        var lines = ["\(gate.id): \(sanitised(gate.title))", "  at \(workspace.configurationPath):\(gate.position)"]
        if let why = gate.why { lines.append("  why: \(sanitised(why))") }
        lines.append(
            "  owner: \(sanitised(gate.owner ?? "nobody"))   blocking: \(gate.blocking ? "yes" : "no")   evidence of: \(gate.from.joined(separator: ", "))"
        )
        lines.append("  profiles: \(configuration.profiles.filter { $0.gates.contains(id) }.map(\.name).joined(separator: ", "))")
        if let changed = gate.changed {
            lines.append("  applies when a changed file matches: \(changed.map(\.pattern).joined(separator: ", "))")
        }
        lines.append("  passes when:")
        lines += Self.words(gate.passWhen, depth: 2)
        for comparison in gate.passWhen.comparisons {
            lines.append("  \(comparison.metricName): \(comparison.metric.meaning)")
        }
        if let latest {
            lines.append("newest verdict: \(latest.status.rawValue)\(latest.blocks ? " (blocks)" : "")")
            for finding in latest.findings { lines.append("  \(finding.status.rawValue): \(sanitised(finding.reason))") }
            if latest.findings.isEmpty { lines.append("  \(sanitised(latest.reason))") }
            if latest.moreFindings > 0 { lines.append("  +\(latest.moreFindings) more") }
        } else {
            lines.append("it was never judged on this machine; run `pulsegate run`")
        }
        console.print(lines.joined(separator: "\n"))
    }

    /// A condition in words, one line a comparison.
    static func words(_ condition: Condition, depth: Int) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        switch condition {
        case .all(let conditions): return [indent + "all of:"] + conditions.flatMap { words($0, depth: depth + 1) }
        case .any(let conditions): return [indent + "any of:"] + conditions.flatMap { words($0, depth: depth + 1) }
        case .not(let condition): return [indent + "not:"] + words(condition, depth: depth + 1)
        case .comparison(let comparison):
            var text = indent + comparison.metricName
            switch comparison.scope {
            case .overall: break
            case .new: text += " of new code"
            case .eachPackage: text += " of each package"
            case .eachFile: text += " of each file"
            case .eachItem: text += " of each item"
            }
            if !comparison.paths.isEmpty { text += " in \(comparison.paths.map(\.pattern).joined(separator: ", "))" }
            if !comparison.tests.isEmpty { text += " of tests \(comparison.tests.map(\.pattern).joined(separator: ", "))" }
            switch comparison.limit {
            case .value(let op, let value): text += " \(op.rawValue) \(value.text)"
            case .dropAtMost(let drop):
                text +=
                    comparison.metric.direction == .lowerIsBetter
                    ? " grows at most \(drop.text) over the baseline" : " falls at most \(drop.text) below the baseline"
            }
            if comparison.otherwise == .inconclusive { text += "; otherwise inconclusive" }
            return [text]
        }
    }

    private func listMetrics(_ console: Console) {
        let all = MetricCatalogue.fixed + MetricCatalogue.patterns
        if json {
            let entries: [JSONValue] = all.map { metric in
                [
                    "name": .string(metric.name), "unit": .string(metric.unit.rawValue), "direction": .string(metric.direction.rawValue),
                    "meaning": .string(metric.meaning), "on": .array(metric.scopes.map { .string($0.rawValue) }),
                ]
            }
            return console.print(bytes: JSONValue.array(entries).prettyBytes())
        }
        var table = TextTable(columns: [
            .init("metric"), .init("unit"), .init("better"), .init("on"), .init("meaning", overflow: .wrap),
        ])
        for metric in all {
            let better = metric.direction == .higherIsBetter ? "higher" : (metric.direction == .lowerIsBetter ? "lower" : "-")
            table.addRow([
                .init(metric.name), .init(metric.unit.rawValue), .init(better), .init(metric.scopes.map(\.rawValue).joined(separator: " ")),
                .init(metric.meaning),
            ])
        }
        console.print(table.rendered(width: console.columns, colour: console.colour))
    }
}
