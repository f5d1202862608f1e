/// A test in Swift that fails until a finding is mended: `Repro.swift`.
///
/// It runs the target on the input in a process of its own, so that a trap fails one test and not the run. Of a typed target the value stands above the
/// input, as it would be written by hand.
enum ReproSource {
    /// - Parameters:
    ///   - suite: the suite's type with its module, as `Module.Suite`.
    ///   - value: the input as Swift code, for typed targets.
    static func text(suite: String, target: String, bucket: String, title: String, input: [UInt8], value: String?) -> String {
        let parts = suite.split(separator: ".").map(String.init)
        let module = parts.first ?? "Suite"
        let type = parts.count > 1 ? parts.dropFirst().joined(separator: ".") : module
        // A type that is called as its module hides the module.
        let reference = type
        var lines = ["import Fuzzing", "import Testing", "", "@testable import \(module)", ""]
        lines += comment(title)
        lines += ["@Suite(\(quoted("the fuzz finding \(bucket)"))) struct FuzzFinding_\(identifier(bucket)) {"]
        lines += ["    @Test(\(quoted("\(target) survives the input of \(bucket)"))) func survives() async {"]
        lines += ["        await #expect(processExitsWith: .success) {"]
        if let value {
            lines += ["            // The value that these choices draw:"]
            lines += value.split(separator: "\n", omittingEmptySubsequences: false).map { "            // \($0)" }
        }
        lines += literal(input).map { "            \($0)" }
        lines += ["            try \(reference).run(input, target: \(quoted(target)))", "        }", "    }", "}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func literal(_ input: [UInt8]) -> [String] {
        let numbers = input.map { byte in "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
        guard numbers.count > 16 else { return ["let input: [UInt8] = [\(numbers.joined(separator: ", "))]"] }
        var lines = ["let input: [UInt8] = ["]
        var at = 0
        while at < numbers.count {
            lines.append("    " + numbers[at..<min(at + 16, numbers.count)].joined(separator: ", ") + ",")
            at += 16
        }
        return lines + ["]"]
    }

    private static func comment(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in "/// " + String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 }))
        }
    }

    /// What may stand in a name; everything else is an underscore.
    static func identifier(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(Character(scalar))
            case _ where scalar.value < 0x20: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension FuzzSuite {
    /// Runs one input of a target here, whatever comes of it: what a finding's test calls.
    ///
    /// - Throws: what the target throws; ``FuzzFailure`` where there is no such target.
    public static func run(_ input: [UInt8], target name: String) throws {
        guard let target = targets.first(where: { $0.name == name }) else {
            throw FuzzFailure("no target \(name); there are \(targets.map(\.name))")
        }
        try TargetRunner(target: target).run(input)
    }
}
