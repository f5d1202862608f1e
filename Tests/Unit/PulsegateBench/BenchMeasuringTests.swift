import Testing

@testable import pulsegate

@Suite("how long to measure")
struct BenchMeasuringTests {
    @Test("the suite's time is beside that of a benchmark, and without one there is none")
    func suiteSeconds() throws {
        #expect(try BenchMeasuring.parse([]).settings().suiteSeconds == nil)
        let settings = try BenchMeasuring.parse(["--suite-seconds", "60", "--seconds", "5"]).settings()
        #expect(settings.suiteSeconds == 60 && settings.seconds == 5)
    }

    @Test("a time that is none is refused by its name", arguments: ["0", "-1", "86401", "nan", "inf"])
    func refused(text: String) throws {
        let measuring = try BenchMeasuring.parse(["--suite-seconds=\(text)"])
        let failure = try #require(throws: Failure.self) { try measuring.settings() }
        #expect(failure.code == .usage && failure.message.contains("--suite-seconds"))
    }
}
