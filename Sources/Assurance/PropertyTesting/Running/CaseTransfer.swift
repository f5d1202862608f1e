import Determinism

/// One case on its way to another process and back, in a mapping that both share.
///
/// ```
/// order │ answer │ prefix        │ record: count, indices │ structure: shapes, spans │ notes
/// ```
///
/// The order is how the case begins (its random stream, its prefix, its limits). The record and the structure are written by ``Draws`` itself
/// while it draws, so they survive the death of the process at any instruction. The notes are what has no fixed size: failure, labels, targets,
/// features, coverage, journal; truncated where they do not fit.
///
/// Complexity: O(choices) for each case, by memory copies; no allocation for a case that passes without notes.
struct CaseTransfer {
    /// How a case begins.
    struct Order {
        var random: SeededGenerator
        var prefixCount: Int
        var tail: Draws.Tail
        var misfit: Draws.Misfit
        var budget: Int
        var isJournaling: Bool
        var temper: CaseTemper
        /// Whether it must differ from the cases before it.
        var followsTrie: Bool
    }

    /// How it stood when it ended or died.
    struct Answer {
        var spanCount = 0
        var missingShape = ChoiceShape(kind: .selector, bound: 0)
        var isOverrun = false
        var isMisaligned = false
        var isRejected = false
        var didRunBody = false
        /// 0 passed, 1 failed, 2 rejected; without meaning where the case died.
        var end: UInt8 = 0
        var notesCount = 0
    }

    /// Bytes for notes.
    static let notesSize = 256 << 10
    private static let headSize = 1024

    let capacity: Int
    private let base: UnsafeMutableRawPointer

    static func size(capacity: Int) -> Int {
        headSize + 8 * capacity + (8 + 8 * capacity) + Draws.structureSize(budget: capacity) + notesSize
    }

    /// - Parameter base: `size(capacity:)` bytes, aligned for any type.
    init(base: UnsafeMutableRawPointer, capacity: Int) {
        precondition(MemoryLayout<Order>.size <= 512 && MemoryLayout<Answer>.size <= 512)
        self.base = base
        self.capacity = capacity
    }

