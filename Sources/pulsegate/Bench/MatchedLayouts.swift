import BenchmarkStatistics
import ContentDigest
import Determinism
import Gates
import Glibc
import StrictDocuments

/// Both builds linked anew, so that the functions which they have in common stand at the same addresses.
///
/// Where code lies decides how it meets caches and branch predictors: a function that nobody changed becomes a tenth or a third slower because
/// another one grew by some bytes and moved it. Shuffling both builds alike does not help, since what moved stays moved by as much. So the functions
/// of the same name and size come first, in the same order, in both; what is new or of another size follows behind them. What nobody changed then
/// meets the same caches in the same way, and a slow-down that is left is one of the code. For a confirmation the order is another one, drawn from a
/// seed: what did change must be slower wherever it stands.
///
/// The command is SwiftPM's own link command from the build's plan, with LLVM's linker told an order of symbols; builds for comparisons put each
/// function into a section of its own. Where that cannot be done the builds as they are serve, and the verdict says so.
struct MatchedLayouts {
    let tool: SwiftTool
    /// Where what is linked is kept, by pair.
    let folder: String
    let base: BenchBuilder.Built
    let head: BenchBuilder.Built

    struct Pair: Equatable, Sendable {
        var base: String
        var head: String
    }

    /// Pairs that are kept; the ones linked longest ago go first.
    static let kept = 3

    /// Flags of `swift build` without which functions could not be placed one by one.
    static let buildFlags = ["-Xswiftc", "-Xfrontend", "-Xswiftc", "-function-sections", "-Xcc", "-ffunction-sections"]

    /// - Parameter seed: 0: the order of base; otherwise one drawn from it.
    /// - Returns: nil where the builds cannot be linked so.
    func pair(seed: Int) -> Pair? {
        guard let key else { return nil }
        let place = folder + "/" + key
        let pair = Pair(base: "\(place)/base-\(seed)", head: "\(place)/head-\(seed)")
        if access(pair.base, X_OK) == 0, access(pair.head, X_OK) == 0 { return pair }
        guard let commands = try? (Self.command(base), Self.command(head)),
            let functions = try? (ExecutableFunctions.ofFile(base.executable), ExecutableFunctions.ofFile(head.executable)),
            (try? Workspace.makeFolder(place)) != nil
        else { return nil }
        let order = place + "/order-\(seed).\(getpid())"
        defer { unlink(order) }
        let names = Self.order(functions.0, functions.1, seed: seed)
        guard (try? Failure.replacing(order, with: Array(names.joined(separator: "\n").utf8) + [0x0A])) != nil,
            link(commands.0, to: pair.base, order: order), link(commands.1, to: pair.head, order: order)
        else { return nil }
        forgetOld(but: key)
        return pair
    }

    /// Where the functions of a pair stand that is linked; nil: as their linker put them.
    static func placement(_ pair: Pair?) -> SuiteVerdict.Placement {
        guard let pair,
            let placed = try? (ExecutableFunctions.ofFile(pair.base).functions, ExecutableFunctions.ofFile(pair.head).functions)
        else { return .asBuilt }
        return .matched(placed.1.count { placed.0[$0.key] == $0.value }, of: placed.1.count)
    }

    /// First what both have in the same size, then what changed: in the order of base, or in one drawn from the seed.
    ///
    /// With a seed some that both have come last, another few each time: what changed begins elsewhere then, in both alike, and may meet a better or
    /// a worse place.
    static func order(_ base: ExecutableFunctions, _ head: ExecutableFunctions, seed: Int) -> [String] {
        let all = base.functions.merging(head.functions) { base, _ in base }.filter { canBeListed($0.key) }
            .sorted { ($0.value.address, $0.key) < ($1.value.address, $1.key) }.map(\.key)
        var common: [String] = []
        var changed: [String] = []
        for name in all {
            if let bytes = base.functions[name]?.bytes, bytes == head.functions[name]?.bytes {
                common.append(name)
            } else {
                changed.append(name)
            }
        }
        guard seed != 0 else { return common + changed }
        var generator = SplitMix64(seed: UInt64(truncatingIfNeeded: seed))
        common.shuffle(using: &generator)
        changed.shuffle(using: &generator)
        let held = common.count / heldShare
        return common.dropLast(held) + changed + common.suffix(held)
    }

    /// One in so many functions is held back from the common order.
    static let heldShare = 500

    /// Whether a name is one word on its line to the linker.
    private static func canBeListed(_ name: String) -> Bool { !name.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "#") } }

    /// Which two files these are: what was linked from others must not serve.
    var key: String? {
        var words = ""
        for built in [base, head] {
            var status = stat()
            guard stat(built.executable, &status) == 0 else { return nil }
            words += "\(built.executable) \(status.st_size) \(status.st_ino) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)\n"
        }
        return String(SHA256Digest.hex(Array(words.utf8)).prefix(16))
    }

    private func link(_ words: [String], to path: String, order: String) -> Bool {
        let part = "\(path).\(getpid())"
        defer { unlink(part) }
        guard let command = Self.placed(words, to: part, order: order),
            let answer = try? tool.run(command, in: folder, limit: SwiftTool.questionLimit), answer.code == 0
        else { return false }
        return rename(part, path) == 0
    }

    private func forgetOld(but current: String) {
        var found: [(path: String, made: Int64)] = []
        for name in Workspace.names(in: folder) where name != current {
            var status = stat()
            if lstat(folder + "/" + name, &status) == 0 { found.append((folder + "/" + name, Int64(status.st_mtim.tv_sec))) }
        }
        found.sort { ($0.made, $0.path) > ($1.made, $1.path) }
        for old in found.dropFirst(Self.kept - 1) { _ = try? Workspace.removeFolder(old.path) }
    }

    /// The link command of the build's plan.
    static func command(_ built: BenchBuilder.Built) throws -> [String] {
        let plan = try DocumentFile.read(built.scratch + "/release.yaml", maximumBytes: 256 << 20)
        return try command(plan: String(decoding: plan, as: UTF8.self), executable: built.executable)
    }

    struct NoLink: Error {}

    /// The arguments of the one command of a plan that writes `executable`: each command's arguments stand on one line, as JSON.
    static func command(plan: String, executable: String) throws -> [String] {
        for line in plan.split(separator: "\n") {
            guard line.contains("\"-emit-executable\""), line.contains("\"\(executable)\""), let start = line.firstIndex(of: "[") else {
                continue
            }
            let root = try JSONDocument.parse(Array(line[start...].utf8), file: "the build's plan")
            guard case .array(let words) = root.content else { continue }
            let texts = words.compactMap { if case .string(let text) = $0.content { text } else { nil } }
            if texts.count == words.count, texts.contains("-emit-executable") { return texts }
        }
        throw NoLink()
    }

    /// The same link to another place, with functions in the order of a file; nil where the command is of a form that is not known.
    static func placed(_ words: [String], to path: String, order: String) -> [String]? {
        var words = words
        guard let output = words.firstIndex(of: "-o"), output + 1 < words.count else { return nil }
        words[output + 1] = path
        words.removeAll { $0.hasPrefix("-use-ld=") }
        // Libraries that stand beside the executable are found there still. Data begin on a page of their own, or they would move with the code.
        return words + ["-use-ld=lld"]
            + ["--symbol-ordering-file=\(order)", "--no-warn-symbol-ordering", "-z", "separate-loadable-segments"].flatMap {
                ["-Xlinker", $0]
            }
    }
}
