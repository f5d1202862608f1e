import FuzzingRuntime

/// Makes the input of a finding small and simple without making another finding of it.
///
/// Candidates run in forked runners, one after another until one dies (``ReductionCursor`` says in which order): what survives costs an execution, what
/// dies costs a fork and is a step ahead if it died of the same thing. A death of something else is handed to `other` and the candidate refused.
///
/// The runs are traced. Where a compare that was equal in the original is not in a candidate that survives, and the operand that stayed as it was stands
/// in the input, the other operand is written there: a length or a checksum is put right before the candidate is given up.
///
/// Inputs that run out of time are judged by a lower limit, ``hurry`` times less, and by the compares they make, which are the same in every run; which of
/// the candidates taken on the way still reaches the true limit is found by bisection in the end.
///
/// What the whole may cost is counted in compares, so that it is the same on a busy machine: a search that comes to no end is cut short in order.
final class InputMinimiser {
    struct Limits {
        /// Candidates in all.
        var executions: UInt64 = 1_000_000
        /// Candidates that died, of whatever.
        var deaths = 4000
        /// Compares of all candidates together, each candidate counted as some more.
        var compares: UInt64 = 400_000_000
        /// Compares of one candidate that count as out of time, where the finding is of that kind.
        var comparesOfTimeout: UInt64 = 4_000_000
        /// CPU time of the whole, in nanoseconds; 0 for no limit.
        var time: Int64 = 20_000_000_000
    }

