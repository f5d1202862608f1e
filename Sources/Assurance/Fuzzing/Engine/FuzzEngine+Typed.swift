import FuzzingRuntime
import PropertyTesting

/// What the search of a typed target knows besides its shard; made again by the next runner.
struct TypedSearch {
    /// The corpus as it was drawn.
    var sequences: [Int: ChoiceSequence] = [:]
    /// Entries that reached a state, and how far the corpus was looked through for them.
    var stateful: [Int] = []
    var lookedThrough = 0
    /// Numbers that compares asked for.
    var numbers: [Int128] = []
    /// What elements of texts mean, by their bound.
    var alphabets: [UInt64: TextAlphabet] = [:]

    static let mostSequences = 2048
    static let mostNumbers = 256

    /// Runs spent on the compares of one site since one of them was met.
    private var spent: [UInt64: Int] = [:]

    /// Sites that were tried often in vain are left to chance.
    func isWorthTrying(_ site: UInt64) -> Bool { spent[site, default: 0] < 96 }

    mutating func tried(_ site: UInt64, _ runs: Int, isMet: Bool) { spent[site] = isMet ? 0 : spent[site, default: 0] + runs }

    mutating func keepNumber(_ number: Int128) {
        guard !numbers.contains(number) else { return }
        if numbers.count == Self.mostNumbers { numbers.removeFirst() }
        numbers.append(number)
    }
}

/// Which character an index of a text's elements stands for.
struct TextAlphabet {
    var characters: [UInt64: Character] = [:]
    var indices: [Character: UInt64] = [:]

    mutating func learn(_ index: UInt64, _ character: Character) {
        characters[index] = character
        indices[character] = index
    }

    /// Whether a text may be what these indices stand for, by what is known.
    func allows(_ text: [Character], _ drawn: [UInt64]) -> Bool {
        guard text.count == drawn.count else { return false }
        return zip(text, drawn).allSatisfy { character, index in
            characters[index].map { $0 == character } ?? indices[character].map { $0 == index } ?? true
        }
    }

    /// The one of ``Draws/printable``, and of raw bytes; what it says is tried before it is believed.
    static func usual(bound: UInt64) -> TextAlphabet {
        var alphabet = TextAlphabet()
        if bound == UInt64(Draws.printable.count - 1) {
            for (index, character) in Draws.printable.enumerated() { alphabet.learn(UInt64(index), character) }
        } else if bound == 255 {
            for byte in UInt8(0)..<128 { alphabet.learn(UInt64(byte), Character(Unicode.Scalar(byte))) }
        }
        return alphabet
    }
}

// Of a typed target the input is a sequence of choices: it is changed and kept as that.
extension FuzzEngine {
    /// Executions on one entry before another is chosen.
    private static let drawnRoundLength = 64
    private static let mostStateEntries: UInt64 = 8192

    // MARK: After a run

    /// Marks the states that the last run reached; whether one of them was new.
    mutating func countStates() -> Bool {
        guard let drawn else { return false }
        let features = drawn.features
        guard !features.isEmpty, shard.header.pointee.entries < Self.mostStateEntries else { return false }
        var isNew = false
        for feature in features {
            let place = slot(feature, 0, domain: 9)
            if shard.extra[place] == 0 {
                shard.extra[place] = 1
                isNew = true
            }
        }
        return isNew
    }

    /// Writes what was really drawn in place of the input that has just run, and remembers it; tells the length.
    ///
    /// What does not fit into the longest input stays as it was run.
    mutating func normalise(_ length: Int) -> Int {
        guard let drawn else { return length }
        let bytes = ChoiceBytes.bytes(drawn.indices)
        guard bytes.count <= options.maximumLength else { return length }
        if typed.sequences.count >= TypedSearch.mostSequences { typed.sequences.removeAll(keepingCapacity: true) }
        typed.sequences[shard.entryCount] = drawn.sequence
        return load(bytes)
    }

    // MARK: Sequences of entries

    /// What an entry drew; run once more where this runner does not know.
    mutating func sequence(of entry: Int) -> ChoiceSequence? {
        if let known = typed.sequences[entry] { return known }
        execute(load(bytes(entry)), parent: entry, operators: 0)
        guard let sequence = drawn?.sequence else { return nil }
        if typed.sequences.count >= TypedSearch.mostSequences { typed.sequences.removeAll(keepingCapacity: true) }
        typed.sequences[entry] = sequence
        return sequence
    }

    /// Values to begin with, drawn as a property's are.
    mutating func plantDrawn() {
        for _ in 0..<24 where !isOver {
            let bytes = ChoiceBytes.bytes(fresh(), limit: options.maximumLength)
            execute(load(bytes), parent: 0, operators: Operators.seed.rawValue)
        }
    }

