import FuzzingRuntime

/// How the code under test ended a runner: what the slot of the dead says, with the input that did it.
public struct CrashRecord: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A trap or another fatal signal.
        case crash
        case stackOverflow = "stack-overflow"
        case timeout
        case outOfMemory = "out-of-memory"
        /// The target ended its process.
        case exit
        /// The target said so itself: it threw, or an expectation was not met.
        case failure
    }

    public var kind: Kind
    public var signal: Int
    /// Code addresses relative to the executable, innermost first; those outside of it are left out.
    public var frames: [UInt64]
    /// What was written to standard error last, or the message of a failure.
    public var output: String
    public var input: [UInt8]
    /// Executions of the worker when it happened, this one not counted.
    public var execution: UInt64
    public var parent: Int
    public var operators: UInt32

    /// A number for the place and manner of the end: the kind and the three innermost distinct places of the executable. Two inputs with one
    /// number show, as far as addresses tell, one bug.
    public var place: UInt64 {
        var hash = SplitHash()
        hash.add(UInt64(Kind.allCases.firstIndex(of: kind) ?? 0))
        var distinct: [UInt64] = []
        // A sanitizer ends the process itself, and its own five frames are the same whatever it found.
        let depth = signal == 6 && output.contains("Sanitizer: ") ? 8 : 3
        for frame in frames where !distinct.contains(frame) && distinct.count < depth { distinct.append(frame) }
        // A recursion may be cut at any of its frames: what is there most often is where it turns.
        if kind == .stackOverflow || kind == .timeout {
            var counts: [UInt64: Int] = [:]
            for frame in frames { counts[frame, default: 0] += 1 }
            let most = counts.values.max() ?? 0
            distinct = most >= 3 ? [counts.filter { $0.value >= most - 1 }.map(\.key).min() ?? 0] : distinct.prefix(1).map { $0 & ~0xFFF }
        }
        for frame in distinct { hash.add(frame) }
        if frames.isEmpty || kind == .failure {
            for byte in MessageMask.masked(Array(output.utf8)).prefix(120) {
                // Behind the first line stands what the label is followed by: the values.
                if kind == .failure, byte == 0x0A { break }
                hash.add(UInt64(byte))
            }
        }
        return hash.value
    }
}

extension CrashRecord {
    init(kind: Kind, signal: Int, frames: [UInt64], output: String, input: [UInt8]) {
        self.init(kind: kind, signal: signal, frames: frames, output: output, input: input, execution: 0, parent: 0, operators: 0)
    }

    /// Reads the slot of a shard whose runner has ended. `status` is what wait(2) said.
    init(shard: Shard, status: Int32) {
        let header = shard.header
        let death = pulsegate_fuzz_observe(&header.pointee.death)
        switch UInt32(truncatingIfNeeded: death) {
        case PULSEGATE_FUZZ_STACK_OVERFLOW.rawValue: kind = .stackOverflow
        case PULSEGATE_FUZZ_TIMEOUT.rawValue: kind = .timeout
        case PULSEGATE_FUZZ_OUT_OF_MEMORY.rawValue: kind = .outOfMemory
        case PULSEGATE_FUZZ_EXIT.rawValue: kind = .exit
        case PULSEGATE_FUZZ_FAILURE.rawValue: kind = .failure
        default: kind = .crash
        }
        signal = Int(header.pointee.signal)
        if death == 0 {
            signal = Int(status & 0x7F)
            // It left without a word: by _exit.
            if signal == 0 { kind = .exit }
        }
        let base = header.pointee.image_base
        let count = min(Int(header.pointee.frame_count), Int(PULSEGATE_FUZZ_FRAMES))
        frames = withUnsafeBytes(of: header.pointee.frames) { raw in
            let all = raw.bindMemory(to: UInt64.self)
            return (0..<count).map { all[$0] }.filter { $0 >= base && $0 - base < 1 << 31 }.map { $0 - base }
        }
        let length = min(Int(header.pointee.output_length), 2048)
        output = withUnsafeBytes(of: header.pointee.output) { String(decoding: $0.prefix(length), as: UTF8.self) }
        input = Array(shard.currentInput)
        execution = header.pointee.executions
        parent = Int(header.pointee.parent)
        operators = UInt32(truncatingIfNeeded: header.pointee.operators)
    }
}

/// Words into one number, order kept.
struct SplitHash {
    private(set) var value: UInt64 = 0x9AE1_6A3B_2F90_404F

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 32
    }
}
