extension Gen where Value == Int {
    /// An integer of `range`; see ``Draws/int(in:)``.
    public static func int(in range: ClosedRange<Int>) -> Gen { Gen { $0.int(in: range) } }

    /// An integer of `range` that shrinks towards `origin`, held to the range.
    public static func int(in range: ClosedRange<Int>, towards origin: Int) -> Gen { Gen { $0.int(in: range, towards: origin) } }

    /// Any integer; 0 is simplest, then 1, −1, 2, −2 ….
    public static func int() -> Gen { Gen { $0.int() } }
}

extension Gen where Value: FixedWidthInteger & SendableMetatype {
    /// Any integer of the width that is asked for, 8 to 128 bits: `let byte: Gen<UInt8> = .integer()`.
    public static func integer() -> Gen { Gen { $0.integer(in: .min ... .max) } }

    /// An integer of `range`; see ``Draws/integer(in:)``.
    public static func integer(in range: ClosedRange<Value>) -> Gen where Value: Sendable { Gen { $0.integer(in: range) } }
}

extension Gen where Value == Int8 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func int8() -> Gen { integer() }
}

extension Gen where Value == Int16 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func int16() -> Gen { integer() }
}

extension Gen where Value == Int32 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func int32() -> Gen { integer() }
}

extension Gen where Value == Int64 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func int64() -> Gen { integer() }
}

extension Gen where Value == Int128 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func int128() -> Gen { integer() }
}

extension Gen where Value == UInt {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint() -> Gen { integer() }
}

extension Gen where Value == UInt8 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint8() -> Gen { integer() }
}

extension Gen where Value == UInt16 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint16() -> Gen { integer() }
}

extension Gen where Value == UInt32 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint32() -> Gen { integer() }
}

extension Gen where Value == UInt64 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint64() -> Gen { integer() }
}

extension Gen where Value == UInt128 {
    /// Any integer of this width; 0 is simplest, both ends come up.
    public static func uint128() -> Gen { integer() }
}

extension Gen where Value == Double {
    /// Any finite double.
    public static func double() -> Gen { Gen { $0.double() } }

    /// A double of a finite range; shrinks towards 0 or the end that is nearest to it.
    public static func double(in range: ClosedRange<Double>) -> Gen { Gen { $0.double(in: range) } }

    /// Any double at all, the odd ones often; see ``Draws/anyDouble()``.
    public static func anyDouble() -> Gen { Gen { $0.anyDouble() } }
}

extension Gen where Value == Float {
    /// Any float at all, the odd ones often; see ``Draws/anyFloat()``.
    public static func anyFloat() -> Gen { Gen { $0.anyFloat() } }
}

extension Gen where Value == Bool {
    /// Either, equally likely; false is simplest.
    public static func bool() -> Gen { Gen { $0.bool() } }

    /// True with a probability of 0 to 1; false is simplest.
    public static func bool(probability: Double) -> Gen { Gen { $0.bool(probability: probability) } }
}

extension Gen where Value == [UInt8] {
    /// Raw bytes; none are simplest, then zeros.
    public static func bytes(_ counts: ClosedRange<Int> = 0...64) -> Gen { Gen { $0.bytes(counts) } }
}

extension Gen where Value == Range<Int> {
    /// A half-open range within bounds; an empty one is simplest.
    public static func range(in bounds: ClosedRange<Int>) -> Gen { Gen { $0.range(in: bounds) } }
}

extension Gen where Value == ClosedRange<Int> {
    /// A closed range within bounds; that of one value is simplest.
    public static func closedRange(in bounds: ClosedRange<Int>) -> Gen { Gen { $0.closedRange(in: bounds) } }
}
