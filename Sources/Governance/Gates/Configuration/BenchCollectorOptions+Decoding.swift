import Determinism
import Evidence
import StrictDocuments

extension BenchCollectorOptions {
    /// Reads the keys of a collector of kind `bench`; what is wrong is reported to the decoder, each at its place.
    ///
    /// - Parameter timeoutNanoseconds: the collector's, which the measuring must fit into.
    static func read(
        _ object: StrictDecoder.Object, timeoutNanoseconds: Int64, _ decoder: inout StrictDecoder
    ) -> BenchCollectorOptions {
        var options = BenchCollectorOptions()
        if let suite = decoder.optionalString(object, "suite") {
            if isWord(suite.value) { options.suite = suite.value } else { reject(suite, "name of a suite", &decoder) }
        }
        if let base = decoder.optionalString(object, "base") { options.base = readBase(base, &decoder) }
        options.tags = tags(object, &decoder)
        if let seconds = decoder.optionalInteger(object, "seconds", in: 1...maximumSeconds) {
            options.seconds = Int(seconds.value)
        }
        if Int64(options.seconds) * 1_000_000_000 >= timeoutNanoseconds {
            decoder.report(
                .contradiction, at: object.keyPosition(object.has("seconds") ? "seconds" : "timeout"),
                "measuring takes \(options.seconds) seconds and does not end within the timeout",
                hint: "give 'timeout' some minutes more than 'seconds', for building")
        }
        options.budgets = budgets(object, base: options.base, &decoder)
        return options
    }

    private static func tags(_ object: StrictDecoder.Object, _ decoder: inout StrictDecoder) -> [String] {
        let tags = decoder.strings(object, "tags") ?? []
        var seen: Set<String> = []
        for tag in tags {
            if !isWord(tag.value) { reject(tag, "tag", &decoder) }
            if !seen.insert(tag.value).inserted { decoder.report(.duplicate, at: tag.position, "'tags' names '\(tag.value)' twice") }
        }
        if tags.count > maximumTags {
            decoder.report(.limit, at: object.keyPosition("tags"), "more than maximumTags of \(maximumTags) tags")
        }
        return tags.map(\.value)
    }

    private static func readBase(_ base: StrictDecoder.Located<String>, _ decoder: inout StrictDecoder) -> Base {
        switch base.value {
        case "merge-base": return .mergeBase
        case "none": return .headOnly
        default:
            // It becomes a word of a command line.
            guard isWord(base.value), base.value.utf8.count <= maximumReferenceLength else {
                decoder.report(
                    .badValue, at: base.position, "'\(base.value.prefix(80))' is no base",
                    hint: "\"merge-base\", a commit, tag or branch, or \"none\"")
                return .mergeBase
            }
            return .reference(base.value)
        }
    }

    /// Text that can stand as one word of a command line and is no option.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-") && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func reject(_ word: StrictDecoder.Located<String>, _ what: String, _ decoder: inout StrictDecoder) {
        decoder.report(
            .badValue, at: word.position, "'\(word.value.prefix(80))' is no \(what)", hint: "one word that does not begin with '-'")
    }

    // MARK: Budgets

    private static func budgets(_ object: StrictDecoder.Object, base: Base, _ decoder: inout StrictDecoder) -> [BenchBudget] {
        let nodes = decoder.elements(object, "budgets") ?? []
        guard nodes.count <= maximumBudgets else {
            decoder.report(.limit, at: object.keyPosition("budgets"), "more than maximumBudgets of \(maximumBudgets) budgets")
            return []
        }
        var budgets: [BenchBudget] = []
        var patterns: Set<String> = []
        for node in nodes {
            guard let entry = decoder.object(node, "an entry of 'budgets'", keys: GatesConfiguration.keys["budget"] ?? []) else { continue }
            guard let pattern = decoder.requiredString(entry, "benchmarks") else { continue }
            if !patterns.insert(pattern.value).inserted {
                decoder.report(
                    .duplicate, at: pattern.position, "'\(pattern.value)' has a budget already; only the first is ever used",
                    hint: "write all its limits into one entry")
            }
            var reader = BudgetReader(entry: entry, hasBase: base != .headOnly)
            if let budget = reader.read(pattern, &decoder) { budgets.append(budget) }
        }
        return budgets
    }
}

