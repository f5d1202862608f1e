import FuzzingRuntime

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
            let message = "\(type(of: error)): \(error)"
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
