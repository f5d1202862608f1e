import StrictDocuments

/// The canonical JSON form of facts: what the ledger keeps, so that a verdict can be computed again.
///
/// ```json
/// {"coverage":[{"lines":[[3,1,1,0],[9,4]],"path":"Sources/A.swift","state":"measured"}],
///  "measures":[{"metric":"golden.mismatches","samples":1,"value":[0,1,"count"]}],
///  "tests":[{"cases":1,"id":"A.b()","outcome":"passed"}]}
/// ```
///
/// `lines` are runs: the number of the first line, then the count of that line and of each line directly behind it; so
/// lines 3, 4, 5 ran 1, 1, 0 times and line 9 ran 4 times. Tallies are `[covered, total]`, values `[numerator, denominator,
/// unit]`. What is absent is left out: nil, and 0 known issues and warnings.
///
/// Reading is strict: an unknown key, a missing one, another type, lines out of order, a negative count, a covered number
/// above its total are errors that name the place ("coverage[3].lines"). What was written is read back exactly.
extension Facts {
    public var json: JSONValue {
        [
            "tests": .array(tests.map(\.json)),
            "coverage": .array(coverage.map(\.json)),
            "measures": .array(measures.map(\.json)),
        ]
    }

    /// - Parameter file: the name of the record, for messages.
    public init(json: JSONValue, file: String = "facts") throws(DocumentError) {
        let root = try FactsObject(json, at: "facts", file: file, keys: ["tests", "coverage", "measures"])
        for (index, value) in try root.array("tests").enumerated() {
            tests.append(try TestFact(json: value, at: "tests[\(index)]", file: file))
        }
        for (index, value) in try root.array("coverage").enumerated() {
            coverage.append(try FileCoverage(json: value, at: "coverage[\(index)]", file: file))
        }
        for (index, value) in try root.array("measures").enumerated() {
            measures.append(try Measure(json: value, at: "measures[\(index)]", file: file))
        }
    }
}

extension TestFact {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "outcome": .string(outcome.rawValue), "cases": .int(Int64(cases))]
        members["duration_ns"] = durationNanoseconds.map { .int($0) }
        members["location"] = location.map { .string($0) }
        members["message"] = message.map { .string($0) }
        if knownIssues != 0 { members["known_issues"] = .int(Int64(knownIssues)) }
        if warnings != 0 { members["warnings"] = .int(Int64(warnings)) }
        return .object(members)
    }

    fileprivate init(json: JSONValue, at place: String, file: String) throws(DocumentError) {
        let object = try FactsObject(
            json, at: place, file: file,
            keys: ["id", "outcome", "cases", "duration_ns", "location", "message", "known_issues", "warnings"])
        self.init(
            id: try object.string("id"),
            outcome: try object.choice("outcome", of: TestOutcome.self),
            cases: try object.count("cases"),
            durationNanoseconds: try object.optionalInt("duration_ns"),
            location: try object.optionalString("location"),
            message: try object.optionalString("message"),
            knownIssues: try object.count("known_issues", default: 0),
            warnings: try object.count("warnings", default: 0))
    }
}

extension FileCoverage {
    fileprivate var json: JSONValue {
        var runs: [JSONValue] = []
        var run: [JSONValue] = []
        var nextLine = Int.min
        for entry in lines {
            if entry.line != nextLine {
                if !run.isEmpty { runs.append(.array(run)) }
                run = [.int(Int64(entry.line))]
            }
            run.append(.int(entry.count))
            nextLine = entry.line &+ 1
        }
        if !run.isEmpty { runs.append(.array(run)) }
        var members: [String: JSONValue] = ["path": .string(path), "state": .string(state.rawValue), "lines": .array(runs)]
        members["package"] = package.map { .string($0) }
        members["branches"] = branches?.json
        members["functions"] = functions?.json
        members["regions"] = regions?.json
        return .object(members)
    }

    fileprivate init(json: JSONValue, at place: String, file: String) throws(DocumentError) {
        let object = try FactsObject(
            json, at: place, file: file,
            keys: ["path", "package", "state", "lines", "branches", "functions", "regions"])
        var lines: [LineCount] = []
        var lastLine: Int64 = 0
        for run in try object.array("lines") {
            guard case .array(let numbers) = run, numbers.count >= 2, case .int(let first) = numbers[0] else {
                throw object.bad("lines", "a run must be a list of a first line and one count or more")
            }
            guard first > lastLine, first <= Int64.max - Int64(numbers.count) else {
                throw object.bad("lines", "lines must be positive and ascend; \(first) follows \(lastLine)")
            }
            for (offset, number) in numbers.dropFirst().enumerated() {
                guard case .int(let count) = number, count >= 0 else {
                    throw object.bad("lines", "a count must be an integer of at least 0")
                }
                lines.append(LineCount(line: Int(first) + offset, count: count))
            }
            lastLine = first + Int64(numbers.count) - 2
        }
        self.init(
            path: try object.string("path"),
            package: try object.optionalString("package"),
            state: try object.choice("state", of: State.self),
            lines: lines,
            branches: try object.tally("branches"),
            functions: try object.tally("functions"),
            regions: try object.tally("regions"))
    }
}

