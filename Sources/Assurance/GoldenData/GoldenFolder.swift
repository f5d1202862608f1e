import Determinism
import StrictDocuments

/// A manifest with the golden files beside it, on disk: checking and blessing.
///
/// ```swift
/// let folder = GoldenFolder(manifest: "data/golden/manifest.json", digest: SHA256Digest.hex)
/// let report = try folder.check { entry throws(GoldenReproductionError) in try produce(entry) }
/// try folder.bless("x.csv", bytes: produced, owner: "@team/quants", reason: "Rounding as agreed", at: now)
/// ```
///
/// The digest comes in as a function, so that this module needs no cryptography of its own.
public struct GoldenFolder: Sendable {
    /// The largest golden file.
    public static let maximumFileBytes = 64 << 20

    /// The manifest's path.
    public let manifest: String
    private let folder: String
    private let digest: @Sendable ([UInt8]) -> String

    /// `digest` gives the SHA-256 of bytes as 64 lower-case hexadecimal digits.
    public init(manifest: String, digest: @escaping @Sendable ([UInt8]) -> String) {
        self.manifest = manifest
        self.digest = digest
        let parts = manifest.utf8.lastIndex(of: UInt8(ascii: "/"))
        folder = parts.map { $0 == manifest.startIndex ? "/" : String(manifest[..<$0]) } ?? "."
    }

    public func load() throws(GoldenError) -> GoldenManifest {
        let bytes: [UInt8]
        do {
            bytes = try DocumentFile.read(manifest, maximumBytes: GoldenManifest.maximumBytes)
        } catch {
            throw .file(error)
        }
        do {
            return try GoldenManifest.decode(bytes, file: manifest)
        } catch {
            throw .manifest(error)
        }
    }

    /// Compares every golden file with what `produce` makes for its entry. Throws where the manifest is bad or names a file
    /// that lies outside of its folder; everything else is a finding in the report.
    public func check(
        _ produce: (GoldenEntry) throws(GoldenReproductionError) -> CSVTable
    ) throws(GoldenError) -> GoldenReport {
        var files: [GoldenFileReport] = []
        for entry in try load().entries { files.append(try check(entry, produce)) }
        return GoldenReport(manifest: manifest, files: files)
    }

    private func check(
        _ entry: GoldenEntry, _ produce: (GoldenEntry) throws(GoldenReproductionError) -> CSVTable
    ) throws(GoldenError) -> GoldenFileReport {
        let path = try GoldenPath.resolve(entry.file, in: folder)
        let shown = display(entry.file)
        var actual: String?
        func report(_ outcome: GoldenFileReport.Outcome) -> GoldenFileReport {
            GoldenFileReport(path: shown, blessedSHA256: entry.blessing.sha256, actualSHA256: actual, outcome: outcome)
        }
        let golden: CSVTable
        do throws(DocumentFileError) {
            let bytes = try DocumentFile.read(path, maximumBytes: Self.maximumFileBytes)
            actual = digest(bytes)
            do throws(DocumentError) {
                golden = try CSVTable.read(bytes, file: shown)
            } catch {
                return report(.unreadable(error.description))
            }
        } catch {
            return report(error.isMissing ? .missing : .unreadable(error.description))
        }
        do throws(GoldenReproductionError) {
            let produced = try produce(entry)
            return report(
                .compared(TableComparison(golden: golden, produced: produced, tolerances: entry.tolerances, file: shown)))
        } catch {
            return report(.notReproduced(error.reason))
        }
    }

    /// Puts `bytes` in the place of a golden file and records who vouches for them and why. The blessing in force moves to
    /// the entry's history.
    ///
    /// Refused without a reason or an owner, and where the bytes are those that are blessed already. Both files are
    /// replaced by atomic renames, the golden file first: after a crash between the two its bytes are not those of the
    /// manifest, which every check reports, and the same command can be given again. Two processes must not bless in one
    /// folder at the same time.
    @discardableResult
    public func bless(
        _ file: String, bytes: [UInt8], owner: String, reason: String, at now: Instant
    ) throws(GoldenError) -> GoldenEntry {
        if let objection = GoldenBlessing.objection(toReason: reason) { throw .badReason(objection) }
        if let objection = GoldenBlessing.objection(toOwner: owner) { throw .badOwner(objection) }
        var manifest = try load()
        guard let index = manifest.entries.firstIndex(where: { $0.file == file }) else {
            throw .unknownFile(file, known: manifest.entries.map(\.file))
        }
        var entry = manifest.entries[index]
        let path = try GoldenPath.resolve(file, in: folder)
        let sha256 = digest(bytes)
        guard sha256 != entry.blessing.sha256 else {
            let onDisk = try? DocumentFile.read(path, maximumBytes: Self.maximumFileBytes)
            throw .nothingChanged(file: file, fileDiffers: onDisk != bytes)
        }
        guard now >= entry.blessing.created else {
            throw .clockBehind(file: file, created: entry.blessing.created.rfc3339, now: now.rfc3339)
        }
        entry.history.append(entry.blessing)
        entry.blessing = GoldenBlessing(sha256: sha256, owner: owner, created: now, reason: reason)
        manifest.entries[index] = entry
        do {
            try DocumentFile.replace(path, with: bytes)
            try DocumentFile.replace(self.manifest, with: manifest.bytes)
        } catch {
            throw .file(error)
        }
        return entry
    }

    /// The name in the manifest of a golden file that somebody names by its path ("data/golden/x.csv" or "x.csv").
    public func name(of path: String) -> String {
        let prefix = folder + "/"
        return path.utf8.starts(with: prefix.utf8) ? String(path.utf8.dropFirst(prefix.utf8.count)) ?? path : path
    }

    private func display(_ file: String) -> String { folder == "." ? file : folder == "/" ? "/" + file : folder + "/" + file }
}

/// Why the table of an entry could not be produced.
public struct GoldenReproductionError: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    public init(_ reason: String) { self.reason = reason }
    public var description: String { reason }
}
