import PropertyTesting

/// Local minima: values from which no small step leads on, and a simpler one fails all the same.
enum TrapChallenges {
    static var all: [Challenge] { structures + relations + order }

    private static var structures: [Challenge] {
        [
            Challenge("early_exit", minima: ["[]"]) { draws -> [Int] in
                draws.bool() ? [] : (0..<8).map { _ in draws.int(in: 0...1000) }
            } holds: {
                !$0.isEmpty && $0.reduce(0, +) < 3000
            },
            // The last branch fails at once, the first only for some lists, and those are simpler.
            Challenge("lowered_selector", minima: ["list [0, 0, 0, 0]"]) { draws -> String in
                draws.oneOf([
                    { "list \($0.array { $0.int() })" }, { "pair \([$0.int(), $0.int()])" },
                    { "table \($0.array(8...12) { $0.int(in: 0...1000) })" },
                ])
            } holds: { text in
                if text.hasPrefix("table") { return false }
                return !text.hasPrefix("list") || text.count { $0 == "," } < 3
            },
            Challenge("coupling_n", minima: ["[1, 0]"]) { draws -> [Int] in
                let count = draws.int(in: 2...8)
                return (0..<count).map { _ in draws.int(in: 0...(count - 1)) }
            } holds: { values in
                values.indices.allSatisfy { values[$0] == $0 || values[values[$0]] != $0 }
            },
            Challenge("length_first", minima: ["[0, 0, 700]"]) { draws -> [Int] in
                let count = draws.int(in: 1...50)
                return (0..<count).map { _ in draws.int(in: 0...1000) }
            } holds: {
                $0.count < 3 || $0[$0.count - 1] < 700
            },
        ]
    }

    private static var relations: [Challenge] {
        [
            Challenge("cross_sum", minima: ["[1, 0, 0, 0, 1000]"]) { draws in
                (0..<5).map { _ in draws.int(in: 0...1000) }
            } holds: {
                $0[0] + $0[4] <= 1000
            },
            Challenge("triple_equal", minima: ["[101, 101, 101]"]) { draws in
                (0..<3).map { _ in draws.int(in: 0...200) }
            } holds: {
                $0[0] <= 100 || $0[0] != $0[1] || $0[1] != $0[2]
            },
            Challenge("product", minima: ["[1, 720]"]) {
                [$0.int(in: 1...1000), $0.int(in: 1...1000)]
            } holds: {
                $0[0] * $0[1] != 720
            },
            Challenge("checksum", minima: ["([51], 51)"]) {
                ($0.array(0...6) { $0.int(in: 0...255) }, $0.int(in: 0...255))
            } holds: { bytes, check in
                bytes.reduce(0, +) <= 50 || bytes.reduce(0, +) % 256 != check
            },
            Challenge("modular_pair", minima: ["[20, 12]"]) {
                [$0.int(in: 0...1000), $0.int(in: 0...1000)]
            } holds: {
                $0[0] < 20 || ($0[0] + 3 * $0[1]) % 17 != 5
            },
        ]
    }

    private static var order: [Challenge] {
        [
            Challenge("sorted_dup", minima: ["[10, 10]"]) {
                $0.array { $0.int(in: 0...1000) }.sorted()
            } holds: { values in
                zip(values, values.dropFirst()).allSatisfy { $0 < 10 || $0 != $1 }
            },
            Challenge("matching_parens", minima: ["((()))"]) {
                $0.text(alphabet: ["(", ")", "a", "b"])
            } holds: { text in
                let opening = text.count { $0 == "(" }
                return opening < 3 || opening != text.count { $0 == ")" }
            },
            Challenge("rotation", minima: ["[1, 2, 3]"]) {
                $0.array(3...5) { $0.int(in: 0...9) }
            } holds: { values in
                !values.indices.contains { start in
                    let turned = Array(values[start...] + values[..<start])
                    return turned[0] >= 1 && zip(turned, turned.dropFirst()).allSatisfy { $1 == $0 + 1 }
                }
            },
        ]
    }
}