    /// Choices of a new case: a whole value where it can be drawn apart, else guesses of which many are small.
    private mutating func fresh(_ prefix: [UInt64] = []) -> [UInt64] {
        if let whole = drawn?.completed(prefix, seed: generator.next()) {
            // What drawing alone ran is not the target's doing.
            pulsegate_fuzz_clear_counters()
            return whole
        }
        var indices = prefix
        for _ in 0..<(1 + generator.below(48)) { indices.append(guess()) }
        return indices
    }

    private mutating func guess() -> UInt64 {
        switch generator.below(8) {
        case 0...3: UInt64(generator.below(2))
        case 4, 5: UInt64(generator.below(8))
        case 6: UInt64(generator.below(256))
        default: generator.next() >> UInt64(generator.below(64))
        }
    }

    // MARK: A round

    mutating func drawnRound() {
        let header = shard.header
        let entry = chooseDrawn()
        shard.entries[entry].chosen &+= 1
        guard let base = sequence(of: entry), !isOver else { return }
        let stalled = header.pointee.executions &- header.pointee.last_find > options.stallAfter / 4
        let gated = options.valueProfile && stalled && generator.oneIn(2)
        for _ in 0..<Self.drawnRoundLength {
            var operators = Operators.havoc
            let length = load(ChoiceBytes.bytes(changed(base, &operators), limit: options.maximumLength))
            let isNew =
                gated
                ? executeGated(length, parent: entry, operators: operators, attention: .progress)
                : execute(length, parent: entry, operators: operators.rawValue)
            if header.pointee.executions & 15 == 0 {
                for at in 0..<min(Int(scan.lit), Int(litCapacity)) { shard.hits[Int(lit[at] >> 3)] &+= 1 }
            }
            if isNew || isOver { return }
        }
    }

    /// Half of the rounds go to cases that came to a state first: of three of them the one that was chosen least, of equals the newest.
    private mutating func chooseDrawn() -> Int {
        let count = shard.entryCount
        while typed.lookedThrough < count {
            if EntryFlags(rawValue: shard.entries[typed.lookedThrough].flags).contains(.state) {
                typed.stateful.append(typed.lookedThrough)
            }
            typed.lookedThrough += 1
        }
        guard typed.stateful.count > 1, generator.oneIn(2) else { return schedule.choose(shard, &generator) }
        let tried = (0..<3).map { _ in typed.stateful[generator.below(typed.stateful.count)] } + typed.stateful.suffix(1)
        return tried.min { (shard.entries[$0].chosen, $1) < (shard.entries[$1].chosen, $0) } ?? 0
    }

    private mutating func changed(_ base: ChoiceSequence, _ operators: inout Operators) -> [UInt64] {
        if base.count == 0 { return fresh() }
        switch generator.below(16) {
        case 0...4:
            let donor = typed.sequences.isEmpty ? nil : typed.sequences[generator.below(shard.entryCount)]
            let indices = DrawnInput.mutated(base, donor: donor, seed: generator.next())
            return generator.oneIn(4) ? fresh(indices) : indices
        case 5...8:
            let steps = base.spans.filter { $0.label == Label.step }
            return steps.isEmpty ? moved(base, &operators) : stepped(base, steps)
        case 9...11: return moved(base, &operators)
        case 12:
            // Two choices of one kind change places, or two elements of a list do.
            return exchanged(base)
        case 13: return fresh(Array(base.indices.prefix(generator.below(base.count + 1))))
        case 14: return fresh()
        default:
            let length = mutate(load(ChoiceBytes.bytes(base.indices, limit: options.maximumLength)), &operators)
            return ChoiceBytes.indices(UnsafeBufferPointer(start: shard.input, count: length))
        }
    }

    // MARK: Numbers and texts

    /// One choice to a number that a compare asked for, to that of another choice, or to an end of its range; or a text to a word.
    private mutating func moved(_ base: ChoiceSequence, _ operators: inout Operators) -> [UInt64] {
        operators.insert(.dictionary)
        if generator.oneIn(4), let word = anyToken(&generator), let written = wrote(word, into: base) { return written }
        var indices = base.indices
        for _ in 0..<(1 + generator.below(2)) {
            let at = generator.below(indices.count)
            let shape = base.shapes[at]
            guard shape.bound > 0 else { continue }
            guard shape.isNumeric else {
                indices[at] = shape.bound == .max ? generator.next() : generator.next() % (shape.bound + 1)
                continue
            }
            var value: Int128?
            switch generator.below(4) {
            case 0 where !typed.numbers.isEmpty: value = typed.numbers[generator.below(typed.numbers.count)]
            case 1:
                let other = generator.below(indices.count)
                value = base.shapes[other].drawnValue(of: base.indices[other]).map { $0 + Int128(generator.below(3)) - 1 }
            case 2: indices[at] = shape.bound - min(shape.bound, UInt64(generator.below(3)))
            default:
                value = shape.drawnValue(of: indices[at]).map {
                    let step = Int128(1) << Int128(generator.below(16))
                    return generator.oneIn(2) ? $0 + step : $0 - step
                }
            }
            if let value, let index = shape.drawnIndex(of: value) { indices[at] = index }
        }
        return indices
    }

