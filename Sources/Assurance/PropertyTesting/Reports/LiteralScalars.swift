/// Values that are written as one literal; the leaves of ``SwiftLiteral``.
protocol LiteralScalar {
    var literal: String { get }
}

/// Ranges: what stands before the dots, the dots, what stands behind them.
protocol LiteralRange {
    var ends: (lower: Any?, sign: String, upper: Any?) { get }
}

extension Bool: LiteralScalar { var literal: String { self ? "true" : "false" } }
extension Int: LiteralScalar { var literal: String { description } }
extension Int8: LiteralScalar { var literal: String { description } }
extension Int16: LiteralScalar { var literal: String { description } }
extension Int32: LiteralScalar { var literal: String { description } }
extension Int64: LiteralScalar { var literal: String { description } }
extension Int128: LiteralScalar { var literal: String { description } }
extension UInt: LiteralScalar { var literal: String { description } }
extension UInt8: LiteralScalar { var literal: String { description } }
extension UInt16: LiteralScalar { var literal: String { description } }
extension UInt32: LiteralScalar { var literal: String { description } }
extension UInt64: LiteralScalar { var literal: String { description } }
extension UInt128: LiteralScalar { var literal: String { description } }
extension Double: LiteralScalar { var literal: String { floatingLiteral(self, bits: magnitude.bitPattern) } }
extension Float: LiteralScalar { var literal: String { floatingLiteral(self, bits: UInt64(magnitude.bitPattern)) } }
extension String: LiteralScalar { var literal: String { quoted(unicodeScalars) } }
extension Substring: LiteralScalar { var literal: String { quoted(unicodeScalars) } }
extension Character: LiteralScalar { var literal: String { quoted(unicodeScalars) } }
extension Unicode.Scalar: LiteralScalar { var literal: String { quoted(CollectionOfOne(self)) } }

extension Duration: LiteralScalar {
    var literal: String {
        let (seconds, attoseconds) = components
        for (name, attosecondsOfUnit) in [
            ("seconds", 1_000_000_000_000_000_000), ("milliseconds", 1_000_000_000_000_000), ("microseconds", 1_000_000_000_000),
            ("nanoseconds", 1_000_000_000),
        ] as [(String, Int64)] where attoseconds % attosecondsOfUnit == 0 {
            let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000_000_000_000 / attosecondsOfUnit)
            let (sum, carry) = whole.addingReportingOverflow(attoseconds / attosecondsOfUnit)
            if !overflow, !carry { return ".\(name)(\(sum))" }
        }
        return "Duration(secondsComponent: \(seconds), attosecondsComponent: \(attoseconds))"
    }
}

extension Range: LiteralRange { var ends: (lower: Any?, sign: String, upper: Any?) { (lowerBound, "..<", upperBound) } }
extension ClosedRange: LiteralRange { var ends: (lower: Any?, sign: String, upper: Any?) { (lowerBound, "...", upperBound) } }
extension PartialRangeFrom: LiteralRange { var ends: (lower: Any?, sign: String, upper: Any?) { (lowerBound, "...", nil) } }
extension PartialRangeUpTo: LiteralRange { var ends: (lower: Any?, sign: String, upper: Any?) { (nil, "..<", upperBound) } }
extension PartialRangeThrough: LiteralRange { var ends: (lower: Any?, sign: String, upper: Any?) { (nil, "...", upperBound) } }

private func floatingLiteral<Number: BinaryFloatingPoint & CustomStringConvertible>(_ value: Number, bits: UInt64) -> String {
    if value.isNaN {
        let name = value.isSignalingNaN ? ".signalingNaN" : ".nan"
        return value.sign == .minus ? "-\(name)" : name
    }
    if value.isInfinite { return value.sign == .minus ? "-.infinity" : ".infinity" }
    if value.isSubnormal {
        // The compiler refuses a literal that loses precision.
        let sign = value.sign == .minus ? "-" : ""
        return bits == 1 ? "\(sign).leastNonzeroMagnitude" : "\(sign)\(Number.self)(bitPattern: 0x\(String(bits, radix: 16)))"
    }
    // The shortest text that reads back as the same number.
    return value.description
}

/// A text in quotes, with everything escaped that one cannot see or that would join itself to its neighbour.
private func quoted(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = "\""
    for scalar in scalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\0": text += "\\0"
        case " "..."~": text.unicodeScalars.append(scalar)
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
                .nonspacingMark,
                .spacingMark, .enclosingMark:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
    return text + "\""
}
