#if canImport(Glibc)
    import Glibc
#endif

/// The ways in which a benchmark ends early.
enum Stop {
    static func usage(_ message: String) -> Never {
        say(message)
        exit(2)
    }

    static func failure(_ message: String) -> Never {
        say("error: \(message)")
        exit(1)
    }

    private static func say(_ message: String) {
        let bytes = Array((message + "\n").utf8)
        _ = write(2, bytes, bytes.count)
    }
}
