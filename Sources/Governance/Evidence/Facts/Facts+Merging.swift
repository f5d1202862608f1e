import Glibc

/// Joining the facts of several reports into one.
///
/// `merging` is associative and commutative on normalised facts, so that the order in which reports are read never
/// matters; it is not idempotent, because two reports are two sets of observations: reading the same report twice counts
/// its executions twice (callers read each file once).
///
/// | what | rule |
/// |---|---|
/// | the same test | worst outcome: errored, failed, unfinished, skipped, passed; cases, known issues, warnings and durations are added |
/// | its message | that of the worst outcome; of several the first in byte order |
/// | the same file | lines of either; counts of the same line are added |
/// | its state | measured before unmeasured before no code |
/// | its tallies | larger total and larger covered number: what the union covers at the least, as tallies do not say which |
/// | measures | all are kept, also several with one name and subject |
///
/// Every addition saturates. Identifiers are compared by their bytes, never by Unicode equivalence.
extension Facts {
    public func merging(_ other: Facts) -> Facts {
        var joined = self
        joined.append(other)
        return joined.normalised()
    }

    /// The facts of many reports as one, put in order once: O(n log n) in all facts, where merging them one by one is quadratic.
    public static func merged(_ parts: some Sequence<Facts>) -> Facts {
        var joined = Facts()
        for part in parts { joined.append(part) }
        return joined.normalised()
    }

    /// Adds the entries of another report without joining those that belong together; ``normalised()`` does that.
    public mutating func append(_ other: Facts) {
        tests += other.tests
        coverage += other.coverage
        measures += other.measures
    }

    /// In canonical order, with entries of the same test and of the same file joined. O(n log n).
    public func normalised() -> Facts {
        var result = Facts()
        result.tests = Self.folded(tests, key: \.id) { $0.merging($1) }
        result.coverage = Self.folded(coverage.map { $0.withLinesInOrder() }, key: \.path) { $0.merging($1) }
        result.measures = measures.sorted(by: Measure.inCanonicalOrder)
        return result
    }

    private static func folded<Element>(
        _ elements: [Element], key: (Element) -> String, join: (Element, Element) -> Element
    ) -> [Element] {
        // Most reports come in order already, or nearly.
        if zip(elements, elements.dropFirst()).allSatisfy({ CanonicalOrder.compare(key($0), key($1)) < 0 }) { return elements }
        var result: [Element] = []
        result.reserveCapacity(elements.count)
        for element in elements.sorted(by: { CanonicalOrder.compare(key($0), key($1)) < 0 }) {
            if let last = result.last, CanonicalOrder.compare(key(last), key(element)) == 0 {
                result[result.count - 1] = join(last, element)
            } else {
                result.append(element)
            }
        }
        return result
    }
}

extension TestOutcome {
    /// Larger is worse.
    var severity: Int {
        switch self {
        case .passed: 0
        case .skipped: 1
        case .unfinished: 2
        case .failed: 3
        case .errored: 4
        }
    }
}

extension TestFact {
    /// One fact from two observations of the same test.
    func merging(_ other: TestFact) -> TestFact {
        var result = self
        if outcome.severity == other.outcome.severity {
            result.message = CanonicalOrder.least(message, other.message)
        } else {
            let worse = outcome.severity > other.outcome.severity ? self : other
            result.outcome = worse.outcome
            result.message = worse.message
        }
        result.cases = saturatingSum(cases, other.cases)
        result.knownIssues = saturatingSum(knownIssues, other.knownIssues)
        result.warnings = saturatingSum(warnings, other.warnings)
        result.location = CanonicalOrder.least(location, other.location)
        if let duration = durationNanoseconds, let added = other.durationNanoseconds {
            result.durationNanoseconds = saturatingSum(duration, added)
        } else {
            result.durationNanoseconds = durationNanoseconds ?? other.durationNanoseconds
        }
        return result
    }
}

