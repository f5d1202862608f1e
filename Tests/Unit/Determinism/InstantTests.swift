import Testing

@testable import Determinism

@Suite("Instants")
struct InstantTests {
    @Test(
        "texts and counts agree",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999999Z"), (1_704_067_200_000_000_000, "2024-01-01T00:00:00Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (1_000_000, "1970-01-01T00:00:00.001Z"),
            (1_000, "1970-01-01T00:00:00.000001Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func knownTexts(count: Int64, text: String) throws {
        #expect(Instant(nanosecondsSinceEpoch: count).rfc3339 == text)
        #expect(try Instant(rfc3339: text).nanosecondsSinceEpoch == count)
    }

    @Test("a zone is taken off")
    func zones() throws {
        #expect(try Instant(rfc3339: "2024-01-01T01:30:00+01:30").rfc3339 == "2024-01-01T00:00:00Z")
        #expect(try Instant(rfc3339: "2023-12-31T16:00:00.5-08:00").rfc3339 == "2024-01-01T00:00:00.500Z")
    }

    @Test(
        "what is not an RFC 3339 time is refused with its reason",
        arguments: [
            ("", "expected YYYY"), ("2024-01-01", "expected YYYY"), ("2024-01-01 00:00:00Z", "expected YYYY"),
            ("2024-01-01T00:00:00.Z", "1 to 9 digits"), ("2024-01-01T00:00:00.1234567890Z", "1 to 9 digits"),
            ("2024-01-01T00:00:00.5", "zone is missing"), ("2024-01-01T00:00:00z", "zone is not"),
            ("2024-01-01T00:00:00+0100", "zone is not"), ("2024-01-01T00:00:00+24:00", "zone is not"),
            ("2024-01-01T00:00:00Z ", "text after"), ("2024-13-01T00:00:00Z", "month 13"), ("2024-00-01T00:00:00Z", "month 0"),
            ("2023-02-29T00:00:00Z", "day 29"), ("1900-02-29T00:00:00Z", "day 29"), ("2024-04-31T00:00:00Z", "day 31"),
            ("2024-01-01T24:00:00Z", "time of day"), ("2024-01-01T00:00:60Z", "time of day"),
            ("1677-09-21T00:12:43.145224191Z", "outside"), ("2262-04-11T23:47:16.854775808Z", "outside"),
            ("9999-12-31T23:59:59Z", "outside"), ("0000-01-01T00:00:00Z", "outside"), ("２024-01-01T00:00:00Z", "expected YYYY"),
        ])
    func refusals(text: String, reason: String) {
        let error = #expect(throws: InstantError.self) { try Instant(rfc3339: text) }
        #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.text == text)
    }

    @Test("arithmetic is held at the ends of the range")
    func held() {
        let (first, last) = (Instant(nanosecondsSinceEpoch: .min), Instant(nanosecondsSinceEpoch: .max))
        #expect(last.advanced(byNanoseconds: 1) == last)
        #expect(first.advanced(byNanoseconds: -1) == first)
        #expect(last.nanoseconds(since: first) == .max)
        #expect(first.nanoseconds(since: last) == .min)
        #expect(Instant.epoch.nanoseconds(since: first) == .max)
    }
}
