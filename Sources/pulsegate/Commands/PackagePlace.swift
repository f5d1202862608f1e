import ArgumentParser

/// Which package, and how what is said of it is shown: what every command takes that builds something of the package.
struct PackagePlace: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The package; otherwise the one here or above.", valueName: "folder"))
    var packagePath: String?

    @Flag(name: [.long, .short], help: "Show no progress.")
    var quiet = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false
}
