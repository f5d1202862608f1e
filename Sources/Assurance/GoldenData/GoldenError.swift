import StrictDocuments

/// Why golden data could not be read or blessed.
public enum GoldenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The manifest breaks its format.
    case manifest(DocumentError)
    /// A file could not be read or written.
    case file(DocumentFileError)
    /// A file of the manifest lies outside of its folder.
    case escapes(file: String, reason: String)
    /// The manifest has no entry for the file.
    case unknownFile(String, known: [String])
    /// Blessing needs a reason.
    case badReason(String)
    /// Blessing needs an owner.
    case badOwner(String)
    /// The produced bytes are those that are blessed already.
    case nothingChanged(file: String, fileDiffers: Bool)
    /// The time given for the blessing is before the blessing in force.
    case clockBehind(file: String, created: String, now: String)

    public var description: String {
        switch self {
        case .manifest(let error): error.description
        case .file(let error): error.description
        case .escapes(let file, let reason): "the golden file '\(file)' \(reason)"
        case .unknownFile(let file, let known):
            "the manifest has no entry for '\(file)' (its files are: \(known.joined(separator: ", ")))"
        case .badReason(let objection): "\(objection) (say why the new values are right)"
        case .badOwner(let objection): objection
        case .nothingChanged(let file, let differs):
            differs
                ? "what is produced for '\(file)' is what is blessed already; the file itself was changed (restore it)"
                : "nothing to bless: '\(file)' is up to date"
        case .clockBehind(let file, let created, let now):
            "'\(file)' was blessed at \(created), which is after now (\(now)); mend the machine's clock"
        }
    }
}
