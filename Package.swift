// swift-tools-version: 6.3
import PackageDescription

// The rooms of the house, in the order in which one may stand on another (docs/adr/0002-walls.md).
// Tests/Unit/Architecture reads the sources' import lines and fails on an import that goes upwards.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny")]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// A module of one wing: `Sources/<wing>/<name>`.
func module(_ name: String, wing: String, on dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)", exclude: exclude, swiftSettings: strict)
}

/// The tests of one kind for one module: `Tests/<kind>/<folder>`, one target each.
func tests(
    _ name: String, kind: String, folder: String, on dependencies: [Target.Dependency],
    exclude: [String] = [], resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(kind)/\(folder)", exclude: exclude, resources: resources,
        swiftSettings: strict)
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "PulseGate",
    products: [
        .library(name: "Determinism", targets: ["Determinism"]),
        .library(name: "StrictDocuments", targets: ["StrictDocuments"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Foundations
        module("Determinism", wing: "Foundations"),
        module("StrictDocuments", wing: "Foundations", on: ["Determinism"]),
        module("Evidence", wing: "Governance", on: ["StrictDocuments"]),
        module("Gates", wing: "Governance", on: ["Determinism", "StrictDocuments", "Evidence"]),
    ],
    swiftLanguageModes: [.v6]
)
