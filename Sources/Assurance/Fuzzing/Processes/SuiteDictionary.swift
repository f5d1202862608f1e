import FuzzingRuntime

/// Tells the words that the code under test already knows, one a line, for engines that take a dictionary from a file.
///
/// `{"event":"word","bytes":"48545450"}`: constants of the instrumented functions in the order of their code, in hexadecimal. All targets of a suite
/// share its code, and so its words.
struct SuiteDictionary {
    func run() {
        for word in CodeHarvest.words() {
            var text = ""
            for byte in word { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
            SuiteOutput.write([("event", .text("word")), ("bytes", .text(text))])
        }
    }
}
