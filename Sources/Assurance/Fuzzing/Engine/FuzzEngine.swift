import FuzzingRuntime

/// The search of one worker: it runs the target on one input after another, keeps those that show something new, and makes the next ones of them.
///
/// ```
/// seeds ──▶ run ──▶ something new? ──▶ entry ──▶ analysis (compares, walk, solvers, pump) ──▶ …
///            ▲                                      when none is due:
///            └────────────────── havoc on an entry chosen by how rare its edges are
/// ```
///
/// All that must outlive a runner is in the ``Shard``; what an engine holds besides can be made again from it. One worker is a function of the
/// shard's seed and of the build: no clock is read and nothing depends on how busy the machine is.
struct FuzzEngine {
    struct Options {
        var maximumLength = 4096
        /// Compares of one site that one trace writes down.
        var occurrences: UInt32 = 64
        var valueProfile = true
        /// Executions without a find after which compares' progress counts as one.
        var stallAfter: UInt64 = 4096
    }

    let shard: Shard
    let options: Options
    let target: (UnsafeBufferPointer<UInt8>) -> Void
    /// Constants found in the code under test.
    let harvest: [[UInt8]]
    var generator: ShardGenerator
    /// Shards of other workers, from which finds are taken over, and how far they have been read.
    var peers: [Shard] = []
    var imported: [Int] = []
    var nextImport: UInt64 = 0
    /// What the last execution lit.
    let lit: UnsafeMutablePointer<UInt32>
    let litCapacity: UInt32
    /// Entries whose analysis is due, newest last.
    var due = DueEntries()
    var schedule = EntrySchedule()
    /// Words that read as text, those of the code first, and how many of the shard's words have been looked at.
    var texts: [[UInt8]] = []
    var textsRead = 0
    /// Checksums and lengths of entries, as far as they were looked for.
    var knownRepairs: [Int: [Repair]] = [:]
    var scan = pulsegate_fuzz_scan()
    /// Single bytes that the code compares with, in the order in which they were met.
    var codeBytes: [UInt8] = []
    var isCodeByte = [Bool](repeating: false, count: 256)
    /// How often growth tried each word at each site.
    var grownBefore: [UInt64: Int] = [:]
    var arms = SearchArms()
    /// Compares that were written down, and some for each run that wrote any: what traces cost.
    var tracedCompares: UInt64 = 0
    /// Sites that no run has met, each with an entry that comes to it.
    var frontier: [(site: UInt64, entry: Int)] = []
    var frontierPlaces: [UInt64: Int] = [:]
    /// Entries kept for their path alone, and when the next may be.
    var pathEntries = 0
    var nextPath: UInt64 = 0
    /// Compares that gated runs may make before runs without a gate have paid for more.
    var gateCredit: Int64 = 0
    /// Whether the step that comes is one at which the target died before; see `takeStep`.
    var deathsOfStage: [UInt64] = []
    /// Of a typed target: what draws its inputs, and what the search knows of them.
    var drawn: (any DrawnBody)?
    var typed = TypedSearch()

    init(shard: Shard, options: Options, harvest: [[UInt8]], target: @escaping (UnsafeBufferPointer<UInt8>) -> Void) {
        self.shard = shard
        self.options = options
        self.harvest = harvest
        self.target = target
        texts = harvest.filter(Self.isText)
        generator = ShardGenerator(shard)
        litCapacity = UInt32(clamping: shard.layout.edges + 16)
        lit = .allocate(capacity: Int(litCapacity))
    }

    /// Runs until the shard says stop or the limit of executions is reached.
    mutating func run(seeds: [[UInt8]]) {
        pulsegate_fuzz_clear_counters()
        resume()
        if shard.header.pointee.planted != .max {
            plant(seeds)
            if drawn != nil { plantDrawn() }
        }
        while !isOver {
            // What is new is looked at first, but not for ever: after a good start havoc has its share of executions.
            let header = shard.header
            if !peers.isEmpty, header.pointee.executions >= nextImport { takeOver() }
            let analysed = header.pointee.analysis_executions
            // Of what lights an edge anew all is wanted; the rest waits until analyses pay.
            let isFree = analysed <= Self.freeAnalysis || analysed &* 2 <= header.pointee.executions
            if isFree, let entry = drawn == nil ? due.popUrgent() : due.pop() {
                let before = header.pointee.executions
                analyse(entry)
                header.pointee.analysis_executions &+= header.pointee.executions &- before
            } else {
                searchRound()
            }
        }
    }

