import Fuzzing
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A suite by its name, under which another process of the same program finds it.
enum SuiteName {
    /// Records an issue and is nil where the type cannot be found by a name.
    static func of(_ suite: any FuzzSuite.Type, _ sourceLocation: SourceLocation) -> String? {
        guard let name = _mangledTypeName(suite), self.suite(name) != nil else {
            Issue.record(
                "the suite \(suite) cannot be found by its name in another process; make it a type of a module, not of a function",
                sourceLocation: sourceLocation)
            return nil
        }
        return name
    }

    static func suite(_ name: String) -> (any FuzzSuite.Type)? { _typeByName(name) as? any FuzzSuite.Type }
}

/// The name of a file that is gone when nobody needs it any more.
final class TemporaryFile: Sendable {
    let path: String

    init() {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/fuzz-memory-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor >= 0 { close(descriptor) }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit { unlink(path) }
}
