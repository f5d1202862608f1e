import Testing

@testable import Fuzzing

@Suite("a finding as a test")
struct ReproSourceTests {
    private func text(_ input: [UInt8], title: String = "crash in f: no", value: String? = nil) -> String {
        ReproSource.text(suite: "Module.Suite", target: "a-target", bucket: "crash-00ff", title: title, input: input, value: value)
    }

    /// The bytes that the source's literal holds.
    private func literal(_ source: String) -> [UInt8] {
        guard let range = source.firstRange(of: "let input: [UInt8] = ["), let end = source[range.upperBound...].firstIndex(of: "]") else {
            return []
        }
        return source[range.upperBound..<end].split { ", \n".contains($0) }.compactMap { UInt8($0.dropFirst(2), radix: 16) }
    }

    @Test("the input stands in it byte by byte, however long it is", arguments: [0, 1, 16, 17, 32, 1000])
    func input(length: Int) {
        let input = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let source = text(input)
        #expect(literal(source) == input)
        #expect(source.split(separator: "\n").allSatisfy { $0.count <= 140 })
    }

    @Test("it imports the suite's module, runs the target, and is called by its bucket")
    func names() {
        let source = text([1])
        for words in [
            "@testable import Module\n", "struct FuzzFinding_crash_00ff {", "try Suite.run(input, target: \"a-target\")",
            "/// crash in f: no\n",
        ] { #expect(source.contains(words), "\(words) in \(source)") }
    }

    @Test("nothing of a title or a value gets out of its comment")
    func escaped() {
        let source = text([1], title: "two\nlines\u{7}\u{1B}[0m", value: "Order(\n  1)")
        #expect(source.contains("/// two\n/// lines[0m\n"))
        #expect(source.contains("            // Order(\n            //   1)\n"))
        let odd = ReproSource.text(suite: "M.S", target: "a\"b\\c\u{1}", bucket: "b", title: "t", input: [], value: nil)
        #expect(odd.contains("target: \"a\\\"b\\\\c\\u{1}\""), "\(odd)")
    }

    private enum Suite: FuzzSuite {
        static let targets = [FuzzTarget("refuses") { bytes in if !bytes.isEmpty { throw FuzzFailure("refused") } }]
    }

    @Test("what it calls throws what the target throws, and names a target that there is not")
    func runs() throws {
        try Suite.run([], target: "refuses")
        #expect(throws: FuzzFailure.self) { try Suite.run([1], target: "refuses") }
        let error = #expect(throws: FuzzFailure.self) { try Suite.run([], target: "other") }
        #expect("\(error as Any)".contains("refuses"))
    }
}
