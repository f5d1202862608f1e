import ChildProcesses
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("comparisons that a fuzzer sees")
struct StringHookTests {
    /// The probe stands beside the program of these tests.
    private static var probe: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/FuzzingHookProbe"
    }

    private static func lines(_ arguments: [String] = []) throws -> [String] {
        let environment = Environment.current().merging(["SWIFT_BACKTRACE": "enable=no"]) { _, new in new }
        let outcome = try Command([probe] + arguments, environment: environment, timeoutNanoseconds: 60_000_000_000).run()
        #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
        return outcome.standardOutput.text.split(separator: "\n").map(String.init)
    }

    /// Name of a comparison, and what is reported of it: kind, operands.
    private static let reports: [(String, String)] = [
        ("small literal", "0 tokem|token"),
        ("large literal", "0 a native text of some length|correct horse battery staple"),
        ("variables", "0 a native text of some length|tokem"),
        ("scalars", #"0 caf\xc3\xa9|caf\xc3\xa8"#),
        ("order", "1 tokem|a native text of some length"),
        ("prefix", "2 a native text of some length|https://"),
        ("suffix", "3 a native text of some length|.json"),
        ("contained", "2 a native text of some length|needle"),
        ("substrings", "0 native|ative"),
        ("substring and text", "0 native|another literal of length"),
        ("substring order", "1 native|ative"),
        ("generic texts", "0 native|tokem"),
        ("generic", "0 a native text of some length|tokem"),
        ("generic order", "1 native|ative"),
        ("raw value", "5 grean|red, 5 grean|green, 5 grean|blue-is-a-long-name"),
        ("switch", "0 alpha|tokem, 0 a-case-of-more-than-fifteen|tokem"),
        ("characters", #"0 e|\xc3\xa9"#),
        ("optional", "0 a native text of some length|an optional text of length"),
        ("element of a struct", "0 tokem|a native text of some length"),
        ("empty", "0 |tokem"),
        ("closed gate", "0"),
    ]

    /// Those that an optimised build leaves to compare tracing.
    private static let debugReports: [(String, String)] = [
        ("substring prefix", "2 native|https://"),
        ("array", #"6 \x01\x02\x03|\x04\x05"#),
        ("slice", #"6 \x02\x03|\x09\x08"#),
        ("elements", "0 ab|tokem"),
        ("starts", "2 ab|MAGIC"),
        ("texts of an array", "0 tokem|a native text of some length"),
        ("membership", "5 tokem|first, 5 tokem|second"),
        ("generic bytes", #"6 \x01\x02|\x03\x04\x05"#),
        ("memory", "6 a nati|native"),
    ]

    @Test("both operands of each comparison are reported, once")
    func operands() throws {
        let lines = try Self.lines()
        for (name, report) in Self.reports { #expect(lines.contains("\(name): \(report)"), "\(name) in \(lines)") }
        #if DEBUG
            for (name, report) in Self.debugReports { #expect(lines.contains("\(name): \(report)"), "\(name) in \(lines)") }
        #endif
    }

    @Test("a look-up reports the text it wants", arguments: ["dictionary", "keyed by a struct", "set"])
    func lookUps(name: String) throws {
        let line = try #require(try Self.lines().first { $0.hasPrefix("\(name): ") })
        #expect(line.hasPrefix("\(name): 4 tokem|"), "\(line)")
    }

    #if DEBUG
        @Test("a look-up in a generic table reports the keys it would find")
        func keys() throws {
            let lines = try Self.lines()
            #expect(lines.contains("dictionary: 4 tokem|, 5 tokem|SELECT"), "\(lines)")
            #expect(lines.contains("set: 4 tokem|, 5 tokem|held-in-a-set-of-texts"), "\(lines)")
        }
    #endif

    @Test("no hook is dead beside the shared standard library")
    func live() throws {
        #expect(try Self.lines(["live"]) == [])
    }

    #if arch(x86_64)
        @Test("texts, numbers and fractions are read from the code")
        func constants() throws {
            let lines = try Self.lines(["harvest"])
            let wanted = [
                "4 small-text", "4 a literal that is too large for two words", #"1 \xef\xcd\xab\x89gE#\x01"#, #"1 1\xd4"#,
                #"2 \x00\x00\x00\x00\x00J\x93@"#,
            ]
            for line in wanted { #expect(lines.contains(line), "\(line) in \(lines)") }
            #expect(Set(lines).count == lines.count)
            #expect(try Self.lines(["harvest"]) == lines)
        }
    #endif
}
