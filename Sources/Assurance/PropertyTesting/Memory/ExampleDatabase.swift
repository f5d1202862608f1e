import StrictDocuments

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The example database: a folder that remembers what properties were falsified with, one file for each example.
///
/// ```swift
/// let database = ExampleDatabase(folder: ".pulsegate/examples")           // or a folder that is committed
/// _ = database.save(Example(property: "Lists/reversal twice", role: .failure, token: token, origin: origin))
/// database.load("Lists/reversal twice").examples                           // failures, then displaced ones, then the corpus
/// ```
///
/// # Layout
///
/// `<folder>/<key>/<role>-<digest>.example`: the key is the digest of the property's name, so that no name leads out of the folder; the
/// other digest is that of the file's own bytes, so that a damaged file is known by its name, and the same example saved twice is one file.
///
/// # Why nothing is lost
///
/// A file is written under a name of its own, flushed, and renamed; then its folder is flushed. Only after that does ``save(_:)`` return. A
/// process killed at any point leaves an example whole or not at all, and beside it at most a file with a temporary name. The writer of
/// such a file holds a lock on it, which dies with the process; the next one that saves into the folder removes what nobody has locked. Two
/// processes therefore need not know of each other.
///
/// # What it costs
///
/// A lookup opens one folder and reads that property's files alone, at most ``ExampleLimits`` of them: O(examples of the property),
/// whatever the size of the database. What cannot be read is skipped with a warning.
public struct ExampleDatabase: ExampleStore {
    /// Relative to the package.
    public static let defaultFolder = ".pulsegate/examples"
    /// Files of one property's folder that are looked at.
    public static let maximumEntries = 100_000
    /// Warnings of one lookup; the last one says how many more there would be.
    public static let maximumWarnings = 8
    /// Tries to write a file whose temporary name another process took away.
    static let maximumAttempts = 8
    static let suffix = Array(".example".utf8)

    public let folder: String
    public let limits: ExampleLimits

    public init(folder: String = ExampleDatabase.defaultFolder, limits: ExampleLimits = ExampleLimits()) {
        self.folder = folder.isEmpty ? "." : folder
        self.limits = limits
    }

    /// The folder in which the examples of a property are.
    public func folder(of property: String) -> String { "\(folder)/\(StableDigest(property).hex)" }

    /// The file in which an example is, or would be.
    public func path(of example: Example) -> String {
        "\(folder(of: example.property))/\(Self.name(example.role, StableDigest(example.bytes)))"
    }

    // MARK: Reading

    public func load(_ property: String) -> ExampleMemory {
        var warnings = WarningList()
        var memory = ExampleMemory()
        let place = folder(of: property)
        let listing = ExampleFolder.list(place, warnings: &warnings)
        for role in Example.Role.allCases {
            let digests = listing.digests(role)
            let limit = limits.limit(role)
            if digests.count > limit {
                warnings.add(
                    .limit,
                    "\(place): \(digests.count) examples of the kind '\(role.rawValue)'; \(limit) of them (the limit "
                        + "\(limits.name(role))) are read"
                )
            }
            for digest in digests.prefix(limit) {
                if let example = read(place, role, digest, property, &warnings) { memory.examples.append(example) }
            }
        }
        // A move that was cut between its two steps leaves an example under both roles: the first one counts.
        memory.examples.sort(by: Example.runsBefore)
        var seen: Set<Example> = []
        memory.examples.removeAll { example in
            var roleless = example
            roleless.role = .failure
            return !seen.insert(roleless).inserted
        }
        memory.warnings = warnings.all
        return memory
    }