/// One reading of an entry of `budgets`.
private struct BudgetReader {
    let entry: StrictDecoder.Object
    let hasBase: Bool

    static let limits = ["slowdown", "time", "ratio", "allocations", "allocation_growth", "peak_memory"]
    /// Those that compare head with base.
    static let relative = ["slowdown", "allocation_growth"]

    mutating func read(_ pattern: StrictDecoder.Located<String>, _ decoder: inout StrictDecoder) -> BenchBudget? {
        var budget = BenchBudget()
        do {
            budget.benchmarks = try Glob(pattern.value)
        } catch {
            decoder.report(
                .badValue, at: pattern.position, "'\(pattern.value.prefix(80))' is not a pattern of benchmarks: \(error.description)")
        }
        if !Self.limits.contains(where: { entry.has($0) }) {
            decoder.report(
                .badValue, at: pattern.position, "the budget of '\(pattern.value.prefix(80))' limits nothing",
                hint: "give it one of: \(Self.limits.joined(separator: ", "))")
        }
        if !hasBase {
            for key in Self.relative where entry.has(key) {
                decoder.report(
                    .contradiction, at: entry.keyPosition(key), "'\(key)' compares with a base, and 'base' is \"none\"",
                    hint: "take it out, or give a base")
            }
        }
        let maximum = BenchBudget.maximumPartsPerMillion
        if let value = exact(
            "slowdown", .init(unit: .ratio, scale: 1_000_000, maximum: maximum, form: "a percentage such as \"5%\""), &decoder)
        {
            budget.slowdownPartsPerMillion = value
        }
        budget.timePicoseconds = exact(
            "time", .init(unit: .nanoseconds, scale: 1000, maximum: 86_400_000_000_000_000, form: "a time such as \"250us\""), &decoder)
        budget.ratioPartsPerMillion = ratio(&decoder)
        budget.allocations = decoder.optionalInteger(entry, "allocations", in: 0...Int64.max)?.value
        budget.allocationGrowth = decoder.optionalInteger(entry, "allocation_growth", in: 0...Int64.max)?.value ?? 0
        budget.peakBytes = exact("peak_memory", .init(unit: .bytes, scale: 1, maximum: 1 << 50, form: "a size such as \"64MiB\""), &decoder)
        explain(&budget, pattern, &decoder)
        return budget.benchmarks == nil ? nil : budget
    }

    /// Why, and until when.
    private func explain(_ budget: inout BenchBudget, _ pattern: StrictDecoder.Located<String>, _ decoder: inout StrictDecoder) {
        if let reason = decoder.optionalString(entry, "reason") {
            if reason.value.utf8.allSatisfy({ $0 <= 0x20 }) { decoder.report(.badValue, at: reason.position, "'reason' gives none") }
            budget.reason = reason.value
        }
        if let text = decoder.optionalString(entry, "expires") {
            budget.expires = Self.expiry(text.value)
            if budget.expires == nil {
                decoder.report(
                    .badValue, at: text.position, "'\(text.value.prefix(40))' is not a day",
                    hint: "write the last day on which the budget holds as \"2027-01-31\"")
            }
            if !entry.has("reason") {
                decoder.report(.missingKey, at: text.position, "a budget that expires says why it is there", hint: "add 'reason'")
            }
        }
        guard budget.isLoosened else { return }
        let key = budget.allocationGrowth > 0 ? "allocation_growth" : "slowdown"
        let missing = ["reason", "expires"].filter { !entry.has($0) }
        // One that expires and has no reason was told already.
        if missing.isEmpty || missing == ["reason"] { return }
        decoder.report(
            .missingKey, at: entry.keyPosition(key),
            "the budget of '\(pattern.value.prefix(80))' allows more than the default, without "
                + missing.map { "'\($0)'" }.joined(separator: " and "),
            hint: "the default is \"slowdown\": \"5%\" and \"allocation_growth\": 0; what loosens it says why, and until when")
    }

