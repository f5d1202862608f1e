/// A decoder that answers with draws. See ``Deriving``.
struct DerivingDecoder: Decoder {
    let state: DerivingState
    let codingPath: [any CodingKey]
    /// The type whose `init(from:)` this decoder was given to; what is tried out case by case.
    let type: (any Decodable.Type)?
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ state: DerivingState, path: [any CodingKey], type: (any Decodable.Type)? = nil) {
        self.state = state
        codingPath = path
        self.type = type
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(DerivingKeyed<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { DerivingUnkeyed(decoder: self) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { DerivingSingle(decoder: self) }

    func nested(_ key: any CodingKey) -> DerivingDecoder { DerivingDecoder(state, path: codingPath + [key]) }

    var draws: Draws { state.draws }
    var depth: Int { codingPath.count }
    var isFull: Bool { state.isFull(depth) }

    func error(_ kind: DerivationError.Kind, _ message: String) -> DerivationError {
        DerivationError(kind, type: "", path: Deriving.path(codingPath), message)
    }

    /// A value of a type at this place.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // Types that nest without any choice on the way would go on until the stack ends.
        guard depth < 4 * Deriving.maximumDepth else { throw error(.endless, "values lie within one another without end") }
        if let derivation = state.deriving.derivations[ObjectIdentifier(type)], let value = derivation.draw(draws) as? Value {
            return value
        }
        if let derivable = type as? any Derivable.Type, let value = try derivable.derived(self) as? Value { return value }
        if let listed = type as? any CaseIterable.Type, let value = one(listed) as? Value { return value }
        // Raw values need not be guessed where the cases are known.
        if let cases = EnumerationCases.all(type) { return draws.element(of: cases) }
        do {
            return try draws.span(Label.derived) { try Value(from: DerivingDecoder(state, path: codingPath, type: type)) }
        } catch let error as DerivationError {
            throw error
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            // Initialisers that check their value often leave the path out.
            throw error(.refused, "its init(from:) said: \(context.debugDescription)")
        }
    }

    private func one<Listed: CaseIterable>(_ type: Listed.Type) -> Any? {
        let all = Array(Listed.allCases)
        return all.isEmpty ? nil : draws.element(of: all)
    }

    // MARK: Keys

    /// The keys of a container that asks which there are: one for an enumeration, some for a dictionary written by hand.
    func keys<Key: CodingKey>(_ type: Key.Type) throws -> [Key] {
        let listed = (type as? any CaseIterable.Type).flatMap { all($0) as? [Key] }
        if let cases = listed ?? EnumerationCases.all(type) { return [cases[try chosenCase(ObjectIdentifier(type), cases.count)]] }
        // Keys that any text makes are those of a dictionary.
        guard Key(stringValue: "a") != nil, Key(stringValue: "zz9") != nil else {
            throw error(.unsupported, "the keys of \(String(reflecting: Key.self)) cannot be listed")
        }
        let names = draws.unique(0...(isFull ? 0 : Deriving.maximumCount), by: { $0 }, of: { $0.identifier(1...6) })
        return names.compactMap { Key(stringValue: $0) }
    }

    private func all<Listed: CaseIterable>(_ type: Listed.Type) -> Any { Array(type.allCases) }

    private func chosenCase(_ keys: ObjectIdentifier, _ count: Int) throws -> Int {
        if state.isPlanning, let forced = state.tried[keys] {
            // The first question is that of the trial itself; a second one comes from within.
            guard forced >= 0 else { throw error(.endless, "every case contains its own type") }
            state.tried[keys] = -1
            return forced
        }
        let plan = plan(keys, count)
        guard plan.ending > 0 else { throw error(.endless, "every case contains its own type") }
        if state.isPlanning { return plan.order[0] }
        // Only what ends, where there is no room; recorded, so that a value that is moved up finds the choice where it looks for it.
        let choices = UInt64(isFull ? plan.ending : count)
        return plan.order[Int(draws.choose(ChoiceShape(kind: .selector, bound: choices - 1)) { $0.next() % choices })]
    }

    /// Which cases end, found by trying each with the simplest choices everywhere else.
    private func plan(_ keys: ObjectIdentifier, _ count: Int) -> Deriving.CasePlan {
        if let known = state.deriving.plan(keys) { return known }
        var (ending, others): ([Int], [Int]) = ([], [])
        for number in 0..<count {
            let scratch = Draws(budget: Deriving.maximumChoices)
            scratch.begin(seed: 0, tail: .simplest)
            let trial = DerivingState(state.deriving, scratch, isPlanning: true)
            trial.tried = state.tried
            trial.tried[keys] = number
            if let type, !ends(type, trial) { others.append(number) } else { ending.append(number) }
        }
        let plan = Deriving.CasePlan(order: ending + others, ending: ending.count)
        // Within a trial more is forbidden than outside: what was found there is not kept, lest it depend on who asks first.
        if !state.isPlanning { state.deriving.keep(plan, keys) }
        return plan
    }

    private func ends<Value: Decodable>(_ type: Value.Type, _ trial: DerivingState) -> Bool {
        do {
            _ = try Value(from: DerivingDecoder(trial, path: codingPath, type: type))
            return true
        } catch {
            // Else it refused the simplest value for a reason of its own.
            return (trial.hidden ?? error as? DerivationError)?.kind != .endless
        }
    }
}
