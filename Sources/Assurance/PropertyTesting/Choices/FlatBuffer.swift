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
    /// The most elements there will ever be, or 0 where nobody knows.
    private let maximum: Int
    /// Whether it stands in address space that was reserved for the most elements.
    private var isReserved = false

    /// - Parameter maximum: the most elements that will be appended. A buffer that gets large then reserves the address space for all of them
    ///   once, and grows from page to page; else it moves to twice the room whenever it is full, and every move costs clearing and copying.
    init(capacity: Int, maximum: Int = 0) {
        self.capacity = max(1, capacity)
        self.maximum = maximum
        base = Self.memory(self.capacity)
    }

    func deallocate() {
        #if canImport(Glibc)
            if isReserved {
                munmap(base, capacity * MemoryLayout<Element>.stride)
                return
            }
        #endif
        UnsafeMutableRawPointer(base).deallocate()
    }

    /// Address space for the most elements, without memory behind it until it is touched; nil where the system gives none.
    private static func reservation(_ capacity: Int) -> UnsafeMutablePointer<Element>? {
        #if canImport(Glibc)
            let sizeInBytes = capacity * MemoryLayout<Element>.stride
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            guard let raw = mmap(nil, sizeInBytes, PROT_READ | PROT_WRITE, flags, -1, 0), raw != MAP_FAILED else { return nil }
            _ = madvise(raw, sizeInBytes, MADV_HUGEPAGE)
            return raw.bindMemory(to: Element.self, capacity: capacity)
        #else
            return nil
        #endif
    }

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
        if capacity * 2 * MemoryLayout<Element>.stride >= Self.largePageInBytes, capacity < maximum, !isReserved,
            let whole = Self.reservation(maximum)
        {
            whole.update(from: base, count: count)
            deallocate()
            (base, capacity, isReserved) = (whole, maximum, true)
            return
        }
        let larger = Self.memory(capacity * 2)
        larger.update(from: base, count: count)
        deallocate()
        (base, capacity, isReserved) = (larger, capacity * 2, false)
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
