import ChildProcesses
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The commands of a suite that sort what campaigns find, on a suite with planted bugs. Built without instrumentation it still dies of its inputs.
@Suite("sorting findings", .serialized)
struct TriageTests {
    /// The suite stands beside the program of these tests.
    private static var suite: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/PlantedSuite"
    }

    private static func run(_ arguments: [String]) throws -> String {
        let environment = Environment.current().merging(["SWIFT_BACKTRACE": "enable=no"]) { _, new in new }
        let outcome = try Command([suite] + arguments, environment: environment, timeoutNanoseconds: 120_000_000_000).run()
        #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
        return outcome.standardOutput.text
    }

    private static func temporary<Result>(_ body: (String) throws -> Result) throws -> Result {
        var template = Array("/tmp/fuzz-triage-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = try? Command(["rm", "-r", folder], environment: Environment.current()).run() }
        return try body(folder)
    }

    private static func write(_ bytes: [UInt8], _ path: String) throws {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        let file = try #require(fopen(path, "wb"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }

    private static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    @Test("many inputs of two bugs become two findings, each minimal, with a report and a test")
    func twoBugs() throws {
        try Self.temporary { folder in
            for number in 0..<6 {
                let tail = [UInt8](repeating: UInt8(number), count: 20 * number + 1)
                try Self.write([0x21] + tail, "\(folder)/crashes/000000000000000\(number)/input")
            }
            try Self.write(Array("?deeper and deeper".utf8), "\(folder)/crashes/000000000000000a/input")
            let told = try Self.run(["triage", "--target", "two-bugs", "--folder", folder])
            let buckets = Self.names("\(folder)/crashes")
            #expect(buckets.count == 2, "\(told)")
            let minimal = Set(buckets.compactMap { Self.read("\(folder)/crashes/\($0)/minimised") })
            #expect(minimal == [[0x21], Array("?deeper".utf8)])
            for bucket in buckets {
                #expect(Self.names("\(folder)/crashes/\(bucket)") == ["Repro.swift", "input", "minimised", "report.json"])
                let report = String(decoding: Self.read("\(folder)/crashes/\(bucket)/report.json") ?? [], as: UTF8.self)
                #expect(report.contains("\"flaky\": false"))
                #expect(report.contains("\"bucket\": \"\(bucket)\""))
            }
            // Again: nothing is new, nothing is told.
            #expect(try Self.run(["triage", "--target", "two-bugs", "--folder", folder]) == "")
            #expect(Self.names("\(folder)/crashes") == buckets)
        }
    }

    @Test("a runner that somebody else killed is no finding")
    func killed() throws {
        try Self.temporary { folder in
            let path = "\(folder)/crashes/0000000000000001"
            try Self.write([1, 2, 3], "\(path)/input")
            try Self.write(Array("crash\n9\n\n5 0 2\n".utf8), "\(path)/death")
            #expect(try Self.run(["triage", "--target", "quiet", "--folder", folder]) == "")
            #expect(Self.names("\(folder)/crashes") == [])
            // Not so what trapped once and does not again.
            try Self.write([1, 2, 3], "\(path)/input")
            try Self.write(Array("crash\n4\n1f0\n5 0 2\n".utf8), "\(path)/death")
            #expect(try Self.run(["triage", "--target", "quiet", "--folder", folder]).contains("\"flaky\":true"))
        }
    }

    @Test("a report that cannot be read is made again")
    func brokenReport() throws {
        try Self.temporary { folder in
            try Self.write([0x21], "\(folder)/crashes/0000000000000001/input")
            _ = try Self.run(["triage", "--target", "two-bugs", "--folder", folder])
            let bucket = try #require(Self.names("\(folder)/crashes").first)
            let path = "\(folder)/crashes/\(bucket)/report.json"
            for broken in ["", "{\"version\": 1, \"pla"] {
                try Self.write(Array(broken.utf8), path)
                _ = try Self.run(["triage", "--target", "two-bugs", "--folder", folder])
                let made = String(decoding: Self.read(path) ?? [], as: UTF8.self)
                #expect(
                    made.contains("\"title\": \"crash in ") && made.contains("\"bucket\": \"\(bucket)\"")
                        && Self.names("\(folder)/crashes") == [bucket])
            }
        }
    }

    @Test("a failure that quotes its input is one finding, whatever the input")
    func quoting() throws {
        try Self.temporary { folder in
            for (index, tail) in ["", "a", "\"quoted\" and more", "1 2 3"].enumerated() {
                try Self.write(Array("!\(tail)".utf8), "\(folder)/crashes/000000000000000\(index)/input")
            }
            _ = try Self.run(["triage", "--target", "quoting", "--folder", folder])
            #expect(Self.names("\(folder)/crashes").count == 1)
        }
    }

    @Test("an input is made small on its own, and stays the same finding")
    func minimise() throws {
        try Self.temporary { folder in
            let path = "\(folder)/found"
            try Self.write(Array("PGFZ".utf8) + [UInt8](repeating: 0xAB, count: 900), path)
            let told = try Self.run(["minimise", "--target", "magic", path])
            #expect(told.contains("\"length\":4"), "\(told)")
            #expect(Self.read(path + ".minimised") == Array("PGFZ".utf8))
        }
    }

    @Test("a typed finding is minimal as a value")
    func typed() throws {
        try Self.temporary { folder in
            // 95,000, the second case, and a text; what the generator does not ask for is left over.
            let path = "\(folder)/crashes/0000000000000001/input"
            try Self.write([0x98, 0xE6, 0x05, 0x01, 0x01, 0x03, 0x01, 0x04, 0x00, 0x09], path)
            let told = try Self.run(["triage", "--target", "order", "--folder", folder])
            #expect(told.contains("\"kind\":\"failure\""), "\(told)")
            #expect(told.contains("Order(quantity: 90001, side: .sell, symbol: \\\"\\\")"), "\(told)")
        }
    }
}
