import Determinism
import PropertyTesting
import StrictDocuments
import TemporaryFolders

#if canImport(Glibc)
    import Glibc
#endif

/// The example database: how long a lookup takes among 10,000 entries, and whether killed writers lose or corrupt anything.
///
/// ```
/// Bench property --group database [--kills 10000] [--seed 1] [--folder F] [--json]
/// ```
///
/// Lookup: 10,000 entries in as many properties, and, for information, 10,000 files in the folder of one property (the database itself
/// keeps at most ``ExampleLimits`` there; listing so many is the file system's own time); the median of 101 lookups, CPU time of this
/// process and of the system on its behalf, in a folder that was just written. Kills: a writer process (this executable itself) is killed
/// with SIGKILL at a random moment, again and again, on one database; then everything that it said was saved must be there, everything it
/// said was removed must be gone, and nothing may be broken. `--folder` chooses the file system, /tmp unless told.
enum DatabaseBenchmarks {
    private static let entries = 10_000
    private static let lookups = 101
    private static let floorNanoseconds: Int64 = 5_000_000
    private static let maximumKills = 1_000_000

    static func main(_ arguments: [String]) {
        var (kills, seed, json, parent) = (0, UInt64(1), false, "/tmp")
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": json = true
            case "--kills":
                guard let text = rest.popFirst(), let value = Int(text), (0...maximumKills).contains(value) else {
                    Stop.usage("--kills takes 0 to \(maximumKills)")
                }
                kills = value
            case "--seed":
                guard let text = rest.popFirst(), let value = UInt64(text) else { Stop.usage("--seed takes a number") }
                seed = value
            case "--folder":
                guard let text = rest.popFirst(), !text.isEmpty else { Stop.usage("--folder takes a path") }
                parent = text
            // What a writer process is started with.
            case "--writer":
                guard rest.count == 2, let folder = rest.popFirst(), let text = rest.popFirst(), let first = UInt64(text) else {
                    Stop.usage("--writer takes a folder and a number")
                }
                write(folder, first)
            default: Stop.usage("usage: Bench property --group database [--kills N] [--seed N] [--folder F] [--json]")
            }
        }
        guard let folder = TemporaryFolder.make(in: parent) else { Stop.failure("cannot make a folder in \(parent)") }

        var limits = ExampleLimits()
        limits.corpus = entries
        let many = ExampleDatabase(folder: "\(folder)/many")
        let one = ExampleDatabase(folder: "\(folder)/one", limits: limits)
        fill(many.folder, groups: entries)
        fill(one.folder, groups: 1)
        let hit = median { number in many.load("p/\(number * 97 % entries)").examples.count == 1 }
        let miss = median { number in many.load("q/\(number)").examples.isEmpty }
        // What is read of so large a folder is bounded by the limits.
        let large = median { _ in ExampleDatabase(folder: one.folder).load("p/0").examples.count == ExampleLimits().corpus }
        let killed = kills > 0 ? kill(kills, seed: seed, folder: "\(folder)/killed") : nil
        // Nothing but listing.
        var none = ExampleLimits()
        (none.failures, none.displaced, none.corpus) = (0, 0, 0)
        let listed = median { _ in ExampleDatabase(folder: one.folder, limits: none).load("p/0").examples.isEmpty }
        TemporaryFolder.remove(folder)
        if json {
            print(
                JSONValue.object([
                    "entries": .int(Int64(entries)), "hit_ns": .int(hit), "miss_ns": .int(miss), "one_property_ns": .int(large),
                    "one_property_listing_ns": .int(listed),
                    "kills": .int(Int64(kills)), "seed": .string(String(seed)), "acknowledged": .int(Int64(killed?.acknowledged ?? 0)),
                    "lost": .int(Int64(killed?.lost ?? 0)), "corrupt": .int(Int64(killed?.corrupt ?? 0)),
                ]).canonicalText())
        } else {
            print(
                "lookup among \(entries) entries: hit \(hit / 1000) us, miss \(miss / 1000) us; of \(entries) in one "
                    + "property: \(large / 1000) us, \(listed / 1000) us of it to list"
            )
            if let killed { print("\(kills) kills: \(killed.acknowledged) acknowledged, \(killed.lost) lost, \(killed.corrupt) corrupt") }
        }
        if max(hit, miss) > floorNanoseconds { Stop.failure("a lookup takes longer than 5 ms") }
        if let killed, killed.lost + killed.corrupt > 0 { Stop.failure("the database lost or corrupted examples: \(killed.first)") }
    }

    // MARK: Lookup

    private static func fill(_ folder: String, groups: Int) {
        // Written as the database writes, but without its flushes, which are no part of a lookup and would take minutes.
        let database = ExampleDatabase(folder: folder)
        guard database.save(example("seed", 0, .failure)) == nil else { Stop.failure("cannot write into \(folder)") }
        for number in 0..<entries {
            let example = example("p/\(number % groups)", UInt64(number), .corpus)
            mkdir(database.folder(of: example.property), 0o755)
            let (path, bytes) = (database.path(of: example), example.bytes)
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
            guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { Stop.failure("cannot write \(path)") }
            close(descriptor)
        }
    }

    private static func example(_ property: String, _ number: UInt64, _ role: Example.Role) -> Example {
        Example(property: property, role: role, token: ReplayToken(indices: [number] + (0..<20).map { $0 &* number }))
    }

    private static func median(_ lookup: (Int) -> Bool) -> Int64 {
        var times: [Int64] = []
        for number in 0..<lookups {
            let start = nanoseconds()
            guard lookup(number) else { Stop.failure("a lookup did not find what is there") }
            times.append(nanoseconds() - start)
        }
        return times.sorted()[lookups / 2]
    }

    private static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: Kills

    private struct Killed {
        var acknowledged = 0
        var lost = 0
        var corrupt = 0
        var first = ""
    }

    /// The writer: "+n" when n is saved, "?n" when its removal begins, "-n" when it is removed.
    private static func write(_ folder: String, _ first: UInt64) -> Never {
        let database = ExampleDatabase(folder: folder)
        func say(_ line: String) {
            let bytes = Array("\(line)\n".utf8)
            guard Glibc.write(1, bytes, bytes.count) == bytes.count else { exit(1) }
        }
        var number = first
        while true {
            var example = killExample(number)
            if let warning = database.save(example) { say("!\(warning)") }
            if number % 3 == 0 {
                example.role = .displaced
                if let warning = database.save(example) { say("!\(warning)") }
            }
            say("+\(number)")
            if number % 4 == 0 {
                say("?\(number)")
                if let warning = database.remove(example) { say("!\(warning)") }
                say("-\(number)")
            }
            number += 1
        }
    }

    /// Ten to a property; large, so that there is something to cut.
    private static func killExample(_ number: UInt64) -> Example {
        Example(
            property: "killed/\(number / 10)", role: .failure, token: ReplayToken(indices: [number] + (0..<4000).map { $0 &* number }),
            origin: FailureOrigin(reason: "falsified"))
    }

    private static func kill(_ kills: Int, seed: UInt64, folder: String) -> Killed {
        var random = SeededGenerator(seed: seed)
        var (kept, gone): (Set<UInt64>, Set<UInt64>) = ([], [])
        var result = Killed()
        var next: UInt64 = 0
        for _ in 0..<kills {
            let first = next
            for line in runAndKill(folder, first, lines: random.integer(in: 0...4), spins: random.integer(in: 0...400_000)) {
                guard let number = UInt64(line.dropFirst()) else {
                    result.corrupt += 1
                    result.first = String(line)
                    continue
                }
                next = max(next, number + 1)
                switch line.first {
                case "+":
                    kept.insert(number)
                    result.acknowledged += 1
                case "?": kept.remove(number)
                default: gone.insert(number)
                }
            }
            // The one that was being written stays as the kill left it: written again, it would be mended.
            next += 1
        }
        let database = ExampleDatabase(folder: folder)
        var found: Set<UInt64> = []
        for group in 0...(next / 10 + 1) {
            let memory = database.load("killed/\(group)")
            for warning in memory.warnings {
                result.corrupt += 1
                result.first = warning.message
            }
            for example in memory.examples {
                let number = example.token.indices.first ?? .max
                if !example.isKilled(number, Self.killExample(number)) || !found.insert(number).inserted { result.corrupt += 1 }
            }
        }
        let lost = kept.subtracting(found).sorted() + gone.intersection(found).sorted()
        result.lost = lost.count
        if let first = lost.first { result.first = "example \(first)" }
        return result
    }

    private static func runAndKill(_ folder: String, _ first: UInt64, lines: Int, spins: Int) -> [Substring] {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { Stop.failure("no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let arguments = ["Bench", "property", "--group", "database", "--writer", folder, String(first)]
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        guard posix_spawn(&process, "/proc/self/exe", &actions, nil, &argv, &environment) == 0 else {
            Stop.failure("cannot start a writer")
        }
        close(ends[1])
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        func read(until count: Int) {
            while bytes.count(where: { $0 == 0x0A }) < count {
                let length = Glibc.read(ends[0], &buffer, buffer.count)
                if length <= 0 { return }
                bytes += buffer[..<length]
            }
        }
        read(until: lines)
        // Some time, of which no clock is asked.
        var mixer = SplitMix64(seed: 0)
        var sum: UInt64 = 0
        for _ in 0..<spins { sum ^= mixer.next() }
        if sum == 1 { print("") }
        _ = Glibc.kill(process, SIGKILL)
        read(until: .max)
        close(ends[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        while let last = bytes.last, last != 0x0A { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}

extension Example {
    /// Whether it is the one that was written, in either role.
    fileprivate func isKilled(_ number: UInt64, _ written: Example) -> Bool {
        property == "killed/\(number / 10)" && token == written.token && origin == written.origin
    }
}
