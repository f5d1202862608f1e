import ChildProcesses
import Gates

/// Runs the toolchain in a package, with its newest line as progress.
struct SwiftTool: Sendable {
    let environment: [String: String]
    /// Handed on besides what commands may see of the environment.
    var variables: [String: String] = [:]
    let interruption: Interruption?
    let progress: Progress

    static let buildLimit: Int64 = 7_200_000_000_000
    static let questionLimit: Int64 = 600_000_000_000

    struct Answer: Sendable {
        var code: Int32
        var output: [UInt8]
        var problems: String

        /// The newest of its problems.
        var lastProblem: String { Self.last(problems.split(separator: "\n")) }

        /// The newest line of its output: where a question is answered.
        var lastLine: String? { String(decoding: output, as: UTF8.self).split(separator: "\n").last.map(String.init) }

        /// The first errors, or the last line where none calls itself one.
        var errors: String {
            let text = String(decoding: output, as: UTF8.self) + problems
            let lines = text.split(separator: "\n")
            let errors = lines.filter { $0.contains("error:") }
            return errors.isEmpty ? Self.last(lines) : errors.prefix(3).joined(separator: "\n  ")
        }

        private static func last(_ lines: [Substring]) -> String { lines.last.map(String.init) ?? "no reason was given" }
    }

    /// - Parameter words: the program and its arguments.
    func run(_ words: [String], in folder: String, limit: Int64) throws(Failure) -> Answer {
        let command = Command(
            words, environment: Environment.allowing(from: environment).merging(variables) { _, own in own }, workingDirectory: folder,
            timeoutNanoseconds: limit, outputLimitBytes: 32 << 20)
        var lines = LineAssembler()
        let outcome: Outcome
        do {
            outcome = try command.run(interruption: interruption) { event in
                switch event {
                case .standardOutput(let bytes), .standardError(let bytes):
                    if let last = lines.append(bytes).last { progress.detail(last) }
                case .tick: progress.tick()
                default: break
                }
            }
        } catch {
            throw Failure(.collectorFailed, "\(error)")
        }
        let shown = words.prefix(4).joined(separator: " ")
        if outcome.interrupted { throw Failure(.cannotEvaluate, "`\(shown)` was interrupted") }
        if outcome.timedOut { throw Failure(.collectorFailed, "`\(shown)` exceeded its time limit") }
        guard case .exited(let code) = outcome.termination else { throw Failure(.collectorFailed, "`\(shown)` was ended by a signal") }
        return Answer(
            code: code, output: outcome.standardOutput.complete ?? Array(outcome.standardOutput.text.utf8),
            problems: outcome.standardError.text)
    }
}