    /// A round of one of the ways to make inputs.
    private mutating func searchRound() {
        guard drawn == nil else { return havocRound() }
        let header = shard.header
        let stall = header.pointee.executions &- header.pointee.last_find
        var among: [SearchArms.Arm] = [.havoc, .growth]
        if stall > Self.patience || !due.isEmpty { among.append(.analysis) }
        let arm = arms.choose(&generator, among: among, stall: Double(stall))
        let before = (header.pointee.executions, tracedCompares, header.pointee.features_seen)
        switch arm {
        case .havoc: havocRound()
        case .growth: growthRound(schedule.choose(shard, &generator))
        case .analysis:
            if let entry = due.pop() {
                analyse(entry)
            } else if generator.below(4) != 0, let (site, entry) = anyFrontier() {
                var analysis = EntryAnalysis(entry: entry, bytes: bytes(entry), seed: generator.next())
                analysis.attack(site, &self)
            } else {
                analyse(schedule.choose(shard, &generator), again: true)
            }
        }
        arms.count(
            arm, executions: header.pointee.executions &- before.0, compares: tracedCompares &- before.1,
            finds: header.pointee.features_seen &- before.2)
    }

    /// Executions without a find after which entries are analysed again.
    static let patience: UInt64 = 32768

    @inline(__always) var isOver: Bool {
        let header = shard.header
        return pulsegate_fuzz_observe(&header.pointee.stop) != 0
            || (header.pointee.execution_limit != 0 && header.pointee.executions >= header.pointee.execution_limit)
    }

    /// The longest input that havoc makes now: short while short ones still find something, since they cost less and change more.
    var lengthLimit: Int {
        let header = shard.header
        let stalls = (header.pointee.executions &- header.pointee.last_find) / 16384
        let grown = header.pointee.longest_find * 2 + 64
        return min(options.maximumLength, Int(min(grown << min(stalls, 12), 1 << 20)))
    }

    /// Executions that analyses may take before havoc gets half of all.
    static let freeAnalysis: UInt64 = 4096

    // MARK: Executions

    /// Runs the target on the first `length` bytes of the shard's input. What is new is marked as seen and, where there is any, kept as an entry.
    /// Returns whether there was.
    @inline(__always)
    @discardableResult
    mutating func execute(_ length: Int, parent: Int, operators: UInt32) -> Bool {
        let header = shard.header
        header.pointee.input_length = UInt64(length)
        header.pointee.parent = UInt64(parent)
        header.pointee.operators = UInt64(operators)
        generator.save(shard)
        header.pointee.in_flight = 1
        pulsegate_fuzz_mark_stack()
        target(UnsafeBufferPointer(start: shard.input, count: length))
        let depth = pulsegate_fuzz_stack_depth()
        header.pointee.in_flight = 0
        header.pointee.executions &+= 1
        pulsegate_fuzz_collect(shard.virgin, true, lit, litCapacity, &scan)
        let isNewState = drawn != nil && countStates()
        let isNew = scan.fresh != 0 || isNewState
        guard isNew || depth > header.pointee.depth_seen + header.pointee.depth_seen / 16 + 64 else { return false }
        keep(
            length, parent: parent, operators: operators, depth: depth,
            flags: isNewState ? [.edges, .state] : isNew ? [.edges] : [.depth])
        return true
    }

    /// Runs the target on `bytes`; `nil` where this very step is known to kill it.
    mutating func execute(_ bytes: [UInt8], parent: Int, operators: Operators) -> Bool? {
        guard takeStep() else { return nil }
        return execute(load(bytes), parent: parent, operators: operators.rawValue)
    }

