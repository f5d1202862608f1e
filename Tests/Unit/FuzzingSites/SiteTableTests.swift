import FuzzingRuntime
import Testing

@testable import Fuzzing

@_silgen_name("__sanitizer_cov_trace_const_cmp4") private func compare(_ constant: UInt32, _ value: UInt32)

/// What shards remember of compares; serialised, because the log of compares is the process's.
@Suite(.serialized) struct SiteTableTests {
    private func table() -> SiteTable {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: SiteTable.size, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: SiteTable.size)
        return SiteTable(memory: memory)
    }

    /// What the runtime writes down while `body` runs.
    private func trace(_ body: () -> Void) -> CompareTrace {
        pulsegate_fuzz_open_gate(64)
        body()
        pulsegate_fuzz_close_gate()
        return CompareTrace(isNew: false, path: 0, lit: 0)
    }

    private func text(_ site: UInt, _ a: String, _ b: String, _ kind: TextCompare.Kind) {
        let left = Array(a.utf8)
        let right = Array(b.utf8)
        pulsegate_fuzz_log_text(UnsafeRawPointer(bitPattern: site), left, UInt32(left.count), right, UInt32(right.count), kind.rawValue)
    }

    @inline(never) private func magic(_ value: UInt32) { compare(0x504D_4947, value) }

    @Test("a compare that no input met is told with its last operands and the inputs that reached it")
    func unmet() throws {
        let table = table()
        defer { table.memory.deallocate() }
        for value in 1...3 { table.note(trace { for _ in 0..<5 { magic(UInt32(value)) } }) }
        let site = try #require(ComparedSite.unmet([table], limit: 10).first)
        #expect(site.reached == 3)
        #expect(site.left == "3")
        #expect(site.right == #"0x504d4947 "GIMP""#)
        #expect(site.form == "==")
    }

    @Test("a compare that was met once is no longer told, whichever worker met it")
    func met() {
        let first = table()
        let second = table()
        defer {
            first.memory.deallocate()
            second.memory.deallocate()
        }
        first.note(trace { magic(7) })
        second.note(trace { magic(8) })
        #expect(ComparedSite.unmet([first, second], limit: 10).map(\.reached) == [2])
        second.note(trace { magic(0x504D_4947) })
        second.note(trace { magic(9) })
        #expect(ComparedSite.unmet([first, second], limit: 10).isEmpty)
    }

    @Test("texts are told as texts, with what was asked of them; hashed ones ask nothing")
    func texts() {
        let table = table()
        defer { table.memory.deallocate() }
        let base = UInt(pulsegate_fuzz_image_base()) + 0x1000
        table.note(
            trace {
                text(base + 1, "GET /\"\n", "POST", .prefix)
                text(base + 2, "hashed", "", .hash)
                text(base + 3, "same", "same", .equality)
                text(base + 4, "", String(repeating: "x", count: 60), .equality)
            })
        let sites = ComparedSite.unmet([table], limit: 10).sorted { $0.site < $1.site }
        #expect(sites.map(\.form) == ["hasPrefix", "=="])
        #expect(sites.first?.left == #""GET /\"\x0a""#)
        #expect(sites.last?.right == "\"" + String(repeating: "x", count: 40) + "\"… (60 bytes)")
    }

    @Test("an order of texts is met when it has gone both ways, and needs no equal sides")
    func ordered() {
        let table = table()
        defer { table.memory.deallocate() }
        let base = UInt(pulsegate_fuzz_image_base()) + 0x1000
        table.note(trace { text(base, "apple", "pear", .order) })
        table.note(trace { text(base, "fig", "pear", .order) })
        #expect(ComparedSite.unmet([table], limit: 10).map(\.form) == ["<"])
        table.note(trace { text(base, "plum", "pear", .order) })
        table.note(trace { text(base, "fig", "pear", .order) })
        #expect(ComparedSite.unmet([table], limit: 10).isEmpty)
    }

    @Test("the most reached come first, truth values last, and a full table forgets what is new")
    func order() {
        let table = table()
        defer { table.memory.deallocate() }
        let base = UInt(pulsegate_fuzz_image_base()) + 0x1000
        for round in 0..<3 { table.note(trace { for site in 0...UInt(round) { text(base + site, "a", "b", .equality) } }) }
        #expect(ComparedSite.unmet([table], limit: 2).map(\.reached) == [3, 2])
        for start in stride(from: UInt(0), to: 4000, by: 500) {
            table.note(trace { for site in start..<start + 500 { text(base + 0x1000 + site * 8, "a", "b", .equality) } })
        }
        #expect(table.sites.count <= SiteTable.capacity)
        #expect(table.sites.count > SiteTable.capacity / 2)
        #expect(ComparedSite.unmet([table], limit: 2).map(\.reached) == [3, 2])
    }

    @Test("numbers are shown with the letters they may stand for")
    func numbers() {
        #expect(ComparedSite.shown(80, size: 1) == "80 'P'")
        #expect(ComparedSite.shown(200, size: 1) == "200")
        #expect(ComparedSite.shown(90_000, size: 8) == "90000 (0x15f90)")
        #expect(ComparedSite.shown(0x7974_7265_7571_6572, size: 8) == "\"requerty\"")
        #expect(ComparedSite.shown(UInt64.max, size: 8) == "0xffffffffffffffff")
    }
}
