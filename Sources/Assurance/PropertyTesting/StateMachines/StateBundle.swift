/// Values that some rules of a machine make and later rules use: keys that were inserted, files that were opened.
///
/// ```swift
/// let files = StateBundle<File>("file")
/// machine.rule("open") { disk, step in step.produce(disk.open(), into: files) }
/// machine.rule("close", uses: [files]) { disk, step in
///     guard let file = step.consume(files) else { return }
///     disk.close(file)
/// }
/// ```
///
/// The bundle itself is only a name with a type; its values belong to one run. In the report they are called by the bundle's name and the
/// order in which they were made: `let file1 = open()`. A use refers to a value by its place among those that are there, oldest first, and
/// always costs one choice, so that deleting a step leaves the choices of the others where they are.
public struct StateBundle<Value>: StateBundleName {
    public let name: String

    public init(_ name: String) { self.name = name }
}

/// A bundle of whatever values.
public protocol StateBundleName: Sendable {
    var name: String { get }
}

extension StateBundle: Sendable {}

/// The values of one bundle in one run.
struct BundleContents {
    /// What is there, oldest first, with what the report calls it.
    var values: [(value: Any, name: String)] = []
    var made = 0
}
