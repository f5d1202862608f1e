import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The memory of one worker of a campaign: a file that is mapped by its zygote and its runner and by whoever looks on.
///
/// ```
/// header | input | virgin map | extra features | hits | owners | tokens | entries | lists | arena | compared sites
/// ```
///
/// Everything a runner must not lose when the code under test kills it stands here, and since the memory is a file, it outlives a `kill -9` of all
/// processes of the campaign. What counts something (`entries`, `arena_used`, `lists_used`) is published after what it counts.
///
/// The layout is a function of `Layout`; a file with another layout, another build or another format is refused by ``ShardError``, so that no run
/// goes on with features of other code.
// The memory is shared by processes on purpose; each word has one writer, the runner, or is atomic.
public struct Shard: @unchecked Sendable {
    /// Sizes of the regions, in elements.
    public struct Layout: Equatable, Sendable {
        public var edges: Int
        public var maximumInput: Int
        public var entryCapacity = 1 << 16
        public var listCapacity = 1 << 24
        public var arenaCapacity = 1 << 28

        public init(edges: Int, maximumInput: Int) {
            self.edges = edges
            self.maximumInput = maximumInput
        }

        var inputOffset: Int { 8192 }
        var virginOffset: Int { inputOffset + rounded(maximumInput + 64) }
        var extraOffset: Int { virginOffset + rounded(edges) }
        var hitsOffset: Int { extraOffset + rounded(Shard.extraFeatures) }
        var ownersOffset: Int { hitsOffset + rounded(edges * 4) }
        var tokensOffset: Int { ownersOffset + rounded(edges * 32) }
        var entriesOffset: Int { tokensOffset + rounded(Shard.tokenCapacity * Shard.tokenStride) }
        var listsOffset: Int { entriesOffset + rounded(entryCapacity * MemoryLayout<pulsegate_fuzz_entry>.stride) }
        var arenaOffset: Int { listsOffset + rounded(listCapacity * 4) }
        var sitesOffset: Int { arenaOffset + rounded(arenaCapacity) }
        var size: Int { sitesOffset + rounded(SiteTable.size) }

        private func rounded(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }
    }

    /// Features besides edges: progress of compares, values at which compares met. One byte each, indexed by hash.
    static let extraFeatures = 1 << 18
    /// Words met in compares: a length and at most 64 bytes each.
    static let tokenCapacity = 1024
    static let tokenStride = 72
    static let magic: UInt64 = 0x5A5A_5546_4554_4750
    static let format: UInt64 = 1

    public let layout: Layout
    public let header: UnsafeMutablePointer<pulsegate_fuzz_shard>
    let input: UnsafeMutablePointer<UInt8>
    let virgin: UnsafeMutablePointer<UInt8>
    let extra: UnsafeMutablePointer<UInt8>
    let hits: UnsafeMutablePointer<UInt32>
    /// For each pair of edge and hit class the number of the first entry that lit it, plus one.
    let owners: UnsafeMutablePointer<UInt32>
    let tokens: UnsafeMutablePointer<UInt8>
    let entries: UnsafeMutablePointer<pulsegate_fuzz_entry>
    let lists: UnsafeMutablePointer<UInt32>
    let arena: UnsafeMutablePointer<UInt8>
    let sites: SiteTable

    /// Opens the file, or makes it for a first run.
    ///
    /// - Throws: ``ShardError`` where the file cannot be mapped or belongs to another build.
    public init(path: String, layout: Layout, build: UInt64, seed: UInt64) throws(ShardError) {
        var status = stat()
        let sizeBefore = stat(path, &status) == 0 ? Int(status.st_size) : 0
        guard let memory = pulsegate_fuzz_map(path, UInt64(layout.size)) else { throw .unmappable(path: path) }
        self.init(memory: memory, layout: layout)
        if header.pointee.magic == 0 {
            header.pointee.format = Self.format
            header.pointee.build = build
            header.pointee.size = UInt64(layout.size)
            header.pointee.seed = seed
            var expander = ShardGenerator(seed: seed)
            header.pointee.generator0 = expander.next()
            header.pointee.generator1 = expander.next()
            header.pointee.generator2 = expander.next()
            header.pointee.generator3 = expander.next()
            pulsegate_fuzz_publish(&header.pointee.magic, Self.magic)
            return
        }
        guard header.pointee.magic == Self.magic, header.pointee.format == Self.format else {
            unmap()
            throw .foreign(path: path)
        }
        guard header.pointee.build == build, header.pointee.size == UInt64(layout.size) else {
            unmap()
            throw .otherBuild(path: path)
        }
        // Mapping made the file whole again, with zeros for what was cut away.
        guard sizeBefore >= layout.size else {
            unmap()
            truncate(path, off_t(sizeBefore))
            throw .truncated(path: path)
        }
        finishShortening()
    }

