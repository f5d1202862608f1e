import ChildProcesses
import Determinism
import Testing

@Suite("Bounded output, lines, environment, search")
struct BoundedOutputTests {
    @Test("head, tail and loss are those of the whole stream, however it is cut into chunks")
    func model() {
        var generator = SeededGenerator(seed: 7)
        for limit in [0, 1, 2, 3, 7, 8, 64] {
            for _ in 0..<40 {
                var output = BoundedOutput(limitBytes: limit)
                var all: [UInt8] = []
                for _ in 0..<Int.random(in: 0...12, using: &generator) {
                    let chunk = (0..<Int.random(in: 0...20, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    output.append(chunk)
                    all += chunk
                }
                let head = Array(all.prefix(limit / 2))
                let tail = Array(all.dropFirst(head.count).suffix(limit - limit / 2))
                #expect(output.head == head)
                #expect(output.tail == tail)
                #expect(output.totalBytes == Int64(all.count))
                #expect(output.droppedBytes == Int64(all.count - head.count - tail.count))
                #expect(output.complete == (all.count <= limit ? all : nil))
            }
        }
    }

    @Test("the text says how much is missing")
    func text() {
        var output = BoundedOutput(limitBytes: 4)
        output.append(Array("abcdefgh".utf8))
        #expect(output.text == "ab\n[4 bytes left out]\ngh")
    }

    @Test("lines are the same however their bytes are cut")
    func lines() {
        let bytes = Array("one\r\ntwo\n\nthré\u{1F600}e\rx\nlast".utf8)
        for size in 1...bytes.count {
            var assembler = LineAssembler()
            var lines: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                lines += assembler.append(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            if let last = assembler.finish() { lines.append(last) }
            #expect(lines == ["one", "two", "", "thré\u{1F600}e\rx", "last"])
            #expect(assembler.finish() == nil)
        }
    }

    @Test("a line without end comes in pieces, and broken text is repaired")
    func longLines() {
        var assembler = LineAssembler(limitBytes: 3)
        #expect(assembler.append(Array("abcdefg".utf8)) == ["abc", "def"])
        #expect(assembler.finish() == "g")
        #expect(assembler.append([0xFF, 10]) == ["\u{FFFD}"])
    }

    @Test("only listed names pass, with a star for their endings")
    func environment() {
        let source = ["PATH": "/bin", "LC_ALL": "C", "LC_": "x", "SECRET": "s", "PATHS": "p", "L": "l", "*": "star"]
        #expect(Environment.allowing(["PATH", "LC_*", "MISSING"], from: source) == ["PATH": "/bin", "LC_ALL": "C", "LC_": "x"])
        #expect(Environment.allowing([], from: source) == [:])
        #expect(Environment.allowing(["*"], from: source) == source)
        #expect(Environment.allowing(from: source) == ["PATH": "/bin", "LC_ALL": "C", "LC_": "x"])
    }

    @Test("our own environment has a PATH")
    func current() { #expect(Environment.current()["PATH"]?.isEmpty == false) }

    @Test("a search takes the first executable file of an absolute folder")
    func search() {
        let (first, second) = (TemporaryFolder(), TemporaryFolder())
        _ = first.write("", to: "tool")
        let tool = second.write("", to: "tool", mode: 0o700)
        _ = second.write("", to: "shadowed", mode: 0o700)
        #expect(ExecutableSearch(path: "\(first.path):\(second.path)").find("tool") == tool)
        #expect(ExecutableSearch(path: "\(first.path):").find("tool") == nil)
        #expect(ExecutableSearch(path: nil).find("sh") != nil)
        #expect(ExecutableSearch(path: "/").find("bin") == nil)
        for name in ["", "a/b", "/bin/sh", "..", "sh\0"] { #expect(ExecutableSearch(path: "/usr/bin:/bin").find(name) == nil) }
        #expect(ExecutableSearch(path: "relative::/bin:.").folders == ["/bin"])
    }
}
