import StrictDocuments

/// The index rows of one leaf: a pure function of its seq, type and payload.
///
/// Understood are the payloads of the types `run`, `evidence`, `verdict` and `redaction`; other types are stored without
/// rows. A key that is absent or of another type than expected gives NULL: the leaf is the record, and an index must
/// never stand in the way of recording.
///
/// Complexity: O(payload).
struct IndexRows: Hashable, Sendable {
    struct Row: Hashable, Sendable {
        let table: IndexTable
        let values: [SQLValue]
    }

    private(set) var rows: [Row] = []

    init(seq: Int64, type: String, payload: JSONValue) {
        let seqValue = SQLValue.int(seq)
        func text(_ value: JSONValue, _ key: String) -> SQLValue { value[key]?.stringValue.map { .text($0) } ?? .null }
        func int(_ value: JSONValue, _ key: String) -> SQLValue { value[key]?.intValue.map { .int($0) } ?? .null }
        func bool(_ value: JSONValue, _ key: String) -> SQLValue { value[key]?.boolValue.map { .int($0 ? 1 : 0) } ?? .null }
        // A figure may be written as an integer or as a text with its unit; the index shows it as text.
        func figure(_ value: JSONValue, _ key: String) -> SQLValue {
            value[key]?.intValue.map { .text(String($0)) } ?? text(value, key)
        }
        func add(_ table: IndexTable, _ values: [SQLValue]) { rows.append(Row(table: table, values: values)) }
        let runID = text(payload, "run_id")

        switch type {
        case "run":
            add(
                .run,
                [
                    seqValue, runID, text(payload, "project"), text(payload, "profile"), text(payload, "commit"),
                    text(payload, "tree"), text(payload, "branch"), bool(payload, "dirty"), text(payload, "base"),
                    text(payload, "config_digest"), text(payload, "started_at"), text(payload, "ended_at"),
                    text(payload, "outcome"), int(payload, "exit_code"), text(payload, "toolchain"),
                    text(payload, "machine_class"),
                ])
        case "evidence":
            add(
                .evidence,
                [
                    seqValue, runID, text(payload, "collector"), text(payload, "kind"), text(payload, "state"),
                    int(payload, "duration_ns"), int(payload, "exit_status"), int(payload, "signal"),
                    bool(payload, "timed_out"), text(payload, "facts"),
                ])
            for (position, report) in (payload["reports"]?.arrayValue ?? []).enumerated() {
                add(
                    .report,
                    [
                        seqValue, .int(Int64(position)), text(report, "path"), text(report, "format"),
                        text(report, "sha256"), int(report, "size"),
                    ])
            }
        case "verdict":
            let gates = payload["gates"]?.arrayValue ?? []
            let failed = gates.count { $0["status"]?.stringValue == "fail" }
            add(
                .verdictSummary,
                [
                    seqValue, runID, text(payload, "profile"), text(payload, "outcome"), int(payload, "exit_code"),
                    text(payload, "now"), .int(Int64(gates.count)), .int(Int64(failed)),
                ])
            for (position, gate) in gates.enumerated() {
                add(
                    .verdict,
                    [
                        seqValue, .int(Int64(position)), runID, text(gate, "id"), text(gate, "title"), text(gate, "status"),
                        text(gate, "reason"), figure(gate, "observed"), figure(gate, "limit"), text(gate, "owner"),
                        bool(gate, "blocking"),
                    ])
            }
        case "redaction": add(.redaction, [seqValue, text(payload, "blob"), text(payload, "reason")])
        default: break
        }
        guard type == "run" || type == "evidence" else { return }
        for (position, measure) in (payload["measures"]?.arrayValue ?? []).enumerated() {
            add(
                .measure,
                [
                    seqValue, .int(Int64(position)), runID, text(measure, "name"), figure(measure, "value"),
                    text(measure, "unit"), int(measure, "n"),
                ])
        }
    }
}