extension FileCoverage.State: CaseIterable {
    public static var allCases: [FileCoverage.State] { [.measured, .unmeasured, .noCode] }
}

extension FileCoverage.Tally {
    fileprivate var json: JSONValue { [.int(Int64(covered)), .int(Int64(total))] }
}

extension Measure {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "metric": .string(metric), "samples": .int(Int64(samples)),
            "value": [.int(quantity.numerator), .int(quantity.denominator), .string(quantity.unit.rawValue)],
        ]
        members["subject"] = subject.map { .string($0) }
        members["note"] = note.map { .string($0) }
        return .object(members)
    }

    fileprivate init(json: JSONValue, at place: String, file: String) throws(DocumentError) {
        let object = try FactsObject(json, at: place, file: file, keys: ["metric", "subject", "value", "samples", "note"])
        let value = try object.array("value")
        guard value.count == 3, case .int(let numerator) = value[0], case .int(let denominator) = value[1], denominator > 0,
            case .string(let name) = value[2], let unit = Unit(rawValue: name)
        else { throw object.bad("value", "expected [numerator, positive denominator, unit]") }
        self.init(
            try object.string("metric"), subject: try object.optionalString("subject"),
            Quantity(numerator, over: denominator, unit: unit),
            samples: try object.count("samples"), note: try object.optionalString("note"))
    }
}

/// An object of a record whose keys are all known, with typed access that names the place on error.
private struct FactsObject {
    let members: [String: JSONValue]
    let place: String
    let file: String

    init(_ value: JSONValue, at place: String, file: String, keys: [String]) throws(DocumentError) {
        guard case .object(let members) = value else {
            throw DocumentError(.wrongType, file: file, at: nil, "\(place) must be an object")
        }
        for key in members.keys.sorted() where !keys.contains(key) {
            throw DocumentError(
                .unknownKey, file: file, at: nil, "\(place) has the unknown key '\(key)'",
                hint: SpellingSuggestion.hint(for: key, among: keys))
        }
        self.members = members
        self.place = place
        self.file = file
    }

    func bad(_ key: String, _ message: String) -> DocumentError {
        DocumentError(.badValue, file: file, at: nil, "\(place).\(key): \(message)")
    }

    private func wrongType(_ key: String, _ expected: String) -> DocumentError {
        DocumentError(.wrongType, file: file, at: nil, "\(place).\(key) must be \(expected)")
    }

    private func required(_ key: String) throws(DocumentError) -> JSONValue {
        guard let value = members[key] else {
            throw DocumentError(.missingKey, file: file, at: nil, "\(place) lacks the key '\(key)'")
        }
        return value
    }

    func array(_ key: String) throws(DocumentError) -> [JSONValue] {
        guard case .array(let elements) = try required(key) else { throw wrongType(key, "a list") }
        return elements
    }

    func string(_ key: String) throws(DocumentError) -> String {
        guard case .string(let text) = try required(key) else { throw wrongType(key, "a string") }
        return text
    }

    func optionalString(_ key: String) throws(DocumentError) -> String? {
        members[key] == nil ? nil : try string(key)
    }

    func optionalInt(_ key: String) throws(DocumentError) -> Int64? {
        guard let value = members[key] else { return nil }
        guard case .int(let number) = value else { throw wrongType(key, "an integer") }
        return number
    }

    func count(_ key: String, default absent: Int? = nil) throws(DocumentError) -> Int {
        if members[key] == nil, let absent { return absent }
        guard case .int(let number) = try required(key) else { throw wrongType(key, "an integer") }
        guard number >= 0 else { throw bad(key, "\(number) is negative") }
        return Int(number)
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, of: Choice.Type) throws(DocumentError) -> Choice {
        let text = try string(key)
        guard let value = Choice(rawValue: text) else {
            throw bad(key, "'\(text)' is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    func tally(_ key: String) throws(DocumentError) -> FileCoverage.Tally? {
        if members[key] == nil { return nil }
        let pair = try array(key)
        guard pair.count == 2, case .int(let covered) = pair[0], case .int(let total) = pair[1], covered >= 0, covered <= total else {
            throw bad(key, "expected [covered, total] with 0 <= covered <= total")
        }
        return FileCoverage.Tally(covered: Int(covered), total: Int(total))
    }
}
