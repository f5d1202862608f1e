import Evidence
import StrictDocuments
import Testing

@Suite struct MetricCatalogueTests {
    @Test("every fixed metric is found by its name, and names are unique")
    func fixed() {
        #expect(Set(MetricCatalogue.fixed.map(\.name)).count == MetricCatalogue.fixed.count)
        for metric in MetricCatalogue.fixed {
            #expect(MetricCatalogue.definition(of: metric.name) == metric)
            #expect(metric.scopes.contains(.overall))
            #expect(!metric.meaning.isEmpty)
        }
        #expect(MetricCatalogue.definition(of: "coverage.line")?.scopes == [.overall, .new, .eachPackage, .eachFile])
        #expect(MetricCatalogue.definition(of: "tests.failed")?.direction == .lowerIsBetter)
    }

    @Test("benchmarks and own figures have a free part")
    func patterns() {
        #expect(MetricCatalogue.definition(of: "bench.macd.p99")?.unit == .nanoseconds)
        #expect(MetricCatalogue.definition(of: "bench.limiter.try-acquire.mallocs")?.unit == .count)
        #expect(MetricCatalogue.definition(of: "custom.todo_comments")?.direction == .neutral)
        #expect(MetricCatalogue.patterns.count == 6)
        for name in ["bench.p99", "bench..p99", "bench.a.p98", "bench.A.p99", "custom.", "custom.a.b", "custom.A", "bench.a..b.p99", ""] {
            #expect(MetricCatalogue.definition(of: name) == nil, "\(name)")
        }
        #expect(MetricCatalogue.definition(of: "custom." + String(repeating: "a", count: 200)) == nil)
    }

    @Test("the figures of benchmarks have their units, and a slow-down is a change rather than a share")
    func benchmarks() {
        let units: [(name: String, unit: Unit)] = [
            ("bench.benchmarks", .count), ("bench.failed", .count), ("bench.inconclusive", .count), ("bench.missing", .count),
            ("bench.broken", .count), ("bench.count_regressions", .count), ("bench.duration", .nanoseconds), ("bench.slowdown", .ratio),
            ("bench.time", .nanoseconds), ("bench.allocations", .count), ("bench.peak_memory", .bytes),
        ]
        for (name, unit) in units { #expect(MetricCatalogue.definition(of: name)?.unit == unit, "\(name)") }
        for name in ["bench.slowdown", "bench.time", "bench.allocations", "bench.peak_memory", "bench.failed"] {
            #expect(MetricCatalogue.definition(of: name)?.scopes == [.overall, .eachItem], "\(name)")
        }
        #expect(MetricCatalogue.fixed.filter(\.isChange).map(\.name) == ["bench.slowdown"])
        #expect(MetricCatalogue.suggestion(for: "bench.slowdwon") == "bench.slowdown")
    }

    @Test("a misspelt name gets the nearest one")
    func suggestions() {
        #expect(MetricCatalogue.suggestion(for: "covrage.lines") == "coverage.line")
        #expect(MetricCatalogue.suggestion(for: "tests.fialed") == "tests.failed")
        #expect(MetricCatalogue.suggestion(for: "bench.macd.p09") == "bench.macd.p90")
        #expect(MetricCatalogue.suggestion(for: "weather.rain") == nil)
        #expect(MetricCatalogue.suggestion(for: String(repeating: "x", count: 100_000)) == nil)
    }

    @Test("formats are known by name, and a misspelt one is told")
    func formats() throws {
        #expect(
            ReportFormats.names == [
                "google-benchmark", "hyperfine", "junit", "lcov", "llvm-cov", "pulsegate-evidence", "pulsegate-fuzz", "swift-testing",
            ])
        for reader in ReportFormats.all {
            #expect(try ReportFormats.reader(named: reader.format) == reader)
            #expect(reader.parserVersion >= 1)
        }
        do throws(DocumentError) {
            _ = try ReportFormats.reader(named: "jnuit")
            Issue.record("an unknown format was found")
        } catch {
            #expect(error.kind == .unknownReference)
            #expect(error.hint == "did you mean 'junit'?")
        }
    }
}
