// Position "geo:<latitude>,<longitude>" read by Double(_:): "nan" passes a range check that refuses what is
// outside, and becomes a table index. Minimal input: 9 bytes "geo:nan,0".
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)
    guard n <= 64, text.hasPrefix("geo:") else { return 0 }
    let fields = text.dropFirst(4).split(separator: ",")
    guard fields.count == 2, let latitude = Double(fields[0]), let longitude = Double(fields[1]) else { return 0 }
    if latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180 { return 0 }
    let tile = Int((latitude + 90) / 10) * 36 + Int((longitude + 180) / 10)  // planted: Int(NaN) traps
    return tile == 217 ? 1 : 0
}