    /// Any text of the sequence set to a word, where its alphabet is known.
    private mutating func wrote(_ word: [UInt8], into base: ChoiceSequence) -> [UInt64]? {
        let texts = DrawnText.all(of: base)
        guard !texts.isEmpty else { return nil }
        let text = texts[generator.below(texts.count)]
        let alphabet = self.alphabet(text.bound)
        let characters = Array(String(decoding: word, as: UTF8.self))
        let drawn = characters.compactMap { alphabet.indices[$0] }
        guard drawn.count == characters.count else { return nil }
        return text.list.replaced(by: drawn.map { [$0] }, in: base.indices)
    }

    func alphabet(_ bound: UInt64) -> TextAlphabet { typed.alphabets[bound] ?? .usual(bound: bound) }

    private mutating func exchanged(_ base: ChoiceSequence) -> [UInt64] {
        let lists = DrawnElements.all(of: base).filter { $0.elements.count > 1 }
        if !lists.isEmpty, generator.oneIn(2) {
            let list = lists[generator.below(lists.count)]
            var parts = list.elements.map { Array(base.indices[$0]) }
            parts.swapAt(generator.below(parts.count), generator.below(parts.count))
            return list.replaced(by: parts, in: base.indices)
        }
        var indices = base.indices
        indices.swapAt(generator.below(indices.count), generator.below(indices.count))
        return indices
    }

    // MARK: Steps of machines

    /// Steps added, mostly at the end, or left out.
    private mutating func stepped(_ base: ChoiceSequence, _ steps: [ChoiceSequence.Span]) -> [UInt64] {
        let taken = steps.filter { $0.range.count > 1 && $0.range.upperBound <= base.count }
        if taken.count > 1, generator.oneIn(8) {
            let gone = taken[generator.below(taken.count)].range
            return Array(base.indices[..<gone.lowerBound] + base.indices[gone.upperBound...])
        }
        // The last step is the "no more" of the run.
        let end = taken.last?.range.upperBound ?? steps[0].range.lowerBound
        let at = taken.isEmpty || !generator.oneIn(4) ? end : taken[generator.below(taken.count)].range.lowerBound
        var added: [UInt64] = []
        for _ in 0..<(1 + (generator.oneIn(3) ? generator.below(4) : 0)) { added += step(like: taken, of: base) }
        return Array(base.indices[..<at]) + added + base.indices[at...]
    }

    /// A step of any rule; its arguments are those of a known step of the rule, some of them changed.
    private mutating func step(like taken: [ChoiceSequence.Span], of base: ChoiceSequence) -> [UInt64] {
        guard let first = taken.first else { return [1, UInt64(generator.below(16))] }
        let bound = base.shapes[first.range.lowerBound + 1].bound
        let rule = bound == 0 ? 0 : generator.next() % (bound &+ 1 == 0 ? bound : bound + 1)
        var sources: [(ChoiceSequence, Range<Int>)] = []
        func look(_ sequence: ChoiceSequence) {
            for span in sequence.spans where span.label == Label.step && span.range.count > 1 && span.range.upperBound <= sequence.count {
                if sequence.indices[span.range.lowerBound + 1] == rule { sources.append((sequence, span.range)) }
            }
        }
        look(base)
        for _ in 0..<4 { if let other = typed.sequences[generator.below(shard.entryCount)] { look(other) } }
        guard !sources.isEmpty else { return [1, rule] }
        let (sequence, range) = sources[generator.below(sources.count)]
        var result: [UInt64] = [1, rule]
        for place in (range.lowerBound + 2)..<max(range.lowerBound + 2, range.upperBound) {
            let bound = sequence.shapes[place].bound
            if bound > 0, generator.oneIn(2) {
                let any = bound == .max ? generator.next() : generator.next() % (bound + 1)
                result.append(generator.oneIn(2) ? any : min(bound, any >> UInt64(generator.below(48))))
            } else {
                result.append(sequence.indices[place])
            }
        }
        return result
    }
}

/// A list whose elements are one choice each, of one bound: most texts are drawn so.
struct DrawnText {
    let list: DrawnElements
    let bound: UInt64
    let drawn: [UInt64]

    static let usualBound = UInt64(Draws.printable.count - 1)

    /// Empty lists count as texts of the usual alphabet, since nothing says otherwise.
    static func all(of sequence: ChoiceSequence) -> [DrawnText] {
        DrawnElements.all(of: sequence).compactMap { list in
            guard let first = list.elements.first else { return DrawnText(list: list, bound: usualBound, drawn: []) }
            let bound = sequence.shapes[first.lowerBound].bound
            guard bound > 0, list.elements.allSatisfy({ $0.count == 1 && sequence.shapes[$0.lowerBound].bound == bound }) else {
                return nil
            }
            return DrawnText(list: list, bound: bound, drawn: list.elements.map { sequence.indices[$0.lowerBound] })
        }
    }
}
