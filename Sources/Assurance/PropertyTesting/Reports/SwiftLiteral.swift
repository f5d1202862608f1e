/// A value as Swift code that can be pasted into a test.
///
/// ```swift
/// SwiftLiteral.text(of: Point(x: 1, y: -2))                   // Point(x: 1, y: -2)
/// SwiftLiteral.text(of: ["b": [0.5, .nan], "a": []])          // ["a": [], "b": [0.5, .nan]]
/// SwiftLiteral.declaration(of: [Int8](), named: "xs")         // let xs: [Int8] = []
/// ```
///
/// Numbers, texts, collections, tuples, optionals, ranges and durations are written as their literals; structs, classes and enums by
/// reflection, as a call with the labels of their stored properties: right for memberwise initialisers, and a clear hint for others. A type
/// can say it better by ``SwiftLiteralConvertible``. Sets and dictionaries are ordered, so that equal values have equal text. What is too
/// deep or too long ends in a comment that names the limit. O(size of the value), O(n log n) for sets and dictionaries.
public enum SwiftLiteral {
    /// How much of a value is written.
    public struct Limits: Hashable, Sendable {
        /// Values within one another.
        public var maximumDepth = 24
        /// Elements of one collection.
        public var maximumElements = 1000
        /// UTF-8 bytes of the whole; what is begun when they are used up is left out.
        public var maximumBytes = 64 << 10

        public init() {}
    }

    public static func text(of value: Any, limits: Limits = Limits()) -> String {
        var writer = LiteralWriter(limits: limits)
        writer.write(value, depth: 0)
        return writer.text
    }

    /// A constant with its type, which literals such as `[]`, `nil` and `.nan` need.
    public static func declaration<Value>(of value: Value, named name: String, limits: Limits = Limits()) -> String {
        "let \(name): \(typeName(Value.self)) = \(text(of: value, limits: limits))"
    }

    /// The name of a type as one writes it in code: without modules, and without what marks a type as private or local.
    public static func typeName(_ type: Any.Type) -> String {
        let full = String(reflecting: type)
        var result = ""
        var name = ""
        func isPart(_ character: Character) -> Bool { character == "_" || character.isLetter || character.isNumber || character == "`" }
        var isFirst = true
        var pathLength = 0
        var rest = full[...]
        while let character = rest.first {
            if character == "(", let end = rest.firstIndex(of: ")"), rest[..<end].contains("$") || rest[..<end].contains(" in ") {
                // "(unknown context at $7f…)" and "(Name in _1234)".
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                if inner.hasPrefix("unknown context") {
                    // What it lies in is a function or a file: the name alone is what one writes there.
                    result.removeLast(pathLength)
                    pathLength = 0
                    name = ""
                } else {
                    name = String(inner.prefix { $0 != " " })
                }
                rest = rest[rest.index(after: end)...]
                continue
            }
            rest = rest.dropFirst()
            if isPart(character) {
                name.append(character)
            } else if character == ".", rest.first != "." {
                // The first name of a path is that of the module.
                if !isFirst, !name.isEmpty {
                    result += name + "."
                    pathLength += name.count + 1
                }
                isFirst = false
                name = ""
            } else {
                result += name
                result.append(character)
                name = ""
                isFirst = true
                pathLength = 0
            }
        }
        return sugared(result + name)
    }

    /// `Array<Int>` as `[Int]`, `Optional<Int>` as `Int?`, at the outside only.
    private static func sugared(_ name: String) -> String {
        for (prefix, open, close) in [("Array<", "[", "]"), ("Optional<", "", "?")] where name.hasPrefix(prefix) && name.hasSuffix(">") {
            let inner = name.dropFirst(prefix.count).dropLast()
            // `Array<Int>.Index<X>` ends with ">" too.
            var depth = 0
            let closesInside = inner.contains { character in
                if character == "<" { depth += 1 } else if character == ">" { depth -= 1 }
                return depth < 0
            }
            if !closesInside { return open + sugared(String(inner)) + close }
        }
        return name
    }
}

