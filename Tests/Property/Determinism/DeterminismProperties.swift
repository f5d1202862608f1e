import Testing

@testable import Determinism

@Suite("Laws of time and chance")
struct DeterminismProperties {
    @Test("every count of nanoseconds round-trips through its text")
    func instantRoundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for index in 0..<4000 {
            var count = Int64(bitPattern: generator.next())
            // Every magnitude, and the second nearest to each end, where arithmetic is tightest.
            if index % 4 == 1 { count >>= Int64(generator.integer(in: 0...62)) }
            if index % 4 == 2 { count = .min + Int64(generator.integer(in: 0...1_000_000_000)) }
            if index % 4 == 3 { count = .max - Int64(generator.integer(in: 0...1_000_000_000)) }
            let text = Instant(nanosecondsSinceEpoch: count).rfc3339
            #expect(try Instant(rfc3339: text).nanosecondsSinceEpoch == count)
        }
    }

    @Test("the text of instants orders as they do, for whole seconds")
    func instantOrder() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<1000 {
            let a = Instant(nanosecondsSinceEpoch: Int64(generator.integer(in: -9_000_000_000...9_000_000_000)) * 1_000_000_000)
            let b = Instant(nanosecondsSinceEpoch: Int64(generator.integer(in: -9_000_000_000...9_000_000_000)) * 1_000_000_000)
            #expect((a < b) == (a.rfc3339 < b.rfc3339))
        }
    }

    @Test("days and dates are inverse to each other, and days follow one another")
    func calendar() {
        for days in stride(from: Int64(-200_000), through: 200_000, by: 37) {
            let date = Instant.civil(fromDays: days)
            #expect(Instant.days(fromYear: date.year, month: date.month, day: date.day) == days)
            let next = Instant.civil(fromDays: days + 1)
            #expect((next.year, next.month, next.day) > (date.year, date.month, date.day))
        }
    }

    @Test("an integer stays in any range that can be written")
    func integerRanges() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            let a = Int(truncatingIfNeeded: generator.next()) >> generator.integer(in: 0...63)
            let b = Int(truncatingIfNeeded: generator.next()) >> generator.integer(in: 0...63)
            let range = min(a, b)...max(a, b)
            #expect(range.contains(generator.integer(in: range)))
        }
    }

    @Test("splits with different labels never share a stream")
    func splitLabels() {
        let parent = SeededGenerator(seed: 4)
        var firsts: Set<UInt64> = []
        for index in 0..<2000 {
            var stream = parent.split("component-\(index)")
            firsts.insert(stream.next())
        }
        #expect(firsts.count == 2000)
    }

    @Test("advancing in any parts is advancing once, and never splits wall from monotonic")
    func advancing() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let clock = FrozenClock()
            var total: Int64 = 0
            for _ in 0..<20 {
                let step = Int64(generator.integer(in: 0...1_000_000_000_000))
                try clock.advance(byNanoseconds: step)
                total += step
            }
            #expect(clock.wallNow.nanosecondsSinceEpoch == total)
            #expect(clock.monotonicNow.nanosecondsSinceOrigin == total)
        }
    }

    @Test("any queue of sleepers wakes as a stable sort by deadline does")
    func wakeOrder() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<300 {
            var queue = SleeperQueue<Int>()
            var model: [(deadline: Int64, name: Int)] = []
            for name in 0..<generator.integer(in: 0...30) {
                let deadline = Int64(generator.integer(in: 0...8))
                queue.insert(name, deadline: .init(nanosecondsSinceOrigin: deadline), ticket: UInt64(name))
                model.append((deadline, name))
            }
            var woken: [Int] = []
            for now in 0...8 as ClosedRange<Int64> { woken += queue.takeDue(at: .init(nanosecondsSinceOrigin: now)) }
            #expect(woken == model.sorted { ($0.deadline, $0.name) < ($1.deadline, $1.name) }.map(\.name))
            #expect(queue.count == 0)
        }
    }
}
