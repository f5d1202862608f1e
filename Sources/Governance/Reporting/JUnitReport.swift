import Determinism
import Evidence
import Gates

/// `reports/gates.junit.xml`: one case a gate, so that any CI shows them.
///
/// | verdict | case |
/// |---|---|
/// | pass | passes |
/// | excepted | passes, the exception in `system-out` |
/// | not_applicable | `skipped` |
/// | fail that blocks | `failure` |
/// | invalid, not_evaluated, inconclusive that blocks | `error` |
/// | any that does not block | `skipped`, with the reason |
///
/// So the file is red exactly when the run does not pass: a collector that timed out or crashed is an `error` of its own, and where the
/// exit code is not 0 and nothing else is red, one more case "run" says why.
public enum JUnitReport {
    private enum Result {
        case passed(output: String?)
        case failure(String)
        case error(String)
        case skipped(String)
    }

    private struct Case {
        var className: String
        var name: String
        var type: String
        var result: Result
        var detail: String = ""
    }

    public static func render(_ run: RecordedRun) -> String {
        let profile = run.verdict.profile
        var cases = run.verdict.gates.map { gate in
            Case(className: profile, name: gate.id, type: gate.status.rawValue, result: result(of: gate), detail: detail(of: gate))
        }
        for collector in run.collectors where collector.state == .timedOut || collector.state == .crashed {
            cases.append(
                Case(
                    className: "\(profile).collectors", name: collector.collector, type: collector.state.rawValue,
                    result: .error(collector.detail ?? RecordedRun.words(collector.state.rawValue))))
        }
        if run.verdict.exitCode != .pass, count(cases).failures + count(cases).errors == 0 {
            cases.append(Case(className: profile, name: "run", type: run.verdict.exitCode.word, result: .error(run.summary)))
        }
        let counts = count(cases)
        let numbers = [
            ("tests", "\(cases.count)"), ("failures", "\(counts.failures)"), ("errors", "\(counts.errors)"),
            ("skipped", "\(counts.skipped)"),
            ("time", seconds(run)),
        ]
        let totals = numbers.map { "\($0)=\"\($1)\"" }.joined(separator: " ")
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"pulsegate\" \(totals)>",
            "  <testsuite name=\"pulsegate\" \(totals) timestamp=\"\(run.run.startedAt.rfc3339)\">",
        ]
        for one in cases { lines += element(one) }
        lines += ["  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func result(of gate: GateVerdict) -> Result {
        switch gate.status {
        case .pass: .passed(output: nil)
        case .excepted: .passed(output: gate.reason)
        case .notApplicable: .skipped(gate.reason)
        case .fail: gate.blocks ? .failure(gate.reason) : .skipped("fails and does not block: \(gate.reason)")
        case .invalid, .notEvaluated, .inconclusive:
            gate.blocks ? .error(gate.reason) : .skipped("\(gate.status.words) and does not block: \(gate.reason)")
        }
    }

    private static func detail(of gate: GateVerdict) -> String {
        var lines = [gate.title]
        if let owner = gate.owner { lines.append("owner: \(owner)") }
        if let why = gate.why { lines.append("why: \(why)") }
        lines += gate.findings.map { "\($0.status.words): \($0.reason)" }
        if gate.moreFindings > 0 { lines.append("+\(gate.moreFindings) more") }
        return lines.map { PlainText.clean($0) }.joined(separator: "\n")
    }

    private static func count(_ cases: [Case]) -> (failures: Int, errors: Int, skipped: Int) {
        var counts = (failures: 0, errors: 0, skipped: 0)
        for one in cases {
            switch one.result {
            case .failure: counts.failures += 1
            case .error: counts.errors += 1
            case .skipped: counts.skipped += 1
            case .passed: break
            }
        }
        return counts
    }

    private static func element(_ one: Case) -> [String] {
        let open = "    <testcase classname=\"\(XMLText.escaped(one.className))\" name=\"\(XMLText.escaped(one.name))\""
        func problem(_ tag: String, _ message: String) -> [String] {
            let attributes = "message=\"\(XMLText.escaped(message))\" type=\"\(XMLText.escaped(one.type))\""
            return [open + ">", "      <\(tag) \(attributes)>\(XMLText.escaped(one.detail))</\(tag)>", "    </testcase>"]
        }
        switch one.result {
        case .passed(nil): return [open + "/>"]
        case .passed(let output?): return [open + ">", "      <system-out>\(XMLText.escaped(output))</system-out>", "    </testcase>"]
        case .failure(let message): return problem("failure", message)
        case .error(let message): return problem("error", message)
        case .skipped(let message): return [open + ">", "      <skipped message=\"\(XMLText.escaped(message))\"/>", "    </testcase>"]
        }
    }

    /// "19.402"
    private static func seconds(_ run: RecordedRun) -> String {
        let milliseconds = max(0, run.run.endedAt.nanoseconds(since: run.run.startedAt)) / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
    }
}
