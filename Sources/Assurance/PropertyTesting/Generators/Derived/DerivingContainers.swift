/// A place in a list.
struct PositionKey: CodingKey {
    let intValue: Int?
    var stringValue: String { "[\(intValue ?? 0)]" }

    init(_ position: Int) { intValue = position }
    init?(intValue: Int) { self.intValue = intValue }
    init?(stringValue: String) { nil }
}

/// The one value of a wrapper. Counts as a level, so that wrappers of themselves end; left out of what people see.
struct ValueKey: CodingKey {
    var stringValue: String { "value" }
    var intValue: Int? { nil }

    init() {}
    init?(intValue: Int) { nil }
    init?(stringValue: String) { nil }
}

/// "super", the key of a decoder for the class above.
struct SuperKey: CodingKey {
    var stringValue: String { "super" }
    var intValue: Int? { nil }

    init() {}
    init?(intValue: Int) { nil }
    init?(stringValue: String) { nil }
}

/// Every key is there; each value is drawn when it is asked for.
struct DerivingKeyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: DerivingDecoder
    /// The answer to "which keys are there", found when it is first asked: structs never ask, so nothing may be drawn before. Shared by copies.
    private let answer: Answer

    private final class Answer { var keys: [Key]? }

    init(decoder: DerivingDecoder) {
        self.decoder = decoder
        answer = Answer()
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        if let keys = answer.keys { return keys }
        // A protocol that cannot throw: no key makes the type throw in our place; why is kept for the report.
        let keys: [Key]
        do {
            keys = try decoder.keys(Key.self)
        } catch let error as DerivationError {
            decoder.state.hidden = decoder.state.hidden ?? error
            keys = []
        } catch {
            keys = []
        }
        answer.keys = keys
        return keys
    }

    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { decoder.nested(key).drawsNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try decoder.nested(key).value(type) }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try decoder.nested(key).value(Value?.self)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try decoder.nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder.nested(key).unkeyedContainer() }

    func superDecoder() throws -> any Decoder { decoder.nested(SuperKey()) }

    func superDecoder(forKey key: Key) throws -> any Decoder { decoder.nested(key) }
}

/// As many elements as the type asks for; where it asks whether there are more, that is drawn.
struct DerivingUnkeyed: UnkeyedDecodingContainer {
    let decoder: DerivingDecoder
    var currentIndex = 0
    private let more: More

    private final class More { var answers: [Int: Bool] = [:] }

    init(decoder: DerivingDecoder) {
        self.decoder = decoder
        more = More()
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { nil }

    /// Drawn once for each place, however often it is asked.
    var isAtEnd: Bool {
        if let answer = more.answers[currentIndex] { return !answer }
        let goesOn =
            currentIndex < Deriving.maximumCount && !decoder.isFull && decoder.draws.more(probability: 0.75) && !decoder.draws.isOverrun
        more.answers[currentIndex] = goesOn
        return !goesOn
    }

    private mutating func next() -> DerivingDecoder {
        defer { currentIndex += 1 }
        return decoder.nested(PositionKey(currentIndex))
    }

    mutating func decodeNil() throws -> Bool {
        // An element that is nil is consumed, one that is not stays to be decoded.
        let isNil = decoder.nested(PositionKey(currentIndex)).drawsNil()
        if isNil { currentIndex += 1 }
        return isNil
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().value(type) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { next() }
}

/// One value.
struct DerivingSingle: SingleValueDecodingContainer {
    let decoder: DerivingDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.drawsNil() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try DerivingDecoder(decoder.state, path: decoder.codingPath + [ValueKey()]).value(type)
    }
}

extension DerivingDecoder {
    /// Nil is simplest, and the only thing there is room for where there is none.
    func drawsNil() -> Bool {
        if isFull {
            draws.recordFixedChoice(.boolean)
            return true
        }
        return !draws.bool(probability: 0.75)
    }
}
