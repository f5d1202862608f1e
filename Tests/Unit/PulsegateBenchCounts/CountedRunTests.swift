import Testing

@testable import pulsegate

/// What a suite prints of its counts.
struct CountedRunTests {
    private static let line =
        #"{"allocated_bytes":240,"allocations":80,"benchmark":"a","clock":"thread-cpu","event":"counted","instructions":null,"#
        + #""iterations":8,"peak_resident_bytes":4096,"read_calls":0,"regions":-1,"releases":80,"voluntary_switches":0,"write_calls":0}"#

    @Test("counts are read, and what is null, negative or unknown is not there")
    func counts() throws {
        let run = try #require(CountedRun(output: Array("a body printed this\n\(Self.line)\n".utf8)))
        #expect(run.benchmark == "a")
        #expect(run.iterations == 8)
        #expect(run.clock == "thread-cpu")
        #expect(run.counts["allocations"] == 80)
        #expect(run.counts["write_calls"] == 0)
        #expect(run.counts["instructions"] == nil)
        #expect(run.counts["regions"] == nil)
    }

    @Test(
        "what is no such line is none",
        arguments: [
            "", "\n\n", "{", "{}", "[]", #"{"event":"counted"}"#, #"{"event":"counted","benchmark":"a","clock":"wall","iterations":0}"#,
            #"{"event":"counted","benchmark":1,"clock":"wall","iterations":1}"#, #"{"event":"once","benchmark":"a","iterations":1}"#,
        ])
    func none(text: String) { #expect(CountedRun(output: Array(text.utf8)) == nil) }

    @Test("a line cut anywhere is none")
    func cut() {
        let bytes = Array(Self.line.utf8)
        for length in 0..<bytes.count { #expect(CountedRun(output: Array(bytes[..<length])) == nil) }
    }

    @Test("the message of a suite that failed")
    func failure() {
        #expect(CountedRun.failure(output: Array(#"{"event":"failed","message":"no file"}"#.utf8)) == "no file")
        #expect(CountedRun.failure(output: Array(Self.line.utf8)) == nil)
    }
}
