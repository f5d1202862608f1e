/// An executable that is a set of fuzz targets.
///
/// ```swift
/// @main struct Suite: FuzzSuite {
///     static let targets = [FuzzTarget("json") { bytes in _ = try? parse(bytes) }]
/// }
/// ```
///
/// `pulsegate fuzz` builds and drives it. By hand: `swift run Suite list`, `swift run Suite replay --target json FILE…`.
public protocol FuzzSuite {
    static var targets: [FuzzTarget] { get }
}

extension FuzzSuite {
    public static func main() {
        SuiteProgram(targets: targets).main(Array(CommandLine.arguments.dropFirst()))
    }
}
