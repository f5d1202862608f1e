import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// A suite that libFuzzer or AFL++ drives: the same source, the same objects, another engine in the link.
///
/// ```
/// PULSEGATE_FUZZ_TARGET=json .build-libfuzzer/release/Suite -runs=100000 corpus/
/// ```
///
/// A finding is what it is for our own engine: what ends the process, and an error that the body lets out, which is written to standard error before
/// the process aborts. Choices of a typed target are changed as such (``ChoiceMutator``). `docs/fuzzing.md` has the commands that link and run one.
struct ForeignEngine {
    let targets: [FuzzTarget]

    static var isLinked: Bool { pulsegate_fuzz_driver() != Int32(bitPattern: PULSEGATE_FUZZ_NO_DRIVER.rawValue) }

    func main(_ arguments: [String]) -> Never {
        let choice = TargetChoice(
            names: targets.map(\.name), environment: getenv("PULSEGATE_FUZZ_TARGET").map { String(cString: $0) },
            program: CommandLine.arguments.first ?? "")
        switch choice.outcome {
        case .refused(let reason): SuiteProgram.stop(reason)
        case .chosen(let index): drive(targets[index], arguments)
        }
    }

    private func drive(_ target: FuzzTarget, _ arguments: [String]) -> Never {
        let input = ForeignInput(target)
        pulsegate_fuzz_set_input_function(
            Unmanaged.passRetained(input).toOpaque(),
            { context, bytes, count in
                guard let context else { return }
                Unmanaged<ForeignInput>.fromOpaque(context).takeUnretainedValue().run(UnsafeBufferPointer(start: bytes, count: count))
            },
            !input.isTyped
                ? nil
                : { context, bytes, count, capacity, seed in
                    guard let context, let bytes else { return 0 }
                    let input = Unmanaged<ForeignInput>.fromOpaque(context).takeUnretainedValue()
                    return input.mutate(UnsafeMutableBufferPointer(start: bytes, count: capacity), count: count, seed: seed)
                })
        var words = [CommandLine.arguments.first ?? target.name]
        if pulsegate_fuzz_driver() == Int32(bitPattern: PULSEGATE_FUZZ_LIBFUZZER.rawValue) {
            words += Self.options(for: target, isTyped: input.isTyped, given: arguments)
        }
        words += arguments
        // Never freed: the engine keeps them to the end of the process.
        var pointers = words.map { strdup($0) }
        pointers.append(nil)
        let argv = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: pointers.count)
        argv.initialize(from: pointers, count: pointers.count)
        exit(pulsegate_fuzz_drive(Int32(words.count), argv))
    }

    /// What libFuzzer would not know of a target. It takes a suite for one with a mutator of its own, and would then not begin with short inputs.
    static func options(for target: FuzzTarget, isTyped: Bool, given: [String]) -> [String] {
        var options: [String] = []
        func add(_ name: String, _ value: Int) {
            if !given.contains(where: { $0.hasPrefix("-\(name)=") }) { options.append("-\(name)=\(value)") }
        }
        add("max_len", target.maximumLength)
        if !isTyped { add("len_control", 100) }
        return options
    }
}

/// One target under another engine, for the length of the process.
private final class ForeignInput {
    private let body: (UnsafeBufferPointer<UInt8>) throws -> Void
    let isTyped: Bool

    init(_ target: FuzzTarget) {
        switch target.body {
        case .bytes(let body): (self.body, isTyped) = (body, false)
        case .drawn(let make):
            let drawn = make()
            body = { try drawn.run($0) }
            isTyped = true
        }
    }

    func run(_ input: UnsafeBufferPointer<UInt8>) {
        do { try body(input) } catch {
            let line = "\(type(of: error)): \(error)\n"
            _ = line.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
            abort()
        }
    }

    /// Changes the choices in the first `count` bytes of the memory; what comes of it is written there, and its length returned.
    func mutate(_ memory: UnsafeMutableBufferPointer<UInt8>, count: Int, seed: UInt32) -> Int {
        // Now and then libFuzzer's own way, which knows the operands of compares and a dictionary.
        if seed & 3 == 0, let base = memory.baseAddress {
            let length = pulsegate_fuzz_foreign_mutate(base, count, memory.count)
            if length > 0 { return length }
        }
        var mutator = ChoiceMutator(seed: seed)
        let choices = mutator.mutated(ChoiceBytes.indices(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory).prefix(count))))
        let bytes = ChoiceBytes.bytes(choices).prefix(memory.count)
        _ = memory.update(fromContentsOf: bytes)
        return bytes.count
    }
}
