import PropertyTesting

#if canImport(Glibc)
    import Glibc
#endif

/// An input that is committed beside the code: a seed that shows what the target takes, or what once was a finding.
///
/// ```
/// Tests/Fuzz/Seeds/<target>/seeds/…         inputs to begin with
/// Tests/Fuzz/Seeds/<target>/regressions/…   inputs that once ended the target
/// ```
public struct CommittedInput: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Why there is nothing to run, which is never taken for success.
    public enum Fault: Sendable, Hashable, Codable {
        case noTargets
        case invalidSuite(String)
        case empty
        case unreadable
    }

    public var target: String
    /// The file, or the folder that should have had files.
    public var path: String
    public var fault: Fault?

    public var description: String { path.isEmpty ? target : path }

    /// Every input that is committed for the targets of a suite, in the order of targets and names; where there is none, what is wrong.
    ///
    /// - Parameters:
    ///   - folder: has a folder for each target.
    ///   - only: the targets that are asked for; nil for all.
    public static func all(of targets: [FuzzTarget], in folder: String, only: Set<String>? = nil) -> [CommittedInput] {
        if let problem = FuzzTarget.problem(of: targets) {
            return [CommittedInput(target: "", path: "", fault: targets.isEmpty ? .noTargets : .invalidSuite(problem))]
        }
        var inputs: [CommittedInput] = []
        for name in (only ?? []).subtracting(targets.map(\.name)).sorted() {
            let names = targets.map(\.name).joined(separator: ", ")
            inputs.append(CommittedInput(target: name, path: "", fault: .invalidSuite("there is no target \(name); there are \(names)")))
        }
        for target in targets where only?.contains(target.name) ?? true {
            var files: [CommittedInput] = []
            for kind in ["regressions", "seeds"] {
                let place = "\(folder)/\(target.name)/\(kind)"
                files += SuiteFiles.names(place).map { CommittedInput(target: target.name, path: "\(place)/\($0)") }
            }
            inputs += files.isEmpty ? [CommittedInput(target: target.name, path: "\(folder)/\(target.name)", fault: .empty)] : files
        }
        if inputs.isEmpty { inputs.append(CommittedInput(target: "", path: folder, fault: .noTargets)) }
        return inputs
    }

    /// What is wrong, and how to mend it; nil where there is an input to run.
    public var problem: String? {
        switch fault {
        case nil: nil
        case .noTargets: "there is no target to run inputs of; name at least one FuzzTarget in the suite's `targets`"
        case .invalidSuite(let problem): problem
        case .empty:
            """
            the target \(target) has no committed input, so that nothing was tested; \
            put at least one file into \(path)/seeds or \(path)/regressions
            """
        case .unreadable: "\(path) cannot be read, or is longer than \(FuzzTarget.largestMaximumLength) bytes"
        }
    }

    /// The bytes; nil where the file cannot be read or is longer than any target's longest input.
    public var bytes: [UInt8]? {
        guard fault == nil, let bytes = SuiteFiles.read(path, limit: FuzzTarget.largestMaximumLength + 1),
            bytes.count <= FuzzTarget.largestMaximumLength
        else { return nil }
        return bytes
    }

    /// Runs the input in this process, which may not survive it.
    ///
    /// - Throws: what the target throws; ``FuzzFailure`` where there is nothing to run.
    public func run(in targets: [FuzzTarget]) throws {
        if let problem { throw FuzzFailure(problem) }
        guard let target = targets.first(where: { $0.name == self.target }) else {
            throw FuzzFailure("there is no target \(self.target); there are \(targets.map(\.name).joined(separator: ", "))")
        }
        var unreadable = self
        unreadable.fault = .unreadable
        guard let bytes else { throw FuzzFailure(unreadable.problem ?? "unreadable") }
        try TargetRunner(target: target).run(bytes)
    }
}

extension FuzzTarget {
    /// The value that an input stands for, as Swift code: of a target on bytes the array of them. What draws while it acts does so again, in a process
    /// that is forked for it.
    public func literal(of input: [UInt8]) -> String {
        guard case .drawn(let make) = body else { return SwiftLiteral.text(of: input) }
        return make().literal(input)
    }
}

extension FuzzTarget {
    /// As ``literal(of:)``, in this process; nil where that would run the target.
    public func plainLiteral(of input: [UInt8]) -> String? {
        guard case .drawn(let make) = body else { return SwiftLiteral.text(of: input) }
        return make().plainLiteral(input)
    }
}
