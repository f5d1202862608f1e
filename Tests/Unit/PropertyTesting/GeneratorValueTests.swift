import Determinism
import Testing

@testable import PropertyTesting

struct GeneratorValueTests {
    // MARK: Numbers

    @Test("integers of every width reach both ends, start at 0 and shrink to the border")
    func widths() {
        func check<Number: FixedWidthInteger & Sendable>(
            _ gen: Gen<Number>, _ border: Number, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let samples = Minima.samples(gen, 4000)
            #expect(samples.contains(.max), "\(Number.self)", sourceLocation: sourceLocation)
            #expect(
                samples.contains { $0 < Number.min / 2 || $0 == Number.min || $0 == Number.min + 1 }, "\(Number.self)",
                sourceLocation: sourceLocation)
            #expect(Minima.simplest(gen) == 0, sourceLocation: sourceLocation)
            #expect(Minima.are(border, gen) { $0 < border }, "\(Number.self)", sourceLocation: sourceLocation)
            #expect(Minima.replays(gen), sourceLocation: sourceLocation)
        }
        check(.int8(), 77)
        check(.int16(), 777)
        check(.int32(), 77_777)
        check(.int64(), 1 << 40)
        check(.int(), 1 << 40)
        check(.uint8(), 200)
        check(.uint16(), 777)
        check(.uint32(), 77_777)
        check(.uint64(), 1 << 40)
        check(.uint(), 1 << 40)
        check(.int128(), 1 << 40)
        check(.uint128(), 1 << 40)
        #expect(Minima.samples(.uint64(), 2000).contains { $0 > UInt64(Int64.max) })
        #expect(Minima.samples(.int128(), 2000).contains { $0 > Int128(Int64.max) })
        #expect(Minima.samples(.int128(), 2000).contains { $0 < Int128(Int64.min) })
    }

    @Test("integers of a range stay in it and reach its ends")
    func integerRanges() {
        func check<Number: FixedWidthInteger & Sendable>(_ range: ClosedRange<Number>, sourceLocation: SourceLocation = #_sourceLocation) {
            let samples = Minima.samples(.integer(in: range), 3000)
            #expect(samples.allSatisfy(range.contains), sourceLocation: sourceLocation)
            #expect(samples.contains(range.lowerBound) && samples.contains(range.upperBound), sourceLocation: sourceLocation)
        }
        check(UInt8(3)...9)
        check(Int16(-300)...(-200))
        check(UInt64.max - 5...UInt64.max)
        check(UInt64(7)...UInt64.max)
        check(UInt64(7)...7)
        check(Int128.min...0)
        check(Int128(Int64.min) - 5...Int128(Int64.max) + 5)
    }

    @Test("every kind of odd double comes up, and each shrinks to the simplest of its kind")
    func doubles() {
        let gen = Gen.anyDouble()
        let samples = Minima.samples(gen, 2000)
        let kinds: [(String, (Double) -> Bool)] = [
            ("NaN", \.isNaN), ("infinity", { $0 == .infinity }), ("-infinity", { $0 == -.infinity }),
            ("0", { $0 == 0 && $0.sign == .plus }),
            ("-0", { $0 == 0 && $0.sign == .minus }), ("subnormal", \.isSubnormal), ("above 1", { $0 == 1.0.nextUp }),
            ("below 1", { $0 == 1.0.nextDown }), ("two above", { $0 == 1.0.nextUp.nextUp }),
            ("largest", { $0 == .greatestFiniteMagnitude }), ("whole", { $0 == $0.rounded() && abs($0) > 10 && abs($0) < 1e15 }),
            ("fraction", { $0.isFinite && $0 != $0.rounded() }),
        ]
        let many = Minima.samples(gen, 20_000)
        for (name, isKind) in kinds { #expect(many.contains(where: isKind), "\(name) never came up") }
        #expect(samples.filter(\.isNaN).count > 60)
        #expect(samples.filter { $0.isInfinite }.count > 80 && samples.filter { $0 == 0 }.count > 80)
        #expect(samples.filter { $0.isSubnormal }.count > 60)
        #expect(Minima.simplest(gen).bitPattern == 0)
        #expect(Minima.are(.infinity, gen) { $0.isFinite || $0.isNaN })
        #expect(Minima.of(gen) { !$0.isNaN }.allSatisfy { $0.isNaN && $0.sign == .plus })
        #expect(Minima.are(-1, gen) { !($0 < 0) })
        #expect(Minima.are(11, gen) { !($0 > 10) })
    }

    @Test("every kind of odd float comes up")
    func floats() {
        let gen = Gen.anyFloat()
        let many = Minima.samples(gen, 20_000)
        let kinds: [(String, (Float) -> Bool)] = [
            ("NaN", \.isNaN), ("infinity", { $0 == .infinity }), ("-infinity", { $0 == -.infinity }),
            ("-0", { $0 == 0 && $0.sign == .minus }), ("subnormal", \.isSubnormal), ("above 1", { $0 == Float(1).nextUp }),
            ("below 1", { $0 == Float(1).nextDown }), ("largest", { $0 == .greatestFiniteMagnitude }),
            ("fraction", { $0.isFinite && $0 != $0.rounded() }),
        ]
        for (name, isKind) in kinds { #expect(many.contains(where: isKind), "\(name) never came up") }
        #expect(Minima.are(11, gen) { !($0 > 10) })
        #expect(Minima.of(gen) { $0 == $0.rounded() || $0.isNaN }.allSatisfy { $0 == 0.5 || $0 == 1.5 })
    }

    @Test("probabilities of booleans are kept")
    func booleans() {
        let trues = Minima.samples(.bool(probability: 0.1), 10_000).filter { $0 }.count
        #expect((850...1150).contains(trues))
        #expect(Minima.samples(.bool(), 1000).contains(true) && !Minima.samples(.bool(probability: 0), 1000).contains(true))
    }

    @Test("ranges lie within their bounds, may be empty, and shrink")
    func ranges() {
        let gen = Gen.range(in: -5...5)
        let samples = Minima.samples(gen, 1000)
        #expect(samples.allSatisfy { $0.lowerBound >= -5 && $0.upperBound <= 5 } && samples.contains(where: \.isEmpty))
        #expect(Minima.are(0..<3, gen) { $0.count < 3 })
        #expect(Minima.are(0...2, .closedRange(in: -5...5)) { $0.count < 3 })
    }

    // MARK: Time

    @Test("dates are real, hit leap days and ends of months, and shrink towards 2000-01-01")
    func dates() {
        let samples = Minima.samples(.calendarDate(), 4000)
        for date in samples { #expect(CalendarDate(year: date.year, month: date.month, day: date.day) == date) }
        #expect(samples.contains { $0.description == "2000-02-29" } && samples.contains { $0.description == "1900-02-28" })
        #expect(samples.contains { $0.description == "1900-01-01" } && samples.contains { $0.description == "2100-12-31" })
        #expect(samples.filter { $0.day == 1 }.count > 300)
        #expect(Minima.simplest(.calendarDate()).description == "2000-01-01")
        #expect(Minima.of(.calendarDate()) { !($0.month == 2 && $0.day == 29) }.allSatisfy { $0.description == "2000-02-29" })
        let range = CalendarDate(year: 2024, month: 3, day: 1)!...CalendarDate(year: 2024, month: 3, day: 9)!
        #expect(Set(Minima.samples(.calendarDate(in: range), 500)).count == 9)
        #expect(Minima.simplest(.calendarDate(in: range)) == range.lowerBound)
    }

    @Test("a calendar date refuses days that do not exist and knows its weekday")
    func calendarDate() {
        #expect(CalendarDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CalendarDate(year: 2000, month: 13, day: 1) == nil && CalendarDate(year: 2000, month: 1, day: 0) == nil)
        #expect(CalendarDate(year: 2000, month: 1, day: .max) == nil && CalendarDate(year: .min, month: 1, day: 1) == nil)
        #expect(CalendarDate(year: 2024, month: 3, day: 31)?.weekday == 7)
        #expect(CalendarDate(daysSinceEpoch: 0).weekday == 4 && CalendarDate(daysSinceEpoch: -4).weekday == 7)
        #expect(CalendarDate(year: -4, month: 2, day: 29)?.description == "-0004-02-29")
        #expect(CalendarDate(daysSinceEpoch: .max).daysSinceEpoch == CalendarDate.maximumDays)
    }

    @Test("instants stay in their range, down to its very ends, and shrink to midnight of 2000-01-01")
    func instants() {
        #expect(Minima.simplest(.instant()).rfc3339 == "2000-01-01T00:00:00Z")
        let all = Instant(nanosecondsSinceEpoch: .min)...Instant(nanosecondsSinceEpoch: .max)
        let samples = Minima.samples(.instant(in: all), 2000)
        #expect(samples.contains { $0 < .epoch } && samples.contains { $0.nanosecondsSinceEpoch % 1_000_000_000 != 0 })
        let narrow = Instant(nanosecondsSinceEpoch: -3)...Instant(nanosecondsSinceEpoch: 5)
        #expect(Minima.samples(.instant(in: narrow), 500).allSatisfy(narrow.contains))
        #expect(Minima.are("2001-01-01T00:00:00Z", Gen.instant().map(\.rfc3339)) { $0 < "2001" })
        #expect(Minima.are("2000-01-01T00:00:07Z", Gen.instant().map(\.rfc3339)) { $0.dropFirst(11) < "00:00:07" })
        #expect(Minima.replays(.instant()))
    }

    @Test("durations keep to their range and shrink to whole seconds")
    func durations() {
        let range = Duration.seconds(-5)...Duration.milliseconds(7500)
        let samples = Minima.samples(.duration(in: range), 2000)
        #expect(samples.allSatisfy(range.contains) && samples.contains(range.upperBound) && samples.contains(range.lowerBound))
        #expect(samples.contains { $0.components.attoseconds % 1_000_000_000 != 0 })
        #expect(Minima.simplest(.duration()) == .zero)
        #expect(Minima.are(.seconds(60), .duration()) { $0 < .seconds(60) })
        #expect(Minima.are(.seconds(-1), .duration(in: range)) { $0 >= .zero })
        let widest = Duration(secondsComponent: .min, attosecondsComponent: 0)...Duration(secondsComponent: .max, attosecondsComponent: 0)
        #expect(Minima.samples(.duration(in: widest), 500).allSatisfy(widest.contains))
    }

    @Test("offsets from UTC include the odd ones, each once")
    func offsets() {
        let seen = Set(Minima.samples(.utcOffset(), 4000).map(\.description))
        for odd in ["+00:00", "+05:45", "-03:30", "+12:45", "+14:00", "-12:00", "-00:44:30", "-15:56"] {
            #expect(seen.contains(odd), "\(odd)")
        }
        #expect(seen.count == UTCOffset.known.count)
        #expect(Minima.simplest(.utcOffset()).seconds == 0)
        #expect(UTCOffset(hours: .min, minutes: .max).description == "-24:00" && UTCOffset(seconds: .max).description == "+24:00")
        #expect(UTCOffset(hours: -3, minutes: 30).seconds == -12_600)
    }

    // MARK: UUIDs

    @Test("UUIDs carry their version and variant; without one, the nil and the max UUID come up")
    func uuids() {
        #expect(Minima.simplest(.uuid()) == "00000000-0000-4000-8000-000000000000")
        for text in Minima.samples(.uuid(version: 7, uppercased: true), 300) {
            let characters = Array(text)
            #expect(characters.count == 36 && characters[14] == "7" && "89AB".contains(characters[19]))
            #expect(text == text.uppercased())
        }
        let free = Minima.samples(.uuidBytes(version: nil), 4000)
        #expect(free.allSatisfy { $0.count == 16 } && free.contains([UInt8](repeating: 0, count: 16)))
        #expect(free.contains([UInt8](repeating: 0xFF, count: 16)))
    }
}
