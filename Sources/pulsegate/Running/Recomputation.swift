import Evidence
import Gates
import Reporting
import StrictDocuments

/// Judges a recorded run again from what the ledger keeps of it.
enum Recomputation {
    /// Throws with ``ExitCode/ledgerBroken`` when the verdict comes out differently, and ``ExitCode/cannotEvaluate`` when the ledger no longer
    /// keeps what is needed.
    static func check(_ recorded: RecordedRun, _ store: LedgerStore) throws(Failure) {
        let verdict = recorded.verdict
        let configuration: GatesConfiguration
        do {
            configuration = try GatesConfiguration(
                json: try store.blob(verdict.configurationDigest, what: "gates.json"), file: "gates.json")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.cannotEvaluate, "the recorded gates.json is not one that this version reads: \(error)")
        }
        guard let profile = configuration.profiles.first(where: { $0.name == verdict.profile }) else {
            throw Failure(.ledgerBroken, "the recorded gates.json has no profile '\(verdict.profile)'")
        }
        let inputs: RecordedInputs? = try parsed(store.blob(recorded.run.inputsDigest, what: "inputs"), "inputs").flatMap(
            RecordedInputs.init(json:))
        guard let inputs else { throw Failure(.cannotEvaluate, "the recorded inputs are not ones that this version reads") }
        var evidence: [CollectedEvidence] = []
        for source in verdict.sources {
            let bytes = try store.blob(source.factsDigest, what: "the facts of '\(source.collector)'")
            guard let value = try parsed(bytes, "facts"), let facts = try? Facts(json: value) else {
                throw Failure(.cannotEvaluate, "the recorded facts of '\(source.collector)' are not ones that this version reads")
            }
            evidence.append(CollectedEvidence(collector: source.collector, state: source.state, detail: source.detail, facts: facts))
        }
        let input = EvaluationInput(
            configuration: configuration, profile: profile, evidence: evidence, baseline: inputs.baseline, changes: inputs.changes,
            now: verdict.now)
        var again = verdict
        again.gates = Evaluator.verdicts(input)
        again.exitCode = Evaluator.exitCode(again.gates, evidence: evidence)
        let old = verdict.json.canonicalBytes()
        let new = again.json.canonicalBytes()
        if old != new {
            let first = zip(verdict.gates, again.gates).first { $0.json != $1.json }
            throw Failure(
                .ledgerBroken,
                "judged again, the verdict of run \(verdict.runID) differs"
                    + (first.map { ", first at the gate '\($0.0.id)': \($0.0.status.rawValue) then, \($0.1.status.rawValue) now" } ?? ""))
        }
    }

    private static func parsed(_ bytes: [UInt8], _ name: String) throws(Failure) -> JSONValue? {
        do {
            return try JSONValue(try JSONDocument.parse(bytes, file: name), file: name)
        } catch {
            throw Failure(.cannotEvaluate, error.description)
        }
    }
}
