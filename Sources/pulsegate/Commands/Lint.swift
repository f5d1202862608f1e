import ArgumentParser
import ChildProcesses
import Gates
import StrictDocuments

struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check gates.json itself: mistakes, gates that cannot run, limits that contradict one another.",
        discussion: "Mistakes end with 2. What is only doubtful is printed as a warning and ends with 0, or with 1 under --strict.")

    @Flag(name: .long, help: "End with 1 when there is a warning.")
    var strict = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @OptionGroup var place: PlaceOptions

    func run() throws {
        let console = Console(environment: Environment.current())
        let workspace = try place.workspace()
        let (configuration, _) = try workspace.configuration()
        let warnings = ConfigurationLint.warnings(configuration) { glob in
            !FileCollector.matches(glob, below: workspace.root).isEmpty
        }
        if json {
            let entries: [JSONValue] = warnings.map { warning in
                [
                    "line": .int(Int64(warning.position?.line ?? 0)), "column": .int(Int64(warning.position?.column ?? 0)),
                    "message": .string(warning.message),
                ]
            }
            console.print(
                bytes: JSONValue.object(["file": .string(workspace.configurationPath), "warnings": .array(entries)]).prettyBytes())
        } else {
            for warning in warnings {
                let place = warning.position.map { ":\($0)" } ?? ""
                console.print("\(workspace.configurationPath)\(place): warning: \(warning.message)")
            }
            console.print(
                "\(workspace.configurationPath): \(configuration.gates.count) gates, \(configuration.collectors.count) collectors, \(configuration.profiles.count) profiles; \(warnings.count) warnings"
            )
        }
        throw Ending(code: strict && !warnings.isEmpty ? .fail : .pass)
    }
}
