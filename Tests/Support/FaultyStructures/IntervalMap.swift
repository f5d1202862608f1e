import PropertyTesting

/// Values over ranges of integers, the last assignment counting; and two mutants. An assignment is O(n), a look-up too.
public struct IntervalMap: Sendable {
    public enum Fault: String, CaseIterable, Sendable {
        /// An assignment within a piece forgets what stood behind it.
        case losesTail = "loses_tail"
        /// A piece that begins where the new one ends loses its first place.
        case eatsNeighbour = "eats_neighbour"
    }

    struct Piece: Hashable, Sendable {
        var range: ClosedRange<Int>
        var value: Int
    }

    private(set) var pieces: [Piece] = []

    mutating func assign(_ value: Int, to range: ClosedRange<Int>, fault: Fault? = nil) {
        var result: [Piece] = []
        for piece in pieces {
            if piece.range.lowerBound < range.lowerBound {
                result.append(Piece(range: piece.range.lowerBound...min(piece.range.upperBound, range.lowerBound - 1), value: piece.value))
            }
            let end = fault == .eatsNeighbour && piece.range.lowerBound == range.upperBound + 1 ? range.upperBound + 1 : range.upperBound
            let isSplit = piece.range.lowerBound < range.lowerBound && piece.range.upperBound > range.upperBound
            if piece.range.upperBound > end, !(fault == .losesTail && isSplit) {
                result.append(Piece(range: max(piece.range.lowerBound, end + 1)...piece.range.upperBound, value: piece.value))
            }
        }
        pieces = (result + [Piece(range: range, value: value)]).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    func value(at place: Int) -> Int? { pieces.first { $0.range.contains(place) }?.value }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("interval_map", "Model", noticing: [Fault.losesTail, .eatsNeighbour]) { draws -> ([Piece], Int) in
                let pieces = draws.array { draws in
                    let start = draws.int(in: -1000...1000)
                    return Piece(range: start...(start + draws.int(in: 0...1000)), value: draws.int())
                }
                return (pieces, draws.int(in: -1000...2000))
            } holds: { sample, fault in
                let (pieces, place) = sample
                var map = IntervalMap()
                for piece in pieces { map.assign(piece.value, to: piece.range, fault: fault) }
                return map.value(at: place) == pieces.last { $0.range.contains(place) }?.value
            }
        ]
    }
}