    private init(memory: UnsafeMutableRawPointer, layout: Layout) {
        self.layout = layout
        header = memory.bindMemory(to: pulsegate_fuzz_shard.self, capacity: 1)
        input = (memory + layout.inputOffset).assumingMemoryBound(to: UInt8.self)
        virgin = (memory + layout.virginOffset).assumingMemoryBound(to: UInt8.self)
        extra = (memory + layout.extraOffset).assumingMemoryBound(to: UInt8.self)
        hits = (memory + layout.hitsOffset).assumingMemoryBound(to: UInt32.self)
        owners = (memory + layout.ownersOffset).assumingMemoryBound(to: UInt32.self)
        tokens = (memory + layout.tokensOffset).assumingMemoryBound(to: UInt8.self)
        entries = (memory + layout.entriesOffset).assumingMemoryBound(to: pulsegate_fuzz_entry.self)
        lists = (memory + layout.listsOffset).assumingMemoryBound(to: UInt32.self)
        arena = (memory + layout.arenaOffset).assumingMemoryBound(to: UInt8.self)
        sites = SiteTable(memory: memory + layout.sitesOffset)
    }

    /// Gives the mapping back; the file stays.
    public func unmap() { pulsegate_fuzz_unmap(UnsafeMutableRawPointer(header), UInt64(layout.size)) }

    /// Inputs kept so far.
    public var entryCount: Int { Int(pulsegate_fuzz_observe(&header.pointee.entries)) }

    /// The bytes of one input of the corpus.
    public func bytes(ofEntry index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: arena + Int(entries[index].offset), count: Int(entries[index].length))
    }

    /// Gives an entry the fewer bytes that were written down for it: whole, whoever was killed in the middle.
    func finishShortening() {
        let number = pulsegate_fuzz_observe(&header.pointee.shortening)
        guard number > 0 else { return }
        let (offset, length) = (header.pointee.shortened_offset, header.pointee.shortened_length)
        let capacity = UInt64(layout.arenaCapacity)
        if number <= UInt64(entryCount), length <= capacity, offset <= capacity - length, length <= UInt64(layout.maximumInput) {
            let entry = Int(number) - 1
            entries[entry].offset = offset
            entries[entry].length = UInt32(length)
            entries[entry].hash = header.pointee.shortened_hash
        }
        pulsegate_fuzz_publish(&header.pointee.shortening, 0)
    }

    /// The pairs of edge and hit class (edge × 8 + class) that one input of the corpus lit.
    public func features(ofEntry index: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: lists + Int(entries[index].list_offset), count: Int(entries[index].list_count))
    }

    var tokenCount: Int { Int(header.pointee.tokens) }

    func token(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        let at = tokens + index * Self.tokenStride
        return UnsafeBufferPointer(start: at + 1, count: Int(at[0]))
    }

    /// Keeps a word for later mutations, once; `false` where it is known, empty, too long, or there is no room.
    @discardableResult
    func keepToken(_ word: some Collection<UInt8>) -> Bool {
        let count = tokenCount
        guard (1...64).contains(word.count), count < Self.tokenCapacity else { return false }
        for index in 0..<count where token(index).elementsEqual(word) { return false }
        let at = tokens + count * Self.tokenStride
        at[0] = UInt8(word.count)
        for (offset, byte) in word.enumerated() { at[1 + offset] = byte }
        pulsegate_fuzz_publish(&header.pointee.tokens, UInt64(count + 1))
        return true
    }

    /// The input that runs now, or that ran when the runner died.
    public var currentInput: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: input, count: min(Int(header.pointee.input_length), layout.maximumInput))
    }
}

/// Why a shard's file cannot be used.
public enum ShardError: Error, Equatable {
    case unmappable(path: String)
    case foreign(path: String)
    case otherBuild(path: String)
    case truncated(path: String)
}

extension ShardError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unmappable(let path): "\(path): cannot be mapped; is there room on the disk, and may this process write there?"
        case .foreign(let path): "\(path): is not a shard of this version; remove it to start anew (the corpus folder keeps the inputs)"
        case .truncated(let path): "\(path): is cut short; remove it to start anew (the corpus folder keeps the inputs)"
        case .otherBuild(let path):
            "\(path): was written by another build of the target; its inputs are taken over from the corpus folder when it is removed"
        }
    }
}