    /// Runs the target with the gate open and tells what was compared; `nil` where this very step is known to kill it.
    mutating func trace(_ bytes: [UInt8], parent: Int, operators: Operators = .none) -> CompareTrace? {
        guard takeStep() else { return nil }
        return trace(loaded: load(bytes), parent: parent, operators: operators)
    }

    mutating func trace(loaded length: Int, parent: Int, operators: Operators) -> CompareTrace {
        pulsegate_fuzz_open_gate(options.occurrences)
        let isNew = execute(length, parent: parent, operators: operators.rawValue)
        pulsegate_fuzz_close_gate()
        shard.header.pointee.traced &+= 1
        tracedCompares &+= 32 &+ pulsegate_fuzz_calls()
        return CompareTrace(isNew: isNew, path: scan.hash, lit: Int(scan.lit))
    }

    /// Writes an input to where it is run and tells its length, at most the longest that is allowed.
    func load(_ bytes: [UInt8]) -> Int {
        let length = min(bytes.count, options.maximumLength)
        bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { shard.input.update(from: base, count: length) }
        }
        return length
    }

    // MARK: Entries

    /// Keeps the input that has just run.
    mutating func keep(_ run: Int, parent: Int, operators: UInt32, depth: UInt64, flags: EntryFlags) {
        let length = drawn == nil ? run : normalise(run)
        let header = shard.header
        let index = Int(header.pointee.entries)
        let layout = shard.layout
        let room = Int(header.pointee.arena_used) + length <= layout.arenaCapacity
        let count = min(Int(scan.lit), Int(litCapacity))
        guard index < layout.entryCapacity, room, Int(header.pointee.lists_used) + count <= layout.listCapacity else { return }
        let offset = header.pointee.arena_used
        for at in 0..<count where shard.owners[Int(lit[at])] == 0 { shard.owners[Int(lit[at])] = UInt32(index + 1) }
        (shard.arena + Int(offset)).update(from: shard.input, count: length)
        (shard.lists + Int(header.pointee.lists_used)).update(from: lit, count: count)
        var entry = pulsegate_fuzz_entry()
        entry.offset = offset
        entry.length = UInt32(length)
        entry.capacity = UInt32(length)
        entry.hash = ContentNumber.of(UnsafeBufferPointer(start: shard.input, count: length))
        entry.path = scan.hash
        entry.found_at = header.pointee.executions
        entry.list_offset = header.pointee.lists_used
        entry.list_count = UInt32(count)
        entry.parent = UInt32(truncatingIfNeeded: parent)
        entry.operators = operators
        entry.work = UInt32(truncatingIfNeeded: scan.work)
        var flags = flags
        if flags.contains(.edges), (0..<count).contains(where: { shard.hits[Int(lit[$0] >> 3)] == 0 }) { flags.insert(.newEdge) }
        entry.flags = flags.rawValue
        entry.depth = UInt32(clamping: depth)
        shard.entries[index] = entry
        header.pointee.lists_used += UInt64(count)
        header.pointee.arena_used += UInt64(length)
        pulsegate_fuzz_publish(&header.pointee.entries, UInt64(index + 1))
        if flags.contains(.edges) {
            for at in 0..<count where shard.hits[Int(lit[at] >> 3)] == 0 {
                shard.hits[Int(lit[at] >> 3)] = 1
                header.pointee.edges_seen += 1
            }
            header.pointee.features_seen += UInt64(scan.fresh)
            header.pointee.last_find = header.pointee.executions
            if flags.contains(.newEdge), operators & Operators.pump.rawValue == 0 {
                header.pointee.longest_find = max(header.pointee.longest_find, UInt64(length))
            }
        }
        if depth > header.pointee.depth_seen { header.pointee.depth_seen = depth }
        if parent < index { shard.entries[parent].finds &+= 1 }
        if flags == [.path] { shard.entries[index].analysed = 1 } else { due.add(index, isUrgent: flags.contains(.newEdge)) }
        schedule.grew(index)
    }

    func bytes(_ entry: Int) -> [UInt8] { Array(shard.bytes(ofEntry: entry)) }

    /// Runs what other workers found since the last time; what lights something new here as well is kept.
    mutating func takeOver() {
        if imported.isEmpty { imported = [Int](repeating: 0, count: peers.count) }
        for (number, peer) in peers.enumerated() {
            let count = peer.entryCount
            while imported[number] < count {
                let index = imported[number]
                imported[number] += 1
                guard EntryFlags(rawValue: peer.entries[index].flags).contains(.edges) else { continue }
                execute(load(Array(peer.bytes(ofEntry: index))), parent: 0, operators: Operators.imported.rawValue)
                if isOver { return }
            }
        }
        nextImport = shard.header.pointee.executions &+ 8192
    }

    // MARK: Stages

    /// Counts a step of an analysis. A step at which the target died in an earlier runner is skipped.
    mutating func takeStep() -> Bool {
        let header = shard.header
        header.pointee.stage_step &+= 1
        return !deathsOfStage.contains(header.pointee.stage_step)
    }

    /// Takes up what a dead runner left: the analysis it was in begins again without the steps that killed, and is given up after four of them.
    mutating func resume() {
        let header = shard.header
        shard.finishShortening()
        header.pointee.in_flight = 0
        for index in 0..<shard.entryCount where shard.entries[index].analysed == 0 {
            due.add(index, isUrgent: EntryFlags(rawValue: shard.entries[index].flags).contains(.newEdge))
        }
        guard header.pointee.stage != 0 else { return }
        // What kills when met is not aimed at again.
        if header.pointee.goal_site != 0 { shard.extra[slot(header.pointee.goal_site, header.pointee.goal_value, domain: 8)] = 1 }
        header.pointee.goal_site = 0
        let entry = Int(header.pointee.stage_entry)
        switch header.pointee.stage_crashes {
        case 0: header.pointee.crashed_steps0 = header.pointee.stage_step
        case 1: header.pointee.crashed_steps1 = header.pointee.stage_step
        case 2: header.pointee.crashed_steps2 = header.pointee.stage_step
        case 3: header.pointee.crashed_steps3 = header.pointee.stage_step
        default:
            header.pointee.stage = 0
            shard.entries[entry].analysed = 1
            due.remove(entry)
            return
        }
        header.pointee.stage_crashes += 1
        due.remove(entry)
        due.add(entry, isUrgent: true)
        let all = [
            header.pointee.crashed_steps0, header.pointee.crashed_steps1, header.pointee.crashed_steps2, header.pointee.crashed_steps3,
        ]
        deathsOfStage = Array(all.prefix(Int(header.pointee.stage_crashes)))
    }

    /// Everything that is learned of one entry by changing it on purpose.
    mutating func analyse(_ entry: Int, again: Bool = false) {
        let header = shard.header
        if header.pointee.stage == 0 || Int(header.pointee.stage_entry) != entry {
            header.pointee.stage_entry = UInt64(entry)
            header.pointee.stage_crashes = 0
            deathsOfStage = []
        }
        header.pointee.stage_step = 0
        header.pointee.stage = 1
        let isUrgent = EntryFlags(rawValue: shard.entries[entry].flags).contains(.newEdge)
        if drawn == nil, isUrgent, !again { trim(entry) }
        let seed = shard.entries[entry].hash ^ header.pointee.seed ^ (again ? generator.next() : 0)
        if drawn != nil {
            var analysis = DrawnAnalysis(entry: entry, seed: seed)
            analysis.run(&self)
        } else {
            var analysis = EntryAnalysis(entry: entry, bytes: bytes(entry), seed: seed)
            analysis.run(&self)
        }
        header.pointee.stage = 0
        shard.entries[entry].analysed = 1
        guard drawn == nil, isUrgent, !again else { return }
        for _ in 0..<Self.firstGrowths where !isOver { growthRound(entry) }
    }

    /// Leaves out of an entry what its own features do not need: short inputs run faster, and a change to one is likelier to matter.
    private mutating func trim(_ entry: Int) {
        let owned = shard.features(ofEntry: entry).filter { shard.owners[Int($0)] == UInt32(entry + 1) }
        guard !owned.isEmpty else { return }
        var current = bytes(entry)
        var budget = 256
        var size = max(1, current.count / 2)
        while size >= 1, current.count > 1, budget > 0 {
            var at = current.count
            while at > 0, budget > 0, !isOver {
                let from = max(0, at - size)
                var candidate = current
                candidate.removeSubrange(from..<at)
                budget -= 1
                at = from
                guard execute(candidate, parent: entry, operators: .trim) != nil else { continue }
                let count = min(Int(scan.lit), Int(litCapacity))
                let isWhole = owned.allSatisfy { feature in (0..<count).contains { lit[$0] == feature } }
                if isWhole {
                    current = candidate
                    shorten(entry, to: candidate.count)
                    shard.entries[entry].path = scan.hash
                }
            }
            if size == 1 { break }
            size = max(1, size / 2)
        }
    }

    /// Inputs to begin with: those given, and a few of each small size, since a target that wants eight bytes shows nothing of itself to seven.
    private mutating func plant(_ seeds: [[UInt8]]) {
        let header = shard.header
        var inputs = seeds + [[]]
        for length in [1, 4, 16, 64] {
            inputs.append((0..<length).map { _ in generator.byte() })
            inputs.append((0..<length).map { _ in 0x20 + UInt8(generator.below(0x5F)) })
        }
        while header.pointee.planted < UInt64(inputs.count) {
            // Counted before it runs: the next runner goes on behind one that killed.
            let next = Int(header.pointee.planted)
            header.pointee.planted += 1
            execute(load(inputs[next]), parent: 0, operators: Operators.seed.rawValue)
            if isOver { return }
        }
        if shard.entryCount == 0 {
            scan = pulsegate_fuzz_scan()
            keep(0, parent: 0, operators: Operators.seed.rawValue, depth: 0, flags: [.edges])
        }
        header.pointee.planted = .max
    }
}

