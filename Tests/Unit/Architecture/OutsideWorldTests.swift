import Testing

@Suite("time, chance and environment come in by parameter")
struct OutsideWorldTests {
    let architect = Architect(rules: .pulseGate)

    @Test("no room takes the clock, chance or the environment by itself")
    func roomsReachForNothing() throws {
        let files = try SourceFile.all()
        #expect(files.count > 20, "the walk found \(files.count) files; it looks in the wrong place")
        let reaches = architect.reaches(in: files)
        #expect(reaches.isEmpty, "\(reaches.joined(separator: "\n"))")
    }

    @Test(
        "reaching for the world is noticed",
        arguments: [
            "clock_gettime(CLOCK_REALTIME, &time)", "let now = Date()", "let clock = ContinuousClock()",
            "var generator = SystemRandomNumberGenerator()", "let die = Int.random(in: 1...6)", "let home = getenv(\"HOME\")",
            "let variables = ProcessInfo.processInfo.environment", "let text = \"now \\(Date())\"", "let text = #\"now \\#(Date())\"#",
            "let mixed = cards.shuffled()",
        ])
    func reachIsNoticed(_ line: String) {
        let file = SourceFile(path: "Governance/Gates/A.swift", text: "// a file\n\(line)\n")
        let found = architect.reaches(in: [file])
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("Governance/Gates/A.swift:2: ") == true)
    }

    @Test(
        "what only looks like it is left in peace",
        arguments: [
            "// getenv is not used here", "let text = \"Date() is not a call here\"", "let die = Int.random(in: 1...6, using: &generator)",
            "let mixed = cards.shuffled(using: &generator)", "let due = invoice.dueDate()", "let text = #\"\\(Date())\"#",
        ])
    func innocentLineIsLeftInPeace(_ line: String) {
        #expect(architect.reaches(in: [SourceFile(path: "Governance/Gates/A.swift", text: line)]).isEmpty)
    }

    @Test("C is read as well, and the allowed places are where the world comes in")
    func allowedPlaces() {
        let call = "clock_gettime(CLOCK_MONOTONIC, &time);"
        #expect(architect.reaches(in: [SourceFile(path: "Engines/Kernels/A.c", text: call)]).count == 1)
        for path in [
            "Foundations/Determinism/SystemTimeSource.swift", "Foundations/ChildProcesses/A.swift",
            "Foundations/ChildProcessesRuntime/A.c", "pulsegate/A.swift", "tradepulse/A.swift",
        ] {
            #expect(architect.reaches(in: [SourceFile(path: path, text: call)]).isEmpty, "\(path)")
        }
        #expect(architect.reaches(in: [SourceFile(path: "Foundations/Determinism/Instant.swift", text: call)]).count == 1)
    }
}
