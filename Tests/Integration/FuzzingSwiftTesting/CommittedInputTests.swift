import Fuzzing
import FuzzingSwiftTesting
import PropertyTesting
import Testing

enum SoundSuite: FuzzSuite {
    static let targets = [
        FuzzTarget("digits") { bytes in _ = Int(String(decoding: bytes, as: UTF8.self)) },
        FuzzTarget("orders", drawing: { $0.int(in: 0...9) }, { try expect($0 < 9, "nine is lost") }),
        FuzzTarget(
            "lock",
            machine: {
                var machine = StateMachine { 0 }
                for number in 0..<9 { machine.rule("press\(number)") { stage, _ in stage = number } }
                return machine
            }),
    ]
}

enum FaultySuite: FuzzSuite {
    static let targets = [
        FuzzTarget("traps") { bytes in precondition(bytes.first != 0x21, "a planted trap") },
        FuzzTarget("throws", drawing: { $0.int(in: 0...9) }, { try expect($0 != 4, "four is lost") }),
        FuzzTarget("bare") { _ in },
    ]
}

/// Committed inputs as cases of `swift test`, none of them taken for success because it is not there.
@Suite struct CommittedInputTests {
    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Seeds"

    @Test(arguments: committedInputs(of: SoundSuite.self, in: folder)) func fuzzInputs(_ input: CommittedInput) async {
        await check(input, of: SoundSuite.self)
    }

    @Test func everyFileIsACase() {
        let names = committedInputs(of: SoundSuite.self, in: Self.folder).map { $0.path.dropFirst(Self.folder.count + 1) }
        #expect(names == ["digits/regressions/nothing", "digits/seeds/two", "orders/seeds/small", "lock/seeds/press"])
    }

    private func faulty(_ target: String) throws -> [CommittedInput] {
        committedInputs(of: FaultySuite.self, in: Self.folder, only: [target])
    }

    private func issues(_ input: CommittedInput) async -> [String] {
        nonisolated(unsafe) var found: [String] = []
        await withKnownIssue {
            await check(input, of: FaultySuite.self)
        } matching: { issue in
            found.append("\(issue)")
            return true
        }
        return found
    }

    @Test func aTrapFailsItsCaseAndNamesTheFile() async throws {
        let inputs = try faulty("traps")
        #expect(inputs.count == 2)
        let found = await issues(inputs[0])
        #expect(found.contains { $0.contains("traps/regressions/bang") && $0.contains("[33]") })
        // The other one passes all the same.
        await check(inputs[1], of: FaultySuite.self)
    }

    @Test func aThrownErrorNamesTheFileAndTheValue() async throws {
        let found = await issues(try #require(faulty("throws").first))
        #expect(found.contains { $0.contains("throws/regressions/four") && $0.contains("four is lost") && $0.hasSuffix("\n4") })
    }

    @Test func aTargetWithoutInputsFailsAndSaysSo() async throws {
        let input = try #require(faulty("bare").first)
        let found = await issues(input)
        #expect(found.contains { $0.contains("the target bare has no committed input") && $0.contains("bare/seeds") })
    }

    @Test func aTargetThatIsNotThereFailsAndSaysSo() async throws {
        let found = await issues(try #require(faulty("baer").first))
        #expect(found.contains { $0.contains("there is no target baer; there are traps, throws, bare") })
    }

    @Test func aFileThatIsGoneFails() async throws {
        var input = try #require(faulty("traps").first)
        input.path += ".gone"
        let found = await issues(input)
        #expect(found.contains { $0.contains("bang.gone cannot be read") })
    }

    // MARK: Short campaigns

    @Test func soundTargetsSurviveAShortCampaign() async {
        await fuzz(SoundSuite.self, executions: 200, in: Self.folder, only: ["digits", "lock"])
    }

    private func campaign(_ target: String) async -> [String] {
        nonisolated(unsafe) var found: [String] = []
        await withKnownIssue {
            await fuzz(FaultySuite.self, executions: 3000, in: Self.folder, only: [target])
        } matching: { issue in
            found.append("\(issue)")
            return true
        }
        return found
    }

    @Test func aShortCampaignTellsTheInputOfATrap() async {
        let found = await campaign("traps")
        #expect(found.contains { $0.contains("the target traps ended on execution") && $0.contains("with the input [33") })
    }

    @Test func aShortCampaignTellsTheValueOfAnError() async {
        let found = await campaign("throws")
        #expect(found.contains { $0.contains("four is lost") })
        #expect(found.contains { $0.contains("with the input [4]") && $0.hasSuffix("\n4") })
    }
}
