import StrictDocuments

/// `report.json` of a finding: docs/schemas/fuzz-crash.schema.json.
struct CrashReport {
    var bucket: String
    var target: String
    var record: CrashRecord
    var faultAddress: UInt64
    var frames: [CodeFrame]
    /// Every place (level 1) that is this finding.
    var places: [UInt64]
    var count: UInt64
    var firstSeen: UInt64
    var lastSeen: UInt64
    var isFlaky: Bool
    var build: UInt64
    var minimisedBytes: Int
    /// The minimal input as Swift code.
    var value: String?

    var severity: CrashSeverity { CrashSeverity(record, faultAddress: faultAddress) }
    var users: [CodeFrame] { frames.filter(\.isUsers) }

    /// `Sources/Parser/Lexer.swift:120`, where it is known.
    var location: String? { users.first { !$0.file.isEmpty && $0.line > 0 }.map { "\($0.file):\($0.line)" } }

    /// What happened, where, and in whose words.
    var title: String {
        let whereabouts = users.first.map { " in \($0.function)" } ?? ""
        var message = CrashKey.message(of: record)
        // An optimised build says nothing when it traps, but its frames do.
        if message.isEmpty { message = frames.first?.failedCheck ?? "" }
        return "\(record.kind.rawValue)\(whereabouts)" + (message.isEmpty ? "" : ": \(message)")
    }

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "format": "pulsegate-fuzz-crash", "version": 1, "bucket": .string(bucket), "target": .string(target),
            "kind": .string(record.kind.rawValue), "severity": .string(severity.rawValue), "title": .string(title),
            "message": .string(CrashKey.message(of: record)), "output": .string(String(record.output.suffix(2000))),
            "location": text(location), "signal": .int(Int64(record.signal)),
            "frames": .array(
                frames.prefix(32).map { frame in
                    [
                        "function": .string(frame.function), "file": frame.file.isEmpty ? .null : .string(frame.file),
                        "line": frame.line > 0 ? .int(Int64(frame.line)) : .null, "user": .bool(frame.isUsers),
                    ]
                }),
            "places": .array(places.sorted().map { .string(SuiteOutput.hexadecimal($0)) }),
            "execution": .int(Int64(clamping: record.execution)), "parent": .int(Int64(record.parent)),
            "operators": .array(Operators(rawValue: record.operators).names.map { .string($0) }),
            "count": .int(Int64(clamping: count)), "first_seen": .string(Self.time(firstSeen)), "last_seen": .string(Self.time(lastSeen)),
            "flaky": .bool(isFlaky), "build": .string(SuiteOutput.hexadecimal(build)),
            "input_bytes": .int(Int64(record.input.count)), "minimised_bytes": .int(Int64(minimisedBytes)), "value": text(value),
        ]
    }

    /// RFC 3339 in UTC of seconds since 1970; the civil calendar of H. Hinnant's "chrono-Compatible Low-Level Date Algorithms".
    static func time(_ seconds: UInt64) -> String {
        let seconds = Int(min(seconds, 253_402_300_799))
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = seconds % 86_400
        let padded = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
        return "\(padded)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// What a report on the disk says that triage must know again: its places. `nil` where it is not a report of this version.
    static func places(of bytes: [UInt8]) -> [UInt64]? {
        guard let node = try? JSONDocument.parse(bytes, file: "report.json"), case .object(let members) = node.content,
            let version = members.first(where: { $0.key == "version" }), case .number(let number) = version.value.content,
            number.literal == "1", let places = members.first(where: { $0.key == "places" }), case .array(let all) = places.value.content
        else { return nil }
        return all.compactMap { if case .string(let text) = $0.content { UInt64(text, radix: 16) } else { nil } }
    }
}
