import Evidence
import Gates

/// GitHub workflow commands that put findings beside the lines they are about.
///
/// GitHub shows 10 errors and 10 warnings a step and drops the rest without a word (actions/toolkit issue 734), so the first ten of each
/// are chosen here, blocking ones first, one a place, and a last notice says how many were left out.
///
/// ```text
/// ::error file=Sources/Risk/VaR.swift,line=41,title=coverage::coverage.line 81.2 %25, asked for >= 85%25
/// ```
public enum Annotations {
    public static let maximumErrors = 10
    public static let maximumWarnings = 10

    struct Place: Hashable {
        var file: String
        var line: Int?
    }

    private struct Item {
        var isError: Bool
        var place: Place?
        var title: String
        var message: String
    }

    /// One command a line; empty where there is nothing to say.
    public static func render(_ run: RecordedRun) -> String {
        var seen: Set<Place> = []
        let items = items(run).filter { item in item.place.map { seen.insert($0).inserted } ?? true }
        let errors = items.filter(\.isError)
        let warnings = items.filter { !$0.isError }
        var lines =
            errors.prefix(maximumErrors).map { command("error", $0) } + warnings.prefix(maximumWarnings).map { command("warning", $0) }
        let more = max(0, errors.count - maximumErrors) + max(0, warnings.count - maximumWarnings)
        if more > 0 { lines.append("::notice title=pulsegate::\(more) more in \(ReportPath.gates)") }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func items(_ run: RecordedRun) -> [Item] {
        var items: [Item] = []
        func add(_ gates: [GateVerdict], isError: Bool) {
            for gate in gates {
                let deciding = gate.findings.filter { $0.status == gate.status }
                if deciding.isEmpty {
                    items.append(Item(isError: isError, place: place(in: gate.reason), title: gate.id, message: gate.reason))
                }
                for finding in deciding {
                    let fallback =
                        finding.scope == "each_file" ? finding.subject.flatMap { file($0) }.map { Place(file: $0, line: nil) } : nil
                    items.append(
                        Item(isError: isError, place: place(in: finding.reason) ?? fallback, title: gate.id, message: finding.reason))
                }
            }
        }
        let loud = run.gatesByUrgency.filter { !$0.isQuiet && $0.status != .excepted }
        add(loud.filter(\.blocks), isError: true)
        // A failing test is an error of a run that does not pass, whichever gate says so.
        for id in run.facts.keys.sorted() {
            for test in run.facts[id]?.tests ?? [] where [.failed, .errored, .unfinished].contains(test.outcome) {
                guard let place = test.location.flatMap({ place(in: $0) }) else { continue }
                let message = test.message ?? (test.outcome == .unfinished ? "started, never ended" : test.outcome.rawValue)
                items.append(Item(isError: run.verdict.exitCode != .pass, place: place, title: test.id, message: message))
            }
        }
        add(loud.filter { !$0.blocks }, isError: false)
        return items
    }

    private static func command(_ name: String, _ item: Item) -> String {
        var properties: [String] = []
        if let place = item.place {
            properties.append("file=\(property(place.file))")
            if let line = place.line { properties.append("line=\(line)") }
        }
        properties.append("title=\(property(item.title))")
        return "::\(name) \(properties.joined(separator: ","))::\(data(item.message))"
    }

    // MARK: Places in text

    /// The first "path:line" in a sentence, where the path looks like one inside the repository.
    static func place(in text: String) -> Place? {
        for word in PlainText.clean(text, limit: 4096).split(separator: " ") {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count >= 2, let path = file(String(parts[0])) else { continue }
            let digits = parts[1].utf8.prefix { (0x30...0x39).contains($0) }
            guard let number = Int(String(Substring(digits))), number > 0, number <= 10_000_000 else { continue }
            // "x.swift:41," and "x.swift:41:7:" are places, "x.swift:41abc" is not.
            let rest = parts[1].utf8.dropFirst(digits.count)
            guard rest.allSatisfy({ ",;.)".utf8.contains($0) }) else { continue }
            return Place(file: path, line: number)
        }
        return nil
    }

    private static func file(_ text: String) -> String? {
        let path = String(text.drop { $0 == "(" || $0 == "\"" || $0 == "'" })
        guard (1...512).contains(path.utf8.count), !path.hasPrefix("/"), path.contains("/") || path.contains("."),
            path.unicodeScalars.contains(where: { $0.properties.isAlphabetic }), !path.split(separator: "/").contains("..")
        else { return nil }
        return path
    }

    // MARK: Escaping, as in the runner's command parser (actions/toolkit, core/src/command.ts)

    static func data(_ text: String) -> String { escaped(text, alsoSeparators: false) }
    static func property(_ text: String) -> String { escaped(text, alsoSeparators: true) }

    private static func escaped(_ text: String, alsoSeparators: Bool) -> String {
        var output = ""
        for scalar in PlainText.clean(text).unicodeScalars {
            switch scalar {
            case "%": output += "%25"
            case "\r": output += "%0D"
            case "\n": output += "%0A"
            case ":" where alsoSeparators: output += "%3A"
            case "," where alsoSeparators: output += "%2C"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
