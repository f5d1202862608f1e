import Determinism
import Fuzzing
import GoldenData
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// Golden manifests and tables, replay tokens, example files and text patterns.
enum AssuranceTargets {
    static let all: [FuzzTarget] = [manifest, tolerance, tables, token, examples, pattern, tokenTyped]

    private static let manifest = FuzzTarget("golden-manifest", maximumLength: 2048) { bytes in
        let manifest: GoldenManifest
        do { manifest = try GoldenManifest.decode(bytes, file: "f") } catch let error as DocumentError {
            try DocumentTargets.located(error, in: bytes)
            return
        }
        try expect(try GoldenManifest.decode(manifest.bytes, file: "again") == manifest, "a manifest does not survive its file")
        for entry in manifest.entries {
            try expect(!entry.file.hasPrefix("/") && !entry.file.split(separator: "/").contains(".."), "a file leaves the folder")
            try expect(entry.blessing.sha256.utf8.count == 64, "a digest is no digest")
        }
    }

    private static let tolerance = FuzzTarget("golden-tolerance", maximumLength: 64) { bytes in
        guard let tolerance = GoldenTolerance(String(decoding: bytes, as: UTF8.self)) else { return }
        try expect(GoldenTolerance(tolerance.text) == tolerance, "a tolerance does not survive its text")
    }

    /// Two tables in one input, an empty line between them: each agrees with itself, and what differs is said to differ both ways.
    private static let tables = FuzzTarget("golden-tables", maximumLength: 512) { bytes in
        guard let cut = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else { return }
        guard let golden = try? CSVTable.read(Array(bytes[...cut]), file: "f"),
            let other = try? CSVTable.read(Array(bytes[(cut + 2)...]), file: "f")
        else { return }
        func tolerances(_ tolerance: GoldenTolerance) -> [String: GoldenTolerance] {
            Dictionary(golden.header.map { ($0, tolerance) }, uniquingKeysWith: { first, _ in first })
        }
        func compare(_ one: CSVTable, _ two: CSVTable, _ tolerance: GoldenTolerance) -> TableComparison {
            TableComparison(golden: one, produced: two, tolerances: tolerances(tolerance), file: "f")
        }
        let exact = compare(golden, other, .exact)
        try expect((exact.mismatches == 0) == (golden == other && !golden.rows.isEmpty), "exact comparison is not equality")
        let loose = compare(golden, other, .absolute(1e-9, literal: "1e-9"))
        try expect(loose.mismatchingCells <= loose.comparedCells, "more cells differ than were compared")
        try expect((loose.firstDivergence == nil) == (loose.mismatchingCells == 0), "a difference without a place")
        if golden.header == other.header {
            let back = compare(other, golden, .absolute(1e-9, literal: "1e-9"))
            try expect(back.mismatchingCells == loose.mismatchingCells, "a differs from b and b not from a")
        }
    }

    /// A token has one text.
    private static let token = FuzzTarget("replay-token", maximumLength: 256) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let token = ReplayToken(text) else { return }
        try expect(Array(token.description.utf8) == Array(text.utf8), "a token is read that is not written so")
    }

    private static let tokenTyped = FuzzTarget(
        "replay-tokens", drawing: { draws in draws.array(0...12) { $0.wideInteger(UInt64.self) } },
        { indices in
            let token = ReplayToken(indices: indices)
            try expect(ReplayToken(token.description)?.indices == indices, "a token does not survive its text")
        })

    /// A file in the folder of examples, of any bytes: it is an example that is saved as the same bytes, or is left out with a warning.
    private static let examples = FuzzTarget("example-file", maximumLength: 512) { bytes in
        let database = ExampleDatabase(folder: "/dev/shm/pulsegate-fuzz-examples-\(getpid())")
        let sound = Example(
            property: "p", role: .failure, token: ReplayToken(indices: [1, 300]), origin: FailureOrigin(reason: "falsified"))
        _ = database.save(sound)
        let path = database.path(of: sound)
        defer {
            unlink(path)
            rmdir(database.folder(of: "p"))
            rmdir(database.folder)
        }
        guard (try? DocumentFile.replace(path, with: bytes)) != nil else { return }
        let memory = database.load("p")
        try expect(memory.examples.count + memory.warnings.count == 1, "an example is neither read nor warned of")
        for example in memory.examples { try expect(example.bytes == bytes, "an example is read that is not written so") }
    }

    /// What a pattern generates is not longer than its limits allow, and generating does not trap.
    private static let pattern = FuzzTarget("text-pattern", maximumLength: 128) { bytes in
        _ = try? TextPattern(String(decoding: bytes, as: UTF8.self))
    }
}
