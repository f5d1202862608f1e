/// Reads what callgrind writes: its text format, version 1, with names and positions compressed or not.
///
/// The file is taken for hostile: sizes, names and numbers have limits, nothing overflows, and a file that is cut short or whose functions do not add
/// up to its own total is refused. O(bytes).
///
/// A cost line (`+3 120`) counts for the function of the last `fn=`; the line after `calls=` is what the called function cost, and so is inclusive.
struct CallgrindReader {
    struct Problem: Error, Equatable, CustomStringConvertible {
        var line: Int
        var text: String
        var description: String { "callgrind's profile, line \(line): \(text)" }
    }

    static let maximumBytes = 256 << 20
    static let maximumNames = 1 << 20
    static let maximumNameBytes = 1 << 16
    static let maximumPositions = 2

    private let bytes: [UInt8]
    private var at = 0
    private var line = 0
    private var objects = Names()
    private var files = Names()
    private var symbols = Names()
    /// Columns before the costs of a line.
    private var positions = 1
    /// Which column of the costs holds instructions, and how many there are.
    private var events: (index: Int, count: Int)?
    private var declared: Int64?
    private var costs: [Int: CallgrindProfile.Cost] = [:]
    /// Functions by symbol and object, as small numbers.
    private var keys: [String: Int] = [:]
    private var keyNames: [String] = []
    private var object = "???"
    private var calledObject: String?
    private var function: Int?
    private var called: Int?
    private var sum: Int64 = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func parse(_ bytes: [UInt8]) throws(Problem) -> CallgrindProfile {
        guard bytes.count <= maximumBytes else { throw Problem(line: 0, text: "it is longer than \(maximumBytes) bytes") }
        var reader = CallgrindReader(bytes)
        while let text = reader.nextLine() { try reader.take(text) }
        return try reader.finish()
    }

    // MARK: Lines

    private mutating func nextLine() -> Range<Int>? {
        guard at < bytes.count else { return nil }
        let start = at
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        let end = at
        at += 1
        line += 1
        return start..<end
    }

    private mutating func take(_ text: Range<Int>) throws(Problem) {
        guard let first = text.first.map({ bytes[$0] }) else { return }
        switch first {
        case UInt8(ascii: "#"): return
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"):
            let cost = try cost(of: text)
            guard let function else { throw problem("a cost before the first function") }
            try add(cost, to: function, isCall: false)
        default:
            if let equals = text.first(where: { bytes[$0] == 0x3D || bytes[$0] == 0x3A }), bytes[equals] == 0x3D {
                try takeName(string(text.lowerBound..<equals), equals + 1..<text.upperBound)
            } else {
                try takeHeader(text)
            }
        }
    }

    private mutating func takeName(_ key: String, _ value: Range<Int>) throws(Problem) {
        switch key {
        case "ob": object = try name(value, in: \.objects)
        case "cob": calledObject = try name(value, in: \.objects)
        case "fl", "fi", "fe", "cfl", "cfi", "jfi": _ = try name(value, in: \.files)
        case "fn":
            function = try functionKey(of: name(value, in: \.symbols), object: object)
            calledObject = nil
        case "cfn": called = try functionKey(of: name(value, in: \.symbols), object: calledObject ?? object)
        case "jfn": _ = try name(value, in: \.symbols)
        case "calls":
            var words = Words(bytes: bytes, range: value)
            guard let count = words.next(), number(count) != nil else { throw problem("'calls=' has no count") }
            guard let target = nextLine(), !target.isEmpty else { throw problem("'calls=' without the line of its cost") }
            let cost = try cost(of: target)
            guard let function, let called else { throw problem("a call without the functions that it joins") }
            // What a function spends in itself is its own, whichever level of recursion it is at.
            if function != called { try add(cost, to: function, isCall: true) }
            self.called = nil
            calledObject = nil
        case "jump", "jcnd": _ = nextLine()
        default: throw problem("there is no '\(key.prefix(20))='")
        }
    }

    private mutating func takeHeader(_ text: Range<Int>) throws(Problem) {
        guard let colon = text.first(where: { bytes[$0] == 0x3A }) else { throw problem("neither a name, nor a cost, nor a heading") }
        let key = string(text.lowerBound..<colon)
        var words = Words(bytes: bytes, range: colon + 1..<text.upperBound)
        switch key {
        case "version":
            guard let word = words.next(), number(word) == 1 else { throw problem("only version 1 of the format is known") }
        case "part":
            guard let word = words.next(), number(word) == 1 else { throw problem("a profile in several parts is not read") }
        case "positions":
            positions = 0
            while words.next() != nil { positions += 1 }
            guard (1...Self.maximumPositions).contains(positions) else { throw problem("\(positions) positions") }
        case "events":
            var list: [String] = []
            while let word = words.next(), list.count < 64 { list.append(string(word)) }
            guard let index = list.firstIndex(of: "Ir") else { throw problem("instructions (Ir) are not among the events") }
            events = (index, list.count)
        case "totals", "summary":
            guard let events else { throw problem("a total before the events") }
            var values: [Int64] = []
            while let word = words.next() {
                guard let value = number(word) else { throw problem("a total that is no number") }
                values.append(value)
            }
            guard events.index < values.count else { throw problem("a total without instructions") }
            // The summary may hold what no function does; the totals are the sum of all lines.
            if key == "totals" { declared = values[events.index] }
        default: return  // creator, cmd, pid, desc and what else may be said
        }
    }

    // MARK: Costs

