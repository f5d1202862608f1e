import Fuzzing

// The engine on a target that exports LLVMFuzzerTestOneInput, as libFuzzer would drive it: what Peers/fuzz measures.
BytesDriver.main(Array(CommandLine.arguments.dropFirst()))
