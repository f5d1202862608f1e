import StrictDocuments

/// The evidence document of a run of properties, for the gate: kind "property".
///
/// ```swift
/// try PropertyEvidence.document(accounts, producer: .init(name: "PropertyTesting", version: "1")).write(toFolder: folder, named:
/// "property")
/// ```
///
/// For each property, as subject: `property.cases`, `property.failures`, `property.seeds`, and `property.discard_rate` where anything was
/// generated; and a test with the property's verdict. A property that gave up, was not covered, or ran no case is a failed test and counts
/// as one failure: it shows nothing, which is no pass. A property that was run with several seeds is one subject.
public enum PropertyEvidence {
    public static func document(_ accounts: [PropertyAccount], producer: EvidenceDocument.Producer) -> EvidenceDocument {
        var document = EvidenceDocument(kind: "property", producer: producer, subject: nil)
        for (property, runs) in Dictionary(grouping: accounts, by: \.property).sorted(by: { $0.key < $1.key }) {
            let cases = runs.reduce(0) { $0 + $1.report.cases }
            let discarded = runs.reduce(0) { $0 + $1.report.discarded }
            let failures = runs.reduce(0) { $0 + ($1.verdict == .passed ? 0 : max(1, $1.report.failures.count)) }
            let seeds = Set(runs.map(\.seed)).count
            let samples = max(1, cases + discarded)
            document.measures += [
                EvidenceMeasure("property.cases", subject: property, .count(cases), samples: samples),
                EvidenceMeasure("property.failures", subject: property, .count(failures), samples: samples),
                EvidenceMeasure("property.seeds", subject: property, .count(seeds), samples: seeds),
            ]
            if cases + discarded > 0 {
                let rate = EvidenceValue(Int64(discarded), over: Int64(cases + discarded), unit: .ratio)
                document.measures.append(EvidenceMeasure("property.discard_rate", subject: property, rate, samples: samples))
            }
            let bad = runs.first { $0.verdict != .passed }
            document.tests.append(
                EvidenceTest(
                    id: property, outcome: bad == nil ? .passed : .failed, cases: cases, location: runs.compactMap(\.location).first,
                    message: bad.map(message)))
        }
        return document
    }

    /// Writes the document of one property into the folder that `PULSEGATE_EVIDENCE_DIR` names, under a name of its own.
    ///
    /// - Throws: ``DocumentFileError`` where the file cannot be written.
    public static func write(_ account: PropertyAccount, toFolder folder: String) throws(DocumentFileError) {
        try document([account], producer: EvidenceDocument.Producer(name: "PropertyTesting", version: "1"))
            .write(toFolder: folder, named: "property-\(StableDigest(account.property).hex)")
    }

    /// The first line of the report and what it takes to see it again.
    private static func message(_ account: PropertyAccount) -> String {
        let headline = account.text.prefix { $0 != "\n" }
        let replay = account.report.failures.first.map { "; replay: \($0.token)" } ?? ""
        return headline + replay
    }
}
