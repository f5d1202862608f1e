/// Makes each comparison that the fuzzer's string hooks should see, and prints what they reported: one line each, the name of the
/// comparison, then `kind a|b` for every report (bytes outside printable ASCII as `\xNN`). Comparisons that an optimised build inlines
/// down to machine words, where compare tracing sees them, are made in debug builds only.
///
///     FuzzingHookProbe           the comparisons
///     FuzzingHookProbe live      the hooks that are dead, one name a line
///     FuzzingHookProbe harvest   the constants of this file, one line each

import FuzzingRuntime
import Glibc

nonisolated(unsafe) private var reports: [String] = []

/// Hears what would be written into the compare log.
private func record(
    _ site: UnsafeRawPointer?, _ a: UnsafePointer<UInt8>?, _ aCount: UInt32, _ b: UnsafePointer<UInt8>?, _ bCount: UInt32, _ kind: UInt8
) {
    pulsegate_fuzz_set_gate(0)
    reports.append("\(kind) \(shown(a, aCount))|\(shown(b, bCount))")
    pulsegate_fuzz_set_gate(1)
}

private func shown(_ bytes: UnsafePointer<UInt8>?, _ count: UInt32) -> String {
    let digits = Array("0123456789abcdef")
    return UnsafeBufferPointer(start: bytes, count: Int(count)).map { byte in
        byte >= 0x20 && byte < 0x7F
            ? String(Character(Unicode.Scalar(byte))) : "\\x" + String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }.joined()
}

nonisolated(unsafe) private var sink = false

@inline(never) private func compare(_ name: String, _ body: () -> Bool) {
    pulsegate_fuzz_listen(record)
    _ = body()  // what is made ready the first time is not the comparison
    reports = []
    pulsegate_fuzz_set_gate(1)
    let result = body()
    pulsegate_fuzz_set_gate(0)
    sink = result
    print("\(name): \(reports.joined(separator: ", "))")
}

/// A value that no optimiser sees through.
@inline(never) @_optimize(none) private func opaque<T>(_ value: T) -> T {
    precondition(CommandLine.argc < 1000)
    return value
}

private enum Colour: String {
    case red, green
    case blue = "blue-is-a-long-name"
}
private struct Key: Hashable {
    var name: String
    var number: Int
}

@inline(never) private func same<T: Equatable>(_ a: T, _ b: T) -> Bool { a == b }
@inline(never) private func ordered<T: Comparable>(_ a: T, _ b: T) -> Bool { a < b }
@inline(never) private func sameText<A: StringProtocol, B: StringProtocol>(_ a: A, _ b: B) -> Bool { a == b }

private func comparisons() {
    let small = opaque("tokem")
    let accented = opaque("caf\u{E9}")
    let large = opaque(String(decoding: Array("a native text of some length".utf8), as: UTF8.self))
    let part = opaque(large[large.index(large.startIndex, offsetBy: 2)..<large.index(large.startIndex, offsetBy: 8)])
    let numbers: [String: Int] = opaque(["SELECT": 1])
    let keyed: [Key: Int] = opaque([Key(name: "held", number: 1): 1])
    let names: Set<String> = opaque(["held-in-a-set-of-texts"])

    compare("small literal") { small == "token" }
    compare("large literal") { large == "correct horse battery staple" }
    compare("variables") { large == small }
    compare("scalars") { accented == "caf\u{E8}" }
    compare("order") { small < large }
    compare("prefix") { large.hasPrefix("https://") }
    compare("suffix") { large.hasSuffix(".json") }
    compare("contained") { large.contains("needle") }
    compare("substrings") { part == part.dropFirst() }
    compare("substring and text") { part == "another literal of length" }
    compare("substring order") { part < part.dropFirst() }
    compare("generic texts") { sameText(part, small) }
    compare("generic") { same(large, small) }
    compare("generic order") { ordered(part, part.dropFirst()) }
    compare("raw value") { Colour(rawValue: opaque("grean")) == nil }
    compare("switch") {
        switch small {
        case "alpha": true
        case "a-case-of-more-than-fifteen": true
        default: false
        }
    }
    compare("dictionary") { numbers[small] == nil }
    compare("keyed by a struct") { keyed[opaque(Key(name: small, number: 1))] == nil }
    compare("set") { names.contains(small) }
    compare("characters") { opaque(Character("e")) == "\u{E9}" }
    compare("optional") { opaque(Optional(large)) == "an optional text of length" }
    compare("element of a struct") { opaque(Key(name: small, number: 1)) == opaque(Key(name: large, number: 1)) }
    compare("empty") { opaque("") == small }
    #if DEBUG
        compare("generic bytes") { same(opaque([1, 2] as [UInt8]), [3, 4, 5]) }
        compare("memory") { memcmp(opaque(Array(large.utf8)), opaque(Array(part.utf8)), 6) == 0 }
        compare("substring prefix") { part.hasPrefix("https://") }
        compare("array") { opaque([1, 2, 3] as [UInt8]) == [4, 5] }
        compare("slice") { opaque([1, 2, 3] as [UInt8])[1...] == opaque([9, 8] as [UInt8])[0...] }
        compare("elements") { opaque([0x61, 0x62] as [UInt8]).elementsEqual(small.utf8) }
        compare("starts") { opaque([0x61, 0x62] as [UInt8]).starts(with: "MAGIC".utf8) }
        compare("texts of an array") { opaque([small]) == opaque([large]) }
        compare("membership") { opaque(["first", "second"]).contains(small) }
    #endif
    reports = []
    sink = small == "closed gate" || numbers[large] != nil
    print("closed gate: \(reports.count)")
}

@_cdecl("pulsegate_probe_constants")
public func constants(_ number: Int, _ fraction: Double, _ text: UnsafePointer<CChar>) -> Bool {
    let value = opaque(String(cString: text))
    guard value != "small-text", value != "a literal that is too large for two words" else { return true }
    return number == 0x0123_4567_89ab_cdef || number == 54321 || fraction > 1234.5
}

private func harvest() {
    let entry: @convention(c) (Int, Double, UnsafePointer<CChar>) -> Bool = constants
    let at = unsafeBitCast(entry, to: UInt.self)
    let around: UInt = 16384
    var ranges: [(UInt, UInt)] = [(at - around, at + around), (at, at + around)]
    var found = [pulsegate_fuzz_constant](repeating: pulsegate_fuzz_constant(), count: 4096)
    let count = pulsegate_fuzz_harvest(&ranges, UInt32(ranges.count), &found, UInt32(found.count))
    for constant in found[..<Int(count)] {
        print(
            constant.kind, withUnsafeBytes(of: constant.bytes) { shown($0.bindMemory(to: UInt8.self).baseAddress, UInt32(constant.length)) }
        )
    }
}

switch CommandLine.arguments.dropFirst().first {
case "live":
    for hook in 0..<pulsegate_fuzz_hook_count() where pulsegate_fuzz_live_hooks() >> UInt64(hook) & 1 == 0 {
        print(pulsegate_fuzz_hook_name(hook).map { String(cString: $0) } ?? "")
    }
case "harvest":
    _ = constants(1, 1, "x")
    harvest()
default:
    comparisons()
}
