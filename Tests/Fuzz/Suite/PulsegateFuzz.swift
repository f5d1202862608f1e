import Fuzzing

/// Everything in this repository that reads what somebody else wrote: reports, configuration, committed leaves, ledger files, texts for a
/// terminal.
///
/// ```
/// make fuzz            replay of the committed seeds and regressions, then 60 s over all targets
/// make fuzz-nightly    the same with 20 minutes
/// ```
///
/// A target is more than "does not crash": where the code has a law (what is written is read back, a canonical form stays as it is, two
/// readers
/// agree) the target throws when it does not hold. Seeds and regressions stand in `Tests/Fuzz/Seeds/<target>/`.
@main struct PulsegateFuzz: FuzzSuite {
    static let targets: [FuzzTarget] =
        DocumentTargets.all + EvidenceTargets.all + GatesTargets.all + LedgerTargets.all + AssuranceTargets.all + DisplayTargets.all
}
