/// Holds source files against ``ArchitectureRules``; pure, so that made-up houses can be judged as well as ours.
struct Architect {
    let rules: ArchitectureRules

    /// Where a module stands: its wing and its height in it.
    private struct Place {
        var wing: String
        var height: Int
    }

    /// What the rules forbid, each as "path:line: sentence", in the order of the files.
    func violations(in files: [SourceFile]) -> [String] {
        files.flatMap { file -> [String] in
            guard let room = room(of: file.path) else {
                return ["\(file.path): no wing or executable has this folder; the rooms are listed in ArchitectureRules.swift"]
            }
            guard file.path.hasSuffix(".swift") else { return [] }
            return SwiftText(file.text).imports.compactMap { found in
                objection(to: found.module, in: room).map { "\(file.path):\(found.line): \($0)" }
            }
        }
    }

    /// Places where code takes the time, chance or environment of the machine instead of a parameter.
    func reaches(in files: [SourceFile]) -> [String] {
        files.flatMap { file -> [String] in
            let isCode = [".swift", ".c", ".h"].contains { file.path.hasSuffix($0) }
            guard isCode, !rules.reachesAllowed.contains(where: { file.path.hasPrefix($0) }) else { return [] }
            return SwiftText(file.text).lines.enumerated().flatMap { index, line in
                rules.reaches.filter { reach in Self.mentions(reach.text, in: line) && !(reach.unless.map { line.contains($0) } ?? false) }
                    .map { "\(file.path):\(index + 1): '\($0.text)' must come in by parameter" }
            }
        }
    }

    /// Whether the text stands in the line, and not as the end of a longer name: "dueDate()" is no "Date()".
    private static func mentions(_ text: String, in line: String) -> Bool {
        line.ranges(of: text).contains { range in
            guard range.lowerBound > line.startIndex, text.first?.isLetter == true else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || before == "_")
        }
    }

    // MARK: Rooms

    private enum Home {
        case room(wing: String, module: String)
        case executable(ArchitectureRules.Executable)
    }

    private func room(of path: String) -> Home? {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count > 1 else { return nil }
        if let executable = rules.executables.first(where: { $0.name == parts[0] }) { return .executable(executable) }
        guard parts.count > 2, let wing = rules.wings.first(where: { $0.name == parts[0] }),
            wing.rooms.contains(where: { $0.name == parts[1] || $0.beside.contains(parts[1]) })
        else { return nil }
        return .room(wing: wing.name, module: parts[1])
    }

    private func place(of module: String) -> Place? {
        for wing in rules.wings {
            if let height = wing.rooms.firstIndex(where: { $0.name == module || $0.beside.contains(module) }) {
                return Place(wing: wing.name, height: height)
            }
        }
        return nil
    }

    private func owner(of runtime: String) -> String? {
        rules.wings.lazy.flatMap(\.rooms).first { $0.beside.contains(runtime) }?.name
    }

    // MARK: Imports

    /// Why this module may not be imported there; nil when it may.
    private func objection(to module: String, in home: Home) -> String? {
        if rules.system.contains(module) { return nil }
        let name: String
        let isExecutable: Bool
        switch home {
        case .room(_, let own): (name, isExecutable) = (own, false)
        case .executable(let executable): (name, isExecutable) = (executable.name, true)
        }
        if let holders = rules.reserved[module] {
            if holders.contains(name) || (isExecutable && holders.contains("executables")) { return nil }
            return "\(name) imports \(module), which only \(holders.sorted().joined(separator: ", ")) may"
        }
        guard let target = place(of: module) else {
            return "\(name) imports \(module), which is neither a room of this house nor a listed dependency"
        }
        if let owner = owner(of: module), owner != name {
            return "\(name) imports \(module), which stands beside \(owner) and is \(owner)'s alone"
        }
        switch home {
        case .executable(let executable):
            guard executable.forbiddenWings.contains(target.wing) else { return nil }
            return "\(name) imports \(module) of \(target.wing), a wing it must not know"
        case .room(let wing, let own):
            if target.wing == wing {
                let height = place(of: own)?.height ?? 0
                if target.height < height || (target.height == height && owner(of: module) == own) { return nil }
                return "\(name) imports \(module), which is not listed above it in \(wing)"
            }
            if target.wing == rules.groundFloor { return nil }
            return "\(name) of \(wing) imports \(module) of \(target.wing); only \(rules.groundFloor) may be shared"
        }
    }
}
