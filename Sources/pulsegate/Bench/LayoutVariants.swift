import ChildProcesses
import Gates
import Glibc
import StrictDocuments

/// The same objects linked with their functions in another order.
///
/// Where code lies decides how it meets caches and branch predictors: a function that nobody changed may become a tenth slower because another one
/// grew. A slow-down that is real shows whatever the order; so what fails is confirmed on builds of both sides whose functions are shuffled by a seed.
/// The command is SwiftPM's own link command from the build's plan, with LLVM's linker told to shuffle; where that cannot be done the builds as they
/// are serve, and the verdict says so.
struct LayoutVariants {
    let tool: SwiftTool
    /// Where the variants are kept.
    let folder: String

    /// The executable of a build whose code is laid out by `seed`; nil where it cannot be linked so.
    func executable(of built: BenchBuilder.Built, side: String, seed: Int) -> String? {
        guard let words = try? Self.command(built) else { return nil }
        let path = folder + "/\(side)-\(seed)"
        var status = stat()
        var original = stat()
        if lstat(path, &status) == 0, lstat(built.executable, &original) == 0, status.st_mtim.tv_sec >= original.st_mtim.tv_sec {
            return path
        }
        guard (try? Workspace.makeFolder(folder)) != nil, let link = Self.shuffled(words, to: path, seed: seed) else { return nil }
        guard let answer = try? tool.run(link, in: folder, limit: SwiftTool.questionLimit), answer.code == 0 else { return nil }
        return path
    }

    /// Forgets the variants of earlier builds.
    func clear() { _ = try? Workspace.removeFolder(folder) }

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

    /// The same link to another place, with functions shuffled; nil where the command is of a form that is not known.
    static func shuffled(_ words: [String], to path: String, seed: Int) -> [String]? {
        var words = words
        guard let output = words.firstIndex(of: "-o"), output + 1 < words.count else { return nil }
        words[output + 1] = path
        words.removeAll { $0.hasPrefix("-use-ld=") }
        // Libraries that stand beside the executable are found there still.
        return words + ["-use-ld=lld", "-Xlinker", "--shuffle-sections=.text*=\(seed)"]
    }
}
