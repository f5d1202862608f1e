/// A duration as people say it, with at most two units.
///
/// ```swift
/// humanDuration(nanoseconds: 830_000_000)          // "830 ms"
/// humanDuration(nanoseconds: 4_250_000_000)        // "4.2 s"
/// humanDuration(nanoseconds: 252_000_000_000)      // "4 min 12 s"
/// ```
///
/// Cut off, not rounded: nothing is said to have taken 60 s, or longer than it did.
public func humanDuration(nanoseconds: Int64) -> String {
    let magnitude = nanoseconds.magnitude
    let sign = nanoseconds < 0 ? "-" : ""
    let second: UInt64 = 1_000_000_000
    let text: String
    switch magnitude {
    case ..<1_000: text = "\(magnitude) ns"
    case ..<1_000_000: text = "\(magnitude / 1_000) µs"
    case ..<second: text = "\(magnitude / 1_000_000) ms"
    case ..<(10 * second): text = "\(magnitude / second).\(magnitude % second / 100_000_000) s"
    case ..<(60 * second): text = "\(magnitude / second) s"
    case ..<(3_600 * second): text = pair(magnitude / second, per: 60, "min", "s")
    case ..<(86_400 * second): text = pair(magnitude / (60 * second), per: 60, "h", "min")
    default: text = pair(magnitude / (3_600 * second), per: 24, "d", "h")
    }
    return sign + text
}

/// `count` small units as "a large b small", without a part "0 small".
private func pair(_ count: UInt64, per: UInt64, _ large: String, _ small: String) -> String {
    let rest = count % per
    return rest == 0 ? "\(count / per) \(large)" : "\(count / per) \(large) \(rest) \(small)"
}
