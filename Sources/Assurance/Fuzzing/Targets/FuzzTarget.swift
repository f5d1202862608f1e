import FuzzingRuntime
import PropertyTesting

/// A piece of code that takes an input nobody chose, and the name under which a campaign keeps what it learns of it.
///
/// ```swift
/// @main struct Suite: FuzzSuite {
///     static let targets = [
///         FuzzTarget("json") { bytes in _ = try? JSONDocument(bytes) },
///         FuzzTarget("orders", drawing: { draws in Order(quantity: draws.int(in: 0...1_000_000)) }) { order in
///             try expect(order.encoded().decoded() == order, "an order survives its encoding")
///         },
///     ]
/// }
/// ```
///
/// A finding is whatever ends the process (a trap, a signal, an overflown stack, memory or time without bound) and an error that the body lets out:
/// what a target expects its code to throw, it catches. Of a typed target the input is the sequence of choices its generator draws, so that a finding
/// is reported as a Swift value.
///
/// Names are made of letters, digits, `.`, `-` and `_`: they name folders.
public struct FuzzTarget: Sendable {
    public let name: String
    /// Bytes an input may have.
    public let maximumLength: Int
    let body: Body

    enum Body: Sendable {
        case bytes(@Sendable (UnsafeBufferPointer<UInt8>) throws -> Void)
        case drawn(@Sendable () -> any DrawnBody)
    }

    /// A target on bytes.
    ///
    /// - Parameters:
    ///   - maximumLength: the longest input the engine makes, 1 to 1 MiB.
    ///   - body: the code under test. It may be run millions of times in one process: what it keeps between calls makes findings flaky.
    public init(_ name: String, maximumLength: Int = 4096, _ body: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.init(name, maximumLength, .bytes { try body(Array($0)) })
    }

    /// A target on bytes that are borrowed for the length of the call: saves copying them.
    public static func borrowing(
        _ name: String, maximumLength: Int = 4096, _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) throws -> Void
    ) -> FuzzTarget {
        FuzzTarget(name, maximumLength, .bytes(body))
    }

    private init(_ name: String, _ maximumLength: Int, _ body: Body) {
        self.name = name
        self.maximumLength = min(max(1, maximumLength), 1 << 20)
        self.body = body
    }

    /// A target on values that a generator draws.
    public init<Value>(
        _ name: String, drawing generate: @escaping @Sendable (Draws) -> Value, _ body: @escaping @Sendable (Value) throws -> Void
    ) {
        self.init(name, 4096, .drawn { TypedBody(generate: generate, body: body) })
    }
}

/// A typed target in one runner: it keeps the memory that draws are made in.
protocol DrawnBody: AnyObject {
    /// Draws a value from the input and runs the body on it.
    func run(_ input: UnsafeBufferPointer<UInt8>) throws
    /// The value that an input stands for, as Swift code.
    func literal(_ input: [UInt8]) -> String
}

final class TypedBody<Value>: DrawnBody {
    private let input = DrawnInput()
    private let generate: (Draws) -> Value
    private let body: (Value) throws -> Void

    init(generate: @escaping (Draws) -> Value, body: @escaping (Value) throws -> Void) {
        self.generate = generate
        self.body = body
    }

    func run(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        input.begin(ChoiceBytes.indices(bytes))
        let value = generate(input.draws)
        guard input.isWhole else { return }
        try body(value)
    }

    func literal(_ bytes: [UInt8]) -> String {
        input.begin(bytes.withUnsafeBufferPointer(ChoiceBytes.indices))
        return SwiftLiteral.text(of: generate(input.draws))
    }
}

/// The wire format of choices: each index as a little-endian base-128 number. Any bytes are choices; those cut off at the end count as they are.
enum ChoiceBytes {
    static func indices(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt64] {
        var indices: [UInt64] = []
        indices.reserveCapacity(bytes.count)
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            value |= UInt64(byte & 0x7F) &<< shift
            shift += 7
            if byte < 0x80 || shift > 63 {
                indices.append(value)
                value = 0
                shift = 0
            }
        }
        if shift > 0 { indices.append(value) }
        return indices
    }

    static func bytes(_ indices: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in indices { bytes += NumberEncoding.varint.write(index, instead: 0) ?? [] }
        return bytes
    }
}

/// What a target found wrong, as it says itself.
public struct FuzzFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Throws where a condition does not hold.
@inlinable public func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw FuzzFailure(message()) }
}
