// Picture in runs: "B", width (a multiple of 8), height, then control bytes: 0…127 literal pixels, below 0 a repeat.
// Bug: only literal runs are held against the end of the picture. Minimal input: 5 bytes 42 08 02 f0 00.
private struct Picture {
    var pixels: [UInt8]
    var at = 0
    init(width: Int, height: Int) { pixels = [UInt8](repeating: 0, count: width * height) }
    mutating func decode(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var rest = bytes
        while at < pixels.count, let c = rest.popFirst() {
            let control = Int(Int8(bitPattern: c))
            if control >= 0 {
                let run = control + 1
                guard at + run <= pixels.count, run <= rest.count else { return false }
                for x in rest.prefix(run) {
                    pixels[at] = x
                    at += 1
                }
                rest = rest.dropFirst(run)
            } else if control != -128 {
                guard let x = rest.popFirst() else { return false }
                for _ in 0...(-control) {
                    pixels[at] = x  // planted: no check
                    at += 1
                }
            }
        }
        return at == pixels.count
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 4, n <= 512, b[0] == UInt8(ascii: "B") else { return 0 }
    guard (8...32).contains(b[1]), b[1] % 8 == 0, (2...16).contains(b[2]) else { return 0 }
    var picture = Picture(width: Int(b[1]), height: Int(b[2]))
    guard picture.decode(b[3...]) else { return 0 }
    return picture.pixels.reduce(0) { $0 + Int($1) } == 12_345 ? 1 : 0
}
