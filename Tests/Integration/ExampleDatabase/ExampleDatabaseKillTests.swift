import Determinism
import PropertyTesting
import TemporaryFolders
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Writers that are killed at any moment: what they said was saved is there, and nothing else is broken.
///
/// `Bench property --group database --kills 10000` is the long run of the same.
@Suite(.serialized)
struct ExampleDatabaseKillTests {
    @Test("300 killed writers lose nothing that was acknowledged and leave nothing broken")
    func kills() throws {
        let folder = try #require(TemporaryFolder.make(in: TemporaryFolder.parentInMemory))
        defer { TemporaryFolder.remove(folder) }
        var random = SeededGenerator(seed: 1)
        var acknowledged = Acknowledged()
        var next: UInt64 = 0
        for _ in 0..<300 {
            let lines = try runAndKill([folder, "one", String(next)], random.integer(in: 0...6), spins: random.integer(in: 0...60_000))
            acknowledged.read(lines)
            // The one that was being written stays as the kill left it: written again, it would be mended.
            next = max(next, (acknowledged.numbers.max() ?? 0) + 1) + 1
        }
        #expect(acknowledged.kept.count > 300)
        #expect(acknowledged.complaints.isEmpty)
        #expect(try missing(folder, "one", acknowledged, upTo: next).isEmpty)
    }

    @Test("a writer that dies after any part of a file leaves nothing that could be taken for an example")
    func everyPart() throws {
        let folder = try #require(TemporaryFolder.make(in: TemporaryFolder.parentInMemory))
        defer { TemporaryFolder.remove(folder) }
        let database = ExampleDatabase(folder: folder)
        for bytes in [0, 1, 40, 200, 400] {
            let writer = try Writer([folder, "one", "1", "1", String(bytes)])
            #expect(writer.end(after: writer.lines(.max)).isEmpty)
            #expect(database.load("one/0") == ExampleMemory())
        }
        // Without the limit the same example is saved, and what the others left is cleared away.
        let writer = try Writer([folder, "one", "1", "1"])
        #expect(writer.end(after: writer.lines(.max)) == ["+1"])
        #expect(database.load("one/0").examples.count == 1 && database.load("one/0").warnings.isEmpty)
    }

    @Test("two writers at once, on the same properties, killed again and again, do not harm each other")
    func two() throws {
        let folder = try #require(TemporaryFolder.make(in: TemporaryFolder.parentInMemory))
        defer { TemporaryFolder.remove(folder) }
        var random = SeededGenerator(seed: 2)
        var (even, odd) = (Acknowledged(), Acknowledged())
        for round in 0..<40 as Range<UInt64> {
            // The same names and numbers, so that both write, move and remove the same files: all may be gone, none may be broken.
            let other = try Writer([folder, "one", String(round * 5)])
            even.read(try runAndKill([folder, "one", String(round * 5)], random.integer(in: 1...8), spins: random.integer(in: 0...60_000)))
            odd.read(other.end())
        }
        #expect(even.complaints + odd.complaints == [])
        var both = even
        both.numbers.formUnion(odd.numbers)
        both.kept.formUnion(odd.kept)
        both.undecided.formUnion(odd.undecided)
        both.gone.formUnion(odd.gone)
        // What either began to remove may be gone, whoever saved it.
        both.kept.subtract(both.undecided)
        both.kept.subtract(both.gone)
        both.gone.removeAll()
        #expect(try missing(folder, "one", both, upTo: 400).isEmpty)
    }

    /// What a writer's lines say.
    private struct Acknowledged {
        var numbers: Set<UInt64> = []
        var kept: Set<UInt64> = []
        var undecided: Set<UInt64> = []
        var gone: Set<UInt64> = []
        var complaints: [String] = []

        mutating func read(_ lines: [Substring]) {
            for line in lines {
                guard let number = UInt64(line.dropFirst()) else {
                    complaints.append(String(line))
                    continue
                }
                numbers.insert(number)
                switch line.first {
                case "+": kept.insert(number)
                case "?":
                    kept.remove(number)
                    undecided.insert(number)
                case "-":
                    undecided.remove(number)
                    gone.insert(number)
                default: complaints.append(String(line))
                }
            }
        }
    }

    /// What is not as it was said to be.
    private func missing(_ folder: String, _ name: String, _ said: Acknowledged, upTo end: UInt64) throws -> [String] {
        let database = ExampleDatabase(folder: folder)
        var wrong: [String] = []
        var found: Set<UInt64> = []
        for group in 0...(end / 10 + 1) {
            let memory = database.load("\(name)/\(group)")
            wrong += memory.warnings.map(\.message)
            for example in memory.examples {
                guard let number = example.token.indices.first, number / 10 == group, example.token.indices.count == 201 else {
                    wrong.append("an example that nobody wrote: \(example)")
                    continue
                }
                if !found.insert(number).inserted { wrong.append("example \(number) is there twice") }
            }
        }
        wrong += said.kept.subtracting(found).sorted().map { "lost: \($0)" }
        wrong += said.gone.intersection(found).sorted().map { "there again: \($0)" }
        return wrong
    }

    // MARK: Processes

    private struct Writer {
        let process: pid_t
        let output: Int32

        init(_ arguments: [String]) throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            let path = try executable()
            var argv = ([path] + arguments).map { strdup($0) } + [nil]
            defer { for argument in argv { free(argument) } }
            var process: pid_t = 0
            var environment: [UnsafeMutablePointer<CChar>?] = [nil]
            try #require(posix_spawn(&process, path, &actions, nil, &argv, &environment) == 0)
            close(ends[1])
            self.process = process
            output = ends[0]
        }

        /// Reads what it says until so many lines are there.
        func lines(_ count: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            var seen = 0
            var buffer = [UInt8](repeating: 0, count: 4096)
            while seen < count {
                let length = Glibc.read(output, &buffer, buffer.count)
                if length <= 0 { break }
                bytes += buffer[..<length]
                seen += buffer[..<length].count { $0 == 0x0A }
            }
            return bytes
        }

        /// Kills it and gives everything it said.
        func end(after first: [UInt8] = []) -> [Substring] {
            kill(process, SIGKILL)
            var bytes = first + lines(.max)
            close(output)
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            // A line is one write and arrives whole.
            while let last = bytes.last, last != 0x0A { bytes.removeLast() }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        }
    }

    private func runAndKill(_ arguments: [String], _ lines: Int, spins: Int) throws -> [Substring] {
        let writer = try Writer(arguments)
        let first = writer.lines(lines)
        var mixer = SplitMix64(seed: 0)
        var sum: UInt64 = 0
        for _ in 0..<spins { sum ^= mixer.next() }
        return writer.end(after: sum == 1 ? [] : first)
    }
}

/// The writer, beside the tests' own executable.
private func executable() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    var folder = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The tests run inside a runner of the tool chain; the bundle is an argument.
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") { folder = argument }
    while let slash = folder.lastIndex(of: "/") {
        folder = String(folder[..<slash])
        let candidate = "\(folder)/ExampleDatabaseWriter"
        if access(candidate, X_OK) == 0 { return candidate }
    }
    throw WriterMissing()
}

private struct WriterMissing: Error {}
