/// The bytes of one output stream, of which the beginning and the end are kept and the middle is dropped.
///
/// ```swift
/// var output = BoundedOutput(limitBytes: 8)
/// output.append([UInt8]("0123456789abcdef".utf8))
/// output.head          // 0123
/// output.tail          // cdef
/// output.droppedBytes  // 8
/// ```
///
/// The beginning tells what ran, the end how it failed. Appending n bytes is O(n) whatever came before, and never more
/// than `limitBytes` are held.
public struct BoundedOutput: Hashable, Sendable {
    /// The first bytes, at most half of the limit (rounded down).
    public private(set) var head: [UInt8] = []
    /// All bytes that were ever appended.
    public private(set) var totalBytes: Int64 = 0
    public let limitBytes: Int

    /// A ring once it is full; `ringStart` is its oldest byte.
    private var ring: [UInt8] = []
    private var ringStart = 0

    public init(limitBytes: Int) { self.limitBytes = max(0, limitBytes) }

    private var headLimit: Int { limitBytes / 2 }
    private var ringLimit: Int { limitBytes - limitBytes / 2 }

    /// The last bytes that are not in ``head``, in order.
    public var tail: [UInt8] { Array(ring[ringStart...] + ring[..<ringStart]) }

    /// How many bytes between ``head`` and ``tail`` are lost.
    public var droppedBytes: Int64 { totalBytes - Int64(head.count) - Int64(ring.count) }

    /// Everything, when nothing was dropped; else `nil`, so that nobody parses a text with a hole.
    public var complete: [UInt8]? { droppedBytes == 0 ? head + tail : nil }

    /// For people: the text with a note in place of the dropped bytes; broken UTF-8 is repaired.
    public var text: String {
        if let complete { return String(decoding: complete, as: UTF8.self) }
        return String(decoding: head, as: UTF8.self) + "\n[\(droppedBytes) bytes left out]\n" + String(decoding: tail, as: UTF8.self)
    }

    public mutating func append(_ bytes: [UInt8]) {
        totalBytes += Int64(bytes.count)
        let toHead = min(headLimit - head.count, bytes.count)
        if toHead > 0 { head.append(contentsOf: bytes[..<toHead]) }
        appendToRing(bytes[max(0, toHead)...])
    }

    private mutating func appendToRing(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes.suffix(ringLimit)
        guard !rest.isEmpty else { return }
        if rest.count == ringLimit {
            ring = Array(rest)
            ringStart = 0
            return
        }
        let free = ringLimit - ring.count
        if free > 0 {
            ring.append(contentsOf: rest.prefix(free))
            rest = rest.dropFirst(free)
        }
        // Here the ring is full, or nothing is left. Overwrite the oldest bytes, in at most two pieces.
        while !rest.isEmpty {
            let count = min(rest.count, ringLimit - ringStart)
            ring.replaceSubrange(ringStart..<(ringStart + count), with: rest.prefix(count))
            ringStart = (ringStart + count) % ringLimit
            rest = rest.dropFirst(count)
        }
    }
}
