import Determinism
import Testing

@testable import pulsegate

/// The reader of callgrind's profiles, on made-up files; what callgrind writes itself is read in the integration tests.
struct CallgrindReaderTests {
    /// Names in full and compressed, all kinds of positions, a call, a recursion and a function without a symbol.
    static let sample = """
        # callgrind format
        version: 1
        creator: callgrind-3.19.0
        pid: 1
        cmd:  ./suite iterate parse 1
        part: 1

        desc: Trigger: Program termination

        positions: line
        events: Ir
        summary: 165

        ob=(1) /usr/bin/suite
        fl=(1) /src/a.swift
        fn=(1) $s5suite5parseyyF
        10 40
        +2 10
        fi=(2) /src/b.swift
        * 5
        fe=(1)
        cfn=(2) walk
        calls=3 20
        -1 90

        fn=(2)
        20 30
        cfn=(3) walk'2
        calls=7 *
        * 60

        fn=(3)
        20 45
        cfn=(3)
        calls=4 *
        * 25
        cob=(2) /lib/libc.so.6
        cfi=(3) ???
        cfn=(4) 0x00000000000101f0
        calls=2 0
        +1 15

        ob=(2)
        fl=(3)
        fn=(4)
        0x0 35

        totals: 165
        """

    private func parse(_ text: String) throws -> CallgrindProfile { try CallgrindProfile.parse(bytes: Array(text.utf8)) }

    @Test("functions have what they spend themselves and what they call")
    func sample() throws {
        let profile = try parse(Self.sample)
        #expect(profile.total == 165)
        #expect(profile.functions["$s5suite5parseyyF"] == .init(exclusive: 55, inclusive: 145))
        // Both levels of recursion are one function, and its calls of itself are its own.
        #expect(profile.functions["walk"] == .init(exclusive: 75, inclusive: 90))
        #expect(profile.functions["0x00000000000101f0 in libc.so.6"] == .init(exclusive: 35, inclusive: 35))
        #expect(profile.functions.count == 3)
    }

    @Test("of several events the instructions are taken, wherever they stand")
    func events() throws {
        let profile = try parse("events: Dr Ir\nfn=f\n1 7 9\n2 3\n3\ntotals: 10 9\n")
        #expect(profile == CallgrindProfile(total: 9, functions: ["f": .init(exclusive: 9, inclusive: 9)]))
    }

    @Test("positions may be of instructions and lines, hexadecimal or relative")
    func positions() throws {
        let profile = try parse("positions: instr line\nevents: Ir\nfn=f\n0x40a0 12 5\n+3 * 6\n* -2 1\ntotals: 12")
        #expect(profile.total == 12)
    }

    @Test("jumps are passed over")
    func jumps() throws {
        let profile = try parse("events: Ir\nfn=f\n1 5\njump=3 +2\n1\njcnd=3/5 +2\n1\n2 1\ntotals: 6")
        #expect(profile.total == 6)
    }

    @Test(
        "a file that is not whole and true is refused with its line",
        arguments: [
            ("", 0, "names no events"),
            ("events: Ir\nfn=f\n1 5\n", 3, "cut short"),
            ("events: Ir\nfn=f\n1 5\ntotals: 6", 4, "add up to 5"),
            ("events: Dr\n", 1, "instructions (Ir)"),
            ("1 5\n", 1, "before the events"),
            ("events: Ir\n1 5\n", 2, "before the first function"),
            ("events: Ir\nfn=f\n1 5 6\n", 3, "too many"),
            ("events: Ir\nfn=f\n1 -5\n", 3, "no number"),
            ("events: Ir\nfn=f\n++1 5\n", 3, "line number"),
            ("events: Ir\nfn=f\n1 99999999999999999999\n", 3, "no number"),
            ("events: Ir\nfn=f\n1 9223372036854775807\n1 1\n", 4, "beyond 64 bits"),
            ("events: Ir\nfn=(3)\n1 5\n", 2, "not said before"),
            ("events: Ir\nfn=f\ncfn=g\ncalls=1 2\n", 4, "without the line"),
            ("events: Ir\nfn=f\ncalls=1 2\n1 5\n", 4, "joins"),
            ("events: Ir\nfn=f\ncalls=\n1 5\n", 3, "no count"),
            ("version: 2\n", 1, "version 1"),
            ("part: 2\n", 1, "several parts"),
            ("positions: a b c\n", 1, "3 positions"),
            ("totals: 1\n", 1, "before the events"),
            ("what=1\n", 1, "there is no 'what='"),
            ("nonsense\n", 1, "neither"),
        ] as [(String, Int, String)])
    func refused(text: String, line: Int, reason: String) {
        #expect {
            try parse(text)
        } throws: { error in
            guard let problem = error as? CallgrindReader.Problem else { return false }
            return problem.line == line && problem.text.contains(reason)
        }
    }

    @Test("a file cut at any byte is refused or says less than the whole, and never traps")
    func cuts() throws {
        let bytes = Array(Self.sample.utf8)
        for length in bytes.indices {
            guard let profile = try? CallgrindProfile.parse(bytes: Array(bytes[..<length])) else { continue }
            // Only what follows the totals may be missing: here a digit of them would make them wrong.
            #expect(profile.total == 165)
        }
    }

    @Test("bytes changed at random never trap")
    func mutations() {
        var generator = SeededGenerator(seed: 5)
        let bytes = Array(Self.sample.utf8)
        var refused = 0
        for _ in 0..<600 {
            var mutated = bytes
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                mutated[Int.random(in: mutated.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if (try? CallgrindProfile.parse(bytes: mutated)) == nil { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test("a name longer than its limit is refused")
    func longName() {
        let name = String(repeating: "a", count: CallgrindReader.maximumNameBytes + 1)
        #expect(throws: CallgrindReader.Problem(line: 2, text: "a name of \(name.utf8.count) bytes")) {
            try parse("events: Ir\nfn=\(name)\n")
        }
    }
}
