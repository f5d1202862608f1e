/// The arguments of a suite: options with values, flags, and the rest.
struct SuiteOptions {
    private var arguments: [String]

    init(_ arguments: [String]) { self.arguments = arguments }

    mutating func value(_ name: String) -> String? {
        guard let index = arguments.firstIndex(of: name) else { return nil }
        guard index + 1 < arguments.count else { SuiteProgram.stop("\(name) needs a value") }
        let value = arguments[index + 1]
        arguments.removeSubrange(index...index + 1)
        return value
    }

    mutating func number(_ name: String) -> UInt64? {
        guard let text = value(name) else { return nil }
        guard let number = UInt64(text) else { SuiteProgram.stop("\(name) is a whole number, not '\(text)'") }
        return number
    }

    mutating func flag(_ name: String) -> Bool {
        guard let index = arguments.firstIndex(of: name) else { return false }
        arguments.remove(at: index)
        return true
    }

    /// `NAME KEY=VALUE`, any number of times.
    mutating func pairs(_ name: String) -> [(String, String)] {
        var pairs: [(String, String)] = []
        while let text = value(name) {
            guard let equals = text.firstIndex(of: "=") else { SuiteProgram.stop("\(name) is KEY=VALUE, not '\(text)'") }
            pairs.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
        }
        return pairs
    }

    /// What is left; an option among it is not known.
    mutating func rest() -> [String] {
        if let unknown = arguments.first(where: { $0.hasPrefix("--") }) { SuiteProgram.stop("there is no option \(unknown)") }
        return arguments
    }

    mutating func end() {
        if let first = rest().first { SuiteProgram.stop("unexpected '\(first)'") }
    }
}