    private func read(
        _ place: String, _ role: Example.Role, _ digest: StableDigest, _ property: String, _ warnings: inout WarningList
    ) -> Example? {
        let path = "\(place)/\(Self.name(role, digest))"
        let bytes: [UInt8]
        do { bytes = try DocumentFile.read(path, maximumBytes: Example.maximumBytes) } catch {
            // Removed by another process since the folder was listed.
            if !error.isMissing { warnings.add(.system, "\(error); the example is left out") }
            return nil
        }
        do {
            let example = try Example(bytes, role: role, file: path)
            guard StableDigest(bytes) == digest else {
                warnings.add(.broken, "\(path): its content is not what it was written with; the example is left out, remove the file")
                return nil
            }
            guard example.property == property else {
                warnings.add(.foreign, "\(path): it belongs to the property '\(example.property.prefix(200))'; the example is left out")
                return nil
            }
            return example
        } catch {
            switch error {
            case .newerVersion(let version):
                warnings.add(
                    .newerVersion, "\(path): it has version \(version) and this program reads \(Example.version); the example is left out")
            case .broken(let why): warnings.add(.broken, "\(why); the example is left out, remove the file")
            }
        }
        return nil
    }

    static func name(_ role: Example.Role, _ digest: StableDigest) -> String { "\(role.rawValue)-\(digest.hex).example" }

    // MARK: Writing

    public func save(_ example: Example) -> ExampleWarning? {
        let bytes = example.bytes
        guard bytes.count <= Example.maximumBytes else {
            return ExampleWarning(
                .limit, "an example of \(bytes.count) bytes is not kept (the limit Example.maximumBytes is \(Example.maximumBytes))")
        }
        let digest = StableDigest(bytes)
        let place = folder(of: example.property)
        if let warning = ExampleFolder.make(place) { return warning }
        let name = Self.name(example.role, digest)
        func isIntact(_ role: Example.Role) -> Bool {
            (try? DocumentFile.read("\(place)/\(Self.name(role, digest))", maximumBytes: Example.maximumBytes)) == bytes
        }
        for _ in 0..<Self.maximumAttempts {
            var ignored = WarningList()
            let listing = ExampleFolder.list(place, warnings: &ignored)
            ExampleFolder.sweep(place, listing.temporaries)
            let isPresent = listing.digests(example.role).contains(digest)
            if !isPresent, listing.digests(example.role).count >= limits.limit(example.role) {
                return limits.reached(example.role, example.property)
            }
            // The same under another role moves by one rename, also over its like: at no moment is there none, and nothing is ever unlinked
            // here, which could hit what another process has just put there.
            let other = Example.Role.allCases.first { $0 != example.role && listing.digests($0).contains(digest) && isIntact($0) }
            if let other {
                if rename("\(place)/\(Self.name(other, digest))", "\(place)/\(name)") == 0 { return ExampleFolder.flush(place) }
                if errno == ENOENT { continue }
                return ExampleFolder.failure("move an example to", "\(place)/\(name)")
            }
            // What is there already is believed only when its bytes are right.
            if !(isPresent && isIntact(example.role)), let warning = ExampleFolder.write(bytes, to: name, in: place) { return warning }
            return ExampleFolder.flush(place)
        }
        return ExampleFolder.contended("\(place)/\(name)")
    }

    public func remove(_ example: Example) -> ExampleWarning? {
        let digest = StableDigest(example.bytes)
        let place = folder(of: example.property)
        var removed = false
        for role in Example.Role.allCases {
            let path = "\(place)/\(Self.name(role, digest))"
            if unlink(path) == 0 {
                removed = true
            } else if errno != ENOENT, errno != ENOTDIR {
                return ExampleFolder.failure("remove", path)
            }
        }
        return removed ? ExampleFolder.flush(place) : nil
    }
}

/// The first few warnings of a lookup, and how many there were.
struct WarningList {
    private var kept: [ExampleWarning] = []
    private var count = 0

    mutating func add(_ kind: ExampleWarning.Kind, _ message: @autoclosure () -> String) {
        count += 1
        if kept.count < ExampleDatabase.maximumWarnings { kept.append(ExampleWarning(kind, message())) }
    }

    var all: [ExampleWarning] {
        if count <= kept.count { return kept }
        return kept + [
            ExampleWarning(.limit, "\(count - kept.count) more warnings about examples (the limit ExampleDatabase.maximumWarnings)")
        ]
    }
}
