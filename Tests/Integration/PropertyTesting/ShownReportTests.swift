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
        for line in [21, 30, 40] { #expect(shown.contains("recorded an issue at ShownFailures.swift:\(line):"), "\(shown)") }
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

    // Not by `Command`, which ends what a command leaves behind, and would hide what is to be seen.
    @Test("a child does not outlive a parent that is killed")
    func orphan() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        var parent: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(Self.probe), strdup("orphan"), nil]
        defer { for argument in arguments { free(argument) } }
        let status = posix_spawn(&parent, Self.probe, &actions, nil, &arguments, environ)
        close(ends[1])
        defer { close(ends[0]) }
        try #require(status == 0)
        var line = [UInt8](repeating: 0, count: 64)
        let count = read(ends[0], &line, line.count)
        kill(parent, SIGKILL)
        waitpid(parent, nil, 0)
        let words = String(decoding: line.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let child = try #require(words.last.flatMap { pid_t($0) })
        // It died with its parent, but may be on its way out still; nobody here reaps it.
        var isGone = false
        for _ in 0..<10_000 where !isGone {
            isGone = state(of: child).map { "ZX".contains($0) } ?? true
            if !isGone { usleep(500) }
        }
        #expect(isGone)
        if !isGone { kill(child, SIGKILL) }
    }

    /// The state of a process, from "id (name) state …"; nil when it is gone.
    private func state(of id: pid_t) -> String? {
        guard let file = fopen("/proc/\(id)/stat", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = fread(&buffer, 1, buffer.count, file)
        let words = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        return words?.first.map(String.init)
    }
}
