import FuzzingRuntime

/// Which entry is changed next: by how rarely its edges run, how little it has been tried, and how short it is.
///
/// The weight of an entry is the sum over its edges of 1 / (1 + executions that were seen to run the edge), after M. Böhme, V. Manès, S. Cha,
/// "Boosting Fuzzer Efficiency: An Information Theoretic Perspective", ESEC/FSE 2020, in its simplest form; divided by the root of the rounds it has
/// had, and by its work where that is above the mean.
struct EntrySchedule {
    private var cumulative: [Double] = []
    private var roundsLeft = 0
    /// The entry chosen last.
    private(set) var last = 0

    mutating func grew(_ entry: Int) { roundsLeft = min(roundsLeft, 8) }

    mutating func choose(_ shard: Shard, _ generator: inout ShardGenerator) -> Int {
        last = pick(shard, &generator)
        return last
    }

    private mutating func pick(_ shard: Shard, _ generator: inout ShardGenerator) -> Int {
        let count = Int(shard.header.pointee.entries)
        if roundsLeft <= 0 || cumulative.count > count || cumulative.isEmpty {
            weigh(shard, count)
            roundsLeft = 64 + count / 4
        }
        roundsLeft -= 1
        let kind = generator.below(16)
        if kind == 0 { return generator.below(count) }
        if kind == 1 { return count - 1 - generator.below(min(count, 8)) }
        let total = cumulative[cumulative.count - 1]
        let point = Double(generator.next() >> 11) * 0x1p-53 * total
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > point { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private mutating func weigh(_ shard: Shard, _ count: Int) {
        cumulative.removeAll(keepingCapacity: true)
        var work: UInt64 = 0
        for index in 0..<count { work += UInt64(shard.entries[index].work) }
        let mean = Double(work) / Double(count) + 1
        var total = 0.0
        for index in 0..<count {
            let entry = shard.entries[index]
            var rarity = 0.0
            var last: UInt32 = .max
            for feature in shard.features(ofEntry: index) where feature >> 3 != last {
                last = feature >> 3
                rarity += 1 / (1 + Double(shard.hits[Int(last)]))
            }
            let tried = Double(entry.chosen) + 1
            let deaths = 1 + 4 * Double(entry.crashes) / tried
            let slow = max(1, Double(entry.work) / mean) * max(1, Double(entry.length) / 64)
            let flags = EntryFlags(rawValue: entry.flags)
            let reward = (1 + Double(entry.finds)) * (flags.contains(.newEdge) ? 4 : flags == [.path] ? 0.25 : 1)
            total += (rarity + 1e-9) * min(8, reward.squareRoot()) / (tried.squareRoot() * slow.squareRoot() * deaths)
            cumulative.append(total)
        }
    }
}
