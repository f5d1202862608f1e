import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The commands `cmin` and `merge` of a suite: what inputs reach decides which are kept.
///
/// An input is measured once, in a runner, by the features it lights (edge and hit class). `cmin` chooses by the greedy rule for set cover, smallest
/// input first among equals: at most ln(n) times as many as the least. `merge` takes over, smallest first, what adds a feature to those of the corpus.
/// Inputs that end the process light nothing that can be read and are left where they are.
///
/// Both write each input under a temporary name first and delete nothing before all that replaces it is written: an interrupted run is run again.
struct SuiteCorpus {
    let target: FuzzTarget
    let folder: String
    let destination: String?

    struct Measured {
        var path: String
        var bytes: [UInt8]
        var features: [UInt32]
    }

    init(target: FuzzTarget, options: inout SuiteArguments) {
        self.target = target
        folder = options.value("--folder") ?? ".pulsegate/fuzz/\(target.name)"
        destination = options.value("--to")
    }

    private var corpus: String { "\(folder)/corpus" }

    /// Keeps a smallest set of the corpus; with a destination the set is written there and the corpus stays.
    func distil() {
        let all = measured(files(in: [corpus]))
        let chosen = Self.cover(all.inputs.map { ($0.features, $0.bytes.count) })
        let kept = Set(chosen)
        if let destination {
            SuiteFiles.makeFolder(destination)
            for index in chosen { SuiteFiles.write(all.inputs[index].bytes, to: "\(destination)/\(Self.name(all.inputs[index].bytes))") }
        } else {
            for index in all.inputs.indices where !kept.contains(index) { unlink(all.inputs[index].path) }
        }
        SuiteOutput.write([
            ("event", .text("distilled")), ("inputs", .number(UInt64(all.inputs.count))), ("kept", .number(UInt64(chosen.count))),
            ("bytes", .number(UInt64(chosen.reduce(0) { $0 + all.inputs[$1].bytes.count }))),
            ("features", .number(UInt64(Set(all.inputs.flatMap(\.features)).count))), ("deaths", .number(UInt64(all.deaths.count))),
        ])
    }

    /// Takes over from other folders what adds features.
    func merge(_ folders: [String]) {
        if folders.isEmpty { SuiteProgram.stop("merge takes the folders to take over from") }
        SuiteFiles.makeFolder(corpus)
        var lit = Set(measured(files(in: [corpus])).inputs.flatMap(\.features))
        let others = measured(files(in: folders))
        var taken = 0
        for input in others.inputs.sorted(by: { ($0.bytes.count, $0.path) < ($1.bytes.count, $1.path) }) {
            guard input.features.contains(where: { !lit.contains($0) }) else { continue }
            guard SuiteFiles.write(input.bytes, to: "\(corpus)/\(Self.name(input.bytes))") else {
                SuiteProgram.stop("\(corpus): cannot be written")
            }
            lit.formUnion(input.features)
            taken += 1
        }
        SuiteOutput.write([
            ("event", .text("merged")), ("inputs", .number(UInt64(others.inputs.count))), ("taken", .number(UInt64(taken))),
            ("features", .number(UInt64(lit.count))), ("deaths", .list(others.deaths.map { .text($0) })),
        ])
    }

    private static func name(_ bytes: [UInt8]) -> String { SuiteOutput.hexadecimal(bytes.withUnsafeBufferPointer(ContentNumber.of)) }

    private func files(in folders: [String]) -> [String] {
        folders.flatMap { folder in SuiteFiles.names(folder).map { "\(folder)/\($0)" } }
    }

    /// Which of the sets together hold all elements: the one with most that are new first, the smaller and then the earlier of equals. Ascending.
    static func cover(_ sets: [(features: [UInt32], size: Int)]) -> [Int] {
        var open = Set(sets.flatMap(\.features))
        // Gains only fall: a set whose gain is looked at again and still leads is the best.
        var queue = sets.indices.map { (index: $0, gain: sets[$0].features.count) }
        var chosen: [Int] = []
        func before(_ a: (index: Int, gain: Int), _ b: (index: Int, gain: Int)) -> Bool {
            (-a.gain, sets[a.index].size, a.index) < (-b.gain, sets[b.index].size, b.index)
        }
        queue.sort(by: before)
        while !open.isEmpty, !queue.isEmpty {
            var first = queue.removeFirst()
            let gain = sets[first.index].features.reduce(0) { $0 + (open.contains($1) ? 1 : 0) }
            if gain == 0 { continue }
            if gain < first.gain {
                first.gain = gain
                let at = queue.firstIndex { before(first, $0) } ?? queue.endIndex
                queue.insert(first, at: at)
                continue
            }
            chosen.append(first.index)
            open.subtract(sets[first.index].features)
        }
        return chosen.sorted()
    }

    // MARK: Measuring

    /// What each file lights; those that end the process apart.
    private func measured(_ paths: [String]) -> (inputs: [Measured], deaths: [String]) {
        var inputs: [Measured] = []
        var deaths: [String] = []
        guard let memory = ReplayShard(maximumInput: target.maximumLength, features: Int(pulsegate_fuzz_edge_count()) + 16) else {
            SuiteProgram.stop("there is no shared memory to run inputs in")
        }
        defer { memory.close() }
        let capture = pulsegate_fuzz_capture()
        for path in paths {
            guard let bytes = SuiteFiles.read(path, limit: target.maximumLength) else { continue }
            if let features = memory.features(
                of: bytes, limits: Zygote.Limits(), capture: capture, make: { TargetRunner(target: target).function($0) })
            {
                inputs.append(Measured(path: path, bytes: bytes, features: features))
            } else {
                deaths.append(path)
            }
        }
        return (inputs, deaths)
    }
}
