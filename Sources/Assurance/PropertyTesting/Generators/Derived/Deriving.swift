import Synchronization

/// Makes values of `Decodable` types out of draws: what stands behind `Gen.any(of:)`.
///
/// A decoder is asked by a type for its parts, one after the other; this one answers each question with a draw. Two questions need thought:
///
/// - *Which case?* An enumeration with payloads asks which one key there is. Its cases are numbered with those first that do not contain the
///   enumeration itself, so that the simplest choice always ends; ``EnumerationCases`` finds the cases, a trial with each finds which ones end.
/// - *How deep?* The deeper, the shorter lists are and the likelier nil is; at ``maximumDepth`` lists are empty, optionals nil, and only cases that
///   end are taken.
final class Deriving: Sendable {
    /// Containers within one another.
    static let maximumDepth = 12
    /// Elements of one list or dictionary.
    static let maximumCount = 12
    /// Choices of one value after which everything takes its shortest form.
    static let maximumChoices = 600

    let derivations: [ObjectIdentifier: Derivation]
    /// The order of the cases of each enumeration met so far, by the type of its keys. A function of the types alone: whoever fills it in fills in the same.
    private let plans = Mutex<[ObjectIdentifier: CasePlan]>([:])

    struct CasePlan: Sendable {
        /// Numbers of cases, those first that end.
        var order: [Int]
        /// How many of them end.
        var ending: Int
    }

    init(_ derivations: [Derivation]) {
        self.derivations = Dictionary(derivations.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func plan(_ keys: ObjectIdentifier) -> CasePlan? { plans.withLock { $0[keys] } }
    func keep(_ plan: CasePlan, _ keys: ObjectIdentifier) { plans.withLock { $0[keys] = plan } }

    /// One value; throws what the type threw, with the path to the part that did.
    func attempt<Value: Decodable>(_ draws: Draws) throws(DerivationError) -> Value {
        let open = draws.openCount
        let state = DerivingState(self, draws)
        do {
            return try DerivingDecoder(state, path: []).value(Value.self)
        } catch {
            draws.closeSpans(downTo: open)
            throw Self.explain(state.hidden ?? error, Value.self)
        }
    }

    static func explain<Value>(_ error: any Error, _ type: Value.Type) -> DerivationError {
        let name = String(reflecting: type)
        switch error {
        case let error as DerivationError: return DerivationError(error.kind, type: name, path: error.path, error.message)
        case DecodingError.dataCorrupted(let context): return refused(name, context)
        case DecodingError.typeMismatch(_, let context): return refused(name, context)
        case DecodingError.valueNotFound(_, let context): return refused(name, context)
        case DecodingError.keyNotFound(_, let context): return refused(name, context)
        default: return DerivationError(.refused, type: name, path: [], "its init(from:) threw \(error)")
        }
    }

    static func path(_ keys: [any CodingKey]) -> [String] { keys.filter { !($0 is ValueKey) }.map(\.stringValue) }

    private static func refused(_ name: String, _ context: DecodingError.Context) -> DerivationError {
        DerivationError(.refused, type: name, path: path(context.codingPath), "its init(from:) said: \(context.debugDescription)")
    }
}

/// What one value that is being derived keeps between the questions.
final class DerivingState {
    let deriving: Deriving
    let draws: Draws
    let start: Int
    /// Whether cases are tried out rather than drawn; then a case that leads back to an enumeration that is being tried is refused.
    let isPlanning: Bool
    /// Enumerations that are being tried out, and the case that each should take.
    var tried: [ObjectIdentifier: Int] = [:]

    /// What went wrong where the protocols allow no throwing.
    var hidden: DerivationError?

    init(_ deriving: Deriving, _ draws: Draws, isPlanning: Bool = false) {
        self.deriving = deriving
        self.draws = draws
        self.isPlanning = isPlanning
        start = draws.count
    }

    /// Whether everything takes its shortest form.
    func isFull(_ depth: Int) -> Bool {
        isPlanning || draws.isOverrun || depth >= Deriving.maximumDepth || draws.count - start >= Deriving.maximumChoices
    }
}
