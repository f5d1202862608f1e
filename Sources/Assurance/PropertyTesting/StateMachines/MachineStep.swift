/// One step of a machine as its rule sees it: where arguments come from, where results go, and what the report says of it.
///
/// Valid while the rule runs. What is drawn through ``argument(_:_:)`` and the bundles stands in the report as the arguments of a call;
/// what is drawn from ``draws`` directly does not.
public final class MachineStep {
    public let draws: Draws
    /// Whether a bundle had no value to give: the step counts for nothing.
    public private(set) var isMissing = false
    var isAsynchronous = false

    private var bundles: [String: BundleContents] = [:]
    // The call as the report shows it; kept only while journaling.
    private var arguments: [String] = []
    private var result: String?
    private var response: String?

    init(_ draws: Draws) { self.draws = draws }

    func begin() {
        isMissing = false
        isAsynchronous = false
        if draws.isJournaling {
            arguments.removeAll()
            result = nil
            response = nil
        }
    }

    // MARK: Arguments

    /// Draws a value that the report shows as an argument; `label` as in `for:`.
    public func argument<Value>(_ label: String = "", _ generate: (Draws) -> Value) -> Value {
        let value = generate(draws)
        show(label) { String(reflecting: value) }
        return value
    }

    /// A value of a bundle, which stays there; nil, and the step void, if there is none.
    public func draw<Value>(_ bundle: StateBundle<Value>, label: String = "") -> Value? { pick(bundle, label, consuming: false) }

    /// A value of a bundle, which is taken out of it; nil, and the step void, if there is none.
    public func consume<Value>(_ bundle: StateBundle<Value>, label: String = "") -> Value? { pick(bundle, label, consuming: true) }

    private func pick<Value>(_ bundle: StateBundle<Value>, _ label: String, consuming: Bool) -> Value? {
        let count = bundles[bundle.name]?.values.count ?? 0
        // Recorded also where there is nothing to choose, so that a use has one shape.
        let index = Int(
            draws.choose(ChoiceShape(kind: .selector, bound: UInt64(max(1, count) - 1))) { random in
                random.next().multipliedFullWidth(by: UInt64(max(1, count))).high
            })
        guard index < count, let entry = bundles[bundle.name]?.values[index], let value = entry.value as? Value else {
            isMissing = true
            return nil
        }
        show(label) { entry.name }
        if consuming { bundles[bundle.name]?.values.remove(at: index) }
        return value
    }

    private func show(_ label: String, _ text: () -> String) {
        if draws.isJournaling { arguments.append(label.isEmpty ? text() : "\(label) \(text())") }
    }

    // MARK: Results

    /// Puts a result where later rules find it.
    public func produce<Value>(_ value: Value, into bundle: StateBundle<Value>) {
        var contents = bundles[bundle.name] ?? BundleContents()
        contents.made += 1
        let name = "\(bundle.name)\(contents.made)"
        contents.values.append((value, name))
        bundles[bundle.name] = contents
        if draws.isJournaling { result = name }
    }

    /// How many values a bundle has.
    public func count(_ bundle: some StateBundleName) -> Int { bundles[bundle.name]?.values.count ?? 0 }

    func hasValues(_ names: [String]) -> Bool { names.allSatisfy { !(bundles[$0]?.values.isEmpty ?? true) } }

    // MARK: Checks

    /// Says in the report what the system answered. The value is always evaluated, since asking the system is often an act.
    public func answered(_ value: some Any) { if draws.isJournaling { response = String(reflecting: value) } }

    /// Fails the step unless the system's answer is the model's.
    public func expect<Value: Equatable>(_ actual: Value, equals expected: Value, _ what: String = "the answer") throws {
        answered(actual)
        guard actual != expected else { return }
        throw StateMachineFailure("\(what) differs", message: "\(String(reflecting: actual)) instead of \(String(reflecting: expected))")
    }

    public func expect(_ condition: Bool, _ what: String) throws {
        guard !condition else { return }
        throw StateMachineFailure(what)
    }

    /// The step as a line of Swift.
    func line(_ rule: String) -> String {
        let binding = result.map { "let \($0) = " } ?? ""
        let call = "\(binding)\(isAsynchronous ? "await " : "")\(rule)(\(arguments.joined(separator: ", ")))"
        return response.map { "\(call)  // \($0)" } ?? call
    }
}
