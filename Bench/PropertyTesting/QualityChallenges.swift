import PropertyTesting

/// What a good shrinker must always get right: sums, containment, texts, doubles, binds and branches, in the spirit of the quality tests of
/// Hypothesis.
enum QualityChallenges {
    static var all: [Challenge] { sums + collections + numbers + texts + structures }

    private static var sums: [Challenge] {
        [
            Challenge("sum_pair", minima: ["[1, 1000]"]) {
                [$0.int(in: 0...1000), $0.int(in: 0...1000)]
            } holds: {
                $0[0] + $0[1] <= 1000
            },
            Challenge("sum_list", minima: ["[50, 100, 100]"]) {
                $0.array(0...10) { $0.int(in: 0...100) }
            } holds: {
                $0.reduce(0, +) < 250
            },
            Challenge("float_sum", minima: ["[1.0, 1000.0]"]) {
                [$0.double(in: 0...1000), $0.double(in: 0...1000)]
            } holds: {
                $0[0] + $0[1] <= 1000
            },
            Challenge("negative_total", minima: ["[-501]"]) {
                $0.array { $0.int(in: -1000...1000) }
            } holds: {
                $0.reduce(0, +) >= -500
            },
        ]
    }

    private static var collections: [Challenge] {
        [
            Challenge("containment", minima: ["([100], 100)"]) {
                ($0.array { $0.int() }, $0.int())
            } holds: { values, value in
                value < 100 || !values.contains(value)
            },
            Challenge("dup_containment", minima: ["([0, 0], 0)"]) {
                ($0.array { $0.int() }, $0.int())
            } holds: { values, value in
                values.count { $0 == value } <= 1
            },
            Challenge("longish_lists", minima: ["\([[Bool]](repeating: [false, true], count: 5))"]) {
                $0.array { $0.array { $0.bool() } }
            } holds: { lists in
                lists.count { $0.count >= 2 && $0.contains(true) } < 5
            },
            Challenge("set3", minima: ["[0, 1, -1]", "[0, 1, 2]"]) {
                $0.set { $0.int() }
            } holds: {
                $0.count < 3
            },
            Challenge("dict3", minima: [#"["=", "0=", "1="]"#]) { draws -> [String] in
                var keys: Set<String> = []
                return draws.array { ($0.text(), $0.text()) }.filter { keys.insert($0.0).inserted }.map { "\($0.0)=\($0.1)" }
            } holds: {
                $0.count < 3
            },
            Challenge("unsorted", minima: ["[0, -1]"]) {
                $0.array { $0.int() }
            } holds: {
                $0 == $0.sorted()
            },
            Challenge("high_byte", minima: ["[128]"]) {
                $0.bytes()
            } holds: {
                $0.allSatisfy { $0 < 128 }
            },
        ]
    }

    private static var numbers: [Challenge] {
        [
            Challenge("float_gt1", minima: ["2.0"]) {
                $0.double()
            } holds: {
                !($0 > 1)
            },
            Challenge("float_frac", minima: ["10.5"]) {
                $0.double()
            } holds: {
                !($0 > 10) || $0 == $0.rounded()
            },
            Challenge("below_zero", minima: ["-1"]) {
                $0.int()
            } holds: {
                $0 >= 0
            },
            Challenge("multiple_of_seven", minima: ["105"]) {
                $0.int(in: 0...1_000_000)
            } holds: {
                $0 <= 100 || $0 % 7 != 0
            },
        ]
    }

    private static var texts: [Challenge] {
        /// Encodes runs as text and count, and forgets to begin the count anew.
        func encode(_ text: String) -> [(Character, Int)] {
            var runs: [(Character, Int)] = []
            var count = 1
            var previous: Character?
            for character in text {
                if character == previous {
                    count += 1
                } else {
                    if let previous { runs.append((previous, count)) }
                    previous = character
                }
            }
            if let previous { runs.append((previous, count)) }
            return runs
        }
        return [
            Challenge("rle", minima: ["001"]) {
                $0.text()
            } holds: { text in
                encode(text).map { String(repeating: $0.0, count: $0.1) }.joined() == text
            },
            Challenge("text_lower", minima: ["A"]) {
                $0.text()
            } holds: {
                $0 == $0.lowercased()
            },
            Challenge("text_upper", minima: ["a"]) {
                $0.text()
            } holds: {
                $0 == $0.uppercased()
            },
        ]
    }

    private static var structures: [Challenge] {
        [
            Challenge("rectangles", minima: [#"[["a", "b"]]"#]) { draws -> [[String]] in
                let width = draws.int(in: 0...10)
                return draws.array { draws in (0..<width).map { _ in draws.element(of: ["a", "b"]) } }
            } holds: {
                !$0.contains(["a", "b"])
            },
            Challenge("one_of_slip", minima: ["101"]) {
                $0.oneOf([{ $0.int(in: 101...100_000) }, { $0.int(in: 0...100) }])
            } holds: {
                $0 < 101
            },
            Challenge("tree_depth", minima: ["[[[]]]"]) {
                $0.recursive(leaf: { "\($0.int())" }, node: { draws, inner in "[\(draws.array { _ in inner() }.joined(separator: " "))]" })
            } holds: { text in
                var (depth, deepest) = (0, 0)
                for byte in text.utf8 {
                    if byte == UInt8(ascii: "[") { depth += 1 } else if byte == UInt8(ascii: "]") { depth -= 1 }
                    deepest = max(deepest, depth)
                }
                return deepest < 3
            },
            Challenge("number_or_text", minima: [#"["", "10"]"#]) {
                $0.array { $0.oneOf([{ $0.text() }, { "\($0.int(in: 0...1_000_000))" }]) }
            } holds: { parts in
                !parts.contains("") || !parts.contains { $0.count >= 2 }
            },
        ]
    }
}
