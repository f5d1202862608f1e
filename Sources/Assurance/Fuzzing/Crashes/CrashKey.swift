/// What makes two deaths one finding: the kind, the three innermost functions of the code under test, the innermost line,
/// and the message: of a target that says itself what is wrong that is all there is.
///
/// Level 1 is ``CrashRecord/place``, made of addresses by the runner for nothing. This is level 2, made once for each new place: inlined functions count as
/// frames, what the compiler and the optimiser added does not, a function that calls itself counts once, and numbers and quoted
/// text of the message are masked (``MessageMask``).
///
/// A death by time is stopped anywhere in its loop, and an overflown stack at any turn of its recursion: the key is the function that repeats, or, where
/// none does, the three outermost functions, which are on the stack at every moment of the loop.
struct CrashKey: Hashable, Sendable {
    let kind: CrashRecord.Kind
    let places: [String]
    let message: String

    init(_ record: CrashRecord, frames: [CodeFrame]) {
        kind = record.kind
        let users = Self.collapsed(frames.filter(\.isUsers))
        switch record.kind {
        case .stackOverflow, .timeout:
            message = ""
            if let repeating = Self.repeating(frames.filter(\.isUsers)) {
                places = [repeating]
            } else {
                places = users.suffix(3).map(\.function)
            }
        default:
            message = Self.mask(record)
            var named = users.prefix(3).map(\.function)
            // Two traps of one function are two findings. The innermost line that is known: traps of functions that the compiler merged have none.
            if kind != .failure, let known = users.prefix(3).firstIndex(where: { $0.line > 0 }) { named[known] += ":\(users[known].line)" }
            if named.isEmpty { named = record.frames.prefix(3).map { SuiteOutput.hexadecimal($0) } }
            places = named
        }
    }

    /// The name of the bucket's folder.
    var bucket: String {
        var hash = SplitHash()
        for byte in "\(kind.rawValue)|\(places.joined(separator: "|"))|\(message)".utf8 { hash.add(UInt64(byte)) }
        return "\(kind.rawValue)-\(SuiteOutput.hexadecimal(hash.value))"
    }

    private static func collapsed(_ frames: [CodeFrame]) -> [CodeFrame] {
        var result: [CodeFrame] = []
        for frame in frames where frame.function != result.last?.function { result.append(frame) }
        return result
    }

    /// The function that stands on the stack most often, at least three times; of several the first by name.
    static func repeating(_ frames: [CodeFrame]) -> String? {
        var counts: [String: Int] = [:]
        for frame in frames { counts[frame.function, default: 0] += 1 }
        guard let most = counts.values.max(), most >= 3 else { return nil }
        // All functions of one cycle are there equally often, give or take the turn that was cut.
        return counts.filter { $0.value >= most - 1 }.map(\.key).min()
    }

    /// The line that says what went wrong: what a target says itself begins with its label; of what a process wrote last it is the last line with an error
    /// in it, else the last one.
    static func message(of record: CrashRecord) -> String {
        if record.kind == .failure { return String((record.output.split(separator: "\n").first ?? "").prefix(300)) }
        let lines = record.output.split(separator: "\n").map(String.init)
        // "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x5020 at pc 0x55 bp 0x7f sp 0x7f": the rest differs from run to run.
        for line in lines {
            guard
                let name = ["AddressSanitizer: ", "ThreadSanitizer: "].first(where: {
                    line.contains("ERROR: " + $0) || line.contains("WARNING: " + $0)
                })
            else { continue }
            let what = line.split(separator: name, maxSplits: 1).last ?? ""
            return String((name + (what.split(separator: " on ", maxSplits: 1).first ?? what)).prefix(300))
        }
        if let fatal = lines.last(where: { $0.contains("Fatal error:") }) { return String(fatal.prefix(300)) }
        // What a library prints of its stack says nothing that the frames do not.
        let words = lines.prefix { $0 != "Current stack trace:" }
        let line = words.last { $0.contains("error:") || $0.contains("Error") } ?? words.last ?? ""
        return String(line.prefix(300))
    }

    /// The message without what it quotes of the input.
    private static func mask(_ record: CrashRecord) -> String {
        // What is quoted may hold line feeds: it is masked first.
        let text = record.kind == .failure ? String(MessageMask.masked(record.output).split(separator: "\n").first ?? "") : nil
        return String((text ?? MessageMask.masked(message(of: record))).prefix(160))
    }
}