/// A type that knows how it is written in Swift.
public protocol SwiftLiteralConvertible {
    var swiftLiteral: String { get }
}

/// Collects the text of one value and holds it to the limits.
struct LiteralWriter {
    private(set) var text = ""
    let limits: SwiftLiteral.Limits
    /// Objects that are being written, outermost first: a cycle comes back to one of them.
    private var path: [ObjectIdentifier] = []

    init(limits: SwiftLiteral.Limits) { self.limits = limits }

    mutating func add(_ more: some StringProtocol) { text += more }

    private var isFull: Bool { text.utf8.count >= limits.maximumBytes }

    mutating func write(_ value: Any, depth: Int) {
        if isFull { return add("/* beyond maximumBytes \(limits.maximumBytes) */") }
        if depth > limits.maximumDepth { return add("/* deeper than maximumDepth \(limits.maximumDepth) */") }
        switch value {
        case let value as any SwiftLiteralConvertible: add(value.swiftLiteral)
        case let value as any LiteralScalar: add(value.literal)
        case let value as any LiteralRange: write(range: value, depth: depth)
        case let value as [UInt8]: write(bytes: value)
        default: reflect(value, depth: depth)
        }
    }

    private mutating func write(bytes: [UInt8]) {
        add("[")
        add(bytes.prefix(limits.maximumElements).map(String.init).joined(separator: ", "))
        if bytes.count > limits.maximumElements { add(", /* \(bytes.count - limits.maximumElements) more, beyond maximumElements */") }
        add("]")
    }

    private mutating func write(range: any LiteralRange, depth: Int) {
        let (lower, sign, upper) = range.ends
        if let lower { write(end: lower, depth: depth) }
        add(sign)
        if let upper { write(end: upper, depth: depth) }
    }

    private mutating func write(end: Any, depth: Int) {
        var inner = LiteralWriter(limits: limits)
        inner.write(end, depth: depth + 1)
        // `1 ... .max` and `1...-2` are read otherwise than they are meant.
        add(inner.text.first.map { $0 == "." || $0 == "-" } == true ? "(\(inner.text))" : inner.text)
    }

    // MARK: Reflection

