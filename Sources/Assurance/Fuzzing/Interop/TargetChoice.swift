/// Which target of a suite another engine drives: those know one target a program.
///
/// ```
/// PULSEGATE_FUZZ_TARGET=json .build-libfuzzer/release/Suite     // by the environment
/// cp Suite Suite-json; ./Suite-json                             // by the program's name: what follows its last part
/// ```
///
/// The services that run such programs (OSS-Fuzz, ClusterFuzzLite) take names of letters, digits, `-` and `_` only, so that a `.` of a target's name
/// becomes a `_` in the program's. A suite with one target needs neither.
struct TargetChoice {
    let names: [String]
    let environment: String?
    let program: String

    enum Outcome: Equatable {
        case chosen(Int)
        case refused(String)
    }

    /// A target's name as a part of a program's name.
    static func programName(_ target: String) -> String { String(target.map { $0 == "." ? "_" : $0 }) }

    var outcome: Outcome {
        if let environment, !environment.isEmpty {
            if let index = names.firstIndex(of: environment) { return .chosen(index) }
            return .refused("no target \(environment); PULSEGATE_FUZZ_TARGET names one of \(names.sorted())")
        }
        let base = program.split(separator: "/").last.map(String.init) ?? ""
        // The longest name that fits: of Suite-json-lines, json-lines rather than lines.
        var best: [Int] = []
        for (index, name) in names.enumerated() {
            let part = Self.programName(name)
            guard base == part || base.hasSuffix("-" + part) else { continue }
            let length = best.first.map { names[$0].utf8.count } ?? 0
            if name.utf8.count > length {
                best = [index]
            } else if name.utf8.count == length {
                best.append(index)
            }
        }
        if best.count == 1 { return .chosen(best[0]) }
        if best.count > 1 {
            return .refused("the program's name \(base) fits \(best.map { names[$0] }); set PULSEGATE_FUZZ_TARGET")
        }
        if names.count == 1 { return .chosen(0) }
        return .refused("which target? set PULSEGATE_FUZZ_TARGET to one of \(names.sorted()), or call the program \(base)-TARGET")
    }
}
