import Testing

@testable import Fuzzing

@Suite("what makes two deaths one finding")
struct CrashKeyTests {
    private static func record(_ kind: CrashRecord.Kind = .crash, frames: [UInt64] = [1, 2, 3], output: String = "") -> CrashRecord {
        CrashRecord(kind: kind, signal: 4, frames: frames, output: output, input: [])
    }

    private static func frame(_ function: String, _ line: Int = 0, file: String = "Sources/A/A.swift") -> CodeFrame {
        CodeFrame(function: function, file: file, line: line)
    }

    @Test(
        "names are told without what the optimiser and the compiler add",
        arguments: [
            ("specialized Deep.parse(_: Swift.String) -> ()", "Deep.parse"),
            ("generic specialization <Swift.Array<Swift.Int>, (A) -> B> of A.f<A>(A1) -> ()", "A.f"),
            ("function signature specialization <Arg[0] = Owned To Guaranteed> of static A.B.g() -> ()", "A.B.g"),
            ("merged A.h(Swift.Int) -> Swift.Int", "A.h"),
            ("closure #1 (Swift.Int) -> () in closure #2 () -> () in A.k(x: Swift.Int) -> ()", "A.k"),
            ("static A.B.(seconds in _1F2E3D)(Swift.ArraySlice<Swift.UInt8>) throws -> Swift.Int", "A.B.seconds"),
            ("A.(Hidden in _1F2E3D).(f in _1F2E3D)(x: Swift.Int) -> ()", "A.Hidden.f"),
            ("A.open(at: (Swift.Int, in: Swift.Int)) -> ()", "A.open"),
            ("partial apply forwarder for A.f() -> ()", "partial apply"),
            ("Swift._assertionFailure(_: Swift.StaticString) -> Swift.Never", "Swift._assertionFailure"),
            ("main", "main"),
        ])
    func names(demangled: String, name: String) {
        #expect(CodeFrame.simplified(demangled) == name)
    }

    @Test("the library's and the engine's frames do not count")
    func users() {
        let bare = CrashKey(Self.record(), frames: [Self.frame("A.f", 3), Self.frame("A.g")])
        let clad = CrashKey(
            Self.record(),
            frames: [
                Self.frame("Swift._assertionFailure", 9), Self.frame("A.f", 3), Self.frame("A.f", 0, file: "<compiler-generated>"),
                Self.frame("partial apply"), Self.frame("A.g"), Self.frame("Fuzzing.TargetRunner.function", 7),
            ])
        #expect(bare == clad)
        #expect(bare.bucket == clad.bucket)
    }

    @Test("another line, function, message or kind is another finding; another number in the message is not")
    func differences() {
        let frames = [Self.frame("A.f", 3), Self.frame("A.g", 8)]
        let key = CrashKey(Self.record(output: "Fatal error: index 17"), frames: frames)
        #expect(key == CrashKey(Self.record(output: "Fatal error: index 4"), frames: frames))
        #expect(key != CrashKey(Self.record(output: "Fatal error: key 4"), frames: frames))
        #expect(key != CrashKey(Self.record(.exit, output: "Fatal error: index 17"), frames: frames))
        #expect(key != CrashKey(Self.record(output: "Fatal error: index 17"), frames: [Self.frame("A.f", 4), Self.frame("A.g", 8)]))
        #expect(key != CrashKey(Self.record(output: "Fatal error: index 17"), frames: [Self.frame("A.e", 3), Self.frame("A.g", 8)]))
    }

    @Test("what a failure quotes of the input does not make it another finding; another label does")
    func quoted() {
        func failure(_ text: String) -> (CrashKey, UInt64) {
            let record = Self.record(.failure, frames: [], output: text)
            return (CrashKey(record, frames: []), record.place)
        }
        let long = String(repeating: "x\\\" ", count: 60)
        let first = failure("FuzzFailure: the words \"ab\" of [33, 4] are not taken")
        for other in ["\"\"", "\"a\\\"b\n c\"", "\"\(long)\""] {
            let same = failure("FuzzFailure: the words \(other) of [1] are not taken\nobserved \(other)")
            #expect(same == first)
        }
        let other = failure("FuzzFailure: the words \"ab\" of [33, 4] are not kept")
        #expect(other.0 != first.0 && other.1 != first.1)
    }

