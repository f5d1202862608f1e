import Determinism

/// Types of the standard library that are drawn directly: their own decoders ask questions whose answers shrink badly.
protocol Derivable {
    static func derived(_ decoder: DerivingDecoder) throws -> Self
}

extension Bool: Derivable { static func derived(_ decoder: DerivingDecoder) -> Bool { decoder.draws.bool() } }
extension String: Derivable { static func derived(_ decoder: DerivingDecoder) -> String { decoder.draws.anyText(0...decoder.room) } }
extension Double: Derivable { static func derived(_ decoder: DerivingDecoder) -> Double { decoder.draws.double() } }
extension Float: Derivable {
    static func derived(_ decoder: DerivingDecoder) -> Float {
        let value = decoder.draws.anyFloat()
        return value.isFinite ? value : .greatestFiniteMagnitude
    }
}
extension Int: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int { decoder.draws.int() } }
extension Int8: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int8 { decoder.draws.integer(in: .min ... .max) } }
extension Int16: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int16 { decoder.draws.integer(in: .min ... .max) } }
extension Int32: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int32 { decoder.draws.integer(in: .min ... .max) } }
extension Int64: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int64 { decoder.draws.integer(in: .min ... .max) } }
extension Int128: Derivable { static func derived(_ decoder: DerivingDecoder) -> Int128 { decoder.draws.wideInteger() } }
extension UInt: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt { decoder.draws.integer(in: .min ... .max) } }
extension UInt8: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt8 { decoder.draws.integer(in: .min ... .max) } }
extension UInt16: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt16 { decoder.draws.integer(in: .min ... .max) } }
extension UInt32: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt32 { decoder.draws.integer(in: .min ... .max) } }
extension UInt64: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt64 { decoder.draws.integer(in: .min ... .max) } }
extension UInt128: Derivable { static func derived(_ decoder: DerivingDecoder) -> UInt128 { decoder.draws.wideInteger() } }
extension Duration: Derivable { static func derived(_ decoder: DerivingDecoder) -> Duration { decoder.draws.duration() } }

extension Optional: Derivable where Wrapped: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> Wrapped? {
        try decoder.draws.span(Label.branch) { decoder.drawsNil() ? nil : try decoder.value(Wrapped.self) }
    }
}

extension Array: Derivable where Element: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> [Element] { try decoder.elements { try $0.value(Element.self) } }
}

extension ContiguousArray: Derivable where Element: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> ContiguousArray { ContiguousArray(try [Element].derived(decoder)) }
}

extension Set: Derivable where Element: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> Set { Set(try [Element].derived(decoder)) }
}

extension Dictionary: Derivable where Key: Decodable, Value: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> [Key: Value] {
        // The first of two entries with one key stays: the second is then no part of the value, and shrinking takes it out.
        Dictionary(
            try decoder.elements { (try $0.value(Key.self), try $0.value(Value.self)) },
            uniquingKeysWith: { first, _ in first })
    }
}

extension ClosedRange: Derivable where Bound: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> ClosedRange {
        let (a, b) = (try decoder.value(Bound.self), try decoder.value(Bound.self))
        if a <= b { return a...b }
        // Bounds that cannot be compared, such as a type that holds "not a number".
        guard b <= a else { throw decoder.error(.refused, "the bounds of a range are in no order") }
        return b...a
    }
}

extension Range: Derivable where Bound: Decodable {
    static func derived(_ decoder: DerivingDecoder) throws -> Range {
        let (a, b) = (try decoder.value(Bound.self), try decoder.value(Bound.self))
        if a <= b { return a..<b }
        // Bounds that cannot be compared, such as a type that holds "not a number".
        guard b <= a else { throw decoder.error(.refused, "the bounds of a range are in no order") }
        return b..<a
    }
}

extension DerivingDecoder {
    /// How many elements there may be here, fewer the deeper.
    var room: Int { isFull ? 0 : max(1, Deriving.maximumCount - depth) }

    /// A list by "one more?" choices, as ``Draws/array(_:of:)``, of elements whose drawing may throw.
    func elements<Element>(_ element: (DerivingDecoder) throws -> Element) throws -> [Element] {
        let upper = room
        // Shorter and shorter with the depth: lists of lists stay finite in the mean.
        let probability = max(0.3, 0.8 - 0.1 * Double(depth))
        return try draws.span(Label.array) {
            var elements: [Element] = []
            while elements.count < upper {
                let next: Element? = try draws.span(Label.element) {
                    guard draws.more(probability: probability), !draws.isOverrun else { return nil }
                    return try element(nested(PositionKey(elements.count)))
                }
                guard let next else { break }
                elements.append(next)
            }
            return elements
        }
    }
}
