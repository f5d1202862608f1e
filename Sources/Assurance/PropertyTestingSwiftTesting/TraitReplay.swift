import Synchronization
import Testing

/// What the properties of a test make of the one token that its trait hands to all of them (``PropertyTrait``).
///
/// A property that the token does not fit is put aside; at the end of the test, where it fitted none, what was put aside is recorded.
final class TraitReplay: Sendable {
    /// That of the test under way; nil where no trait has a token.
    @TaskLocal static var current: TraitReplay?

    private struct State {
        var fits = 0
        var misfits: [(report: String, place: SourceLocation)] = []
    }

    private let state = Mutex(State())

    /// A property ran the case.
    func fit() { state.withLock { $0.fits += 1 } }

    /// The token is none of this property's.
    func misfit(_ reports: [String], at place: SourceLocation) {
        state.withLock { state in state.misfits += reports.map { (report: $0, place: place) } }
    }

    /// The test is over.
    func finish() {
        let misfits = state.withLock { $0.fits == 0 ? $0.misfits : [] }
        for misfit in misfits { Issue.record(Comment(rawValue: misfit.report), sourceLocation: misfit.place) }
    }
}
