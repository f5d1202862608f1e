// swift-tools-version: 6.1
import PackageDescription

let fuzzing: [SwiftSetting] = Context.environment["PULSEGATE_FUZZ"] == nil ? [] : [.unsafeFlags(
    ["-sanitize=fuzzer" + (Context.environment["PULSEGATE_FUZZ_SANITIZE"].map { "," + $0 } ?? ""), "-disable-incremental-llvm-codegen",
     "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls"].flatMap { ["-Xfrontend", $0] }
    + ["-sanitizer-coverage-stack-depth", "-sanitizer-coverage-gated-trace-callbacks", "-simplifycfg-branch-fold-threshold=0",
       "-phi-node-folding-threshold=0", "-two-entry-phi-node-folding-threshold=0", "-bonus-inst-threshold=0",
       "-simplifycfg-hoist-common=false", "-simplifycfg-sink-common=false", "-simplifycfg-hoist-cond-stores=false",
       "-simplifycfg-merge-cond-stores=false", "-vectorize-slp=false"].flatMap { ["-Xllvm", $0] })]

let package = Package(
    name: "HelloFuzz",
    products: [.library(name: "Hello", targets: ["Hello"])],
    dependencies: [.package(name: "PulseGate", path: "../..")],
    targets: [
        .target(name: "Hello", swiftSettings: fuzzing),
        .executableTarget(name: "Fuzz", dependencies: ["Hello", .product(name: "Fuzzing", package: "PulseGate")]),
    ]
)
