/// A path pattern: `*` any run within one path component, `?` one character, `**` any number of components, `{a,b}` either.
///
/// `Sources/**` matches every file below Sources; `**/*.swift` matches at any depth, also at the top. Where `**` is not a
/// whole component, as in `Tests**`, it means the same as `*`. Matching is on
/// Unicode scalars, case-sensitive, and anchored at both ends. Complexity: O(pattern × path) for each brace alternative; at most
/// ``maximumAlternatives`` of them, so that no pattern can stall a run.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    public static let maximumAlternatives = 64
    public static let maximumLength = 512

    public let pattern: String
    private let alternatives: [Alternative]

    /// A pattern without braces. Most paths are decided by the plain text that it begins with, without looking at the rest.
    private struct Alternative: Hashable, Sendable {
        /// UTF-8 of the scalars in front of the first wildcard.
        var prefix: [UInt8]
        /// What follows the prefix.
        var rest: [Token]
        /// Whether the rest is nothing but `**` at the start of a component, which takes everything.
        var takesAll: Bool

        init(_ tokens: [Token]) {
            let plain = tokens.prefix { if case .scalar = $0 { true } else { false } }
            prefix = plain.flatMap { token -> [UInt8] in
                guard case .scalar(let scalar) = token else { return [] }
                return Array(String(scalar).utf8)
            }
            rest = Array(tokens[plain.endIndex...])
            takesAll = rest == [.path]
        }

        func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
            guard path.count >= prefix.count else { return false }
            for index in prefix.indices where path[index] != prefix[index] { return false }
            if takesAll { return true }
            if rest.isEmpty { return path.count == prefix.count }
            let remaining = Array(String(decoding: path[prefix.count...], as: UTF8.self).unicodeScalars)
            // `**` opens a component: at the start of the path, or behind a slash.
            return Glob.matches(rest, remaining, startsComponent: prefix.isEmpty || prefix.last == UInt8(ascii: "/"))
        }
    }

    private enum Token: Hashable, Sendable {
        case scalar(Unicode.Scalar)
        /// `?`
        case one
        /// `*`
        case component
        /// `**`, with a following slash taken in
        case path
    }

    /// What is wrong with a pattern.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    public init(_ pattern: String) throws(Malformed) {
        guard !pattern.isEmpty else { throw Malformed(description: "the pattern is empty") }
        guard pattern.unicodeScalars.count <= Self.maximumLength else {
            throw Malformed(description: "the pattern is longer than maximumLength of \(Self.maximumLength)")
        }
        self.pattern = pattern
        alternatives = try Self.expand(Array(pattern.unicodeScalars)).map { Alternative(Self.tokens($0)) }
    }

    public var description: String { pattern }

    /// Whether the pattern is a plain path.
    public var isLiteral: Bool {
        alternatives.count == 1 && !pattern.unicodeScalars.contains("{")
            && alternatives[0].rest.isEmpty
    }

    public func matches(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { bytes in alternatives.contains { $0.matches(bytes) } }
    }

    /// The patterns without braces that a pattern stands for.
    static func expand(_ scalars: [Unicode.Scalar]) throws(Malformed) -> [[Unicode.Scalar]] {
        var results: [[Unicode.Scalar]] = [[]]
        var index = 0
        while index < scalars.count {
            if scalars[index] == "{" {
                guard let close = scalars[index...].firstIndex(of: "}") else { throw Malformed(description: "'{' without '}'") }
                let inner = scalars[(index + 1)..<close]
                if inner.contains("{") { throw Malformed(description: "braces within braces are not supported") }
                let words = inner.split(separator: ",", omittingEmptySubsequences: false)
                results = results.flatMap { prefix in words.map { prefix + $0 } }
                guard results.count <= maximumAlternatives else {
                    throw Malformed(description: "the pattern has more than maximumAlternatives of \(maximumAlternatives)")
                }
                index = close + 1
            } else if scalars[index] == "}" {
                throw Malformed(description: "'}' without '{'")
            } else {
                for position in results.indices { results[position].append(scalars[index]) }
                index += 1
            }
        }
        return results
    }

    private static func tokens(_ scalars: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*":
                let first = index
                while index < scalars.count, scalars[index] == "*" { index += 1 }
                let opens = first == 0 || scalars[first - 1] == "/"
                if index - first == 2, opens, index == scalars.count || scalars[index] == "/" {
                    if index < scalars.count { index += 1 }
                    if tokens.last != .path { tokens.append(.path) }
                    break
                }
                if tokens.last != .component { tokens.append(.component) }
            case "?":
                index += 1
                tokens.append(.one)
            default:
                tokens.append(.scalar(scalars[index]))
                index += 1
            }
        }
        return tokens
    }

    /// Dynamic programming over the tokens: `reachable[j]` says whether the tokens so far match the first j scalars.
    ///
    /// - Parameter startsComponent: whether the first scalar stands at the start of a component.
    private static func matches(_ tokens: [Token], _ path: [Unicode.Scalar], startsComponent: Bool) -> Bool {
        // Two rows in one allocation on the stack; they change places with each token.
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: 2 * (path.count + 1)) { storage in
            storage.initialize(repeating: false)
            let width = path.count + 1
            var reachable = UnsafeMutableBufferPointer(rebasing: storage[..<width])
            var next = UnsafeMutableBufferPointer(rebasing: storage[width...])
            reachable[0] = true
            for (number, token) in tokens.enumerated() {
                var any = false
                switch token {
                case .scalar(let scalar):
                    next[0] = false
                    for j in path.indices {
                        next[j + 1] = reachable[j] && path[j] == scalar
                        any = any || next[j + 1]
                    }
                case .one:
                    next[0] = false
                    for j in path.indices {
                        next[j + 1] = reachable[j] && path[j] != "/"
                        any = any || next[j + 1]
                    }
                case .component:
                    for j in 0...path.count {
                        next[j] = reachable[j] || (j > 0 && next[j - 1] && path[j - 1] != "/")
                        any = any || next[j]
                    }
                case .path:
                    // "a/**/b" matches whole components: it may end only at a component's start, or at the end of the path.
                    var open = false
                    for j in 0...path.count {
                        let starts = j == 0 ? startsComponent : path[j - 1] == "/"
                        if reachable[j], starts { open = true }
                        next[j] = open && (starts || (j == path.count && number == tokens.count - 1))
                        any = any || next[j]
                    }
                }
                guard any else { return false }
                swap(&reachable, &next)
            }
            return reachable[path.count]
        }
    }
}
