import PropertyTestingRuntime

/// Reads off what a dead child left behind why it died and where: the origin by which deaths of one cause are recognised.
///
/// The location is, in this order: the file and line that the runtime printed, unless they lie within the standard library; the innermost function
/// outside of the standard library and its instruction; nothing, for a stack overflow, which shows itself wherever the stack happens to end.
struct Obituary {
    let page: pt_page
    let status: Int32
    /// What it had printed to its standard error.
    let output: String

    /// - Parameter symbols: what is known of addresses, nil for those of the standard library: looking one up walks a whole symbol table, and
    ///   candidates die at the same places, so the caller keeps it.
    func failure(_ symbols: inout [UInt64: String?]) -> CaseFailure {
        switch page.end {
        case PT_END_STACK_OVERFLOW.rawValue:
            return CaseFailure(origin: FailureOrigin(reason: "stack overflow"), message: "the stack is full: recursion without a limit?")
        case PT_END_EXIT.rawValue:
            return CaseFailure(origin: FailureOrigin(reason: "exit"), message: "the body called exit()")
        case PT_END_SIGNAL.rawValue:
            let words = lastWords
            return CaseFailure(
                origin: FailureOrigin(reason: "trap: \(name(of: page.signal))", location: words.location ?? frameLocation(&symbols)),
                message: words.message ?? "")
        default:
            let signal = status & 0x7F
            let cause = signal == 0 ? "it exited with code \((status >> 8) & 0xFF)" : "it was killed by \(name(of: signal))"
            return CaseFailure(origin: FailureOrigin(reason: "process ended"), message: "the process ended without a word: \(cause)")
        }
    }

    private func name(of signal: Int32) -> String {
        switch signal {
        case 3: "SIGQUIT"
        case 4: "SIGILL"
        case 5: "SIGTRAP"
        case 6: "SIGABRT"
        case 7: "SIGBUS"
        case 8: "SIGFPE"
        case 9: "SIGKILL"
        case 11: "SIGSEGV"
        case 31: "SIGSYS"
        default: "signal \(signal)"
        }
    }

    /// The runtime's line `Module/File.swift:12: Fatal error: text`: its text, and its place where that lies outside of the standard library.
    private var lastWords: (message: String?, location: String?) {
        let words = ["Fatal error", "Precondition failed", "Assertion failed"]
        guard let line = output.split(separator: "\n").last(where: { line in words.contains { line.contains($0) } }),
            let start = words.compactMap({ line.firstRange(of: $0)?.lowerBound }).min()
        else { return (nil, nil) }
        let message = String(line[start...])
        var place = line[..<start]
        if place.hasSuffix(": ") { place.removeLast(2) }
        guard !place.hasPrefix("Swift/"), place.contains(".swift:") else { return (message, nil) }
        return (message, String(place))
    }

    private func frameLocation(_ symbols: inout [UInt64: String?]) -> String? {
        let frames = withUnsafeBytes(of: page.frames) { raw in
            Array(raw.bindMemory(to: UInt64.self).prefix(max(0, min(Int(page.frame_count), Int(PT_FRAMES)))))
        }
        for (depth, address) in frames.enumerated() {
            // A return address lies behind its call.
            let address = depth == 0 ? address : address &- 1
            let place: String?
            if let known = symbols[address] {
                place = known
            } else {
                place = self.place(address)
                symbols[address] = place
            }
            if let place { return place }
        }
        return nil
    }

    /// The function at an address and the distance from its start; nil within the standard library.
    private func place(_ address: UInt64) -> String? {
        var name = [CChar](repeating: 0, count: 1024)
        var image = [CChar](repeating: 0, count: 256)
        var offset: UInt64 = 0
        let isKnown = pt_symbol(address, &name, name.count, &offset, &image, image.count) == 1
        let file = text(image)
        if file.hasPrefix("libswift") || file.hasPrefix("libc.") || file.hasPrefix("libpthread") { return nil }
        let symbol = text(name)
        // With the library linked in, its functions are in the program's own file: mangled names of module Swift.
        if isKnown, symbol.hasPrefix("$ss") || symbol.hasPrefix("$sS") || symbol.hasPrefix("swift_") { return nil }
        guard isKnown else { return "\(file)+0x\(String(offset, radix: 16))" }
        var readable = [CChar](repeating: 0, count: 1024)
        pt_demangle(symbol, &readable, readable.count)
        return "\(text(readable))+0x\(String(offset, radix: 16))"
    }

    private func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
