import ChildProcesses

/// Swift's symbols as people write them, by one call of `swift demangle`; without a toolchain they stay as they are.
enum SymbolNames {
    /// Symbols in one call; more are left as they are.
    static let maximumSymbols = 500

    static func readable(_ symbols: [String], environment: [String: String]) -> [String: String] {
        let swift = symbols.filter(isMangled).prefix(maximumSymbols)
        guard !swift.isEmpty else { return [:] }
        let command = Command(
            ["swift", "demangle", "--compact", "--simplified"] + swift, environment: environment, timeoutNanoseconds: 60_000_000_000,
            outputLimitBytes: 16 << 20)
        guard let outcome = try? command.run(), outcome.termination == .exited(0), let output = outcome.standardOutput.complete else {
            return [:]
        }
        return pair(Array(swift), output)
    }

    /// One line for each symbol, in order; what does not fit together is not believed.
    static func pair(_ symbols: [String], _ output: [UInt8]) -> [String: String] {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let isEnded = lines.last == ""
        guard lines.count - (isEnded ? 1 : 0) == symbols.count else { return [:] }
        return Dictionary(zip(symbols, lines.map(String.init)), uniquingKeysWith: { first, _ in first }).filter { !$0.value.isEmpty }
    }

    /// What the toolchain's mangling begins with. It may not be taken for an option of the tool.
    static func isMangled(_ symbol: String) -> Bool {
        ["$s", "_$s", "$S", "_T0"].contains { symbol.hasPrefix($0) } && !symbol.utf8.contains(0) && !symbol.utf8.contains(0x0A)
            && symbol.utf8.count < 4096
    }
}
