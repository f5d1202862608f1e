import FuzzingRuntime

/// A target made ready for one runner: inputs in, findings out by death.
struct TargetRunner {
    let target: FuzzTarget

    /// The function that the engine calls with each input. A thrown error ends the runner as a finding.
    func function(_ shard: Shard) -> (UnsafeBufferPointer<UInt8>) -> Void {
        let header = shard.header
        func fail(_ error: any Error) -> Never {
            let message = "\(type(of: error)): \(error)"
            pulsegate_fuzz_fail(header, message, message.utf8.count, nil)
        }
        switch target.body {
        case .bytes(let body):
            return { input in
                do { try body(input) } catch { fail(error) }
            }
        case .drawn(let make):
            let drawn = make()
            return { input in
                do { try drawn.run(input) } catch { fail(error) }
            }
        }
    }
}
