import Testing

@testable import Gates

@Suite("path patterns")
struct GlobTests {
    @Test(
        "a pattern matches what its words say and nothing else",
        arguments: [
            ("Sources/**", "Sources/a", true), ("Sources/**", "Sources/a/b.swift", true), ("Sources/**", "SourcesX/a", false),
            ("Sources/**", "Sources", false), ("Sources/**", "x/Sources/a", false),
            ("**/*.swift", "a.swift", true), ("**/*.swift", "a/b/c.swift", true), ("**/*.swift", "a.swiftx", false),
            ("a/**/b", "a/b", true), ("a/**/b", "a/x/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false),
            ("a/**/b", "ab", false), ("a/**/b", "a/x/yb", false), ("a/**/b", "a/b/c", false),
            ("**", "a", true), ("**", "a/b/c", true), ("a/**/**/b", "a/b", true), ("**/**", "a/b", true),
            ("**/b/**", "b/c", true), ("**/b/**", "a/b/c", true), ("**/b/**", "a/xb/c", false), ("**/b/**", "b", false),
            ("a/**/*", "a/b", true), ("a/**/*", "a/b/c", true), ("a/**/*", "a", false),
            ("*", "a", true), ("*", "a/b", false), ("a*c", "abc", true), ("a*c", "ac", true), ("a*c", "a/c", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("a?c", "a/c", false), ("a?c", "aéc", true),
            // Two stars that are not a component of their own are one star.
            ("a**", "abc", true), ("a**", "ab/c", false), ("**.swift", "x.swift", true), ("**.swift", "a/x.swift", false),
            ("a/b**/c", "a/bx/c", true), ("a/b**/c", "a/bx/y/c", false), ("a/**b", "a/xb", true), ("a/***/b", "a/x/b", true),
            ("{a,b}/c", "a/c", true), ("{a,b}/c", "b/c", true), ("{a,b}/c", "ab/c", false), ("x{,y}", "x", true), ("x{,y}", "xy", true),
            ("{a,b}{1,2}", "b2", true), ("{a/**,b}", "a/x/y", true),
            ("a.c", "abc", false), ("A", "a", false), ("a", "a", true), ("a", "ab", false), ("a[b]", "a[b]", true),
        ])
    func matching(_ pattern: String, _ path: String, _ expected: Bool) throws {
        #expect(try Glob(pattern).matches(path) == expected)
    }

    @Test(
        "malformed patterns are refused",
        arguments: ["", "{a", "a}", "{a,{b}}", String(repeating: "a", count: 513), "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"])
    func malformed(_ pattern: String) {
        #expect(throws: Glob.Malformed.self) { try Glob(pattern) }
    }

    @Test("a pattern made to backtrack ends after pattern times path steps")
    func hostile() throws {
        let pattern = try Glob(String(repeating: "*a", count: 100) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 2000)))
        let deep = try Glob(String(repeating: "**/a/", count: 50) + "b")
        #expect(!deep.matches(String(repeating: "a/", count: 500)))
    }

    @Test("only a pattern without any magic is a plain path")
    func literal() throws {
        #expect(try Glob("a/b.json").isLiteral)
        for pattern in ["a/*", "a?", "**", "{a}", "{a,b}"] { #expect(try !Glob(pattern).isLiteral) }
    }
}
