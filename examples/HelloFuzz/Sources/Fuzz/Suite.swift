import Fuzzing
import Hello

@main struct Suite: FuzzSuite {
    static let targets = [FuzzTarget("settings") { bytes in _ = try? Settings(bytes) }]
}
