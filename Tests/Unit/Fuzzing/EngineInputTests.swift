import Testing

@testable import Fuzzing

@Suite("numbers in inputs")
struct EngineInputTests {
    private static let numbers: [UInt64] = [
        0, 1, 9, 10, 35, 0x7F, 0x80, 0xFF, 0x100, 1000, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 62, .max,
    ]

    @Test("every encoding reads what it writes, cut to its width", arguments: NumberEncoding.all)
    func roundTrip(encoding: NumberEncoding) throws {
        for number in Self.numbers {
            guard let written = encoding.write(number, instead: 0) else {
                #expect(encoding == .utf8 && (number > 0x10FFFF || (0xD800...0xDFFF).contains(number)), "\(number)")
                continue
            }
            let read = try #require(encoding.read([0xFF] + written + [0x2C], at: 1), "\(number)")
            let width: UInt64 =
                switch encoding {
                case .little(let bytes), .big(let bytes): bytes == 8 ? .max : 1 << UInt64(8 * bytes) - 1
                default: .max
                }
            #expect(read.value == number & width && read.length == written.count, "\(number) as \(written)")
        }
    }

    @Test("forms are those of the field")
    func forms() {
        #expect(NumberEncoding.little(4).write(0x0102_0304, instead: 4) == [4, 3, 2, 1])
        #expect(NumberEncoding.big(2).write(0x0102, instead: 2) == [1, 2])
        #expect(NumberEncoding.decimal.write(42, instead: 5) == Array("00042".utf8))
        #expect(NumberEncoding.decimal.write(UInt64(bitPattern: -42), instead: 5) == Array("-0042".utf8))
        #expect(NumberEncoding.fixedPoint(decimals: 2).write(4711, instead: 6) == Array("047.11".utf8))
        #expect(NumberEncoding.fixedPoint(decimals: 2).write(7, instead: 0) == Array("0.07".utf8))
        #expect(NumberEncoding.fixedPoint(decimals: 3).write(UInt64(bitPattern: -42), instead: 0) == Array("-0.042".utf8))
        #expect(NumberEncoding.hexadecimal.write(0xBEEF, instead: 6) == Array("00beef".utf8))
        #expect(NumberEncoding.utf8.write(0x20AC, instead: 3) == [0xE2, 0x82, 0xAC])
        #expect(NumberEncoding.varint.write(300, instead: 0) == [0xAC, 0x02])
        #expect(NumberEncoding.zigzag.write(UInt64(bitPattern: -1), instead: 0) == [1])
    }

    @Test("nothing is read where no number stands")
    func absent() {
        #expect(NumberEncoding.decimal.read(Array("-x".utf8), at: 0) == nil)
        for text in ["1.2", "1.234", "1,23", ".12", "1.", "1.2x"] {
            #expect(NumberEncoding.fixedPoint(decimals: 2).read(Array(text.utf8), at: 0) == nil, "\(text)")
        }
        #expect(NumberEncoding.hexadecimal.read(Array("xyz".utf8), at: 0) == nil)
        #expect(NumberEncoding.little(4).read([1, 2, 3], at: 0) == nil)
        #expect(NumberEncoding.varint.read([0x80, 0x80], at: 0) == nil)
        #expect(NumberEncoding.utf8.read([0xE2, 0x82], at: 0) == nil)
        for encoding in NumberEncoding.all { #expect(encoding.read([], at: 0) == nil) }
    }

    @Test("the number of an input's bytes is the same in every build, since corpus files are named by it")
    func contentNumber() {
        func number(_ text: String) -> UInt64 { Array(text.utf8).withUnsafeBufferPointer(ContentNumber.of) }
        #expect(number("") == 0xFDBD_F6AC_4FC5_2E7F)
        #expect(number("a") == 0x2EF7_D131_6EB8_6F71)
        #expect(number("pulsegate") == 0xB95A_6491_E439_C32C)
    }

    @Test("choices survive their bytes, and any bytes are choices")
    func choiceBytes() {
        let indices: [UInt64] = [0, 127, 128, 300, 1 << 40, .max]
        #expect(ChoiceBytes.bytes(indices).withUnsafeBufferPointer(ChoiceBytes.indices) == indices)
        #expect([UInt8](repeating: 0xFF, count: 25).withUnsafeBufferPointer(ChoiceBytes.indices).count == 3)
        #expect([UInt8]([0x85]).withUnsafeBufferPointer(ChoiceBytes.indices) == [5])
    }
}
