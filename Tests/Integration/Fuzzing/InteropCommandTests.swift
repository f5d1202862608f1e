import ChildProcesses
import StrictDocuments
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The commands of a suite that other engines' corpora and dictionaries need. What needs an instrumented build or another engine stands in
/// Peers/fuzz/interop.sh.
@Suite("a suite's words and edges")
struct InteropCommandTests {
    /// The suite stands beside the program of these tests; it is not instrumented here.
    private static var suite: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/PlantedSuite"
    }

    private static func run(_ arguments: [String]) throws -> Outcome {
        let environment = Environment.current().merging(["SWIFT_BACKTRACE": "enable=no", "PULSEGATE_FUZZ_TARGET": "order"]) { _, new in new
        }
        return try Command([suite] + arguments, environment: environment, timeoutNanoseconds: 60_000_000_000).run()
    }

    @Test("inputs of files and folders are run once each, and one that ends the process does not keep the next from running")
    func edges() throws {
        var template = Array("/tmp/pulsegate-interop-XXXXXX".utf8CString)
        #expect(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let files = [("a", "PGFZ"), ("b", "PGF"), ("c", "PGFZ!"), ("d", "")]
        defer {
            for (name, _) in files { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        for (name, text) in files { try DocumentFile.replace(folder + "/" + name, with: Array(text.utf8)) }
        let outcome = try Self.run(["edges", "--target", "magic", folder, folder + "/b"])
        #expect(outcome.termination == .exited(0), "\(outcome.standardError.text)")
        let line = outcome.standardOutput.text
        #expect(line.hasPrefix("{\"event\":\"edges\",\"count\":") && line.hasSuffix(",\"inputs\":5,\"deaths\":2}\n"), "\(line)")
        #expect(!line.contains("\"count\":0,"))
    }

    @Test("instrumented code tells its words, and a target that does not exist none")
    func dictionary() throws {
        let outcome = try Self.run(["dictionary", "--target", "magic"])
        #expect(
            outcome.termination == .exited(0) && outcome.standardOutput.text.contains("\"bytes\":\"646565706572\""),
            "\(outcome.standardOutput.text)")
        let unknown = try Self.run(["dictionary", "--target", "magician"])
        #expect(unknown.termination == .exited(2) && unknown.standardError.text.contains("no target magician"))
    }

    @Test("without another engine in the link a suite keeps to its own commands")
    func noOtherEngine() throws {
        let outcome = try Self.run(["-runs=1"])
        #expect(outcome.termination == .exited(2) && outcome.standardError.text.contains("usage:"))
    }
}
