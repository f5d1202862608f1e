// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "HelloBench",
    products: [.library(name: "Hello", targets: ["Hello"])],
    dependencies: [.package(name: "PulseGate", path: "../..")],
    targets: [
        .target(name: "Hello"),
        .executableTarget(name: "Bench", dependencies: ["Hello", .product(name: "Benchmarking", package: "PulseGate")]),
        .testTarget(name: "HelloTests", dependencies: ["Hello", .product(name: "Benchmarking", package: "PulseGate")]),
    ]
)