    @Test(
        "of all that a process wrote the line that says what is wrong is its message",
        arguments: [
            (
                "note\nA.swift:3: Fatal error: key 4\nCurrent stack trace:\n0    A 0x0000555 <unavailable> + 31\n",
                "A.swift:3: Fatal error: key 4"
            ),
            (
                "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x50 at pc 0x5\n #0 0x5\n...\n==7==ABORTING\n",
                "AddressSanitizer: heap-use-after-free"
            ),
            ("==7==ERROR: AddressSanitizer: SEGV on unknown address", "AddressSanitizer: SEGV"),
            ("bad error: x\nlast", "bad error: x"), ("first\nlast", "last"), ("", ""),
        ])
    func message(output: String, message: String) {
        #expect(CrashKey.message(of: Self.record(output: output)) == message)
    }

    @Test("two findings of a sanitizer are told apart by the user's frames, which lie below its own")
    func sanitizer() {
        func found(_ user: UInt64, _ name: String) -> (UInt64, CrashKey) {
            var record = Self.record(
                frames: [1, 2, 3, 4, 5, user, user + 1], output: "==7==ERROR: AddressSanitizer: heap-use-after-free on 0x1")
            record.signal = 6
            let own = ["_ZN11__sanitizer5AbortEv", "_ZN6__asan19ScopedInErrorReportD2Ev", "__asan_report_load1"]
            return (record.place, CrashKey(record, frames: own.map { Self.frame($0, 163) } + [Self.frame(name, 9)]))
        }
        let (first, second) = (found(100, "A.f"), found(200, "A.g"))
        #expect(first.0 != second.0 && first.1 != second.1)
        #expect(first.1.places == ["A.f:9"])
    }

    @Test("a report without a message is titled by the check that failed")
    func check() {
        let frames = [
            Self.frame("Swift runtime failure: arithmetic overflow", file: "<compiler-generated>"), Self.frame("A.seconds", 42),
        ]
        let report = CrashReport(
            bucket: "b", target: "t", record: Self.record(), faultAddress: 0, frames: frames, places: [], count: 1, firstSeen: 0,
            lastSeen: 0,
            isFlaky: false, build: 1, minimisedBytes: 1)
        #expect(report.title == "crash in A.seconds: arithmetic overflow")
    }

    @Test("functions that the compiler merged are told apart by who called them")
    func merged() {
        let first = CrashKey(Self.record(), frames: [Self.frame("A.same"), Self.frame("A.caller", 3)])
        let second = CrashKey(Self.record(), frames: [Self.frame("A.same"), Self.frame("A.caller", 4)])
        #expect(first != second)
    }

    @Test("a recursion is one finding wherever it is cut")
    func recursion() {
        let turn = [Self.frame("A.value", 3), Self.frame("A.list", 9)]
        let even = CrashKey(Self.record(.stackOverflow), frames: Array(repeating: turn, count: 10).flatMap { $0 })
        let odd = CrashKey(
            Self.record(.stackOverflow), frames: [Self.frame("A.leaf", 1)] + Array(repeating: turn.reversed(), count: 10).flatMap { $0 })
        #expect(even == odd)
        #expect(even != CrashKey(Self.record(.stackOverflow), frames: Array(repeating: Self.frame("A.other", 3), count: 20)))
        let turns: [UInt64] = [0x10, 0x20]
        let place = Self.record(.stackOverflow, frames: Array(repeating: turns, count: 30).flatMap { $0 }).place
        #expect(place == Self.record(.stackOverflow, frames: [0x99] + Array(repeating: turns.reversed(), count: 30).flatMap { $0 }).place)
    }

    @Test("without names the addresses tell")
    func addresses() {
        #expect(CrashKey(Self.record(frames: [1, 2]), frames: []) != CrashKey(Self.record(frames: [1, 3]), frames: []))
    }

    @Test("what the symboliser writes is read frame by frame")
    func symboliser() {
        let text = "f\n/a/Sources/A/A.swift:12:3\ng\n??:0:0\n\n??\n??:0:0\n\n"
        let frames = CodeNames.parse(text)
        #expect(
            frames == [
                CodeFrame(function: "f", file: "Sources/A/A.swift", line: 12), CodeFrame(function: "g", file: "", line: 0),
                CodeFrame(function: "", file: "", line: 0),
            ])
        #expect(CodeNames.parse("") == [])
    }
}