    private mutating func reflect(_ value: Any, depth: Int) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            guard let wrapped = mirror.children.first?.value else { return add("nil") }
            // An optional of an optional: nil inside is not nil.
            if Mirror(reflecting: wrapped).displayStyle == .optional {
                add(".some(")
                write(wrapped, depth: depth + 1)
                return add(")")
            }
            write(wrapped, depth: depth)
        case .collection: write(elements: mirror, depth: depth, ordered: true)
        case .set: write(elements: mirror, depth: depth, ordered: false)
        case .dictionary: write(pairs: mirror, depth: depth)
        case .tuple: write(arguments: Array(mirror.children), depth: depth)
        case .enum: write(enumeration: value, mirror, depth: depth)
        case .class:
            let identity = ObjectIdentifier(value as AnyObject)
            if path.contains(identity) { return add("/* the same \(SwiftLiteral.typeName(mirror.subjectType)) again */") }
            path.append(identity)
            write(structure: value, mirror, depth: depth)
            path.removeLast()
        case .struct: write(structure: value, mirror, depth: depth)
        default: write(structure: value, mirror, depth: depth)
        }
    }

    private mutating func write(structure value: Any, _ mirror: Mirror, depth: Int) {
        var children = Array(mirror.children)
        var above = mirror.superclassMirror
        while let next = above {
            children = Array(next.children) + children
            above = next.superclassMirror
        }
        let name = SwiftLiteral.typeName(mirror.subjectType)
        // Without stored properties to show, a description says more than empty parentheses.
        if children.isEmpty, let described = value as? any CustomStringConvertible {
            let text = described.description.replacing("*/", with: "* /").prefix(200)
            return add("\(name)(/* \(text) */)")
        }
        add(name)
        write(arguments: children, depth: depth)
    }

    private mutating func write(arguments: [Mirror.Child], depth: Int) {
        add("(")
        for (number, child) in arguments.enumerated() {
            if isFull { return add("/* beyond maximumBytes \(limits.maximumBytes) */)") }
            if number > 0 { add(", ") }
            if var label = child.label, !label.hasPrefix(".") {
                // What stands behind a wrapper or a lazy property.
                for prefix in ["$__lazy_storage_$_", "_"] where label.hasPrefix(prefix) && label.count > prefix.count {
                    label.removeFirst(prefix.count)
                }
                add("\(label): ")
            }
            write(child.value, depth: depth + 1)
        }
        add(")")
    }

    private mutating func write(enumeration value: Any, _ mirror: Mirror, depth: Int) {
        guard let payload = mirror.children.first, let label = payload.label else {
            return add(".\(Self.caseName(value))")
        }
        add(".\(label)")
        let inside = Mirror(reflecting: payload.value)
        if inside.displayStyle == .tuple {
            write(arguments: Array(inside.children), depth: depth)
        } else {
            add("(")
            write(payload.value, depth: depth + 1)
            add(")")
        }
    }

    private static func caseName(_ value: Any) -> String {
        func open<Value>(_ value: Value) -> String? { enumCaseName(value).map { String(cString: $0) } }
        return open(value) ?? "\(value)"
    }

    private mutating func write(elements mirror: Mirror, depth: Int, ordered: Bool) {
        var parts: [Any] = []
        for child in mirror.children.prefix(ordered ? limits.maximumElements : .max) { parts.append(child.value) }
        let total = mirror.children.count
        if !ordered { parts = sorted(parts, depth: depth, by: { $0 }).prefix(limits.maximumElements).map(\.self) }
        add("[")
        for (number, part) in parts.enumerated() {
            if number > 0 { add(", ") }
            if isFull {
                add("/* \(total - number) more, beyond maximumBytes \(limits.maximumBytes) */")
                break
            }
            write(part, depth: depth + 1)
        }
        if total > parts.count { add(", /* \(total - parts.count) more, beyond maximumElements */") }
        add("]")
    }

    private mutating func write(pairs mirror: Mirror, depth: Int) {
        let pairs = mirror.children.map { child -> (key: Any, value: Any) in
            let pair = Array(Mirror(reflecting: child.value).children)
            return pair.count == 2 ? (pair[0].value, pair[1].value) : (child.value, child.value)
        }
        if pairs.isEmpty { return add("[:]") }
        add("[")
        for (number, pair) in sorted(pairs, depth: depth, by: { $0.key }).enumerated() {
            if number > 0 { add(", ") }
            if isFull || number >= limits.maximumElements {
                add("/* \(pairs.count - number) more, beyond \(isFull ? "maximumBytes" : "maximumElements") */")
                break
            }
            write(pair.key, depth: depth + 1)
            add(": ")
            write(pair.value, depth: depth + 1)
        }
        add("]")
    }

    /// By number where all are whole numbers, else by text: the order of hashing differs from run to run.
    private func sorted<Part>(_ parts: [Part], depth: Int, by key: (Part) -> Any) -> [Part] {
        let keyed = parts.map { part -> (Part, Int128?, String) in
            let value = key(part)
            var inner = LiteralWriter(limits: limits)
            inner.write(value, depth: depth + 1)
            return (part, (value as? any BinaryInteger).flatMap { Int128(exactly: $0) }, inner.text)
        }
        return keyed.sorted { a, b in
            if let x = a.1, let y = b.1, x != y { return x < y }
            return a.2.unicodeScalars.lexicographicallyPrecedes(b.2.unicodeScalars)
        }.map(\.0)
    }
}

/// The name of an enum's case, also where the type describes itself in another way: the runtime's own answer, which `dump` prints.
@_silgen_name("swift_EnumCaseName")
func enumCaseName<Value>(_ value: Value) -> UnsafePointer<CChar>?
