import Fuzzing
import PropertyTesting

/// A suite that another engine drives, and a stand-in for that engine: it says with which words it was called, runs the files among them, and changes
/// each of them a few times as libFuzzer would.
@main struct Suite: FuzzSuite {
    static let targets = [
        FuzzTarget("bytes", maximumLength: 64) { bytes in
            print("ran \(bytes)")
            if bytes.first == 0x21 { throw FuzzFailure("the planted bug") }
        },
        FuzzTarget("typed", maximumLength: 32, drawing: { $0.array(0...4) { $0.int(in: 0...9) } }, { numbers in print("ran \(numbers)") }),
    ]
}

@_silgen_name("LLVMFuzzerCustomMutator")
private func customMutator(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: UInt32) -> Int

/// libFuzzer's own change: here the order is turned.
@_cdecl("LLVMFuzzerMutate") public func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int) -> Int {
    let turned = UnsafeMutableBufferPointer(start: bytes, count: count).reversed() as [UInt8]
    bytes.update(from: turned, count: count)
    return count
}

@_cdecl("LLVMFuzzerRunDriver") public func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32 {
    let arguments = (1..<Int(count.pointee)).compactMap { words.pointee[$0].map { String(cString: $0) } }
    print("called \(arguments)")
    for path in arguments where !path.hasPrefix("-") {
        // A path is its own content, one byte a letter.
        var input = Array(path.utf8)
        _ = run(input, input.count)
        for seed in 0..<UInt32(8) {
            let room = input.count + 4
            var changed = input + [UInt8](repeating: 0xEE, count: 8)
            let length = customMutator(&changed, input.count, room, seed)
            print("changed \(seed) \(length <= room) \(changed[room...].allSatisfy { $0 == 0xEE }) \(changed.prefix(length) == input[...])")
            _ = run(changed, length)
            input = Array(path.utf8)
        }
    }
    return 3
}