    /// Checks the positions of a line, which are not used, and takes its instructions.
    private func cost(of text: Range<Int>) throws(Problem) -> Int64 {
        guard let events else { throw problem("a cost before the events") }
        var words = Words(bytes: bytes, range: text)
        for _ in 0..<positions {
            guard let word = words.next(), isPosition(word) else { throw problem("a line number that is none") }
        }
        var cost: Int64 = 0
        var index = 0
        while let word = words.next() {
            guard index < events.count, let value = number(word) else { throw problem("a cost that is no number, or too many of them") }
            if index == events.index { cost = value }
            index += 1
        }
        return cost
    }

    private mutating func add(_ cost: Int64, to function: Int, isCall: Bool) throws(Problem) {
        var known = costs[function] ?? CallgrindProfile.Cost()
        let (inclusive, isTooLarge) = known.inclusive.addingReportingOverflow(cost)
        guard !isTooLarge else { throw problem("costs beyond 64 bits") }
        known.inclusive = inclusive
        if !isCall {
            let (all, isBeyond) = sum.addingReportingOverflow(cost)
            guard !isBeyond else { throw problem("costs beyond 64 bits") }
            sum = all
            known.exclusive += cost
        }
        costs[function] = known
    }

    private func finish() throws(Problem) -> CallgrindProfile {
        guard events != nil else { throw problem("it names no events: this is no profile of callgrind") }
        guard let declared else { throw problem("it is cut short: there are no totals") }
        guard declared == sum else { throw problem("its functions add up to \(sum), its total is \(declared)") }
        var functions: [String: CallgrindProfile.Cost] = [:]
        for (key, cost) in costs {
            functions[keyNames[key]] = CallgrindProfile.Cost(exclusive: cost.exclusive, inclusive: min(cost.inclusive, sum))
        }
        return CallgrindProfile(total: sum, functions: functions)
    }

    // MARK: Names

    private struct Names { var byNumber: [Int64: String] = [:] }

    /// `(7) name` says a name and gives it a number, `(7)` refers to it, and a plain name is itself.
    private mutating func name(_ text: Range<Int>, in names: WritableKeyPath<CallgrindReader, Names>) throws(Problem) -> String {
        guard text.count <= Self.maximumNameBytes else { throw problem("a name of \(text.count) bytes") }
        guard let first = text.first, bytes[first] == UInt8(ascii: "(") else { return string(text) }
        guard let close = text.first(where: { bytes[$0] == UInt8(ascii: ")") }), let id = number(first + 1..<close) else {
            // A name such as "(below main)".
            return string(text)
        }
        let rest = close + 1..<text.upperBound
        if rest.isEmpty {
            guard let known = self[keyPath: names].byNumber[id] else { throw problem("the name (\(id)) was not said before") }
            return known
        }
        guard self[keyPath: names].byNumber.count < Self.maximumNames else { throw problem("more than \(Self.maximumNames) names") }
        let name = string(bytes[rest.lowerBound] == 0x20 ? rest.dropFirst() : rest)
        self[keyPath: names].byNumber[id] = name
        return name
    }

    /// The function without callgrind's mark of its level of recursion; one without a symbol is told by its object as well.
    private mutating func functionKey(of symbol: String, object: String) throws(Problem) -> Int {
        var name = Substring(symbol)
        if let quote = name.utf8.lastIndex(of: UInt8(ascii: "'")), quote > name.startIndex {
            let level = name.utf8[name.utf8.index(after: quote)...]
            if !level.isEmpty, level.allSatisfy({ (0x30...0x39).contains($0) }) { name = name[..<quote] }
        }
        let full = name.hasPrefix("0x") || name == "???" ? "\(name) in \(object.split(separator: "/").last ?? "???")" : String(name)
        if let known = keys[full] { return known }
        guard keyNames.count < Self.maximumNames else { throw problem("more than \(Self.maximumNames) functions") }
        keys[full] = keyNames.count
        keyNames.append(full)
        return keyNames.count - 1
    }

    // MARK: Words

    private func problem(_ text: String) -> Problem { Problem(line: line, text: text) }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func isPosition(_ word: Range<Int>) -> Bool {
        switch bytes[word.lowerBound] {
        case UInt8(ascii: "*"): word.count == 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"): number(word.dropFirst()) != nil
        default: number(word) != nil
        }
    }

    /// Decimal, or hexadecimal behind `0x`; nil for anything else, and for what 63 bits do not hold.
    private func number(_ word: Range<Int>) -> Int64? {
        let isHexadecimal = word.count > 2 && bytes[word.lowerBound] == 0x30 && bytes[word.lowerBound + 1] == 0x78
        let digits = isHexadecimal ? word.dropFirst(2) : word
        guard !digits.isEmpty, digits.count <= 20 else { return nil }
        var value: Int64 = 0
        for index in digits {
            let digit: Int64
            switch bytes[index] {
            case 0x30...0x39: digit = Int64(bytes[index] - 0x30)
            case 0x61...0x66 where isHexadecimal: digit = Int64(bytes[index] - 0x61 + 10)
            default: return nil
            }
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(by: isHexadecimal ? 16 : 10)
            let (next, isBeyond) = scaled.addingReportingOverflow(digit)
            guard !isTooLarge, !isBeyond else { return nil }
            value = next
        }
        return value
    }

    private struct Words {
        let bytes: [UInt8]
        var range: Range<Int>

        mutating func next() -> Range<Int>? {
            var start = range.lowerBound
            while start < range.upperBound, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
            guard start < range.upperBound else { return nil }
            var end = start
            while end < range.upperBound, bytes[end] != 0x20, bytes[end] != 0x09 { end += 1 }
            range = end..<range.upperBound
            return start..<end
        }
    }
}

extension CallgrindProfile {
    /// - Throws: what is wrong with the file, with its line.
    static func parse(bytes: [UInt8]) throws(CallgrindReader.Problem) -> CallgrindProfile { try CallgrindReader.parse(bytes) }
}
