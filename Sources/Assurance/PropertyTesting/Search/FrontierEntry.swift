/// A case that reached something new, and the sweep over its neighbours.
///
/// First it is cut to several lengths, the rest being the simplest: what came after the discovery is in the way of going on from there.
/// The sweep then changes one choice at a time, so that what a change does can be told. Each choice once: where the change loses what the
/// entry discovered, the choice is *needed* and left alone from then on. Then the others take each of their values, without repeating
/// any, beginning behind the last needed one: choices are used in the order they are drawn, so what is decided next mostly stands there.
///
/// An entry gives way to a shorter case with the same discoveries, whose end is nearer to them. One that is swept out gives way
/// to a longer one.
struct FrontierEntry: Hashable, Sendable {
    /// Choices with at most this bound are swept.
    static let sweptBound: UInt64 = 1 << 12
    /// Choices at the end of an entry that a sweep covers.
    static let sweptChoices = 64
    /// Lengths tried at once, twice.
    static let cutsAtOnce = 8
    static let trimmings = 2
    /// Steps of one entry.
    static let maximumSteps = 1 << 13

    let number: Int
    private(set) var sequence: ChoiceSequence
    /// What no case before it had reached.
    let discoveries: [UInt64]
    /// How many observed cases started from it.
    var uses = 0

    private enum Stage: Hashable, Sendable {
        /// Cut to several lengths at once, as often as said.
        case trimming(Int)
        /// Each choice once.
        case probing
        /// The last answers of that come with the next block.
        case waiting
        case sweeping
    }

    private var open: [Int] = []
    private var needed: Set<Int> = []
    private var steps = 0
    private var stage = Stage.trimming(0)
    /// Lengths that were tried, and the longest in vain of an earlier round.
    private var cuts: [Int] = []
    private var tooShort = 0
    /// Place in ``open``, and steps away from its own value.
    private var place = 0
    private var lap: UInt64 = 1
    private var isSweptOut = false
    /// Cases of this length were swept in vain; what comes next is longer.
    private var sweptLength = 0

    init(number: Int, sequence: ChoiceSequence, discoveries: [UInt64]) {
        self.number = number
        self.sequence = sequence
        self.discoveries = discoveries
        stage = sequence.count > Self.cutsAtOnce ? .trimming(0) : .probing
        restart(with: sequence)
    }

    private mutating func restart(with sequence: ChoiceSequence) {
        self.sequence = sequence
        open = sequence.indices.indices.suffix(Self.sweptChoices).filter { (1...Self.sweptBound).contains(sequence.shapes[$0].bound) }
        needed = []
        if case .trimming = stage { return }
        stage = .probing
        place = 0
        lap = 1
    }

    /// The next neighbour; nil when all were given out.
    mutating func nextSweep() -> CasePlan? {
        guard steps < Self.maximumSteps else { return nil }
        if case .trimming = stage {
            guard place < Self.cutsAtOnce else { return nil }
            let length = tooShort + (sequence.count - tooShort) * place / Self.cutsAtOnce
            place += 1
            cuts.append(length)
            return CasePlan(purpose: .sweeping, prefix: Array(sequence.indices.prefix(length)), parent: number, endsSimply: true)
        }
        if stage == .probing {
            if place < open.count {
                place += 1
                return plan(open[place - 1], 1)
            }
            stage = .waiting
            return nil
        }
        if stage == .waiting { return nil }
        while place < open.count {
            let position = open[place]
            if !needed.contains(position), lap <= sequence.shapes[position].bound {
                lap += 1
                return plan(position, lap - 1)
            }
            place += 1
            lap = 2
        }
        isSweptOut = true
        sweptLength = sequence.count
        return nil
    }

    /// A block is over: all answers are in.
    mutating func beginBlock() {
        if case .trimming(let round) = stage, place >= Self.cutsAtOnce {
            stage = round + 1 < Self.trimmings ? .trimming(round + 1) : .probing
            place = 0
            lap = 1
            tooShort = cuts.filter { $0 + 1 < sequence.count }.max() ?? 0
        }
        guard stage == .waiting else { return }
        stage = .sweeping
        let last = needed.max() ?? -1
        open = open.filter { $0 > last } + open.filter { $0 < last && !needed.contains($0) }
        place = 0
        lap = 2
    }

    private mutating func plan(_ position: Int, _ distance: UInt64) -> CasePlan {
        steps += 1
        var prefix = sequence.indices
        prefix[position] = (prefix[position] + distance) % (sequence.shapes[position].bound + 1)
        return CasePlan(purpose: .sweeping, prefix: prefix, parent: number, position: position)
    }

    /// What a neighbour says about the choice that was changed.
    mutating func learn(position: Int, prefix: [UInt64], features: [UInt64]) {
        guard prefix.count == sequence.count, !discoveries.contains(where: features.contains) else { return }
        needed.insert(position)
    }

    /// Gives way to a case that discovers the same and is shorter, or, when swept out, longer.
    mutating func consider(_ other: ChoiceSequence, features: [UInt64]) {
        guard other.count > sweptLength, isSweptOut || other.count < sequence.count, discoveries.allSatisfy(features.contains) else {
            return
        }
        isSweptOut = false
        restart(with: other)
    }
}
