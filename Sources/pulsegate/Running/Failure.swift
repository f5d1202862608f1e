import Gates
import StrictDocuments

/// Why a command cannot do what it was asked: what, where, how to mend it, and the exit code.
struct Failure: Error, Sendable, CustomStringConvertible {
    let code: ExitCode
    let message: String
    let hint: String?

    init(_ code: ExitCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    var description: String { hint.map { "\(message)\n  \($0)" } ?? message }

    /// The bytes of a file, or a failure of use.
    static func reading(_ path: String, maximumBytes: Int) throws(Failure) -> [UInt8] {
        do {
            return try DocumentFile.read(path, maximumBytes: maximumBytes)
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    static func replacing(_ path: String, with bytes: [UInt8]) throws(Failure) {
        do {
            try DocumentFile.replace(path, with: bytes)
        } catch {
            throw Failure(.usage, error.description)
        }
    }
}
