import Evidence
import StrictDocuments

/// What several parts of a gates.json are written with: quantities, durations, ids, patterns, paths.
extension GatesReader {
    mutating func quantity(_ node: JSONNode, _ key: String) -> QuantityText? {
        switch node.content {
        case .number(let number):
            if let value = number.int64 { return QuantityText(count: value) }
            decoder.report(
                .badValue, at: node.position, "'\(key)' is the bare number \(number.literal)",
                hint: "a quantity with a fraction carries its unit, as in \"85%\" or \"0.5pp\"")
            return nil
        case .string(let text):
            do {
                return try QuantityText(text)
            } catch {
                decoder.report(.badValue, at: node.position, "'\(key)': \(error.description)", hint: "known forms: \(QuantityText.forms)")
                return nil
            }
        default:
            decoder.report(.wrongType, at: node.position, "'\(key)' is a quantity, found \(node.typeName)")
            return nil
        }
    }

    mutating func duration(_ text: Located<String>) -> Int64? {
        guard let value = try? QuantityText(text.value), value.quantity.unit == .nanoseconds, value.quantity.denominator == 1,
            value.quantity.numerator > 0
        else {
            decoder.report(
                .badValue, at: text.position, "'\(text.value)' is not a duration", hint: "write it as \"90s\", \"15m\" or \"2h\"")
            return nil
        }
        guard value.quantity.numerator <= Collector.maximumTimeoutNanoseconds else {
            decoder.report(.limit, at: text.position, "'\(text.value)' is longer than the limit of 24h")
            return nil
        }
        return value.quantity.numerator
    }

    mutating func identifier(_ object: StrictDecoder.Object) -> Located<String>? {
        guard let id = decoder.requiredString(object, "id") else { return nil }
        return checkID(id.value, at: id.position, what: "an id") ? id : nil
    }

    mutating func checkID(_ text: String, at position: SourcePosition, what: String) -> Bool {
        let bytes = Array(text.utf8)
        let fits =
            (1...64).contains(bytes.count) && (0x61...0x7A).contains(bytes[0])
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        if !fits {
            decoder.report(
                .badValue, at: position, "'\(text.prefix(64))' cannot be \(what)",
                hint: "1 to 64 of a-z, 0-9 and '-', beginning with a letter")
        }
        return fits
    }

    mutating func unknown(_ name: Located<String>, _ what: String, among known: [String], context: String = "") {
        let near = SpellingSuggestion.nearest(to: name.value, among: known)
        let list = known.isEmpty ? "there is none" : "known: \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", …" : "")"
        decoder.report(
            .unknownReference, at: name.position, "no \(what) is called '\(name.value)'\(context)",
            hint: near.map { "did you mean '\($0)'?" } ?? list)
    }

    mutating func globs(_ object: StrictDecoder.Object, _ key: String) -> [Glob] {
        (decoder.strings(object, key) ?? []).compactMap { self.glob($0) }
    }

    mutating func glob(_ text: Located<String>) -> Glob? {
        do {
            return try Glob(text.value)
        } catch {
            decoder.report(.badValue, at: text.position, "'\(text.value.prefix(80))' is not a path pattern: \(error.description)")
            return nil
        }
    }

    mutating func path(_ object: StrictDecoder.Object, _ key: String) -> String? {
        guard let text = decoder.optionalString(object, key) else { return nil }
        checkInside(text)
        return text.value
    }

    mutating func checkInside(_ text: Located<String>) {
        let components = text.value.split(separator: "/", omittingEmptySubsequences: false)
        // A pattern may hide it in braces: "{..}/x", "{/etc,a}".
        let hidden = ((try? Glob.expand(Array(text.value.unicodeScalars))) ?? []).contains { pattern in
            pattern.first == "/" || pattern.split(separator: "/").contains { Array($0) == [".", "."] }
        }
        if hidden || text.value.hasPrefix("/") || components.contains("..") || text.value.contains("\0") || text.value.isEmpty {
            decoder.report(
                .badValue, at: text.position, "the path '\(text.value.prefix(80))' leaves the repository",
                hint: "write it relative, without '..'")
        }
    }

    mutating func environmentNames(_ object: StrictDecoder.Object) -> [String] {
        (decoder.strings(object, "env") ?? []).compactMap { name in
            if name.value.contains("=") {
                decoder.report(
                    .badValue, at: name.position, "'\(name.value.prefix(40))' is not a variable's name",
                    hint: "'env' lists names that are passed on; values do not belong in gates.json")
                return nil
            }
            return name.value
        }
    }
}
