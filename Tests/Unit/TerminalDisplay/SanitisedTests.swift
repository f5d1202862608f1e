import TerminalDisplay
import Testing

@Suite("Text from somewhere else")
struct SanitisedTests {
    @Test(
        "control codes are removed or made visible",
        arguments: [
            ("plain – ascii é 東 😀", "plain – ascii é 東 😀"),
            ("\u{1B}[31mred\u{1B}[0m", "red"),
            ("\u{1B}[38;5;196;1mx\u{1B}[2J\u{1B}[1;1Hy\u{1B}[?25l", "xy"),
            ("\u{1B}]0;title\u{7}x", "x"),
            ("\u{1B}]8;;http://a\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("a\u{1B}", "a\\u{1B}"),
            ("\u{1B}[31", "\\u{1B}[31"),
            ("\u{1B}[3\u{7}m", "\\u{1B}[3\\u{7}m"),
            ("\u{1B}]0;never ends", "\\u{1B}]0;never ends"),
            ("\u{1B}]0;a\nb\u{7}", "\\u{1B}]0;a\\nb\\u{7}"),
            ("\u{1B}c\u{1B}P1\u{1B}\\", "\\u{1B}c\\u{1B}P1\\u{1B}\\"),
            ("\u{1B}\u{1B}[31m[31m", "\\u{1B}[31m"),
            ("\u{9B}31m", "\\u{9B}31m"),
            ("a\u{8}b\u{7F}\u{0}", "a\\u{8}b\\u{7F}\\u{0}"),
            ("a\tb\rc\r\nd\n", "a b\\rc\\r\\nd\\n"),
        ])
    func controls(_ text: String, _ expected: String) { #expect(sanitised(text) == expected) }

    @Test("line feeds are kept on demand, carriage returns are not")
    func newlines() {
        #expect(sanitised("a\r\nb\nc\rd\r", newlines: .kept) == "a\nb\nc\\rd\\r")
        #expect(sanitised("\r\r\n", newlines: .kept) == "\\r\n")
    }

    @Test(
        "what reorders or hides text is written out",
        arguments: [
            0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2065, 0x2066, 0x2067, 0x2068, 0x2069, 0x200E, 0x200F, 0x061C, 0x200B, 0x2060, 0xFEFF,
            0x2028, 0x2029, 0x00AD, 0xFFF9, 0xE0041, 0xFFFE, 0xFDD0, 0x10FFFF, 0x206A,
        ] as [UInt32])
    func invisible(_ value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(sanitised("a\(scalar)b") == "a\\u{\(String(value, radix: 16, uppercase: true))}b")
    }

    @Test("joiners stay, so that emoji and Persian stay whole")
    func joiners() {
        #expect(sanitised("👩‍👩‍👧") == "👩‍👩‍👧")
        #expect(sanitised("می\u{200C}خواهم") == "می\u{200C}خواهم")
    }

    @Test("broken UTF-8 is repaired")
    func bytes() { #expect(sanitised(bytes: [0x61, 0xFF, 0x1B, 0x5B, 0x6D, 0x62]) == "a\u{FFFD}b") }

    @Test("a sequence that is too long is shown, not swallowed")
    func limits() {
        let control = "\u{1B}[" + String(repeating: "1", count: 100) + "m"
        #expect(sanitised(control).hasPrefix("\\u{1B}[111"))
        let command = "\u{1B}]" + String(repeating: "x", count: 5000) + "\u{7}"
        #expect(sanitised(command).hasPrefix("\\u{1B}]xxx"))
        #expect(sanitised(command).hasSuffix("\\u{7}"))
    }
}
