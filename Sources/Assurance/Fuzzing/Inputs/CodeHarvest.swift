import FuzzingRuntime

/// Constants of the code under test: the words of a first dictionary.
enum CodeHarvest {
    static func words() -> [[UInt8]] { [] }
}
