import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// A place in the code as people know it.
struct CodeFrame: Hashable {
    /// The function without its parameters' types, as far as the name tells.
    var function: String
    /// As the compiler was told; empty where no line table says.
    var file: String
    var line: Int

    /// `true` where the frame is of the code under test: not of the standard library, of the engine, or made by the compiler.
    var isUsers: Bool {
        guard !function.isEmpty, !file.hasSuffix("<compiler-generated>") else { return false }
        if Self.entryPoints.contains(function) { return false }
        return !Self.foreign.contains { function.hasPrefix($0) }
    }

    private static let entryPoints: Set<String> = ["main", "_start", "_main", "static", "thunk", "partial apply"]
    private static let foreign = [
        "Swift.", "Fuzzing.", "PropertyTesting.", "pulsegate_fuzz", "__libc_start", "swift_", "_swift_", "__sanitizer",
        "reabstraction thunk",
        "_ZN11__sanitizer", "_ZN6__asan", "_ZN6__tsan", "__asan_", "__tsan_", "__interceptor_",
        "partial apply", "protocol witness", "(extension in Swift)", "(extension in Fuzzing)",
    ]

    /// A demangled name without what the optimiser added and without types: `specialized Deep.parse(_: Swift.String) -> ()` is `Deep.parse`.
    static func simplified(_ demangled: String) -> String {
        var name = demangled[...]
        var didStrip = true
        while didStrip {
            didStrip = false
            for prefix in ["specialized ", "merged ", "static ", "@objc ", "outlined ", "variable initialization expression of "]
            where name.hasPrefix(prefix) {
                name = name.dropFirst(prefix.count)
                didStrip = true
            }
            // "generic specialization <…> of f", "function signature specialization <…> of f"
            for prefix in ["generic specialization <", "function signature specialization <", "generic not re-abstracted specialization <"]
            where name.hasPrefix(prefix) {
                guard let end = end(ofAngles: name.dropFirst(prefix.count)), name[end...].hasPrefix(" of ") else { continue }
                name = name[end...].dropFirst(4)
                didStrip = true
            }
            // "closure #1 (Swift.Int) -> () in Deep.parse(…)": the closure belongs to its function.
            if name.hasPrefix("closure #") || name.hasPrefix("implicit closure #"), let inside = find(" in ", in: name) {
                name = name[inside...]
                didStrip = true
            }
        }
        for glue in ["partial apply", "reabstraction thunk", "protocol witness"] where name.hasPrefix(glue) { return glue }
        if name.hasPrefix("(extension in "), let close = name.firstIndex(of: ":") { name = name[name.index(after: close)...] }
        if name.hasPrefix("(") { return String(name) }
        // "A.(f in _0123ABCD)(Swift.Int)": what is private is told apart by its file's number, which nobody reads.
        var text = String(name)
        while let open = text.range(".("), let inside = text[open.upperBound...].range(" in _"),
            let close = text[inside.upperBound...].firstIndex(of: ")")
        {
            let word = text[open.upperBound..<inside.lowerBound]
            guard !word.isEmpty, !word.contains(where: { "(): ".contains($0) }) else { break }
            text = text[..<open.lowerBound] + "." + word + text[text.index(after: close)...]
        }
        name = text[...]
        let cut = name.firstIndex { $0 == "(" || $0 == "<" } ?? name.endIndex
        return String(name[..<cut]).split(separator: " ").first.map(String.init) ?? String(name)
    }

    private static func end(ofAngles text: Substring) -> Substring.Index? {
        var depth = 1
        var previous: Character = " "
        for index in text.indices {
            let character = text[index]
            if character == "<" { depth += 1 }
            if character == ">", previous != "-" { depth -= 1 }
            previous = character
            if depth == 0 { return text.index(after: index) }
        }
        return nil
    }

    /// What the compiler calls the trap of a check that failed, as the innermost frame tells: "arithmetic overflow".
    var failedCheck: String? {
        let prefix = "Swift runtime failure: "
        return function.hasPrefix(prefix) ? String(function.dropFirst(prefix.count)) : nil
    }

