import Determinism
import Evidence
import Gates
import Ledger
import StrictDocuments

/// The baselines committed under `governance/baselines/`.
struct BaselineStore {
    let workspace: Workspace
    let git: GitRepository

    static let maximumLeafBytes = 32 << 20
    static let maximumLeaves = 10_000

    /// The baseline that the policy names, or why there is none.
    func baseline(_ policy: BaselinePolicy, now: Instant) throws(Failure) -> BaselineState {
        switch policy.reference {
        case .committed:
            return try newest(try committed(), where: "governance/baselines/ of the work tree", before: nil)
        case .days:
            let before = now.advanced(byNanoseconds: -Int64(policy.days) * 86_400_000_000_000)
            return try newest(try committed(), where: "governance/baselines/, \(policy.days) days old or older", before: before)
        case .mergeBase, .referenceBranch:
            for name in ["origin/" + policy.branch, policy.branch] {
                guard let tip = git.commit(name) else { continue }
                var commit = tip
                if policy.reference == .mergeBase {
                    guard case .found(let base, _) = git.base(requested: name, branch: policy.branch, head: nil) else {
                        return .missing(reason: "HEAD and \(name) have no common commit here")
                    }
                    commit = base
                }
                var leaves: [CommittedLeaf] = []
                for path in git.names(below: "governance/baselines", at: commit) where path.hasSuffix(".json") {
                    guard let bytes = git.file(path, at: commit) else { continue }
                    leaves.append(try Self.leaf(bytes, file: "\(name):\(path)"))
                }
                return try newest(leaves, where: "governance/baselines/ at \(name)@\(commit.prefix(7))", before: nil)
            }
            return .missing(reason: "there is no branch '\(policy.branch)' here")
        }
    }

    /// Every committed baseline leaf, in order of file name.
    func committed() throws(Failure) -> [CommittedLeaf] {
        var leaves: [CommittedLeaf] = []
        for name in Workspace.names(in: workspace.baselinesFolder) where name.hasSuffix(".json") {
            guard leaves.count < Self.maximumLeaves else {
                throw Failure(.usage, "governance/baselines: more than maximumLeaves of \(Self.maximumLeaves) leaves")
            }
            let bytes = try Failure.reading(workspace.baselinesFolder + "/" + name, maximumBytes: Self.maximumLeafBytes)
            leaves.append(try Self.leaf(bytes, file: "governance/baselines/" + name))
        }
        return leaves
    }

    private static func leaf(_ bytes: [UInt8], file: String) throws(Failure) -> CommittedLeaf {
        do {
            return try CommittedLeaf(parsing: bytes, file: file)
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    private func newest(_ leaves: [CommittedLeaf], where place: String, before: Instant?) throws(Failure) -> BaselineState {
        let candidates = leaves.filter { leaf in leaf.type == "baseline" && (before.map { leaf.at <= $0 } ?? true) }
        // Of two at the same instant the larger id wins: any rule does, as long as it is one.
        guard let leaf = candidates.max(by: { ($0.at, $0.id) < ($1.at, $1.id) }) else {
            return .missing(reason: "there is no baseline in \(place)")
        }
        guard let baseline = Baseline(payload: leaf.payload, recordedAt: leaf.at) else {
            throw Failure(.usage, "the baseline leaf \(leaf.id.hex.prefix(12)) in \(place) is not one that this version reads")
        }
        return .present(baseline)
    }
}