    /// What a limit must be.
    private struct Form {
        var unit: Evidence.Unit
        /// Of the recorded integer in one of the unit.
        var scale: Int64
        var maximum: Int64
        var form: String
    }

    /// A quantity as a whole number of its smallest part, above 0.
    private func exact(_ key: String, _ form: Form, _ decoder: inout StrictDecoder) -> Int64? {
        guard let node = entry[key] else { return nil }
        guard case .string(let text) = node.content else {
            decoder.report(
                .wrongType, at: node.position, "'\(key)' is \(form.form), found \(node.typeName)", hint: "write \(form.form)")
            return nil
        }
        let value: Quantity
        do { value = try QuantityText(text).quantity } catch {
            decoder.report(.badValue, at: node.position, "'\(key)': \(error.description)", hint: "write \(form.form)")
            return nil
        }
        guard value.unit == form.unit else {
            decoder.report(.badValue, at: node.position, "'\(text.prefix(40))' has the wrong unit for '\(key)'", hint: "write \(form.form)")
            return nil
        }
        return whole(key, text, Int128(value.numerator) * Int128(form.scale), Int128(value.denominator), form.maximum, node, &decoder)
    }

    private func whole(
        _ key: String, _ text: String, _ numerator: Int128, _ denominator: Int128, _ maximum: Int64, _ node: JSONNode,
        _ decoder: inout StrictDecoder
    ) -> Int64? {
        guard numerator > 0 else {
            decoder.report(.badValue, at: node.position, "'\(key)' is above 0, not '\(text.prefix(40))'")
            return nil
        }
        guard numerator % denominator == 0 else {
            decoder.report(
                .badValue, at: node.position, "'\(text.prefix(40))' is finer than '\(key)' is kept",
                hint: "shares are kept in millionths, times in picoseconds, sizes in bytes")
            return nil
        }
        guard numerator / denominator <= Int128(maximum) else {
            decoder.report(.limit, at: node.position, "'\(text.prefix(40))' is beyond the limit of '\(key)'")
            return nil
        }
        return Int64(numerator / denominator)
    }

    /// "1.8": how many times the reference, without a unit.
    private func ratio(_ decoder: inout StrictDecoder) -> Int64? {
        guard let node = entry["ratio"] else { return nil }
        // As a percentage the same digits are a number with a fraction; its unit is taken off again.
        guard case .string(let text) = node.content, text.utf8.last.map({ (0x30...0x39).contains($0) }) == true,
            let value = try? QuantityText(text + "%").quantity
        else {
            decoder.report(
                .badValue, at: node.position, "'ratio' is \(StrictDecoder.shown(node)), which is no multiple of the reference",
                hint: "write \"1.8\" for 1.8 times the time of the reference kernel")
            return nil
        }
        return whole(
            "ratio", text, Int128(value.numerator) * 100_000_000, Int128(value.denominator), BenchBudget.maximumPartsPerMillion, node,
            &decoder)
    }

    /// A day of the calendar as "2027-01-31"; nil for any other text.
    static func expiry(_ text: String) -> BenchBudget.Expiry? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].reduce(Int64?(0)) { sum, byte in
                sum.flatMap { (0x30...0x39).contains(byte) ? $0 * 10 + Int64(byte - 0x30) : nil }
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), (2000...2200).contains(year),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = Instant.days(fromYear: year, month: month, day: day)
        // The 31st of a month that has 30 would be the first of the next.
        guard Instant.civil(fromDays: days) == (year, month, day) else { return nil }
        return BenchBudget.Expiry(text: text, end: Instant(nanosecondsSinceEpoch: (days + 1) * 86_400_000_000_000))
    }
}