extension FileCoverage {
    /// One file from two reports that measured it.
    func merging(_ other: FileCoverage) -> FileCoverage {
        var result = self
        result.package = CanonicalOrder.least(package, other.package)
        result.state = state.precedence >= other.state.precedence ? state : other.state
        result.branches = Self.larger(branches, other.branches)
        result.functions = Self.larger(functions, other.functions)
        result.regions = Self.larger(regions, other.regions)
        result.lines = Self.union(lines, other.lines)
        return result
    }

    /// Both ascending without repetition; O(n + m).
    static func union(_ a: [LineCount], _ b: [LineCount]) -> [LineCount] {
        var result: [LineCount] = []
        result.reserveCapacity(max(a.count, b.count))
        var i = 0
        var j = 0
        while i < a.count || j < b.count {
            if j == b.count || (i < a.count && a[i].line < b[j].line) {
                result.append(a[i])
                i += 1
            } else if i == a.count || b[j].line < a[i].line {
                result.append(b[j])
                j += 1
            } else {
                result.append(LineCount(line: a[i].line, count: saturatingSum(a[i].count, b[j].count)))
                i += 1
                j += 1
            }
        }
        return result
    }

    func withLinesInOrder() -> FileCoverage {
        var ordered = true
        for index in lines.indices.dropFirst() where lines[index - 1].line >= lines[index].line { ordered = false }
        if ordered { return self }
        var result = self
        result.lines = []
        for line in lines.sorted(by: { $0.line < $1.line }) {
            if let last = result.lines.last, last.line == line.line {
                result.lines[result.lines.count - 1].count = saturatingSum(last.count, line.count)
            } else {
                result.lines.append(line)
            }
        }
        return result
    }

    private static func larger(_ a: Tally?, _ b: Tally?) -> Tally? {
        guard let a, let b else { return a ?? b }
        return Tally(covered: max(a.covered, b.covered), total: max(a.total, b.total))
    }
}

extension FileCoverage.State {
    fileprivate var precedence: Int {
        switch self {
        case .noCode: 0
        case .unmeasured: 1
        case .measured: 2
        }
    }
}

extension Measure {
    fileprivate static func inCanonicalOrder(_ a: Measure, _ b: Measure) -> Bool {
        for order in [
            CanonicalOrder.compare(a.metric, b.metric), CanonicalOrder.compare(a.subject, b.subject),
            CanonicalOrder.compare(a.quantity.unit.rawValue, b.quantity.unit.rawValue),
            CanonicalOrder.compare(a.note, b.note),
        ] where order != 0 {
            return order < 0
        }
        if a.quantity.numerator != b.quantity.numerator { return a.quantity.numerator < b.quantity.numerator }
        if a.quantity.denominator != b.quantity.denominator { return a.quantity.denominator < b.quantity.denominator }
        return a.samples < b.samples
    }
}

/// `a + b`, or the largest (smallest) number where the sum does not fit.
func saturatingSum<Number: FixedWidthInteger>(_ a: Number, _ b: Number) -> Number {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b > 0 ? .max : .min) : sum
}

/// The order of text in records: by bytes, so that it is the same everywhere and equal only for equal bytes. Nil is last.
enum CanonicalOrder {
    /// Negative, zero or positive. Sorting a million identifiers is mostly this, hence `memcmp`.
    static func compare(_ a: String, _ b: String) -> Int {
        let order = a.utf8.withContiguousStorageIfAvailable { left in
            b.utf8.withContiguousStorageIfAvailable { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return left.count - right.count }
                let bytes = memcmp(first, second, min(left.count, right.count))
                return bytes == 0 ? left.count - right.count : Int(bytes)
            }
        }
        if let order, let order { return order }
        // Text without contiguous bytes, which Swift's own strings never are here.
        if a.utf8.elementsEqual(b.utf8) { return 0 }
        return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }

    static func compare(_ a: String?, _ b: String?) -> Int {
        switch (a, b) {
        case (nil, nil): 0
        case (nil, _): 1
        case (_, nil): -1
        case (let a?, let b?): compare(a, b)
        }
    }

    static func least(_ a: String?, _ b: String?) -> String? { compare(a, b) <= 0 ? a : b }
}
