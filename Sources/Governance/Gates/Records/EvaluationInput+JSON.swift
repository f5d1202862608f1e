import Determinism
import Evidence
import StrictDocuments

/// What a verdict depends on beside gates.json and the evidence, in the form the ledger keeps it.
public struct RecordedInputs: Hashable, Sendable {
    public var baseline: BaselineState
    public var changes: ChangeSet

    public init(baseline: BaselineState, changes: ChangeSet) {
        self.baseline = baseline
        self.changes = changes
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = [:]
        switch baseline {
        case .missing(let reason): members["baseline_missing"] = .string(reason)
        case .present(let baseline):
            members["baseline"] = baseline.payload
            members["baseline_at"] = .string(baseline.recordedAt.rfc3339)
        }
        switch changes {
        case .unknown(let reason): members["changes_unknown"] = .string(reason)
        case .known(let lines, let base):
            members["base"] = .string(base)
            members["changes"] = .object(
                lines.mapValues { ranges in
                    .array(ranges.map { [.int(Int64($0.lowerBound)), .int(Int64($0.upperBound))] })
                })
        }
        return .object(members)
    }

    /// nil when it is not one that this version writes.
    public init?(json: JSONValue) {
        if let payload = json["baseline"] {
            guard let at = json["baseline_at"]?.instant, let baseline = Baseline(payload: payload, recordedAt: at) else { return nil }
            self.baseline = .present(baseline)
        } else if let reason = json["baseline_missing"]?.stringValue {
            baseline = .missing(reason: reason)
        } else {
            return nil
        }
        if let changes = json["changes"]?.objectValue, let base = json["base"]?.stringValue {
            var lines: [String: [ClosedRange<Int>]] = [:]
            for (path, ranges) in changes {
                var list: [ClosedRange<Int>] = []
                for range in ranges.arrayValue ?? [] {
                    guard let pair = range.arrayValue, pair.count == 2, let lower = pair[0].intValue, let upper = pair[1].intValue,
                        lower <= upper
                    else { return nil }
                    list.append(Int(clamping: lower)...Int(clamping: upper))
                }
                lines[path] = list
            }
            self.changes = .known(lines: lines, base: base)
        } else if let reason = json["changes_unknown"]?.stringValue {
            changes = .unknown(reason: reason)
        } else {
            return nil
        }
    }
}
