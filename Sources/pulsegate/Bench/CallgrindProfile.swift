/// How many instructions each function executed: what callgrind wrote, or a difference of two such profiles.
///
/// ```swift
/// let one = try CallgrindProfile.parse(bytes: firstRun)
/// let nine = try CallgrindProfile.parse(bytes: secondRun)
/// let eightIterations = nine.less(one)                     // start-up, set-up and warming up are gone
/// headProfile.difference(from: baseProfile).first          // the function that changed most
/// ```
///
/// Functions are told apart by their symbol; what callgrind knows of one in several files or at several levels of recursion is one function here.
struct CallgrindProfile: Equatable, Sendable {
    struct Cost: Equatable, Sendable {
        /// In the function itself.
        var exclusive: Int64 = 0
        /// With all that it called. Of functions that call one another in a circle it counts what passes the circle more than once; never more
        /// than the total.
        var inclusive: Int64 = 0
    }

    /// Instructions of the whole run, or of the part of it that was collected.
    var total: Int64
    var functions: [String: Cost]

    /// This profile without what `other` holds of it.
    func less(_ other: CallgrindProfile) -> CallgrindProfile {
        var functions = functions
        for (name, cost) in other.functions {
            var left = functions[name] ?? Cost()
            left.exclusive -= cost.exclusive
            left.inclusive -= cost.inclusive
            functions[name] = left == Cost() ? nil : left
        }
        return CallgrindProfile(total: total - other.total, functions: functions)
    }

    /// A function's instructions in two profiles.
    struct Change: Equatable, Sendable {
        var function: String
        var base: Cost
        var head: Cost
        var exclusive: Int64 { head.exclusive - base.exclusive }
        var inclusive: Int64 { head.inclusive - base.inclusive }
    }

    /// What changed from `base` to this profile, the largest change of a function's own instructions first; what did not change is left out.
    func difference(from base: CallgrindProfile) -> [Change] {
        Set(functions.keys).union(base.functions.keys)
            .map { Change(function: $0, base: base.functions[$0] ?? Cost(), head: functions[$0] ?? Cost()) }
            .filter { $0.exclusive != 0 }
            .sorted { ($0.exclusive.magnitude, $1.function) > ($1.exclusive.magnitude, $0.function) }
    }

    /// The dearest functions by their own instructions, then by name.
    func dearest(_ count: Int) -> [(function: String, cost: Cost)] {
        functions.filter { $0.value.exclusive != 0 }.map { (function: $0.key, cost: $0.value) }
            .sorted { ($0.cost.exclusive, $1.function) > ($1.cost.exclusive, $0.function) }
            .prefix(max(0, count)).map { $0 }
    }
}
