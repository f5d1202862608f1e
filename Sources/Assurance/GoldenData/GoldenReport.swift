import StrictDocuments

/// What a check of all golden files found.
///
/// Two findings are independent and both are reported: the file's bytes are not those that somebody blessed
/// (`isUnreviewed`), and the table is not what the engine produces (`outcome`).
public struct GoldenReport: Hashable, Sendable {
    public let manifest: String
    /// In the manifest's order.
    public let files: [GoldenFileReport]

    public var mismatches: Int { files.reduce(0) { $0 + $1.mismatches } }
    public var comparedCells: Int { files.reduce(0) { $0 + $1.comparedCells } }
    public var unreviewedUpdates: Int { files.reduce(0) { $0 + ($1.isUnreviewed ? 1 : 0) } }
    /// False where there was nothing to compare.
    public var passes: Bool { !files.isEmpty && mismatches == 0 && unreviewedUpdates == 0 }
    public var hasMissingFile: Bool { files.contains { $0.outcome == .missing } }

    /// The evidence document: `golden.mismatches` for each file, and `golden.files`, `golden.cells` and
    /// `golden.unreviewed_updates` for the whole.
    public func evidence(producer: EvidenceDocument.Producer) -> EvidenceDocument {
        var document = EvidenceDocument(kind: "golden", producer: producer, subject: manifest)
        for file in files {
            document.measures.append(
                EvidenceMeasure(
                    "golden.mismatches", subject: file.path, .count(file.mismatches), samples: max(1, file.comparedCells),
                    note: file.findings.first))
        }
        let samples = max(1, files.count)
        document.measures.append(EvidenceMeasure("golden.files", .count(files.count), samples: samples))
        document.measures.append(EvidenceMeasure("golden.cells", .count(comparedCells), samples: samples))
        document.measures.append(
            EvidenceMeasure(
                "golden.unreviewed_updates", .count(unreviewedUpdates), samples: samples,
                note: files.first { $0.isUnreviewed }.map { "\($0.path): its bytes are not those of the manifest" }))
        return document
    }

    /// For people: a line for each file, its findings below it, and a summary.
    public var lines: [String] {
        var lines: [String] = []
        for file in files {
            lines.append("\(file.findings.isEmpty ? "ok  " : "FAIL") \(file.path)\(file.summary)")
            for finding in file.findings { lines.append("     \(finding)") }
        }
        lines.append(
            "\(files.count) golden file\(files.count == 1 ? "" : "s"), \(comparedCells) cells compared, \(mismatches) "
                + "mismatch\(mismatches == 1 ? "" : "es"), \(unreviewedUpdates) unreviewed update\(unreviewedUpdates == 1 ? "" : "s")")
        return lines
    }
}

/// What a check of one golden file found.
public struct GoldenFileReport: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case compared(TableComparison)
        /// The file does not exist.
        case missing
        /// The file is no table, or cannot be read.
        case unreadable(String)
        /// The engine could not produce the table.
        case notReproduced(String)
    }

    /// As people write it: the manifest's folder and the file's name.
    public let path: String
    public let blessedSHA256: String
    /// Nil where the file could not be read.
    public let actualSHA256: String?
    public let outcome: Outcome

    /// Whether the bytes were changed without a blessing.
    public var isUnreviewed: Bool { actualSHA256.map { $0 != blessedSHA256 } ?? false }

    /// A file that could not be compared counts as one mismatch: it is not known to be right.
    public var mismatches: Int { if case .compared(let comparison) = outcome { comparison.mismatches } else { 1 } }
    public var comparedCells: Int { if case .compared(let comparison) = outcome { comparison.comparedCells } else { 0 } }

    /// One line each; empty where all is well.
    public var findings: [String] {
        var findings: [String] = []
        switch outcome {
        case .compared(let comparison): findings = comparison.findings
        case .missing: findings.append("\(path): the file is missing")
        case .unreadable(let reason): findings.append(reason)
        case .notReproduced(let reason): findings.append("\(path): it cannot be produced: \(reason)")
        }
        if isUnreviewed {
            findings.append(
                "\(path): its SHA-256 is \(actualSHA256 ?? ""), the manifest says \(blessedSHA256) "
                    + "(restore the file, or bless the change with a reason)")
        }
        return findings
    }

    var summary: String {
        guard case .compared(let comparison) = outcome else { return "" }
        var text = ": \(comparison.comparedCells) cells"
        if let error = comparison.largestAbsoluteError {
            text += ", largest error \(error.error) (row \(error.row), \(error.column))"
        }
        if let error = comparison.largestULPError { text += ", \(error.error) ulp (row \(error.row), \(error.column))" }
        return text
    }
}

extension TableComparison {
    var findings: [String] {
        var findings: [String] = []
        if let firstDivergence { findings.append(firstDivergence.description) }
        if mismatchingCells > 1 { findings.append("\(file): \(mismatchingCells) cells differ, the first one is above") }
        if missingRows > 0 { findings.append("\(file): \(missingRows) row(s) of the golden file were not produced") }
        if extraRows > 0 { findings.append("\(file): \(extraRows) row(s) more than the golden file were produced") }
        func list(_ names: [String]) -> String { names.joined(separator: ", ") }
        if !missingColumns.isEmpty { findings.append("\(file): columns that were not produced: \(list(missingColumns))") }
        if !extraColumns.isEmpty { findings.append("\(file): columns that the golden file does not have: \(list(extraColumns))") }
        if columnOrderDiffers { findings.append("\(file): the columns stand in another order than they are produced") }
        if !columnsWithoutTolerance.isEmpty {
            findings.append("\(file): columns without a tolerance in the manifest: \(list(columnsWithoutTolerance))")
        }
        if !tolerancesWithoutColumn.isEmpty {
            findings.append("\(file): tolerances for columns that the file does not have: \(list(tolerancesWithoutColumn))")
        }
        if comparedCells == 0 { findings.append("\(file): no cell was compared, which proves nothing") }
        return findings
    }
}
