import ChildProcesses
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("what people see")
struct ShownReportTests {
    private static func environment(_ more: [String: String] = [:]) -> [String: String] {
        Environment.current().merging(more) { _, new in new }
    }

    private static func run(_ arguments: [String], _ environment: [String: String]) throws -> Outcome {
        try Command(arguments, environment: environment, timeoutNanoseconds: 120_000_000_000).run()
    }

    private static func text(_ output: BoundedOutput) -> String { output.text }

    /// The program of these tests, and the folder that it stands in with the others.
    private static var program: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    private static var probe: String {
        program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/PropertyProbe"
    }

    @Test("each failing property is one report, with no word of its probes")
    func reports() throws {
        let outcome = try Self.run(
            [Self.program, "--testing-library", "swift-testing", "--filter", "ShownFailures"],
            Self.environment(["PULSEGATE_SHOW_PROPERTY_FAILURES": "1", "SWIFT_BACKTRACE": "enable=no"]))
        let shown = Self.text(outcome.standardOutput) + Self.text(outcome.standardError)
        #expect(outcome.termination == .exited(1))
        #expect(shown.ranges(of: "recorded an issue").count == 3, "\(shown)")
        #expect(shown.ranges(of: "property does not hold").count == 3)
        #expect(shown.ranges(of: "Expectation failed").count == 2)
        #expect(shown.ranges(of: "replay: pt1-").count == 3)
        for line in [
            "xs = [1, 0]", "(xs.sorted() → [0, 1]) == (xs → [1, 0])", "(x → 123) < 123", "x = 321", "Precondition failed: too large",
        ] {
            #expect(shown.contains(line), "\(line) in \(shown)")
        }
        for line in [19, 28, 38] { #expect(shown.contains("recorded an issue at ShownFailures.swift:\(line):"), "\(shown)") }
        #expect(!shown.contains("printed by a probe"))
        #expect(!shown.contains("Fatal error"))
    }

    @Test("suspending bodies need no more than one thread of the pool")
    func narrowPool() throws {
        let wide = try Self.run([Self.probe, "async"], Self.environment())
        let narrow = try Self.run([Self.probe, "async"], Self.environment(["LIBDISPATCH_COOPERATIVE_POOL_STRICT": "1"]))
        #expect(narrow.termination == .exited(0))
        #expect(Self.text(narrow.standardOutput).contains("outcome falsified token pt1-"))
        #expect(Self.text(narrow.standardOutput) == Self.text(wide.standardOutput))
    }

    @Test("every candidate that dies is seen")
    func deaths() throws {
        let outcome = try Self.run([Self.probe, "traps", "100"], Self.environment())
        #expect(Self.text(outcome.standardOutput).hasPrefix("deaths 100 "))
        #expect(outcome.strays == 0)
        // Neither a core nor a backtrace: the dead say nothing.
        #expect(Self.text(outcome.standardError).isEmpty)
    }

    @Test("a child does not outlive a parent that is killed")
    func orphan() throws {
        var child: pid_t?
        var isGone = false
        let outcome = try Command([Self.probe, "orphan"], environment: Self.environment(), timeoutNanoseconds: 60_000_000_000).run {
            event in
            guard child == nil, case .standardOutput(let bytes) = event else { return }
            let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard words.first == "child", let id = words.last.flatMap({ pid_t($0) }), let parent = fields(of: id)?.parent else { return }
            child = id
            // Its parent is the probe, and nothing else is killed here.
            kill(parent, SIGKILL)
            // Looked at before `run` looks for what the command left behind and ends it.
            for _ in 0..<20_000 where !isGone {
                isGone = fields(of: id).map { "ZX".contains($0.state) } ?? true
                if !isGone { usleep(500) }
            }
        }
        #expect(child != nil)
        #expect(isGone)
        #expect(outcome.termination == .signalled(SIGKILL))
    }

    /// State and parent of a process: "id (name) state parent …"; nil when it is gone.
    private func fields(of id: pid_t) -> (state: String, parent: pid_t)? {
        guard let file = fopen("/proc/\(id)/stat", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = fread(&buffer, 1, buffer.count, file)
        let words = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        guard let words, words.count > 1, let parent = pid_t(words[1]) else { return nil }
        return (String(words[0]), parent)
    }
}
