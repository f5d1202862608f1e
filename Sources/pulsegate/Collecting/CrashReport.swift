import Evidence

/// Which of the tests that never ended brought the process down.
///
/// When a process of parallel tests dies, every test that was running is unfinished, and the event stream cannot say whose fault it is. The
/// Swift runtime can: it prints "Module/File.swift:12: Fatal error: …" before it traps.
enum CrashReport {
    private static let marker = Array(": Fatal error: ".utf8)

    /// Gives the runtime's words to the unfinished tests of the file they name; without such a file to all of them.
    static func attribute(_ facts: Facts, console: [UInt8]) -> Facts {
        guard facts.tests.contains(where: { $0.outcome == .unfinished }), let (file, words) = lastFatalError(console) else { return facts }
        var result = facts
        let culprits = result.tests.indices.filter { index in
            result.tests[index].outcome == .unfinished && (result.tests[index].location.map { name(of: $0) } == file)
        }
        for index in culprits { result.tests[index].message = words }
        return result
    }

    /// The file's name and the whole line.
    private static func lastFatalError(_ console: [UInt8]) -> (file: String, words: String)? {
        for line in console.split(separator: 0x0A).reversed() {
            guard let place = line.firstRange(of: marker) else { continue }
            let head = String(decoding: line[..<place.lowerBound], as: UTF8.self)
            return (name(of: head), String(decoding: line.prefix(500), as: UTF8.self))
        }
        return nil
    }

    /// "Tests/A.swift:12" and "Module/A.swift:12" are both "A.swift".
    private static func name(of location: String) -> String {
        let last = location.split(separator: "/").last ?? ""
        return String(last.prefix { $0 != ":" })
    }
}