    private let make: (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void
    private let process: Zygote.Limits
    private let limits: Limits
    private let isSame: (CrashRecord) -> Bool
    private let other: (CrashRecord) -> Void

    private(set) var best: [UInt8]
    private(set) var executions: UInt64 = 0
    private(set) var deaths = 0
    private var cursor: ReductionCursor
    /// Compares of the best input's last run that were equal: their value.
    private var equalities: [CompareKey: UInt64] = [:]
    /// What was taken on the way, oldest first.
    private var chain: [[UInt8]] = []
    private let kind: CrashRecord.Kind

    static let hurry: Int64 = 16
    /// What a run costs besides its compares, and a death, as compares.
    private static let comparesOfRun: UInt64 = 64
    private static let comparesOfDeath: UInt64 = 100_000
    private static let occurrences: UInt32 = 64

    /// - Parameters:
    ///   - isSame: whether a death shows the finding that is being minimised.
    ///   - other: told of deaths that do not.
    ///   - make: the target's function, made in each runner.
    init(
        _ input: [UInt8], kind: CrashRecord.Kind, process: Zygote.Limits, limits: Limits = Limits(),
        isSame: @escaping (CrashRecord) -> Bool, other: @escaping (CrashRecord) -> Void = { _ in },
        make: @escaping (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        best = input
        self.kind = kind
        self.process = process
        self.limits = limits
        self.isSame = isSame
        self.other = other
        self.make = make
        cursor = ReductionCursor(length: input.count)
    }

    /// The smallest input found that dies of the same thing; the input itself where there is none.
    func run() -> [UInt8] {
        guard let shard = ReplayShard(maximumInput: max(64, best.count)) else { return best }
        defer { shard.close() }
        _ = pulsegate_fuzz_share_compares()
        let capture = pulsegate_fuzz_capture()
        defer { pulsegate_fuzz_close(capture) }
        let start = pulsegate_fuzz_cpu(0)
        var hurried = process
        if kind == .timeout { hurried.time = max(10_000_000, process.time / Self.hurry) }
        chain = [best]
        // The best input's own run first: what it compares is what candidates are held against.
        observe(shard, capture, hurried)
        while cursor.pass != .done, deaths < limits.deaths, executions < limits.executions {
            if limits.time > 0, pulsegate_fuzz_cpu(0) - start > limits.time { break }
            if shard.header.pointee.work_seen > limits.compares { break }
            let before = (cursor, shard.header.pointee.executions)
            serve(shard, capture, hurried)
            if before.0 == cursor, before.1 == shard.header.pointee.executions { break }
        }
        if kind == .timeout { best = confirmed(shard, capture) }
        return best
    }

    // MARK: Runs

    private func observe(_ shard: ReplayShard, _ capture: Int32, _ process: Zygote.Limits) {
        let input = best
        shard.serve(process, capture: capture) { [make] shard in
            InputMinimiser.execute(input, shard, make(shard))
        } died: { record in
            if self.isSame(record) { self.learn() }
            return .stop
        }
        executions += 1
    }

    /// Runs candidates until one dies or there are no more.
    private func serve(_ shard: ReplayShard, _ capture: Int32, _ process: Zygote.Limits) {
        let before = shard.header.pointee.executions
        shard.serve(process, capture: capture) { [make] shard in
            let function = make(shard)
            let rest = self.limits.executions - min(self.limits.executions, self.executions)
            var count: UInt64 = 0
            if self.kind == .timeout { pulsegate_fuzz_limit_calls(self.limits.comparesOfTimeout) }
            while count < rest, shard.header.pointee.work_seen <= self.limits.compares, let candidate = self.cursor.candidate(of: self.best)
            {
                self.keep(shard.header)
                self.attempt(candidate, shard, function)
                self.cursor.refused(self.best)
                count += 1
            }
            self.keep(shard.header)
        } died: { record in
            self.take(record, shard.header)
            return .stop
        }
        executions += shard.header.pointee.executions &- before
        if shard.header.pointee.death == 0 { restore(shard.header) }
    }

    private func take(_ record: CrashRecord, _ header: UnsafeMutablePointer<pulsegate_fuzz_shard>) {
        deaths += 1
        header.pointee.work_seen &+= Self.comparesOfDeath &+ pulsegate_fuzz_calls()
        restore(header)
        let length = best.count
        let isSmaller = record.input.count < length || (record.input.count == length && record.input != best)
        if isSame(record) {
            guard isSmaller else { return cursor.refused(best) }
            best = record.input
            chain.append(best)
            learn()
            cursor.accepted(from: length, to: best.count)
        } else {
            other(record)
            cursor.refused(best)
        }
    }

    private static func execute(_ input: [UInt8], _ shard: Shard, _ function: (UnsafeBufferPointer<UInt8>) -> Void) {
        let header = shard.header
        let length = min(input.count, shard.layout.maximumInput)
        input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: length) } }
        header.pointee.input_length = UInt64(length)
        header.pointee.in_flight = 1
        pulsegate_fuzz_open_gate(occurrences)
        pulsegate_fuzz_mark_stack()
        function(UnsafeBufferPointer(start: shard.input, count: length))
        pulsegate_fuzz_close_gate()
        header.pointee.in_flight = 0
        header.pointee.executions &+= 1
        header.pointee.work_seen &+= comparesOfRun &+ pulsegate_fuzz_calls()
    }

    private func keep(_ header: UnsafeMutablePointer<pulsegate_fuzz_shard>) {
        let words = cursor.words
        header.pointee.stage = words[0]
        header.pointee.stage_entry = words[1]
        header.pointee.stage_step = words[2]
        header.pointee.crashed_steps0 = words[3]
        header.pointee.crashed_steps1 = words[4]
    }

    private func restore(_ header: UnsafeMutablePointer<pulsegate_fuzz_shard>) {
        let words = [
            header.pointee.stage, header.pointee.stage_entry, header.pointee.stage_step, header.pointee.crashed_steps0,
            header.pointee.crashed_steps1,
        ]
        if let kept = ReductionCursor(words: words) { cursor = kept }
    }

    // MARK: Equalities

    /// Reads what the run that died had compared.
    private func learn() {
        equalities.removeAll(keepingCapacity: true)
        var at: UnsafePointer<pulsegate_fuzz_compare>?
        let count = Int(pulsegate_fuzz_compares(&at))
        guard let at, best.count <= ReductionCursor.middlingInput * 2 else { return }
        for compare in UnsafeBufferPointer(start: at, count: min(count, Self.mostCompares))
        where compare.kind == UInt8(PULSEGATE_FUZZ_VARIABLE.rawValue) && compare.a == compare.b {
            equalities[CompareKey(compare)] = compare.a
        }
    }

    private static let mostCompares = 4096
    private static let mostBroken = 4
    private static let mostPlaces = 6
    private static let mostMisses: UInt8 = 32
    /// Repairs within one candidate: a length, then the checksum behind it, and so on.
    private static let mostRepairs = 4

    private func attempt(_ candidate: [UInt8], _ shard: Shard, _ function: (UnsafeBufferPointer<UInt8>) -> Void) {
        Self.execute(candidate, shard, function)
        guard !equalities.isEmpty else { return }
        var input = candidate
        var mended: Set<CompareKey> = []
        for _ in 0..<Self.mostRepairs {
            guard let next = repaired(input, &mended, shard, function) else { return }
            input = next
        }
    }

    /// Mends the first compare that can be mended; `nil` where none can. Each try runs, so that a death of it is found by itself.
    private func repaired(
        _ input: [UInt8], _ mended: inout Set<CompareKey>, _ shard: Shard, _ function: (UnsafeBufferPointer<UInt8>) -> Void
    ) -> [UInt8]? {
        var tried = 0
        for compare in broken() where tried < Self.mostBroken && !mended.contains(CompareKey(compare)) {
            // A site that could not be mended often is given up, in all runners: loops compare without anything to mend.
            let misses = shard.extra + Int((compare.site &* 0x9E37_79B9_7F4A_7C15) >> 46)
            guard misses.pointee < Self.mostMisses else { continue }
            let value = equalities[CompareKey(compare)]
            let (present, wanted) = compare.a == value ? (compare.a, compare.b) : (compare.b, compare.a)
            tried += 1
            for (position, form, length) in places(of: present, size: Int(compare.size), in: input) {
                guard let bytes = form.write(wanted, instead: length), bytes.count == length else { continue }
                let next = Array(input[..<position]) + bytes + input[(position + length)...]
                Self.execute(next, shard, function)
                let again = current().first { CompareKey($0) == CompareKey(compare) }
                if let again, again.a == again.b {
                    mended.insert(CompareKey(compare))
                    misses.pointee = 0
                    return next
                }
            }
            misses.pointee += 1
            // The log is now that of the last try.
            Self.execute(input, shard, function)
        }
        return nil
    }

    /// Compares of the last run that were equal in the original and are not, one side as it was.
    private func broken() -> [pulsegate_fuzz_compare] {
        current().filter { compare in
            guard compare.a != compare.b, let value = equalities[CompareKey(compare)] else { return false }
            return compare.a == value || compare.b == value
        }
    }

    private func current() -> [pulsegate_fuzz_compare] {
        var at: UnsafePointer<pulsegate_fuzz_compare>?
        let count = Int(pulsegate_fuzz_compares(&at))
        return Array(UnsafeBufferPointer(start: at, count: min(count, Self.mostCompares)))
    }

    private func places(of value: UInt64, size: Int, in input: [UInt8]) -> [(Int, NumberEncoding, Int)] {
        var places: [(Int, NumberEncoding, Int)] = []
        for form in [NumberEncoding.little(8), .big(8), .little(4), .big(4), .little(2), .big(2), .little(1), .decimal, .varint] {
            switch form {
            case .little(let width), .big(let width):
                guard width <= size, width == 8 || value >> UInt64(8 * width) == 0 else { continue }
            // A small number in a wide field is found by the narrow forms, if the wide ones are there by chance.
            default: break
            }
            for position in input.indices {
                guard let (found, length) = form.read(input, at: position), found == value else { continue }
                if places.contains(where: { $0.0 == position && $0.2 == length }) { continue }
                places.append((position, form, length))
                if places.count == Self.mostPlaces { return places }
            }
        }
        return places
    }

    // MARK: Time

    /// The last of the inputs taken on the way that reaches the true limit of time.
    private func confirmed(_ shard: ReplayShard, _ capture: Int32) -> [UInt8] {
        var (low, high) = (0, chain.count - 1)
        // Mostly the last does.
        if high > 0, reaches(chain[high], shard, capture) { return chain[high] }
        high = max(0, high - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if reaches(chain[middle], shard, capture) { low = middle } else { high = middle - 1 }
        }
        return chain[low]
    }

    private func reaches(_ input: [UInt8], _ shard: ReplayShard, _ capture: Int32) -> Bool {
        var found = false
        shard.serve(process, capture: capture) { [make] shard in
            InputMinimiser.execute(input, shard, make(shard))
        } died: { record in
            found = record.kind == .timeout
            return .stop
        }
        executions += 1
        return found
    }
}
