/// Numbers with a fixed number of places, for columns that should stand under one another.
enum BenchText {
    /// Rounded half away from zero.
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
