/// Figures as people read them.
enum BenchText {
    /// 3 significant digits with a unit: "1.24 us".
    static func time(_ nanoseconds: Double) -> String {
        guard nanoseconds.isFinite else { return "unknown" }
        for (unit, factor) in [("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0)] where nanoseconds >= factor {
            return significant(nanoseconds / factor) + " " + unit
        }
        return nanoseconds >= 0.0005 ? significant(nanoseconds) + " ns" : "0 ns"
    }

    static func bytes(_ count: Int64) -> String {
        for (unit, factor) in [("GiB", Int64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where count >= factor {
            return significant(Double(count) / Double(factor)) + " " + unit
        }
        return "\(count) B"
    }

    static func rate(_ perSecond: Double) -> String {
        for (unit, factor) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] where perSecond >= factor {
            return significant(perSecond / factor) + " " + unit
        }
        return significant(perSecond)
    }

    /// "+5.1 %", "-0.2 %".
    static func change(_ ratio: Double) -> String {
        let percent = (ratio - 1) * 100
        return (percent < 0 ? "-" : "+") + decimals(abs(percent), abs(percent) < 10 ? 1 : 0) + " %"
    }

    private static func significant(_ value: Double) -> String { decimals(value, value < 10 ? 2 : value < 100 ? 1 : 0) }

    /// A number with so many places behind the point, rounded half away from zero.
    static func decimals(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return value.isNaN ? "unknown" : value < 0 ? "-any" : "any" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let whole = scaled / Int64(scale)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        let part = String(scaled % Int64(scale))
        return "\(sign)\(whole).\(String(repeating: "0", count: places - part.count))\(part)"
    }
}