    /// Behind the last appearance of a word.
    private static func find(_ word: String, in text: Substring) -> Substring.Index? {
        var at = text.endIndex
        while at > text.startIndex {
            at = text.index(before: at)
            if text[at...].hasPrefix(word) { return text.index(at, offsetBy: word.count) }
        }
        return nil
    }
}

extension StringProtocol {
    /// The first appearance of a word.
    fileprivate func range(_ word: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(word) { return at..<index(at, offsetBy: word.count) }
            at = index(after: at)
        }
        return nil
    }
}

/// Names for addresses of this executable: by `llvm-symbolizer`, which knows inlined functions and lines, else by the symbols that are exported.
///
/// The program is looked for in `LLVM_SYMBOLIZER`, then beside `swift` in `PATH`. One start serves all addresses of a finding.
enum CodeNames {
    /// The frames at addresses relative to the executable, innermost first; those that were inlined stand as frames of their own. O(start of a process).
    static func frames(at addresses: [UInt64]) -> [CodeFrame] {
        guard !addresses.isEmpty else { return [] }
        let tool = getenv("LLVM_SYMBOLIZER").map { String(cString: $0) } ?? "llvm-symbolizer"
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let arguments =
            [tool, "--obj=\(program)", "--functions=linkage", "--inlines", "--no-demangle", "--output-style=LLVM"]
            + addresses.map { "0x" + String($0, radix: 16) }
        if let text = output(of: arguments) {
            let frames = parse(text)
            if !frames.isEmpty { return frames }
        }
        return addresses.map(exported)
    }

    /// What the program writes: for each address pairs of lines, function and `file:line:column`, and an empty line.
    static func parse(_ text: String) -> [CodeFrame] {
        var frames: [CodeFrame] = []
        var function: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                function = nil
            } else if let name = function {
                let parts = line.split(separator: ":", omittingEmptySubsequences: false)
                let file = parts.count >= 3 ? parts.dropLast(2).joined(separator: ":") : String(line)
                let number = parts.count >= 3 ? Int(parts[parts.count - 2]) ?? 0 : 0
                frames.append(CodeFrame(function: named(name), file: shown(file, line: number), line: number))
                function = nil
            } else {
                function = line == "??" ? "" : String(line)
            }
        }
        return frames
    }

    /// A file below the folder this process works in, or of a package, by its path there; others as they are.
    static func shown(_ file: String, line: Int) -> String {
        if file.hasSuffix("<compiler-generated>") { return "<compiler-generated>" }
        guard file != "??", line > 0 else { return "" }
        var folder = [CChar](repeating: 0, count: 4096)
        if getcwd(&folder, folder.count) != nil {
            let here = String(decoding: folder.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/"
            if file.hasPrefix(here) { return String(file.dropFirst(here.count)) }
        }
        let parts = file.split(separator: "/")
        guard file.hasPrefix("/"), let root = parts.firstIndex(where: { $0 == "Sources" || $0 == "Tests" }) else { return file }
        return parts[root...].joined(separator: "/")
    }

    private static func named(_ mangled: String) -> String {
        guard mangled.hasPrefix("$s") || mangled.hasPrefix("$S") || mangled.hasPrefix("_$s") else { return mangled }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { text in
            guard let base = text.baseAddress, pulsegate_fuzz_demangle(mangled, base, 4096) else { return mangled }
            return CodeFrame.simplified(String(cString: base))
        }
    }

    private static func exported(_ address: UInt64) -> CodeFrame {
        var frame = CodeFrame(function: "", file: "", line: 0)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { name in
            var offset: UInt64 = 0
            var relative: UInt64 = 0
            guard let base = name.baseAddress,
                pulsegate_fuzz_symbol(UInt(address) &+ pulsegate_fuzz_image_base(), base, 4096, &offset, nil, 0, &relative)
            else { return }
            frame.function = named(String(cString: base))
        }
        return frame
    }

    private static func output(of arguments: [String]) -> String? {
        var strings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { for string in strings { free(string) } }
        strings.append(nil)
        var bytes = [CChar](repeating: 0, count: 1 << 18)
        let pointers = strings.map { UnsafePointer($0) }
        let count = pointers.withUnsafeBufferPointer { pulsegate_fuzz_output_of($0.baseAddress, &bytes, bytes.count) }
        guard count >= 0 else { return nil }
        return String(decoding: bytes[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
