import Determinism
import KilledSuites
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// A campaign that is killed with SIGKILL again and again: what it had found must be there at the end.
struct KilledCampaigns {
    let suite: String
    let kills: Int

    func run() -> Never {
        let folder = "/tmp/pulsegate-kills-\(getpid())"
        defer { Self.remove(folder) }
        let arguments = ["run", "--target", "two-bugs", "--folder", folder, "--seconds", "600"]
        var generator = SeededGenerator(seed: 1)
        var kept: [String: [UInt8]] = [:]
        for round in 0..<kills {
            let pid = Self.start(suite, arguments, output: "/dev/null")
            usleep(UInt32(generator.integer(in: 3_000...60_000)))
            KilledSuite.kill(pid, round: round)
            for part in ["corpus"] {
                let now = Self.files("\(folder)/\(part)")
                for (name, bytes) in kept where now[name] != bytes { Stop.failure("kill \(round + 1): \(part)/\(name) is lost or changed") }
                kept = now
            }
        }
        let output = folder + ".jsonl"
        defer { unlink(output) }
        let last = Self.start(suite, Array(arguments.dropLast()) + ["2"], output: output)
        var status: Int32 = 0
        waitpid(last, &status, 0)
        let corpus = Self.files("\(folder)/corpus")
        for (name, bytes) in kept where corpus[name] != bytes { Stop.failure("\(name) is lost or changed after the last run") }
        let crashes = Self.names("\(folder)/crashes").compactMap { Self.files("\(folder)/crashes/\($0)")["input"] }
        let both = crashes.contains { $0.first == 0x21 } && crashes.contains { $0.starts(with: Array("?deeper".utf8)) }
        guard status == 0, both else {
            Stop.failure("after \(kills) kills \(crashes.count) bugs are there; the last run ended with \(status)")
        }
        print("\(kills) kills: \(corpus.count) inputs, none lost; \(crashes.count) places of crashes, both planted bugs among them")
        exit(0)
    }

    // MARK: Processes and files

    static func start(_ program: String, _ arguments: [String], output: String) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, program, &actions, nil, words, environ) == 0 else { Stop.failure("\(program) cannot be started") }
        return pid
    }

    private static func files(_ folder: String) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in names(folder) where !name.hasSuffix(".tmp") {
            if let bytes = try? DocumentFile.read("\(folder)/\(name)", maximumBytes: 1 << 20) { files[name] = bytes }
        }
        return files
    }

    private static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func remove(_ path: String) {
        for name in names(path) { remove("\(path)/\(name)") }
        if unlink(path) != 0 { rmdir(path) }
    }
}
