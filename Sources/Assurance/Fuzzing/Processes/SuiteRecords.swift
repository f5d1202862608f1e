import FuzzingRuntime

/// Tells what the shards of a campaign hold: the corpus with its origins, and the edges with the input that first ran each.
///
/// Runs nothing. Shards of another build are left out: their features are of other code.
struct SuiteRecords {
    let target: FuzzTarget
    let folder: String

    init(target: FuzzTarget, options: inout SuiteArguments) {
        self.target = target
        folder = options.value("--folder") ?? ".pulsegate/fuzz/\(target.name)"
    }

    func run() {
        let layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: target.maximumLength)
        let build = pulsegate_fuzz_build_number()
        var known = [Bool](repeating: false, count: layout.edges)
        let names = SuiteFiles.names("\(folder)/shards").filter { $0.hasSuffix(".state") }
        // In the order of workers, not of names: 10 comes after 9.
        let shards = names.compactMap({ Int($0.dropLast(6)) }).sorted().compactMap { worker in
            (try? Shard(path: "\(folder)/shards/\(worker).state", layout: layout, build: build, seed: 0)).map { (worker, $0) }
        }
        defer { for (_, shard) in shards { shard.unmap() } }
        // What one worker took over from another is told by who found it.
        var told: Set<UInt64> = []
        for (worker, shard) in shards { tell(shard, worker: worker, imported: false, &told) }
        for (worker, shard) in shards { tell(shard, worker: worker, imported: true, &told) }
        for (_, shard) in shards { tellEdges(shard, known: &known) }
    }

    private func name(_ entry: Int, _ shard: Shard) -> UInt64 { ContentNumber.of(shard.bytes(ofEntry: entry)) }

    private func entries(_ shard: Shard) -> [Int] {
        (0..<shard.entryCount).filter { EntryFlags(rawValue: shard.entries[$0].flags).contains(.edges) }
    }

    /// The entry that is told of and that this one descends from: between the two may stand steps that lit nothing by themselves.
    private func ancestor(of index: Int, _ shard: Shard) -> Int? {
        var at = index
        while Int(shard.entries[at].parent) < at {
            at = Int(shard.entries[at].parent)
            if EntryFlags(rawValue: shard.entries[at].flags).contains(.edges) { return at }
        }
        return nil
    }

    private func tell(_ shard: Shard, worker: Int, imported: Bool, _ told: inout Set<UInt64>) {
        for index in entries(shard) {
            let entry = shard.entries[index]
            let operators = Operators(rawValue: entry.operators)
            guard operators.contains(.imported) == imported, told.insert(name(index, shard)).inserted else { continue }
            // An entry that was taken over has no parent here, nor has a seed.
            let isFirst = imported || operators.contains(.seed)
            let parent = isFirst ? nil : ancestor(of: index, shard)
            let origin = parent == nil && !imported ? operators.union(.seed) : operators
            let fields: [(String, SuiteOutput.Value)] = [
                ("event", .text("entry")), ("hash", .hexadecimal(name(index, shard))), ("length", .number(UInt64(entry.length))),
                ("parent", parent.map { .hexadecimal(name($0, shard)) } ?? .nothing),
                ("operators", .list(origin.names.map { .text($0) })), ("foundAt", .number(entry.found_at)),
                ("worker", .number(UInt64(worker))),
            ]
            SuiteOutput.write(fields)
        }
    }

    private func tellEdges(_ shard: Shard, known: inout [Bool]) {
        for index in entries(shard) {
            for feature in shard.features(ofEntry: index) {
                let edge = Int(feature >> 3)
                guard edge < known.count, !known[edge] else { continue }
                known[edge] = true
                var isEntry = false
                let place = Self.place(pulsegate_fuzz_edge_address(UInt32(edge), &isEntry))
                SuiteOutput.write([
                    ("event", .text("edge")), ("edge", .number(UInt64(edge))), ("entry", .hexadecimal(name(index, shard))),
                    ("address", place.map { .hexadecimal($0.address) } ?? .nothing),
                    ("function", place?.function.map { .text($0) } ?? .nothing),
                ])
            }
        }
    }

    /// An address relative to its image, and the function around it, mangled, where it is known.
    private static func place(_ address: UInt) -> (address: UInt64, function: String?)? {
        guard address != 0 else { return nil }
        var name = [CChar](repeating: 0, count: 1024)
        var offset: UInt64 = 0
        var relative: UInt64 = 0
        guard pulsegate_fuzz_symbol(address, &name, name.count, &offset, nil, 0, &relative) else { return nil }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (relative, text.isEmpty ? nil : text)
    }
}

extension Operators {
    /// In the order of their bits.
    var names: [String] {
        let all: [(Operators, String)] = [
            (.seed, "seed"), (.havoc, "havoc"), (.splice, "splice"), (.dictionary, "dictionary"), (.colour, "colour"), (.walk, "walk"),
            (.solver, "solver"), (.pump, "pump"), (.repair, "repair"), (.imported, "imported"), (.length, "length"),
            (.substitution, "substitution"), (.trim, "trim"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}
