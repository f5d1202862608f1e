import Determinism

/// What changes with every draw, as plain values behind one pointer.
///
/// Stored properties of a class are checked for exclusive access at run time whenever they are changed in place; that check cost more
/// than the drawing itself. Memory behind a pointer is not checked. ``Draws`` owns it, a case belongs to one task, and no draw runs inside
/// the picking of another, so accesses cannot overlap.
@usableFromInline
struct DrawState {
    @usableFromInline var random: SeededGenerator
    @usableFromInline var prefixCount = 0
    @usableFromInline var budget: Int
    @usableFromInline var openCount = 0
    @usableFromInline var spanCount = 0
    @usableFromInline var missingShape = ChoiceShape(kind: .selector, bound: 0)
    /// Draws past the last choice.
    @usableFromInline var overdrawn = 0
    @usableFromInline var tail = Draws.Tail.random
    @usableFromInline var misfit = Draws.Misfit.simplest
    @usableFromInline var overrun = false
    @usableFromInline var misaligned = false
    @usableFromInline var isRejected = false
    @usableFromInline var didRunBody = false
    @usableFromInline var journaling = false
    @usableFromInline var isOnTrie = false
    /// What the choices of this case have in common.
    @usableFromInline var temper = CaseTemper()
    @usableFromInline var cursor = ChoiceTrie.Cursor.away
    /// Where the case left what the trie knows.
    @usableFromInline var exit = ChoiceTrie.Exit()
    /// Collections that ended: what a later one can repeat.
    @usableFromInline var endedCollections = 0

    init(budget: Int) {
        random = SeededGenerator(seed: 0)
        self.budget = budget
    }
}

extension Draws {
    @inlinable var random: SeededGenerator {
        get { state.pointee.random }
        _modify { yield &state.pointee.random }
    }
    @inlinable var temper: CaseTemper {
        get { state.pointee.temper }
        _modify { yield &state.pointee.temper }
    }
    @inlinable var prefixCount: Int { state.pointee.prefixCount }
    @inlinable var budget: Int { state.pointee.budget }
    @inlinable var openCount: Int {
        get { state.pointee.openCount }
        _modify { yield &state.pointee.openCount }
    }
    @inlinable var spanCount: Int {
        get { state.pointee.spanCount }
        _modify { yield &state.pointee.spanCount }
    }
    /// The first choice that was asked for and was not there.
    @inlinable var missingShape: ChoiceShape {
        get { state.pointee.missingShape }
        set { state.pointee.missingShape = newValue }
    }
    @inlinable var missingBound: UInt64 { state.pointee.missingShape.bound }
    @inlinable var tail: Tail { state.pointee.tail }
    @inlinable var misfit: Misfit { state.pointee.misfit }
    @inlinable var overrun: Bool {
        get { state.pointee.overrun }
        set { state.pointee.overrun = newValue }
    }
    @inlinable var misaligned: Bool {
        get { state.pointee.misaligned }
        set { state.pointee.misaligned = newValue }
    }
    /// Whether the case still is, choice by choice, like one that was drawn before.
    @inlinable var isOnTrie: Bool {
        get { state.pointee.isOnTrie }
        set { state.pointee.isOnTrie = newValue }
    }

    /// Whether more was asked for than there is.
    @inlinable public var isOverrun: Bool { state.pointee.overrun }
    /// Whether a replayed index did not fit where it was drawn.
    @inlinable public var isMisaligned: Bool { state.pointee.misaligned }
    /// Whether an assumption was not met.
    @inlinable public internal(set) var isRejected: Bool {
        get { state.pointee.isRejected }
        set { state.pointee.isRejected = newValue }
    }
    /// Whether the property's own code ran with a whole value; the engine counts those.
    @inlinable public internal(set) var didRunBody: Bool {
        get { state.pointee.didRunBody }
        set { state.pointee.didRunBody = newValue }
    }
    /// Whether this run is the one that is shown: the last replay of a counterexample.
    @inlinable public internal(set) var isJournaling: Bool {
        get { state.pointee.journaling }
        set { state.pointee.journaling = newValue }
    }
}
