import FuzzingRuntime
import PropertyTesting

/// A target made ready for one runner: inputs in, findings out by death.
struct TargetRunner {
    let target: FuzzTarget
    /// The drawing half of a typed target; `nil` for one on bytes.
    let drawn: (any DrawnBody)?

    init(target: FuzzTarget) {
        self.target = target
        drawn = if case .drawn(let make) = target.body { make() } else { nil }
    }

    /// The function that the engine calls with each input. A thrown error ends the runner as a finding.
    func function(_ shard: Shard) -> (UnsafeBufferPointer<UInt8>) -> Void {
        let header = shard.header
        func fail(_ error: any Error) -> Never {
            // What names the finding stands on a line of its own: what was observed differs from input to input.
            let message =
                if let failure = error as? StateMachineFailure {
                    "\(type(of: error)): \(failure.origin)" + (failure.message.isEmpty ? "" : "\n\(failure.message)")
                } else {
                    "\(type(of: error)): \(error)"
                }
            pulsegate_fuzz_fail(header, message, message.utf8.count, nil)
        }
        if let drawn {
            return { input in
                do { try drawn.run(input) } catch { fail(error) }
            }
        }
        guard case .bytes(let body) = target.body else { return { _ in } }
        return { input in
            do { try body(input) } catch { fail(error) }
        }
    }

    /// Runs one input here, whatever comes of it.
    func run(_ input: [UInt8]) throws {
        try input.withUnsafeBufferPointer { bytes in
            if let drawn { return try drawn.run(bytes) }
            if case .bytes(let body) = target.body { try body(bytes) }
        }
    }
}
