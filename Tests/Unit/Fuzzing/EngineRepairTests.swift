import FuzzingRuntime
import Testing

@testable import Fuzzing

/// What instrumented code calls at a compare of two numbers.
@_silgen_name("__sanitizer_cov_trace_cmp8")
private func compareNumbers(_ a: UInt64, _ b: UInt64)

@Suite("equalities that are put right")
struct EngineRepairTests {
    private static func digits(_ text: Substring) -> UInt64 {
        text.utf8.reduce(0) { (0x30...0x39).contains($1) ? $0 &* 10 &+ UInt64($1 & 15) : $0 }
    }

    /// The amounts before `=` must add up to the one behind it: "12.34+1.00=13.34".
    private static func sums(_ bytes: UnsafeBufferPointer<UInt8>) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        compareNumbers(parts[0].split(separator: "+").reduce(0) { $0 &+ digits($1) }, digits(parts[1]))
    }

    /// The number in two bytes, little end first, must be the sum of those behind it.
    private static func checksum(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count > 2 else { return }
        compareNumbers(UInt64(bytes[0]) | UInt64(bytes[1]) << 8, bytes.dropFirst(2).reduce(0) { $0 &+ UInt64($1) })
    }

    /// An engine with one entry, which `body` finds right, and the input after a change and its repair.
    private func repaired(
        _ entry: [UInt8], changed: [UInt8], _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) -> Void
    ) throws -> (repairs: [Repair], input: [UInt8]) {
        let file = ShardFile()
        let shard = try file.open(ShardFile.layout(maximumInput: 128))
        defer { shard.unmap() }
        var options = FuzzEngine.Options()
        options.maximumLength = 128
        var engine = FuzzEngine(shard: shard, options: options, harvest: []) { body($0) }
        engine.keep(engine.load(entry), parent: 0, operators: 0, depth: 0, flags: [.edges])
        let repairs = engine.repairs(of: 0)
        let length = engine.repaired(engine.load(changed), from: entry.count, repairs, entry: 0)
        return (repairs, Array(UnsafeBufferPointer(start: shard.input, count: length)))
    }

    @Test(
        "a total in digits follows the amounts that were changed, with their decimals",
        arguments: [
            ("12.34+1.00=13.34", "92.34+1.00=13.34", "92.34+1.00=93.34"), ("12+30=42", "12+31=42", "12+31=43"),
            ("1.5+2.0=3.5", "1.5+6.0=3.5", "1.5+6.0=7.5"), ("00.40+00.02=00.42", "00.40+00.32=00.42", "00.40+00.32=00.72"),
        ])
    func digits(entry: String, changed: String, expected: String) throws {
        let (repairs, input) = try repaired(Array(entry.utf8), changed: Array(changed.utf8), Self.sums)
        #expect(repairs.count == 1 && repairs.first?.encoding.isDigits == true)
        #expect(String(decoding: input, as: UTF8.self) == expected)
    }

    @Test("a total that moved with what was put in before it is found where it is now")
    func moved() throws {
        let (_, input) = try repaired(Array("12.34+1.00=13.34".utf8), changed: Array("12.34+1.00+7.00=13.34".utf8), Self.sums)
        #expect(String(decoding: input, as: UTF8.self) == "12.34+1.00+7.00=20.34")
    }

    @Test("a checksum in two bytes follows the bytes behind it")
    func binary() throws {
        let (repairs, input) = try repaired([0x2C, 0x01, 200, 100], changed: [0x2C, 0x01, 200, 250], Self.checksum)
        #expect(repairs.first.map { !$0.encoding.isDigits && $0.position == 0 && $0.length == 2 } == true)
        #expect(input == [0xC2, 0x01, 200, 250])
    }

    @Test("an entry without an equality has no repair, and a change stays as it is")
    func nothing() throws {
        let (repairs, input) = try repaired(Array("12.34+1.00=99.99".utf8), changed: Array("1=2".utf8), Self.sums)
        #expect(repairs.isEmpty && input == Array("1=2".utf8))
    }
}
