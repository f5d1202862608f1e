import Testing

@testable import Fuzzing

@Suite("messages without what they quote of the input")
struct MessageMaskTests {
    @Test(
        "numbers, quoted text and lists are masked, words are not",
        arguments: [
            ("line 12: \"a\\\"b\" is not [3, -4.5, 0x1F]", "line #: \"\" is not [#]"),
            ("'x y' isn't what we don't take: `z`", "'' isn't what we don't take: ``"),
            ("one of [\"a\", \"b, c\"] and \"d\"", "one of [\"\"] and \"\""),
            ("cut \"in the mid", "cut \"\""),
            ("ends in a mark \"", "ends in a mark \"\""),
            ("a\\", "a\\"), ("\"\\", "\"\""),
            ("1.5e-7 is below 2", "# is below #"),
            ("a-3 and x -3", "a-# and x #"),
            ("", ""),
        ])
    func masks(text: String, masked: String) {
        #expect(MessageMask.masked(text) == masked)
        #expect(MessageMask.masked(masked) == masked, "masked twice is masked once")
    }
}
