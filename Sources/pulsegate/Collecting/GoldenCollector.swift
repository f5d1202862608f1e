import ContentDigest
import Evidence
import Gates
import GoldenData
import StrictDocuments

/// Reads what a golden comparison left, and holds it against the manifest: kind `golden`.
///
/// The command compares; this collector makes sure that it compared everything the manifest names, and that no golden file was
/// changed without a blessing.
enum GoldenCollector {
    static func read(_ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext) -> Collection {
        var collection = CommandCollector.read(collector, record, context)
        guard let manifestPath = collector.manifest else {
            collection.degrade(to: .invalid, "the collector names no manifest")
            return collection
        }
        let bytes: [UInt8]
        do {
            bytes = try DocumentFile.read(context.workspace.path(manifestPath), maximumBytes: GoldenManifest.maximumBytes)
        } catch {
            collection.degrade(to: error.isMissing ? .absent : .invalid, error.description)
            return collection
        }
        do {
            let manifest = try GoldenManifest.decode(bytes, file: manifestPath)
            collection.keep(bytes, path: manifestPath, format: "golden-manifest", parserVersion: 1)
            if manifest.entries.isEmpty { collection.degrade(to: .absent, "\(manifestPath) names no golden file") }
            checkDigests(manifest, manifestPath, context, &collection)
            let compared = Set(collection.evidence.facts.measures.filter { $0.metric == "golden.mismatches" }.compactMap(\.subject))
            for entry in manifest.entries {
                let path = Workspace.folder(of: manifestPath) + "/" + entry.file
                if !compared.contains(path) {
                    collection.degrade(to: .absent, "\(path) is in the manifest and was not compared")
                }
            }
        } catch {
            collection.degrade(to: .invalid, error.description)
        }
        return collection
    }

    /// Holds every golden file against its digest in the manifest, whatever the command said of it.
    private static func checkDigests(
        _ manifest: GoldenManifest, _ manifestPath: String, _ context: CollectionContext, _ collection: inout Collection
    ) {
        var changed: [String] = []
        for entry in manifest.entries {
            let path = Workspace.folder(of: manifestPath) + "/" + entry.file
            do {
                let bytes = try DocumentFile.read(context.workspace.path(path), maximumBytes: CollectionContext.maximumReportBytes)
                if SHA256Digest.hex(bytes) != entry.blessing.sha256 { changed.append(path) }
            } catch {
                collection.degrade(to: error.isMissing ? .absent : .invalid, error.description)
            }
        }
        // The command's own count of the same thing is replaced: two counts would add up.
        collection.evidence.facts.measures.removeAll { $0.metric == "golden.unreviewed_updates" }
        let note = changed.isEmpty ? nil : "changed without a blessing: \(changed.joined(separator: ", "))"
        collection.evidence.facts.measures.append(
            Measure("golden.unreviewed_updates", .count(changed.count), samples: max(1, manifest.entries.count), note: note))
    }
}
