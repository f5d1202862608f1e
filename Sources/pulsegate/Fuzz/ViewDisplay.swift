import TerminalDisplay

/// A campaign on a terminal, drawn once a second; when it ends the window is given back and a summary stays.
///
/// ```swift
/// var display = TerminalCampaignDisplay(
///     colour: console.colour, size: { (Terminal.columns(…), Terminal.rows(…)) }, write: { … }, locate: locator.locations)
/// ```
///
/// The window's size is asked for at every tick, so that a change of it shows within a tenth of a second. What changes at once (a
/// finding, the first sample) is drawn at once; figures move once a second, as eyes like it.
struct TerminalCampaignDisplay: CampaignDisplay {
    /// Nanoseconds between two drawings without news.
    static let interval: Int64 = 1_000_000_000
    /// Addresses that are looked up at a time: it takes part of a second.
    private static let lookupLimit = 24

    private let colour: ColourMode
    private let size: () -> (columns: Int, rows: Int)
    private let write: (String) -> Void
    private let locate: ([UInt64]) -> [UInt64: String]
    private let namesFindings: Bool
    private var state = ViewState()
    private var screen: FullScreen
    private var lastDrawing: Int64?
    private var lastSize = (columns: 0, rows: 0)
    private var places: [UInt64: String] = [:]
    private var asked = Set<UInt64>()
    private var isNews = false

    /// - Parameters:
    ///   - locate: file and line of addresses of the suite's code; called once for each address.
    ///   - namesFindings: whether the summary tells of each finding; not where triage does so after it.
    init(
        colour: ColourMode, size: @escaping () -> (columns: Int, rows: Int), write: @escaping (String) -> Void,
        locate: @escaping ([UInt64]) -> [UInt64: String] = { _ in [:] }, namesFindings: Bool = true
    ) {
        self.namesFindings = namesFindings
        self.colour = colour
        self.size = size
        self.write = write
        self.locate = locate
        screen = FullScreen(write: write)
    }

    mutating func begin(_ plan: CampaignPlan) {
        state.begin(plan)
        screen.open()
        draw(at: 0)
    }

    mutating func apply(_ event: CampaignEvent, target: String, at elapsed: Int64) {
        state.apply(event, target: target, at: elapsed)
        switch event {
        case .started, .crash, .bug: isNews = true
        case .sample: isNews = true
        case .stuck(let compares): lookUp(compares)
        default: break
        }
    }

    mutating func tick(at elapsed: Int64) {
        state.tick(at: elapsed)
        let size = size()
        let isDue = lastDrawing.map { elapsed - $0 >= Self.interval } ?? true
        guard isNews || isDue || size != lastSize else { return }
        draw(at: elapsed)
    }

    mutating func end(at elapsed: Int64) {
        state.tick(at: elapsed)
        screen.close()
        let places = places
        write(ViewSummary.text(state, colour: colour, namesFindings: namesFindings) { places[$0] })
    }

    private mutating func draw(at elapsed: Int64) {
        lastDrawing = elapsed
        isNews = false
        lastSize = size()
        let places = places
        let frame = ViewFrame(state: state, columns: lastSize.columns, rows: lastSize.rows, colour: colour) { places[$0] }
        screen.draw(frame.lines(), columns: lastSize.columns, rows: lastSize.rows)
    }

    private mutating func lookUp(_ compares: [UnsolvedCompare]) {
        let new = compares.compactMap(\.site).filter { !asked.contains($0) }.prefix(Self.lookupLimit)
        guard !new.isEmpty else { return }
        asked.formUnion(new)
        places.merge(locate(Array(new)), uniquingKeysWith: { old, _ in old })
    }
}
