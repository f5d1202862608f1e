import StrictDocuments
import Determinism
extension Ledger {
    public func checkpoint(origin: String, size: Int64) throws(LedgerError) -> Checkpoint { try checkpoint(origin: origin) }
}
extension HistoryFilter { public init(branch: String?, profile: String?, gate: String?) { self.init(project: nil, branch: branch, gate: gate) } }
