import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// A text that is made in a forked process, which may not survive making it.
enum ChildText {
    /// `nil` where the process died before it had the text.
    static func run(_ make: () -> String) -> String? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        let child = pulsegate_fuzz_fork()
        if child == 0 {
            close(ends[0])
            let limit = rlimit(rlim_cur: 0, rlim_max: 0)
            _ = withUnsafePointer(to: limit) { setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), $0) }
            let silence = open("/dev/null", O_WRONLY)
            dup2(silence, 1)
            dup2(silence, 2)
            var bytes = Array(make().utf8)[...]
            // What says that the text is whole.
            bytes.append(0)
            while !bytes.isEmpty {
                let wrote = bytes.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
                guard wrote > 0 else { break }
                bytes = bytes.dropFirst(wrote)
            }
            pulsegate_fuzz_leave(0)
        }
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else { return nil }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &part, part.count), count > 0 { text += part[..<count] }
        var status: Int32 = 0
        _ = pulsegate_fuzz_wait(child, true, &status)
        guard text.last == 0 else { return nil }
        return String(decoding: text.dropLast(), as: UTF8.self)
    }
}
