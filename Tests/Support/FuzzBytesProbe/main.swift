import Fuzzing

// A target that is linked as libFuzzer's are, in a program that the engine drives: FuzzBytes with something to find.
@_cdecl("LLVMFuzzerTestOneInput") public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = UnsafeBufferPointer(start: bytes, count: count)
    if count >= 4, input[0] == 0x50, input[1] == 0x47, input[2] == 0x46, input[3] == 0x5A { fatalError("the planted bug") }
    return 0
}

BytesDriver.main(Array(CommandLine.arguments.dropFirst()))
