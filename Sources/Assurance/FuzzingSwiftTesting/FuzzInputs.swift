import Fuzzing
import Testing

/// Every input that is committed for the targets of a suite, to be the arguments of a test. One line in a test file runs them all:
///
/// ```swift
/// @Test(arguments: committedInputs(of: Suite.self)) func fuzzInputs(_ input: CommittedInput) async { await check(input, of: Suite.self) }
/// ```
///
/// Each input is a case of its own in a process of its own, so that one that traps fails its case, which names the file, and the others run. No
/// instrumentation is needed. A target without any committed input is a case that fails and says so.
///
/// - Parameters:
///   - suite: a type with a name at the top of a module (or of another such type); no generic one.
///   - folder: has a folder `<target>/seeds` and `<target>/regressions` for each target.
///   - only: the targets that are asked for; nil for all.
public func committedInputs(
    of suite: any FuzzSuite.Type, in folder: String = "Tests/Fuzz/Seeds", only: Set<String>? = nil
) -> [CommittedInput] {
    CommittedInput.all(of: suite.targets, in: folder, only: only)
}

/// Runs one committed input in a process of its own, and records an issue where the target ends it or throws.
public func check(
    _ input: CommittedInput, of suite: any FuzzSuite.Type, sourceLocation: SourceLocation = #_sourceLocation
) async {
    if let problem = input.problem {
        Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation)
        return
    }
    guard let name = SuiteName.of(suite, sourceLocation) else { return }
    await #expect(
        processExitsWith: .success, "the target \(input.target) ends its process on \(input.path)\(value(input, suite))",
        sourceLocation: sourceLocation
    ) { [name = name as String, input = input as CommittedInput] in
        guard let suite = SuiteName.suite(name) else { return }
        do { try input.run(in: suite.targets) } catch {
            Issue.record("the target \(input.target) throws on \(input.path): \(type(of: error)): \(error)\(value(input, suite))")
        }
    }
}

/// The input as Swift code; what draws while it acts is not run again for that.
private func value(_ input: CommittedInput, _ suite: any FuzzSuite.Type) -> String {
    guard let target = suite.targets.first(where: { $0.name == input.target }), let bytes = input.bytes else { return "" }
    return target.plainLiteral(of: bytes).map { "\n\($0)" } ?? ""
}

/// Runs every target of a suite for so many executions, each in a process of its own: inputs that are committed and values drawn anew, changed at
/// random. Without instrumentation nothing guides it; it is no campaign, and finds what is shallow.
///
/// ```swift
/// @Test func shallowBugs() async { await fuzz(Suite.self, executions: 2000) }
/// ```
///
/// What was found is recorded as an issue for each target, with the input as Swift code and as bytes to be committed. The same seed gives the same
/// inputs.
public func fuzz(
    _ suite: any FuzzSuite.Type, executions: UInt64, seed: UInt64 = 1, in folder: String = "Tests/Fuzz/Seeds", only: Set<String>? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    guard let name = SuiteName.of(suite, sourceLocation) else { return }
    let targets = suite.targets.filter { only?.contains($0.name) ?? true }
    guard executions > 0, !targets.isEmpty else {
        Issue.record("nothing to run: \(targets.count) targets, \(executions) executions", sourceLocation: sourceLocation)
        return
    }
    let inputs = CommittedInput.all(of: suite.targets, in: folder).filter { $0.fault == nil }
    for target in targets {
        let memory = TemporaryFile()
        let campaign = InlineCampaign(target: target.name, executions: executions, seed: seed, file: memory.path)
        let own = inputs.filter { $0.target == target.name }
        await #expect(
            processExitsWith: .success, "the target \(target.name) ends its process in the short campaign of seed \(seed)",
            sourceLocation: sourceLocation
        ) { [name = name as String, campaign = campaign as InlineCampaign, own = own as [CommittedInput]] in
            guard let suite = SuiteName.suite(name) else { return }
            do { try campaign.run(in: suite.targets, inputs: own) } catch {
                Issue.record("the target \(campaign.target) throws in the short campaign: \(type(of: error)): \(error)")
            }
        }
        guard let last = campaign.lastInput(in: targets) else { continue }
        let text = target.plainLiteral(of: last.input).map { "\n\($0)" } ?? ""
        Issue.record(
            "the target \(target.name) ended on execution \(last.executions) with the input \(last.input)\(text)",
            sourceLocation: sourceLocation)
    }
}
