import StrictDocuments

/// The keys of a collector of kind `fuzz`.
extension GatesReader {
    mutating func fuzzing(_ object: StrictDecoder.Object) -> Collector.Fuzzing {
        var time = Collector.Fuzzing.defaultTimeNanoseconds
        if let text = decoder.optionalString(object, "time"), let value = duration(text) { time = value }
        let suite = decoder.optionalString(object, "suite")
        let targets = decoder.strings(object, "targets") ?? []
        // They become words of a command line.
        for word in targets + (suite.map { [$0] } ?? []) where word.value.isEmpty || word.value.hasPrefix("-") {
            decoder.report(.badValue, at: word.position, "'\(word.value)' is no name of a suite or target")
        }
        let sanitizer = decoder.optionalString(object, "sanitize")
        if let sanitizer, !Collector.Fuzzing.sanitizers.contains(sanitizer.value) {
            unknown(sanitizer, "sanitizer", among: Collector.Fuzzing.sanitizers)
        }
        return Collector.Fuzzing(
            suite: suite?.value, targets: targets.map(\.value), timeNanoseconds: time,
            workers: Int(decoder.optionalInteger(object, "workers", in: 1...Collector.Fuzzing.maximumWorkers)?.value ?? 1),
            seed: decoder.optionalInteger(object, "seed", in: 0...Int64.max)?.value ?? 1, sanitizer: sanitizer?.value)
    }
}
