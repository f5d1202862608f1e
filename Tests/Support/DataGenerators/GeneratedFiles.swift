/// Every committed file that a generator of this repository makes, by its path in the repository.
public enum GeneratedFiles {
    public static func all() throws -> [(path: String, bytes: [UInt8])] {
        [
            (GoldenMACD.path, try GoldenMACD.csv()),
            (SampleSeries.pricesPath, try SampleSeries.prices()),
            (SampleSeries.barsPath, try SampleSeries.bars()),
        ]
    }
}
