import TemporaryFolders
import Testing

@testable import PropertyTesting

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that goes with the test that made it.
private final class OwnFolder {
    let path = TemporaryFolder.make()!

    deinit { TemporaryFolder.remove(path) }

    static func write(_ path: String, _ bytes: [UInt8]) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        #expect(descriptor >= 0)
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
    }
}

struct ExampleDatabaseTests {
    private let temporary = OwnFolder()
    private var folder: String { temporary.path + "/deep/examples" }
    private var database: ExampleDatabase { ExampleDatabase(folder: folder) }

    private func example(_ indices: [UInt64], _ role: Example.Role = .failure, property: String = "p", reason: String = "falsified")
        -> Example
    {
        Example(
            property: property, role: role, token: ReplayToken(indices: indices),
            origin: role == .corpus ? nil : FailureOrigin(reason: reason, location: "Tests/X.swift:12"))
    }

    @Test("what was saved comes back: failures first, then what was displaced, then the corpus, the simplest first")
    func order() {
        let saved = [
            example([1, 2], .corpus), example([9, 9]), example([3], .displaced), example([5]), example([0], .corpus),
            example([1], .displaced),
        ]
        for stores in [database as any ExampleStore, TransientExamples()] {
            for example in saved { #expect(stores.save(example) == nil) }
            let memory = stores.load("p")
            #expect(memory.warnings.isEmpty)
            #expect(memory.examples.map(\.token.indices) == [[5], [9, 9], [1], [3], [0], [1, 2]])
            #expect(Set(memory.examples) == Set(saved))
            #expect(stores.load("q") == ExampleMemory())
        }
    }

    @Test("an example that is saved twice is there once, and one that is saved in another role moves")
    func moves() {
        for store in [database as any ExampleStore, TransientExamples()] {
            #expect(store.save(example([7])) == nil)
            #expect(store.save(example([7])) == nil)
            #expect(store.load("p").examples.count == 1)
            var displaced = example([7])
            displaced.role = .displaced
            #expect(store.save(displaced) == nil)
            #expect(store.load("p").examples == [displaced])
            #expect(store.remove(example([7])) == nil)
            #expect(store.remove(example([7])) == nil)
            #expect(store.load("p").examples.isEmpty)
        }
    }

    @Test(
        "no property name leads out of the folder",
        arguments: ["../../etc/passwd", "/absolute", "", ".", "a/b\0c", "новое имя", String(repeating: "x", count: 10_000), "a\nb"])
    func names(_ name: String) {
        let one = example([1], property: name)
        #expect(database.save(one) == nil)
        #expect(database.load(name).examples == [one])
        #expect(TemporaryFolder.names(temporary.path) == ["deep"])
        #expect(TemporaryFolder.names(temporary.path + "/deep") == ["examples"])
        let keys = TemporaryFolder.names(folder)
        #expect(keys.count == 1)
        #expect(keys.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test("every cut and every changed byte of a file is noticed, named and skipped; the others are still read")
    func damage() throws {
        let (good, victim) = (example([1]), example([2, 300]))
        #expect(database.save(good) == nil)
        #expect(database.save(victim) == nil)
        let name = ExampleDatabase.name(.failure, StableDigest(victim.bytes))
        let path = "\(database.folder(of: "p"))/\(name)"
        var damaged = (0..<victim.bytes.count).map { Array(victim.bytes[..<$0]) }
        for position in victim.bytes.indices {
            var bytes = victim.bytes
            bytes[position] ^= 1
            damaged.append(bytes)
        }
        for bytes in damaged {
            OwnFolder.write(path, bytes)
            let memory = database.load("p")
            #expect(memory.examples == [good])
            let warning = try #require(memory.warnings.first)
            #expect(memory.warnings.count == 1 && warning.message.contains(name))
        }
        // Saving it again mends the file.
        #expect(database.save(victim) == nil)
        #expect(database.load("p").examples == [good, victim])
    }

    @Test("files of a newer version, of another property and with strange names are skipped with a warning of their kind")
    func foreign() throws {
        #expect(database.save(example([1])) == nil)
        let place = database.folder(of: "p")
        func put(_ text: String) -> String {
            let name = ExampleDatabase.name(.failure, StableDigest(text.utf8))
            OwnFolder.write("\(place)/\(name)", Array(text.utf8))
            return "\(place)/\(name)"
        }
        func expectOnly(_ kind: ExampleWarning.Kind, _ path: String) throws {
            let memory = database.load("p")
            #expect(memory.examples == [example([1])])
            #expect(memory.warnings.map(\.kind) == [kind], "\(memory.warnings)")
            #expect(memory.warnings.allSatisfy { $0.message.contains(path) })
            unlink(path)
            rmdir(path)
        }
        try expectOnly(.newerVersion, put(#"{"format":"pulsegate-example","version":2,"what":[1.5e3]}"#.replacing("[1.5e3]", with: "[]")))
        try expectOnly(.broken, put("hello"))
        try expectOnly(.broken, put(#"{"format":"other","version":1}"#))
        try expectOnly(.broken, put(#"{"format":"pulsegate-example","version":0}"#))
        try expectOnly(.foreign, put(String(decoding: example([4], property: "q").bytes, as: UTF8.self)))
        OwnFolder.write("\(place)/README", [])
        try expectOnly(.foreign, "\(place)/README")
        let folder = "\(place)/\(ExampleDatabase.name(.corpus, StableDigest("x")))"
        mkdir(folder, 0o755)
        try expectOnly(.system, folder)
        let pipe = "\(place)/\(ExampleDatabase.name(.corpus, StableDigest("y")))"
        mkfifo(pipe, 0o644)
        try expectOnly(.system, pipe)
    }

    @Test("what a writer that died left behind is cleared away by the next one; what a living one holds is not")
    func leftovers() {
        #expect(database.save(example([1])) == nil)
        let place = database.folder(of: "p")
        OwnFolder.write("\(place)/.new-dead00", [1, 2, 3])
        OwnFolder.write("\(place)/.new-alive0", [1, 2, 3])
        let holder = open("\(place)/.new-alive0", O_RDWR)
        #expect(flock(holder, LOCK_EX | LOCK_NB) == 0)
        // They are no examples and no reason for a warning.
        #expect(database.load("p").warnings.isEmpty)
        #expect(database.save(example([2])) == nil)
        #expect(TemporaryFolder.names(place).filter { $0.hasPrefix(".new-") } == [".new-alive0"])
        // Given up by name: a child that another test has forked meanwhile holds the descriptor too.
        flock(holder, LOCK_UN)
        close(holder)
        #expect(database.save(example([3])) == nil)
        #expect(TemporaryFolder.names(place).count == 3)
    }

    @Test("each role has a limit that is named when it is reached, in both stores")
    func limits() throws {
        var limits = ExampleLimits()
        (limits.failures, limits.displaced, limits.corpus) = (2, 1, 3)
        for store in [ExampleDatabase(folder: folder, limits: limits) as any ExampleStore, TransientExamples(limits: limits)] {
            for role in Example.Role.allCases {
                let limit = limits.limit(role)
                for number in 0..<limit { #expect(store.save(example([UInt64(number)], role, reason: role.rawValue)) == nil) }
                let warning = try #require(store.save(example([99], role, reason: role.rawValue)))
                #expect(warning.kind == .limit && warning.message.contains(limits.name(role)))
                // What is there may be saved again.
                #expect(store.save(example([0], role, reason: role.rawValue)) == nil)
            }
            #expect(store.load("p").examples.count == 6)
        }
        // A reader with lower limits reads fewer and says so.
        let memory = ExampleDatabase(
            folder: folder,
            limits: {
                var l = limits
                l.corpus = 1
                return l
            }()
        ).load("p")
        #expect(memory.examples.count == 4 && memory.warnings.map(\.kind) == [.limit])
    }

    @Test("a folder that cannot be made or read is a warning, never a trap")
    func refused() throws {
        OwnFolder.write(temporary.path + "/file", [1])
        let database = ExampleDatabase(folder: temporary.path + "/file/examples")
        #expect(try #require(database.save(example([1]))).kind == .system)
        #expect(database.load("p").examples.isEmpty)
        #expect(database.load("p").warnings.map(\.kind) == [.system])
        #expect(database.remove(example([1])) == nil)
    }

    @Test("many bad files give a few warnings and a count")
    func manyWarnings() {
        #expect(database.save(example([1])) == nil)
        for number in 0..<50 { OwnFolder.write("\(database.folder(of: "p"))/junk\(number)", []) }
        let warnings = database.load("p").warnings
        #expect(warnings.count == ExampleDatabase.maximumWarnings + 1)
        #expect(warnings.last?.message.hasPrefix("42 more") == true)
    }

    @Test("the digest is FNV-1a of 128 bits: its published values, and its digits read back")
    func digest() {
        #expect(StableDigest("").hex == "6c62272e07bb014262b821756295c58d")
        #expect(StableDigest("a").hex == "d228cb696f1a8caf78912b704e4a8964")
        #expect(StableDigest(hex: StableDigest("a").hex.utf8) == StableDigest("a"))
        #expect(StableDigest(hex: "D228CB696F1A8CAF78912B704E4A8964".utf8) == nil)
    }
}
