import PropertyTesting
import Testing

private struct Point: Hashable {
    var x: Int
    var y: Int
}

private struct Box<Content> {
    var content: Content
}

private enum Colour: CustomStringConvertible {
    case red
    case rgb(Int, Int, Int)
    case named(name: String)
    case grey(level: Double, of: Point)
    indirect case mix([Colour])
    case maybe(Int?)

    var description: String { "a colour" }
}

private class Node {
    var value = 1
    var next: Node?
}

private final class Leaf: Node {
    var colour = Colour.red
}

private struct Money: SwiftLiteralConvertible {
    var cents: Int
    var swiftLiteral: String { "\(cents).cents" }
}

struct LiteralTests {
    @Test(
        "numbers, texts and collections are written as one would type them",
        arguments: [
            (42, "42"), (Int8(-128), "-128"), (UInt64.max, "18446744073709551615"), (true, "true"), (0.1, "0.1"), (-0.0, "-0.0"),
            (1e300, "1e+300"),
            (Double.nan, ".nan"), (-Double.infinity, "-.infinity"), (Float(1) / 3, "0.33333334"),
            (Double.leastNonzeroMagnitude, ".leastNonzeroMagnitude"), (-Double.leastNonzeroMagnitude * 3, "-Double(bitPattern: 0x3)"),
            ("", #""""#), ("a\"b\\c\n\r\t\0", #""a\"b\\c\n\r\t\0""#),
            ("\u{7F}\u{1B}[0m", #""\u{7F}\u{1B}[0m""#), ("é€漢", #""é€漢""#), ("e\u{301}", #""e\u{301}""#),
            ("\u{202E}x\u{FEFF}", #""\u{202E}x\u{FEFF}""#),
            ("\r\n", #""\r\n""#), (Character("z"), #""z""#), ("abc".dropFirst(), #""bc""#), ([1, 2, 3], "[1, 2, 3]"), ([Int](), "[]"),
            ([UInt8]([0, 255]), "[0, 255]"), ([[0.5], []], "[[0.5], []]"), (Set([10, 9, -1]), "[-1, 9, 10]"),
            (Set(["b", "a"]), #"["a", "b"]"#),
            (["b": 1, "a": 2], #"["a": 2, "b": 1]"#), ([Int: Int](), "[:]"), ([10: "x", 9: "y"], #"[9: "y", 10: "x"]"#),
            (Int?.none as any Sendable, "nil"),
            (Int?(5) as any Sendable, "5"), (Int??.some(nil) as any Sendable, ".some(nil)"), ([1, nil, 3] as [Int?], "[1, nil, 3]"),
            ((1, "x"), #"(1, "x")"#),
            ((a: 1, b: (2, c: 3)), "(a: 1, b: (2, c: 3))"), ((), "()"), (1..<5, "1..<5"), (-3 ... -1, "(-3)...(-1)"), (2..., "2..."),
            (...0.5, "...0.5"),
            (Duration.seconds(3), ".seconds(3)"), (Duration.milliseconds(-1500), ".milliseconds(-1500)"),
            (Duration.nanoseconds(7), ".nanoseconds(7)"),
            (
                Duration(secondsComponent: 0, attosecondsComponent: 1), "Duration(secondsComponent: 0, attosecondsComponent: 1)"
            ),
        ] as [(any Sendable, String)])
    func golden(_ value: any Sendable, _ text: String) {
        #expect(SwiftLiteral.text(of: value) == text)
    }

    @Test("structs, enums and classes are written as calls with their labels")
    func types() {
        #expect(SwiftLiteral.text(of: Point(x: 1, y: -2)) == "Point(x: 1, y: -2)")
        #expect(SwiftLiteral.text(of: [Point(x: 0, y: 0): [Box(content: "a")]]) == #"[Point(x: 0, y: 0): [Box<String>(content: "a")]]"#)
        #expect(SwiftLiteral.text(of: Colour.red) == ".red")
        #expect(SwiftLiteral.text(of: Colour.rgb(1, 2, 3)) == ".rgb(1, 2, 3)")
        #expect(SwiftLiteral.text(of: Colour.named(name: "x")) == #".named(name: "x")"#)
        #expect(SwiftLiteral.text(of: Colour.grey(level: 0.5, of: Point(x: 1, y: 2))) == ".grey(level: 0.5, of: Point(x: 1, y: 2))")
        #expect(SwiftLiteral.text(of: Colour.mix([.red, .rgb(0, 0, 0)])) == ".mix([.red, .rgb(0, 0, 0)])")
        #expect(SwiftLiteral.text(of: Colour.maybe(nil)) == ".maybe(nil)")
        #expect(SwiftLiteral.text(of: Money(cents: 5)) == "5.cents")
        #expect(SwiftLiteral.text(of: [Money(cents: 5)]) == "[5.cents]")
        #expect(SwiftLiteral.text(of: Leaf()) == "Leaf(value: 1, next: nil, colour: .red)")
        struct Local { var x = 1 }
        #expect(SwiftLiteral.text(of: Local()) == "Local(x: 1)")
    }

    @Test("a declaration carries the type, without modules or marks of private types")
    func declaration() {
        #expect(SwiftLiteral.declaration(of: [Int8](), named: "xs") == "let xs: [Int8] = []")
        #expect(SwiftLiteral.declaration(of: Int?.none, named: "x") == "let x: Int? = nil")
        #expect(SwiftLiteral.declaration(of: (1, [2.5]), named: "pair").hasSuffix("= (1, [2.5])"))
        #expect(SwiftLiteral.typeName(Point.self) == "Point")
        #expect(SwiftLiteral.typeName([Box<Point>]?.self) == "[Box<Point>]?")
        #expect(SwiftLiteral.typeName((Int, String).self) == "(Int, String)")
        #expect(SwiftLiteral.typeName([String: Box<Int>].self) == "Dictionary<String, Box<Int>>")
        #expect(SwiftLiteral.typeName(String.Index.self) == "String.Index")
    }

    @Test("a cycle, a deep value and a long one end in a comment that names the limit")
    func limits() {
        let node = Node()
        node.next = node
        #expect(SwiftLiteral.text(of: node) == "Node(value: 1, next: /* the same Node again */)")
        node.next = nil
        var deep: Colour = .red
        for _ in 0..<500 { deep = .mix([deep]) }
        let text = SwiftLiteral.text(of: deep)
        #expect(text.contains("/* deeper than maximumDepth 24 */") && text.count < 500)
        var limits = SwiftLiteral.Limits()
        limits.maximumElements = 3
        #expect(SwiftLiteral.text(of: [1, 2, 3, 4, 5], limits: limits) == "[1, 2, 3, /* 2 more, beyond maximumElements */]")
        #expect(SwiftLiteral.text(of: Set([5, 4, 3, 2]), limits: limits) == "[2, 3, 4, /* 1 more, beyond maximumElements */]")
        #expect(SwiftLiteral.text(of: [UInt8](repeating: 7, count: 5), limits: limits) == "[7, 7, 7, /* 2 more, beyond maximumElements */]")
        limits.maximumElements = 10_000
        limits.maximumBytes = 100
        let long = SwiftLiteral.text(of: (0..<5000).map { [$0] }, limits: limits)
        #expect(long.utf8.count < 300 && long.contains("beyond maximumBytes 100"))
    }

    @Test("doubles and texts read back as the same value")
    func readsBack() {
        for value in [0.1, .pi, 1.7976931348623157e308, 123456789.125, 2.2250738585072014e-308] {
            #expect(Double(SwiftLiteral.text(of: value)) == value)
        }
    }
}
