import PropertyTesting

/// Faults that hardly any random case reaches: nested compares of bytes, and mazes whose exit is far away.
///
/// Plain generation needs 256^n cases for n compares. The code says how far a case came by ``Draws/feature(_:)``, as coverage counters or
/// the hash of a model's state would; what is measured is the search that is guided by it.
public enum Needles {
    public enum Fault: String, CaseIterable, Sendable {
        /// Two, three and four bytes that are compared one after the other.
        case magic2 = "magic2"
        case magic3 = "magic3"
        case magic4 = "magic4"
        /// A small maze and a large one.
        case smallMaze = "maze_small"
        case largeMaze = "maze_large"
    }

    /// - Parameter isGuided: whether cases say how far they came.
    public static func properties(isGuided: Bool) -> [FaultyProperty] {
        [
            FaultyProperty("needle", "Bytes", noticing: [Fault.magic2, .magic3, .magic4]) { draws -> Int in
                let bytes = draws.bytes(0...16)
                let depth = matched(bytes)
                if isGuided { for level in 0..<depth { draws.feature(UInt64(level)) } }
                return depth
            } holds: { depth, fault in
                switch fault {
                case .magic2: depth < 2
                case .magic3: depth < 3
                case .magic4: depth < 4
                default: true
                }
            },
            maze(.smallMaze, small, isGuided: isGuided), maze(.largeMaze, large, isGuided: isGuided),
        ]
    }

    /// How many of the nested compares hold.
    private static func matched(_ bytes: [UInt8]) -> Int {
        let magic: [UInt8] = [0x9C, 0x3F, 0xE1, 0x57]
        var depth = 0
        while depth < magic.count, depth < bytes.count, bytes[depth] == magic[depth] { depth += 1 }
        return depth
    }

    // MARK: Mazes

    private static let small = Maze([
        "#########", "#@  #   #", "### # # #", "#   # # #", "# ### # #", "#     #!#", "#########",
    ])

    private static let large = Maze([
        "###############", "#@#   #     # #", "# # # # ### # #", "#   #   # #   #", "######### # ###", "#         #   #", "# ####### ### #",
        "# #     #   # #", "# # ### ### # #", "#   # #   # # #", "##### ### # # #", "#       # #   #", "# ##### # #####", "#     #      !#",
        "###############",
    ])

    private struct Maze: Sendable {
        let cells: [[UInt8]]
        var start = (row: 0, column: 0)

        init(_ rows: [String]) {
            cells = rows.map { Array($0.utf8) }
            for (row, line) in cells.enumerated() {
                for (column, cell) in line.enumerated() where cell == UInt8(ascii: "@") { start = (row, column) }
            }
        }

        /// The cells that a walk visits; it ends at a wall.
        func walk(_ moves: [Int], visit: (Int) -> Void) -> Bool {
            var (row, column) = start
            for move in moves {
                switch move {
                case 0: row -= 1
                case 1: row += 1
                case 2: column -= 1
                default: column += 1
                }
                if cells[row][column] == UInt8(ascii: "#") { return false }
                visit(row * 64 + column)
                if cells[row][column] == UInt8(ascii: "!") { return true }
            }
            return false
        }
    }

    private static func maze(_ fault: Fault, _ maze: Maze, isGuided: Bool) -> FaultyProperty {
        FaultyProperty("needle", "Maze", noticing: [fault]) { draws -> Bool in
            let moves = draws.array(0...100) { $0.element(of: [0, 1, 2, 3]) }
            return maze.walk(moves) { if isGuided { draws.feature(UInt64($0)) } }
        } holds: { isOut, active in
            !(isOut && active == fault)
        }
    }
}
