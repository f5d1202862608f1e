/// Runs a fuzz target over files, or over random inputs: `replay FILE…` or `replay --random COUNT SEED`.
///
/// Knows nothing of coverage; it proves that a known input triggers a bug and that chance alone does not.
/// Half of the random inputs are uniform bytes, half are printable text; lengths are 0 to 64.
/// Exits 0 when every input came back, 2 when it cannot read its arguments; a bug ends it by a signal.
import Glibc

@_silgen_name("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

func run(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { _ = testOneInput($0.baseAddress, $0.count) }
}

func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let c = fgetc(file), c != EOF { bytes.append(UInt8(truncatingIfNeeded: c)) }
    return bytes
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.count == 3, arguments[0] == "--random", let count = Int(arguments[1]), count >= 0, let seed = UInt64(arguments[2]) {
    var random = SplitMix64(state: seed)
    for i in 0..<count {
        let length = Int.random(in: 0...64, using: &random)
        let range: ClosedRange<UInt8> = i % 2 == 0 ? 0...255 : 0x20...0x7e
        run((0..<length).map { _ in UInt8.random(in: range, using: &random) })
    }
} else {
    guard !arguments.isEmpty else { exit(2) }
    for path in arguments {
        guard let bytes = contents(path) else {
            fputs("replay: cannot read \(path)\n", stderr)
            exit(2)
        }
        run(bytes)
    }
}
