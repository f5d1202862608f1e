/// How much harm a finding may do to whoever feeds the code input that nobody chose.
///
/// | level | what was seen | why |
/// |---|---|---|
/// | critical | a read or write at an address that is neither null nor the stack's end; a report of a sanitizer | memory is not what the code takes it for: an input may do more than end the process |
/// | high | a trap, an abort, a null address, an overflown stack, memory without bound | one input ends a service for all its users |
/// | medium | time without bound; an error or an expectation of the target not met | a service is held up, or a result is wrong |
/// | low | the process left by `exit` | somebody decided to end it |
enum CrashSeverity: String, CaseIterable {
    case critical, high, medium, low

    static let nullPage: UInt64 = 1 << 16

    init(_ record: CrashRecord, faultAddress: UInt64) {
        switch record.kind {
        case .crash:
            let isSegment = record.signal == 11 || record.signal == 7
            let isSanitizer = record.output.contains("ERROR: AddressSanitizer") || record.output.contains("WARNING: ThreadSanitizer")
            self = isSanitizer || (isSegment && faultAddress >= Self.nullPage) ? .critical : .high
        case .stackOverflow, .outOfMemory: self = .high
        case .timeout, .failure: self = .medium
        case .exit: self = .low
        }
    }
}
