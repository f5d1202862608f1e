/// Whether colours are written, decided once from the environment.
///
/// ```swift
/// let colour = ColourMode(environment: environment, isTerminal: isatty(1) == 1)
/// print(Style.failure.applied(to: "fail", colour))
/// ```
public enum ColourMode: Hashable, Sendable {
    case plain
    case ansi

    /// In this order: `NO_COLOR` that is not empty forbids colour (no-color.org); `CLICOLOR_FORCE` that is neither empty
    /// nor `0` demands it (bixense.com/clicolors); otherwise it needs a terminal whose `TERM` is set and not `dumb`.
    public init(environment: [String: String], isTerminal: Bool) {
        if let forbidden = environment["NO_COLOR"], !forbidden.isEmpty {
            self = .plain
        } else if let forced = environment["CLICOLOR_FORCE"], !forced.isEmpty, forced != "0" {
            self = .ansi
        } else {
            self = isTerminal && Terminal.isCapable(environment) ? .ansi : .plain
        }
    }
}

/// What a piece of text means; how that looks is decided here only. Meaning is never carried by colour alone: the words
/// "pass" and "fail" stand there as well.
public enum Style: Hashable, Sendable, CaseIterable {
    case plain
    case success
    case failure
    case warning
    case emphasis
    case secondary

    /// `text` between the SGR sequences of ECMA-48; unchanged in plain mode or when empty. `text` is sanitised by the
    /// caller.
    public func applied(to text: String, _ mode: ColourMode) -> String {
        guard mode == .ansi, let parameter, !text.isEmpty else { return text }
        return "\u{1B}[\(parameter)m\(text)\u{1B}[0m"
    }

    private var parameter: String? {
        switch self {
        case .plain: nil
        case .success: "32"
        case .failure: "1;31"
        case .warning: "33"
        case .emphasis: "1"
        case .secondary: "2"
        }
    }
}
