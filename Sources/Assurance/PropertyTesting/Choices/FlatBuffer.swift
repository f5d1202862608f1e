#if canImport(Glibc)
    import Glibc
#endif

/// A growing array of trivial values without reference counts, uniqueness checks or exclusivity checks on the path of every draw.
///
/// Owned by exactly one class, which frees it in its deinit; unsafe code is fenced in here and in the few places that name it.
/// Precondition of every use: `Element` is a plain value (no references), and an index is below `count`.
struct FlatBuffer<Element: BitwiseCopyable> {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        base = Self.memory(self.capacity)
    }

    func deallocate() { UnsafeMutableRawPointer(base).deallocate() }

    /// Large buffers stand on large pages where the system gives them: they are read at random places, and looking up small pages would cost
    /// more than reading.
    private static func memory(_ capacity: Int) -> UnsafeMutablePointer<Element> {
        let sizeInBytes = capacity * MemoryLayout<Element>.stride
        let isLarge = sizeInBytes >= largePageInBytes
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: sizeInBytes, alignment: isLarge ? largePageInBytes : max(16, MemoryLayout<Element>.alignment))
        #if canImport(Glibc)
            if isLarge { _ = madvise(raw, sizeInBytes, MADV_HUGEPAGE) }
        #endif
        return raw.bindMemory(to: Element.self, capacity: capacity)
    }

    private static var largePageInBytes: Int { 2 << 20 }

    @inline(__always)
    subscript(position: Int) -> Element {
        get {
            assert(position >= 0 && position < count)
            return base[position]
        }
        nonmutating set {
            assert(position >= 0 && position < count)
            base[position] = newValue
        }
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        base[count] = element
        count += 1
    }

    mutating func append(contentsOf elements: UnsafePointer<Element>, count added: Int) {
        while count + added > capacity { grow() }
        (base + count).update(from: elements, count: added)
        count += added
    }

    @inline(never)
    private mutating func grow() {
        let larger = Self.memory(capacity * 2)
        larger.update(from: base, count: count)
        deallocate()
        base = larger
        capacity *= 2
    }

    mutating func removeAll() { count = 0 }

    /// As many copies of a value.
    static func repeating(_ element: Element, count: Int) -> FlatBuffer {
        var buffer = FlatBuffer(capacity: count)
        buffer.base.initialize(repeating: element, count: count)
        buffer.count = count
        return buffer
    }
}