/// Entries that have not been analysed: those with new edges first, the newest of a kind first.
struct DueEntries {
    private var urgent: [Int] = []
    private var others: [Int] = []

    mutating func add(_ entry: Int, isUrgent: Bool) {
        if isUrgent { urgent.append(entry) } else { others.append(entry) }
    }

    var isEmpty: Bool { urgent.isEmpty && others.isEmpty }

    mutating func popUrgent() -> Int? { urgent.popLast() }
    mutating func pop() -> Int? { urgent.popLast() ?? others.popLast() }

    mutating func remove(_ entry: Int) {
        urgent.removeAll { $0 == entry }
        others.removeAll { $0 == entry }
    }
}

/// Why an entry is kept.
struct EntryFlags: OptionSet {
    let rawValue: UInt32
    static let edges = EntryFlags(rawValue: 1)
    static let depth = EntryFlags(rawValue: 2)
    static let progress = EntryFlags(rawValue: 4)
    static let work = EntryFlags(rawValue: 8)
    /// An edge that nothing had run before, not just another number of times.
    static let newEdge = EntryFlags(rawValue: 32)
    /// A state of a model, or another place that the case itself names.
    static let state = EntryFlags(rawValue: 64)
    /// Edges in numbers that were not seen together before.
    static let path = EntryFlags(rawValue: 128)
}

/// How an input was made of its parent: recorded with each entry and each crash.
struct Operators: OptionSet {
    let rawValue: UInt32
    static let none: Operators = []
    static let seed = Operators(rawValue: 1)
    static let havoc = Operators(rawValue: 2)
    static let splice = Operators(rawValue: 4)
    static let dictionary = Operators(rawValue: 8)
    static let colour = Operators(rawValue: 16)
    static let walk = Operators(rawValue: 32)
    static let solver = Operators(rawValue: 64)
    static let pump = Operators(rawValue: 128)
    static let repair = Operators(rawValue: 256)
    static let imported = Operators(rawValue: 512)
    static let length = Operators(rawValue: 1024)
    static let substitution = Operators(rawValue: 2048)
    static let trim = Operators(rawValue: 4096)
}

/// A number for an input's bytes: FNV-1a with a finishing mix, the same everywhere.
enum ContentNumber {
    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        return hash ^ (hash >> 32)
    }
}
