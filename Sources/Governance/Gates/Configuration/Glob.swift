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
    private let alternatives: [[Token]]

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
        alternatives = try Self.expand(Array(pattern.unicodeScalars)).map(Self.tokens)
    }

    public var description: String { pattern }

    /// Whether the pattern is a plain path.
    public var isLiteral: Bool {
        alternatives.count == 1 && !pattern.unicodeScalars.contains("{")
            && alternatives[0].allSatisfy { if case .scalar = $0 { true } else { false } }
    }

    public func matches(_ path: String) -> Bool {
        let scalars = Array(path.unicodeScalars)
        return alternatives.contains { Self.matches($0, scalars) }
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
    private static func matches(_ tokens: [Token], _ path: [Unicode.Scalar]) -> Bool {
        var reachable = [Bool](repeating: false, count: path.count + 1)
        reachable[0] = true
        for (number, token) in tokens.enumerated() {
            var next = [Bool](repeating: false, count: path.count + 1)
            switch token {
            case .scalar(let scalar):
                for j in path.indices where reachable[j] && path[j] == scalar { next[j + 1] = true }
            case .one:
                for j in path.indices where reachable[j] && path[j] != "/" { next[j + 1] = true }
            case .component:
                for j in 0...path.count { next[j] = reachable[j] || (j > 0 && next[j - 1] && path[j - 1] != "/") }
            case .path:
                // "a/**/b" matches whole components: it may end only at a component's start, or at the end of the path.
                var open = false
                for j in 0...path.count {
                    if reachable[j], j == 0 || path[j - 1] == "/" || number == 0 { open = true }
                    let atBorder = j == 0 || path[j - 1] == "/" || (j == path.count && number == tokens.count - 1)
                    next[j] = open && atBorder
                }
            }
            guard next.contains(true) else { return false }
            reachable = next
        }
        return reachable[path.count]
    }
}
