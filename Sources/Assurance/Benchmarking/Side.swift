import BenchmarkingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// One build of the suite, wherever it lives.
protocol Side: AnyObject {
    func prepare(_ name: String) throws -> Int32
    /// - Parameter spins: rounds of arithmetic that are counted with the batch.
    func run(_ handle: Int32, iterations: UInt64, spins: UInt64) throws -> pulsegate_bench_batch
    func release(_ handle: Int32)
}

extension Side {
    func run(_ handle: Int32, iterations: UInt64) throws -> pulsegate_bench_batch { try run(handle, iterations: iterations, spins: 0) }
}

extension HostedSuite: Side {}

/// What a build answered.
struct SideFailure: Error, CustomStringConvertible {
    var description: String
}

/// A build that is loaded as a library.
final class LibrarySide: Side {
    private let table: UnsafePointer<pulsegate_bench_table>

    init(path: String) throws {
        var message: UnsafePointer<CChar>?
        guard let table = pulsegate_bench_load(path, &message) else {
            throw SideFailure(description: "\(path) cannot be loaded: \(message.map { String(cString: $0) } ?? "no reason given")")
        }
        self.table = table
    }

    func prepare(_ name: String) throws -> Int32 {
        var message: UnsafePointer<CChar>?
        let handle = table.pointee.prepare(table.pointee.context, name, &message)
        guard handle >= 0 else { throw SideFailure(description: message.map { String(cString: $0) } ?? "set-up failed") }
        return handle
    }

    func run(_ handle: Int32, iterations: UInt64, spins: UInt64) throws -> pulsegate_bench_batch {
        var batch = pulsegate_bench_batch()
        var message: UnsafePointer<CChar>?
        guard table.pointee.run(table.pointee.context, handle, iterations, &batch, &message) == 0 else {
            throw SideFailure(description: message.map { String(cString: $0) } ?? "the body failed")
        }
        batch.add(spins: spins)
        return batch
    }

    func release(_ handle: Int32) { table.pointee.release(table.pointee.context, handle) }
}

/// A build in a process of its own, which answers over a pipe; one of the two runs at a time.
final class ProcessSide: Side {
    private let process: pid_t
    private let input: UnsafeMutablePointer<FILE>
    private let output: UnsafeMutablePointer<FILE>
    private var words = Words.spinsWhereAny

    /// How a batch is asked for. Base and head may have been built with different versions of Benchmarking, so the one that asks adapts.
    enum Words: Equatable {
        /// `run HANDLE ITERATIONS [SPINS]`; the oldest builds are the same as long as nothing is added.
        case spinsWhereAny
        /// `run HANDLE ITERATIONS SPINS`
        case spinsAlways

        /// - Parameter reply: to a word that nobody understands: each build answers with the words that it does.
        init(understoodBy reply: String) { self = reply.contains("run HANDLE ITERATIONS SPINS") ? .spinsAlways : .spinsWhereAny }

        func question(handle: Int32, iterations: UInt64, spins: UInt64) -> String {
            "run \(handle) \(iterations)" + (spins > 0 || self == .spinsAlways ? " \(spins)" : "")
        }
    }

    /// - Parameter environment: variables that only this side has.
    init(path: String, environment: [(String, String)]) throws {
        var down: [Int32] = [-1, -1]
        var up: [Int32] = [-1, -1]
        guard pipe(&down) == 0, pipe(&up) == 0 else { throw SideFailure(description: "no pipe: errno \(errno)") }
        for end in down + up { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, down[0], 0)
        posix_spawn_file_actions_adddup2(&actions, up[1], 1)
        // The names that the kernel puts on the new stack are equally long for both sides, or their stacks would be aligned differently: a slow-down
        // by the length of a folder's name.
        let program = open(path, O_RDONLY | O_CLOEXEC)
        guard program >= 0, program < 1000 else { throw SideFailure(description: "\(path): \(String(cString: strerror(errno)))") }
        // Base and head are opened one after the other: the same number, but for what lies between.
        let entry = "/proc/self/fd/\(program)"
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("suite"), strdup("serve"), nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let problem = withEnvironment(environment) { posix_spawn(&child, entry, &actions, nil, &arguments, environ) }
        close(program)
        close(down[0])
        close(up[1])
        guard problem == 0, let input = fdopen(down[1], "w"), let output = fdopen(up[0], "r") else {
            throw SideFailure(description: "\(path) cannot be started: \(String(cString: strerror(problem)))")
        }
        process = child
        self.input = input
        self.output = output
        words = try Words(understoodBy: reply(to: "words"))
    }

    deinit {
        fclose(input)
        fclose(output)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    private func reply(to question: String) throws -> String {
        fputs(question + "\n", input)
        fflush(input)
        guard let line = readLine(from: output) else { throw SideFailure(description: "the other process ended during '\(question)'") }
        return line
    }

    private func ask(_ question: String) throws -> [UInt64] {
        let line = try reply(to: question)
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.first == "ok" else { throw SideFailure(description: parts.count > 1 ? String(parts[1]) : line) }
        return (parts.count > 1 ? parts[1] : "").split(separator: " ").compactMap { UInt64($0) }
    }

    private func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(text) }
        let length = getline(&text, &capacity, file)
        guard length > 0, let text else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: length - 1), as: UTF8.self)
    }

    func prepare(_ name: String) throws -> Int32 {
        guard let handle = try ask("prepare \(name)").first else { throw SideFailure(description: "no handle") }
        return Int32(truncatingIfNeeded: handle)
    }

    func run(_ handle: Int32, iterations: UInt64, spins: UInt64) throws -> pulsegate_bench_batch {
        let numbers = try ask(words.question(handle: handle, iterations: iterations, spins: spins))
        guard numbers.count == 6 else { throw SideFailure(description: "no batch") }
        return pulsegate_bench_batch(
            cpu: numbers[0], wall: numbers[1], process_cpu: numbers[2], allocations: numbers[3], allocated_bytes: numbers[4],
            involuntary_switches: numbers[5])
    }

    func release(_ handle: Int32) { _ = try? ask("release \(handle)") }

    /// The other end: answers until its input ends.
    ///
    /// - Parameter padding: bytes of heap that are taken first, the same for both sides of a launch and another number in the next: a difference that
    ///   comes from where data lie is then not always the same.
    static func serve(_ suite: HostedSuite, padding: Int) {
        blackHole(UInt64(UInt(bitPattern: malloc(max(16, padding)))))
        while let line = Swift.readLine(strippingNewline: true) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            do {
                switch words.first {
                case "prepare": print("ok \(try suite.prepare(words.count > 1 ? words[1] : ""))")
                case "run":
                    let numbers = (words.count > 1 ? words[1] : "").split(separator: " ").compactMap { UInt64($0) }
                    guard (2...3).contains(numbers.count) else { throw SideFailure(description: "run HANDLE ITERATIONS [SPINS]") }
                    let batch = try suite.run(
                        Int32(truncatingIfNeeded: numbers[0]), iterations: numbers[1], spins: numbers.count > 2 ? numbers[2] : 0)
                    print(
                        "ok \(batch.cpu) \(batch.wall) \(batch.process_cpu) \(batch.allocations) \(batch.allocated_bytes)"
                            + " \(batch.involuntary_switches)")
                case "release":
                    suite.release(words.count > 1 ? Int32(words[1]) ?? -1 : -1)
                    print("ok")
                default: throw SideFailure(description: "prepare NAME | run HANDLE ITERATIONS [SPINS] | release HANDLE")
                }
            } catch {
                print("no \(String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " "))")
            }
            fflush(nil)
        }
    }
}