    private var order: UnsafeMutablePointer<Order> { base.assumingMemoryBound(to: Order.self) }
    private var answer: UnsafeMutablePointer<Answer> { (base + 512).assumingMemoryBound(to: Answer.self) }
    private var prefix: UnsafeMutablePointer<UInt64> { (base + Self.headSize).assumingMemoryBound(to: UInt64.self) }
    private var record: UnsafeMutableRawPointer { base + Self.headSize + 8 * capacity }
    private var structure: UnsafeMutableRawPointer { record + 8 + 8 * capacity }
    private var notes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: structure + Draws.structureSize(budget: capacity), count: Self.notesSize)
    }

    // MARK: In the parent

    /// Writes down how the case begins. Returns false where it does not fit.
    func place(_ draws: Draws) -> Bool {
        // Nothing may have been drawn yet, or the stream would be elsewhere.
        guard draws.count == 0, draws.capacity <= capacity else { return false }
        let prefixCount = min(draws.prefixCount, capacity)
        order.initialize(
            to: Order(
                random: draws.random, prefixCount: prefixCount, tail: draws.tail, misfit: draws.misfit, budget: draws.budget,
                isJournaling: draws.isJournaling, temper: draws.temper, followsTrie: draws.trie != nil && draws.tail != .none))
        for position in 0..<prefixCount { prefix[position] = draws.prefix[position] }
        answer.initialize(to: Answer())
        record.assumingMemoryBound(to: Int.self).pointee = 0
        return true
    }

    /// Puts what the other process drew into the parent's case. Returns the end as the child saw it.
    func collect(into draws: Draws) -> CaseEnd {
        let answer = answer.pointee
        let count = max(0, min(record.assumingMemoryBound(to: Int.self).pointee, draws.capacity))
        draws.recorded.pointee = count
        draws.indices.update(from: (record + 8).assumingMemoryBound(to: UInt64.self), count: count)
        draws.shapes.update(from: structure.assumingMemoryBound(to: ChoiceShape.self), count: count)
        let spans = (structure + capacity * MemoryLayout<ChoiceShape>.stride).assumingMemoryBound(to: ChoiceSequence.Span.self)
        let spanCount = max(0, min(answer.spanCount, draws.spanCapacity))
        draws.spans.update(from: spans, count: spanCount)
        draws.spanCount = spanCount
        // Spans that were open when it died end there.
        for number in 0..<spanCount where draws.spans[number].end < 0 { draws.spans[number].end = Int32(truncatingIfNeeded: count) }
        draws.overrun = answer.isOverrun
        draws.misaligned = answer.isMisaligned
        draws.isRejected = answer.isRejected
        draws.didRunBody = answer.didRunBody
        draws.missingShape = answer.missingShape
        var failure = CaseFailure(origin: FailureOrigin(reason: ""))
        var share = CoverageShare(0, of: 1)
        var reader = NoteReader(bytes: UnsafeRawBufferPointer(notes), end: max(0, min(answer.notesCount, Self.notesSize)))
        while let (tag, bits, text) = reader.next() {
            switch tag {
            case .reason: failure.origin.reason = text
            case .location: failure.origin.location = text
            case .message: failure.message = text
            case .label: draws.labels.append(text)
            case .target: draws.targets[text] = Double(bitPattern: bits)
            case .feature: draws.features.append(bits)
            case .journal: draws.tell(text, Self.choices(bits))
            case .share: share = CoverageShare(Int(bits >> 32), of: Int(bits & 0xFFFF_FFFF))
            case .coverage: draws.coverage.append(CoverageObservation(label: text, share: share, isHit: bits != 0))
            }
        }
        switch answer.end {
        case 0: return .passed
        case 1: return .failed(failure)
        default: return .rejected
        }
    }

    // MARK: In the child

    /// The child's own case, recording into the mapping.
    func makeDraws() -> Draws { Draws(budget: capacity, record: record, structure: structure) }

    /// Begins the case that was ordered.
    ///
    /// - Parameter trie: what was drawn so far; the child keeps its copy up to date itself, since it runs all cases between two forks.
    func begin(_ draws: Draws, trie: ChoiceTrie?) {
        let order = order.pointee
        draws.trie = order.followsTrie ? trie : nil
        draws.begin(
            seed: 0, prefix: Array(UnsafeBufferPointer(start: prefix, count: order.prefixCount)), tail: order.tail, misfit: order.misfit,
            budget: order.budget)
        draws.random = order.random
        draws.temper = order.temper
        draws.isJournaling = order.isJournaling
    }

    /// Writes down how the case stands, without allocating: also called from the handler of a fatal signal.
    func salvage(_ draws: Draws) {
        answer.pointee.spanCount = draws.spanCount
        answer.pointee.missingShape = draws.missingShape
        answer.pointee.isOverrun = draws.overrun
        answer.pointee.isMisaligned = draws.misaligned
        answer.pointee.isRejected = draws.isRejected
        answer.pointee.didRunBody = draws.didRunBody
    }

    /// Writes down the journal of a case that died; may itself fail, so it comes last.
    func salvageJournal(_ draws: Draws) {
        guard draws.isJournaling else { return }
        var writer = NoteWriter(bytes: notes)
        for (place, line) in draws.journal.enumerated() {
            writer.add(.journal, bits: Self.bits(draws.journalRanges, place), text: line)
            answer.pointee.notesCount = writer.count
        }
    }

    /// Writes down how the case ended.
    func put(_ end: CaseEnd, _ draws: Draws) {
        salvage(draws)
        var writer = NoteWriter(bytes: notes)
        switch end {
        case .passed: answer.pointee.end = 0
        case .rejected: answer.pointee.end = 2
        case .failed(let failure):
            answer.pointee.end = 1
            writer.add(.reason, text: failure.origin.reason)
            if let location = failure.origin.location { writer.add(.location, text: location) }
            writer.add(.message, text: failure.message)
        }
        for label in draws.labels { writer.add(.label, text: label) }
        for observation in draws.coverage {
            writer.add(.share, bits: UInt64(observation.share.numerator) << 32 | UInt64(observation.share.denominator))
            writer.add(.coverage, bits: observation.isHit ? 1 : 0, text: observation.label)
        }
        for (label, score) in draws.targets.sorted(by: { $0.key < $1.key }) { writer.add(.target, bits: score.bitPattern, text: label) }
        for feature in draws.features { writer.add(.feature, bits: feature) }
        for (place, line) in draws.journal.enumerated() {
            writer.add(.journal, bits: Self.bits(draws.journalRanges, place), text: line)
        }
        answer.pointee.notesCount = writer.count
    }

    /// What ``bits(_:_:)`` wrote; nil for anything else.
    private static func choices(_ bits: UInt64) -> Range<Int>? {
        let (start, end) = (Int(bits >> 32) - 1, Int(bits & 0xFFFF_FFFF))
        return start >= 0 && start <= end ? start..<end : nil
    }

    /// The choices of a line: the start, one up, in the upper half, the end in the lower; 0 for none.
    private static func bits(_ ranges: [Range<Int>?], _ place: Int) -> UInt64 {
        guard place < ranges.count, let range = ranges[place] else { return 0 }
        return UInt64(range.lowerBound + 1) << 32 | UInt64(range.upperBound)
    }
}

enum NoteTag: UInt8 {
    case reason = 1
    case location, message, label, target, feature, journal, share, coverage
}

/// Notes as tag, eight bytes, length and text, one after the other.
struct NoteWriter {
    let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    /// Leaves out what does not fit; a text is cut to what is left or to 64 KB.
    mutating func add(_ tag: NoteTag, bits: UInt64 = 0, text: String = "") {
        var text = text
        text.withUTF8 { utf8 in
            let room = bytes.count - count - 13
            guard room >= 0 else { return }
            let length = min(utf8.count, room, 64 << 10)
            bytes[count] = tag.rawValue
            bytes.storeBytes(of: bits, toByteOffset: count + 1, as: UInt64.self)
            bytes.storeBytes(of: UInt32(length), toByteOffset: count + 9, as: UInt32.self)
            for offset in 0..<length { bytes[count + 13 + offset] = utf8[offset] }
            count += 13 + length
        }
    }
}

struct NoteReader {
    let bytes: UnsafeRawBufferPointer
    let end: Int
    private var position = 0

    init(bytes: UnsafeRawBufferPointer, end: Int) {
        self.bytes = bytes
        self.end = min(end, bytes.count)
    }

    /// The next note; nil at the end or where the bytes make no sense.
    mutating func next() -> (tag: NoteTag, bits: UInt64, text: String)? {
        guard end - position >= 13, let tag = NoteTag(rawValue: bytes[position]) else { return nil }
        let bits = bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt64.self)
        let length = Int(bytes.loadUnaligned(fromByteOffset: position + 9, as: UInt32.self))
        let start = position + 13
        guard length <= end - start else { return nil }
        position = start + length
        return (tag, bits, String(decoding: bytes[start..<start + length], as: UTF8.self))
    }
}
