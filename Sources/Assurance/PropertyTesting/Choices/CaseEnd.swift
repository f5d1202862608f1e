/// How one case ended.
///
/// Whether the case asked for more choices than there were is not said here: the engine reads it off the ``Draws``.
public enum CaseEnd: Hashable, Sendable {
    case passed
    case failed(CaseFailure)
    /// An assumption was not met: the case says nothing about the property.
    case rejected
}

/// Why a case failed.
public struct CaseFailure: Hashable, Sendable {
    /// What makes two failures the same bug.
    public var origin: FailureOrigin
    /// For people; differs from value to value and is no part of the identity.
    public var message: String

    public init(origin: FailureOrigin, message: String = "") {
        self.origin = origin
        self.message = message
    }
}

/// What makes two failures the same bug: the kind of failure, and where it was noticed. Shrinking stays with one origin, and different origins of
/// one run are reported apart.
public struct FailureOrigin: Hashable, Sendable, CustomStringConvertible {
    /// "falsified", "expectation", the type of the error that was thrown, "trap: …", "timeout", "stack overflow".
    public var reason: String
    /// File and line as `Module/File.swift:12`; nil where it is not known.
    public var location: String?

    public init(reason: String, location: String? = nil) {
        self.reason = reason
        self.location = location
    }

    /// What makes two thrown errors the same bug: their type, and of an enumeration the case, without its values.
    public init(thrown error: any Error) {
        func name<Failure: Error>(_ error: Failure) -> String {
            let type = String(reflecting: Failure.self)
            guard Mirror(reflecting: error).displayStyle == .enum, let label = enumCaseName(error) else { return type }
            return "\(type).\(String(cString: label))"
        }
        self.init(reason: name(error))
    }

    public var description: String { location.map { "\(reason) at \($0)" } ?? reason }
}
