/// Which inputs of a corpus to keep so that what all of them light stays lit: greedy set cover, small inputs first.
///
/// Always takes the input that adds most for its length; of two alike the shorter, then the one of the smaller name. Complexity: O(total features ×
/// log inputs), as a gain only ever shrinks and is looked at again when its input comes up.
enum CorpusChoice {
    static func smallest(_ entries: [CampaignEntry]) -> [String] {
        var byHash: [String: CampaignEntry] = [:]
        for entry in entries where byHash[entry.hash].map({ $0.features.count < entry.features.count }) ?? true {
            byHash[entry.hash] = entry
        }
        var candidates = byHash.values.map { (entry: $0, gain: Set($0.features).count) }
        var lit: Set<UInt32> = []
        var chosen: [String] = []
        func comesFirst(_ a: (entry: CampaignEntry, gain: Int), _ b: (entry: CampaignEntry, gain: Int)) -> Bool {
            // gain / (length + 16): a whole number of bytes always costs something, even none.
            let (left, right) = (a.gain * (b.entry.length + 16), b.gain * (a.entry.length + 16))
            if left != right { return left > right }
            if a.entry.length != b.entry.length { return a.entry.length < b.entry.length }
            return a.entry.hash < b.entry.hash
        }
        candidates.sort(by: comesFirst)
        while !candidates.isEmpty {
            // Gains only shrink: the first whose gain is still true is the best.
            let best = candidates[0]
            let gain = Set(best.entry.features).subtracting(lit).count
            if gain == 0 {
                candidates.removeFirst()
            } else if gain == best.gain {
                chosen.append(best.entry.hash)
                lit.formUnion(best.entry.features)
                candidates.removeFirst()
            } else {
                candidates.removeFirst()
                let aged = (entry: best.entry, gain: gain)
                var low = 0
                var high = candidates.count
                while low < high {
                    let middle = (low + high) / 2
                    if comesFirst(candidates[middle], aged) { low = middle + 1 } else { high = middle }
                }
                candidates.insert(aged, at: low)
            }
        }
        return chosen.sorted()
    }
}
