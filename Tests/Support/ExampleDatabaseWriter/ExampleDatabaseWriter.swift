import PropertyTesting

#if canImport(Glibc)
    import Glibc
#endif

/// Saves, moves and removes examples until it is killed, and prints a line before and after each step.
///
/// `ExampleDatabaseWriter <folder> <name> <first number> [<count> [<bytes a file may have>]]`: a test starts it, kills it at any moment, and then asks the database
/// for everything that was acknowledged. "+7" says that example 7 is saved, "?7" that its removal begins, "-7" that it is removed. Every
/// example has a property of its own in groups of ten, and every third is saved as a failure and moved. Lines are written with one
/// `write` each, so that none is half there.
@main
enum ExampleDatabaseWriter {
    static func main() {
        guard CommandLine.arguments.count >= 4, let first = UInt64(CommandLine.arguments[3]) else { exit(2) }
        let count = CommandLine.arguments.count > 4 ? UInt64(CommandLine.arguments[4]) ?? .max : .max
        if CommandLine.arguments.count > 5, let bytes = UInt(CommandLine.arguments[5]) {
            // The system kills the process in the middle of writing a longer file.
            signal(SIGXFSZ, SIG_DFL)
            var none = sigset_t()
            sigemptyset(&none)
            sigprocmask(SIG_SETMASK, &none, nil)
            var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
        }
        let database = ExampleDatabase(folder: CommandLine.arguments[1])
        var number = first
        while number - first < count {
            var example = example(CommandLine.arguments[2], number)
            check(database.save(example))
            if number % 3 == 0 {
                example.role = .displaced
                check(database.save(example))
            }
            say("+\(number)")
            if number % 4 == 0 {
                say("?\(number)")
                check(database.remove(example))
                say("-\(number)")
            }
            number += 1
        }
    }

    private static func example(_ name: String, _ number: UInt64) -> Example {
        // Long, so that there is something to cut.
        let token = ReplayToken(indices: [number] + (0..<200).map { $0 &* number })
        return Example(
            property: "\(name)/\(number / 10)", role: .failure, token: token,
            origin: FailureOrigin(reason: "falsified", location: "Tests/X.swift:\(number)"))
    }

    private static func check(_ warning: ExampleWarning?) {
        guard let warning else { return }
        say("!\(warning)")
        exit(1)
    }

    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        guard write(1, bytes, bytes.count) == bytes.count else { exit(1) }
    }
}
