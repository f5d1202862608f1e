import PropertyTesting

/// A typed target in one runner: it keeps the memory that draws are made in.
///
/// An input is the sequence of choices that a generator draws, in the format of ``ChoiceBytes``. After a run the sequence is known as it was really
/// drawn, which is what the corpus keeps and what is changed next.
protocol DrawnBody: AnyObject {
    /// Draws a value from the input and runs the body on it.
    ///
    /// - Throws: what the body throws, unless the case was rejected.
    func run(_ input: UnsafeBufferPointer<UInt8>) throws
    /// The value that an input stands for, as Swift code; of what draws while it acts, the acts as lines of Swift.
    func literal(_ input: [UInt8]) -> String
    /// The same as declarations that compile where the types are known; `nil` where there is no value apart from the acts.
    func declaration(_ input: [UInt8], named name: String) -> String?
    /// The simplest input that dies as this one does, by the shrinker of properties. `dies` runs a candidate in a process of its own, forked from this
    /// one. Where `dies` denies the input itself, that is returned as it is.
    func minimised(_ input: [UInt8], dies: ([UInt8]) -> Bool) -> [UInt8]
    /// The simplest input whose body throws an error of the same kind, found in this process; `nil` where it throws none.
    func minimised(throwing input: [UInt8]) -> [UInt8]?

    /// What the last run drew.
    var sequence: ChoiceSequence { get }
    var indices: UnsafeBufferPointer<UInt64> { get }
    /// Hashes of what the last run said it reached.
    var features: [UInt64] { get }
    /// Whether the last run was refused by its own generator or an assumption.
    var isRejected: Bool { get }
    /// The choices of a whole value that begins with these, the rest at random; `nil` where drawing is acting, so that it cannot be done apart.
    func completed(_ prefix: [UInt64], seed: UInt64) -> [UInt64]?
}

final class TypedBody: DrawnBody {
    private let input = DrawnInput()
    /// Draws and runs.
    private let play: (DrawnInput) throws -> Void
    /// Draws alone; `nil` where that cannot be told from running.
    private let generate: ((Draws) -> Void)?
    /// Whether the body draws too: the order of its tasks.
    private let schedules: Bool
    private let text: ((Draws) -> String)?
    private let declare: ((Draws, String) -> String)?

    /// A generator and a body apart.
    ///
    /// - Parameter schedules: the body draws too.
    init<Value>(
        schedules: Bool = false, generate: @escaping (Draws) -> Value, body: @escaping (Value, Draws) throws -> Void
    ) {
        self.schedules = schedules
        play = { input in
            let value = generate(input.draws)
            guard input.isWhole else { return }
            try body(value, input.draws)
        }
        self.generate = { _ = generate($0) }
        text = { SwiftLiteral.text(of: generate($0)) }
        declare = { SwiftLiteral.declaration(of: generate($0), named: $1) }
    }

    /// A body that draws while it acts.
    init(exploring body: @escaping (Draws) throws -> Void) {
        play = { try body($0.draws) }
        schedules = true
        generate = nil
        text = nil
        declare = nil
    }

    var sequence: ChoiceSequence { input.sequence }
    var indices: UnsafeBufferPointer<UInt64> { input.indices }
    var features: [UInt64] { input.features }
    var isRejected: Bool { input.isRejected }

    func run(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        input.begin(ChoiceBytes.indices(bytes))
        do { try play(input) } catch where input.isRejected {}
    }

    func completed(_ prefix: [UInt64], seed: UInt64) -> [UInt64]? {
        guard let generate else { return nil }
        input.begin(prefix, completedFrom: seed)
        generate(input.draws)
        return Array(input.indices)
    }

    // MARK: For people

    func literal(_ bytes: [UInt8]) -> String {
        guard let text else { return told(ChoiceBytes.indices(bytes)) }
        input.begin(ChoiceBytes.indices(bytes))
        return text(input.draws)
    }

    func declaration(_ bytes: [UInt8], named name: String) -> String? {
        guard let declare else { return nil }
        input.begin(ChoiceBytes.indices(bytes))
        return declare(input.draws, name)
    }

    /// The journal of a run, made in a process of its own since the run may end it.
    private func told(_ indices: [UInt64]) -> String {
        let recorder = DrawnRecorder()
        let first = journal(of: indices, recorder)
        if let first { return first }
        // The step in which it died is not told: what came before it is.
        let drawn = recorder?.sequence ?? ChoiceSequence()
        let last = drawn.spans.last { $0.label == Label.step }?.range.lowerBound ?? 0
        let before = journal(of: Array(drawn.indices.prefix(last)), nil) ?? ""
        let choices = drawn.indices[last...].map(String.init).joined(separator: ", ")
        return before + (before.isEmpty ? "" : "\n") + "// the next step ends the process; its choices: \(choices)"
    }

    private func journal(of indices: [UInt64], _ recorder: DrawnRecorder?) -> String? {
        recorder?.clear()
        let play = play
        let text = ChildText.run {
            DrawnRecorder.current = recorder
            let input = DrawnInput()
            input.beginTelling(indices)
            do { try play(input) } catch { input.draws.note("// \(error)") }
            return input.journal.joined(separator: "\n")
        }
        return text
    }

    // MARK: Shrinking

    func minimised(_ bytes: [UInt8], dies: ([UInt8]) -> Bool) -> [UInt8] {
        let indices = ChoiceBytes.indices(bytes)
        let found: [UInt64]? = withoutActuallyEscaping(dies) { dies in
            if let generate, !schedules {
                let input = input
                return input.minimised(indices) { draws in
                    generate(draws)
                    guard input.isWhole else { return false }
                    return dies(ChoiceBytes.bytes(input.indices))
                }
            }
            guard let recorder = DrawnRecorder() else { return nil }
            // The processes that `dies` forks draw into the recorder.
            DrawnRecorder.current = recorder
            defer { DrawnRecorder.current = nil }
            return DrawnInput.minimised(indices) { candidate in
                recorder.clear()
                return dies(ChoiceBytes.bytes(candidate)) ? .fails(recorder.sequence) : .passes
            }
        }
        return found.map { ChoiceBytes.bytes($0) } ?? bytes
    }

    func minimised(throwing bytes: [UInt8]) -> [UInt8]? {
        let indices = ChoiceBytes.indices(bytes)
        let (input, play) = (input, play)
        func origin() -> FailureOrigin? {
            do { try play(input) } catch { return Self.origin(error) }
            return nil
        }
        input.begin(indices)
        guard let first = origin(), !input.isRejected else { return nil }
        return input.minimised(indices) { _ in origin() == first }.map { ChoiceBytes.bytes($0) }
    }

    /// What makes two errors the same finding: what a target says itself counts with its words, without the numbers in them.
    private static func origin(_ error: any Error) -> FailureOrigin {
        switch error {
        case let failure as FuzzFailure: FailureOrigin(reason: String(failure.description.filter { !$0.isNumber }))
        case let failure as StateMachineFailure: failure.origin
        default: FailureOrigin(thrown: error)
        }
    }
}
