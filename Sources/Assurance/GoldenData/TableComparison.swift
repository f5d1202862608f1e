import StrictDocuments

/// What is different between a golden table and a freshly produced one: pure, cell by cell.
///
/// ```swift
/// let comparison = TableComparison(golden: golden, produced: produced, tolerances: entry.tolerances, file: "x.csv")
/// if let first = comparison.firstDivergence { print(first) }
/// // x.csv: row 3, column macd: expected 0.221136, got 0.22113489 (off by 1.1e-06, tolerance 5e-7)
/// ```
///
/// Columns are matched by name, rows by number. A cell of a numeric column must be a finite decimal number on both sides;
/// two empty cells are equal (the value is not defined there), one empty cell is a mismatch, and so are NaN, infinity and
/// text. A column without a tolerance is compared exactly and reported. Complexity: O(cells).
public struct TableComparison: Hashable, Sendable {
    public let file: String
    /// Cells that stand in both tables.
    public private(set) var comparedCells = 0
    public private(set) var mismatchingCells = 0
    /// The first mismatch, row by row.
    public private(set) var firstDivergence: CellDivergence?
    /// The largest difference of two numbers, within tolerance or not; nil where no numbers were compared.
    public private(set) var largestAbsoluteError: CellError<Double>?
    /// The same counted in representable doubles (units in the last place) between the two.
    public private(set) var largestULPError: CellError<UInt64>?
    /// Rows that only the golden table has.
    public let missingRows: Int
    /// Rows that only the produced table has.
    public let extraRows: Int
    public let missingColumns: [String]
    public let extraColumns: [String]
    /// Whether the columns that both have stand in another order.
    public let columnOrderDiffers: Bool
    /// Columns of the golden table that the manifest gives no tolerance.
    public let columnsWithoutTolerance: [String]
    /// Columns with a tolerance that the golden table does not have.
    public let tolerancesWithoutColumn: [String]

    /// Findings of every sort; 0 means that the tables agree. A comparison of no cell at all is itself a finding.
    public var mismatches: Int {
        mismatchingCells + missingRows + extraRows + missingColumns.count + extraColumns.count + (columnOrderDiffers ? 1 : 0)
            + columnsWithoutTolerance.count + tolerancesWithoutColumn.count + (comparedCells == 0 ? 1 : 0)
    }

    public init(golden: CSVTable, produced: CSVTable, tolerances: [String: GoldenTolerance], file: String) {
        self.file = file
        missingRows = max(0, golden.rows.count - produced.rows.count)
        extraRows = max(0, produced.rows.count - golden.rows.count)
        missingColumns = golden.header.filter { produced.columnIndex(named: $0) == nil }
        extraColumns = produced.header.filter { golden.columnIndex(named: $0) == nil }
        columnOrderDiffers =
            golden.header.filter { produced.columnIndex(named: $0) != nil }
            != produced.header.filter { golden.columnIndex(named: $0) != nil }
        columnsWithoutTolerance = golden.header.filter { tolerances[$0] == nil }
        tolerancesWithoutColumn = tolerances.keys.filter { golden.columnIndex(named: $0) == nil }.sorted()
        let columns = golden.header.enumerated().compactMap { golden, name in
            produced.columnIndex(named: name).map { (name: name, golden: golden, produced: $0, tolerance: tolerances[name] ?? .exact) }
        }
        for row in 0..<min(golden.rows.count, produced.rows.count) {
            for column in columns {
                compare(
                    expected: golden.rows[row][column.golden], got: produced.rows[row][column.produced], column.tolerance,
                    row: row + 1, column: column.name)
            }
        }
    }

    private mutating func compare(expected: String, got: String, _ tolerance: GoldenTolerance, row: Int, column: String) {
        comparedCells += 1
        guard let reason = difference(expected, got, tolerance, row: row, column: column) else { return }
        mismatchingCells += 1
        if firstDivergence == nil {
            firstDivergence = CellDivergence(file: file, row: row, column: column, expected: expected, got: got, reason: reason)
        }
    }

    /// Why two cells differ; nil where they agree. Keeps the largest errors.
    private mutating func difference(
        _ expected: String, _ got: String, _ tolerance: GoldenTolerance, row: Int, column: String
    ) -> CellDivergence.Reason? {
        guard case .absolute(let limit, let literal) = tolerance else {
            return expected.utf8.elementsEqual(got.utf8) ? nil : .text
        }
        if expected.isEmpty, got.isEmpty { return nil }
        if expected.isEmpty || got.isEmpty { return .undefined }
        guard let left = DecimalText.parse(expected) else { return .notANumber(side: .golden) }
        guard let right = DecimalText.parse(got) else { return .notANumber(side: .produced) }
        let error = (left - right).magnitude
        let ulps = Self.ulpDistance(left, right)
        if error > (largestAbsoluteError?.error ?? -1) { largestAbsoluteError = CellError(error: error, row: row, column: column) }
        if largestULPError.map({ ulps > $0.error }) ?? true { largestULPError = CellError(error: ulps, row: row, column: column) }
        // Of finite numbers the difference may still be infinite, which is above every limit.
        return error <= limit ? nil : .beyond(error: error, tolerance: literal)
    }

    /// How many representable doubles lie between two finite ones, the farther end included.
    static func ulpDistance(_ a: Double, _ b: Double) -> UInt64 {
        // Doubles of one sign are ordered as their bit patterns are; of two signs, both distances to zero add up.
        let (x, y) = (a.magnitude.bitPattern, b.magnitude.bitPattern)
        if a.sign == b.sign { return x > y ? x - y : y - x }
        return x + y  // each below 2^63
    }
}

/// The size of an error and where it stands.
public struct CellError<Size: Hashable & Sendable>: Hashable, Sendable {
    public let error: Size
    /// From 1, the header not counted.
    public let row: Int
    public let column: String
}

/// One cell that is not what the golden file says.
public struct CellDivergence: Hashable, Sendable, CustomStringConvertible {
    public enum Side: String, Hashable, Sendable { case golden, produced }
    public enum Reason: Hashable, Sendable {
        /// Two texts of an exact column.
        case text
        case beyond(error: Double, tolerance: String)
        /// One side is empty, which says that the value is not defined there.
        case undefined
        /// Text, NaN or infinity where a finite decimal number belongs.
        case notANumber(side: Side)
    }

    public let file: String
    /// From 1, the header not counted.
    public let row: Int
    public let column: String
    public let expected: String
    public let got: String
    public let reason: Reason

    public var description: String {
        let why =
            switch reason {
            case .text: "must be the same text"
            case .beyond(let error, let tolerance): "off by \(error), tolerance \(tolerance)"
            case .undefined: "a value is defined on one side only"
            case .notANumber(let side): "the \(side.rawValue) cell is no finite decimal number"
            }
        return "\(file): row \(row), column \(column): expected \(Self.shown(expected)), got \(Self.shown(got)) (\(why))"
    }

    private static func shown(_ cell: String) -> String {
        if cell.isEmpty { return "nothing" }
        return cell.unicodeScalars.count > 60 ? String(cell.unicodeScalars.prefix(60)) + "…" : cell
    }
}
