import Gates
import Glibc
import StrictDocuments

/// A bug that campaigns found, as its folder `crashes/<bucket>/` tells of it.
struct Finding: Equatable, Sendable {
    var target: String
    var bug: CampaignBug
    /// The folder of the bucket.
    var folder: String
    /// Committed as a regression.
    var isCommitted = false

    /// The input to show and to commit: the minimal one where there is one.
    var input: String {
        let minimised = folder + "/minimised"
        return access(minimised, F_OK) == 0 ? minimised : folder + "/input"
    }

    /// Findings of a target in the order of their buckets, as far as their folders tell.
    static func all(of target: String, _ folders: CampaignFolders) -> [Finding] {
        Workspace.names(in: folders.crashes(target)).filter { CampaignFolders.isTargetName($0) }.compactMap { bucket in
            let folder = folders.crashes(target) + "/" + bucket
            guard access(folder + "/input", F_OK) == 0 || access(folder + "/minimised", F_OK) == 0 else { return nil }
            var finding = Finding(target: target, bug: report(folder, bucket: bucket), folder: folder)
            finding.isCommitted = access(folders.regressions(target) + "/" + bucket, F_OK) == 0
            return finding
        }
    }

    /// What `report.json` says; what it does not say stays open.
    private static func report(_ folder: String, bucket: String) -> CampaignBug {
        var bug = CampaignBug(bucket: bucket, kind: "crash", title: Self.untold)
        guard let bytes = try? DocumentFile.read(folder + "/report.json", maximumBytes: 4 << 20),
            let node = try? JSONDocument.parse(bytes, file: "report.json"), case .object(let members) = node.content
        else { return bug }
        func text(_ key: String) -> String? {
            if case .string(let text)? = members.first(where: { $0.key == key })?.value.content { text } else { nil }
        }
        bug.kind = text("kind") ?? bug.kind
        bug.title = text("title") ?? bug.title
        bug.value = text("value")
        bug.location = text("location")
        bug.severity = text("severity")
        if case .bool(let flag)? = members.first(where: { $0.key == "flaky" })?.value.content { bug.isFlaky = flag }
        return bug
    }

    /// The title of what nobody has looked at.
    static let untold = "not triaged yet"

    /// One word for an end and the newest words of a process, as a title.
    static func title(_ replay: CampaignReplay) -> String {
        let lines = replay.output.split(separator: "\n").map(String.init)
        let line = lines.first { $0.contains("Fatal error") || $0.contains("ERROR:") } ?? lines.last
        guard let line, !line.isEmpty else { return replay.end }
        return String(line.prefix(200))
    }

    /// The minimal input of a bucket as people read it; nil where there is none.
    static func shownInput(of bucket: String, _ target: String, _ folders: CampaignFolders) -> String? {
        guard CampaignFolders.isTargetName(bucket) else { return nil }
        let path = folders.crashes(target) + "/" + bucket + "/minimised"
        return (try? DocumentFile.read(path, maximumBytes: 1 << 20)).map(hexadecimal)
    }

    /// At most so many bytes of an input are shown.
    static let shownBytes = 64

    /// Bytes for people: hexadecimal, with the text beside it where all of it is printable.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let shown = bytes.prefix(shownBytes)
        let digits = shown.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
        let rest = bytes.count > shown.count ? " … (\(bytes.count) bytes)" : ""
        guard !bytes.isEmpty else { return "(empty)" }
        let isText = shown.allSatisfy { (0x20..<0x7F).contains($0) }
        return digits + rest + (isText ? "  \"\(String(decoding: shown, as: UTF8.self))\"" : "")
    }
}
