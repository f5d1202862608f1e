import Glibc

/// The functions of a linked program by name, from the symbol table of an ELF file (64 bits, little-endian).
///
/// Names that stand at several addresses, as private helpers of several modules do, are left out: they say nothing about which is which. The file is
/// taken for hostile, as ``ExecutableSections`` does.
struct ExecutableFunctions: Equatable, Sendable {
    struct Extent: Equatable, Sendable {
        var address: UInt64
        var bytes: UInt64
    }

    private(set) var functions: [String: Extent]

    /// - Parameter read: so many bytes from there, or fewer at the end of the file; nil where it cannot be read.
    static func read(
        fileBytes: Int64, _ read: (_ offset: Int64, _ count: Int) -> [UInt8]?
    ) throws(ExecutableSections.Problem) -> ExecutableFunctions {
        let headers = try ElfHeaders.read(fileBytes: fileBytes, read)
        func content(_ section: ElfHeaders.Section) throws(ExecutableSections.Problem) -> [UInt8] {
            guard section.hasBytes, section.bytes <= maximumTableBytes, let bytes = read(Int64(section.offset), Int(section.bytes)),
                bytes.count == Int(section.bytes)
            else { throw .init(text: "its symbols lie beyond its end") }
            return bytes
        }
        guard let table = headers.sections.first(where: { $0.kind == symbolTable }) else { throw .init(text: "it has no symbols") }
        guard table.link < headers.sections.count else { throw .init(text: "its symbols have no names") }
        let symbols = try content(table)
        let names = try content(headers.sections[table.link])
        var found: [String: Extent] = [:]
        var ambiguous: Set<String> = []
        for start in stride(from: 0, to: symbols.count - symbols.count % symbolBytes, by: symbolBytes) {
            guard symbols[start + 4] & 0xF == function, ElfHeaders.number(symbols, start + 6, 2) != 0 else { continue }
            let nameStart = Int(ElfHeaders.number(symbols, start, 4))
            guard nameStart < names.count, let end = names[nameStart..<min(names.count, nameStart + longestName)].firstIndex(of: 0),
                end > nameStart
            else { continue }
            let name = String(decoding: names[nameStart..<end], as: UTF8.self)
            let extent = Extent(address: ElfHeaders.number(symbols, start + 8, 8), bytes: ElfHeaders.number(symbols, start + 16, 8))
            if found.updateValue(extent, forKey: name).map({ $0 != extent }) ?? false { ambiguous.insert(name) }
        }
        for name in ambiguous { found[name] = nil }
        return ExecutableFunctions(functions: found)
    }

    static func ofFile(_ path: String) throws(ExecutableSections.Problem) -> ExecutableFunctions {
        try ElfHeaders.ofFile(path) { (size, reader) throws(ExecutableSections.Problem) in try read(fileBytes: size, reader) }
    }

    /// Whether two suites were built with different versions of Benchmarking, by the sizes of its functions that both have.
    ///
    /// Which of them a suite has, and copies that the compiler made for a type of its own, depend on the benchmarks, and say nothing.
    static func haveOtherHarnesses(_ base: ExecutableFunctions, _ head: ExecutableFunctions) -> Bool {
        base.functions.contains { name, extent in
            isHarness(name) && head.functions[name].map { $0.bytes != extent.bytes } ?? false
        }
    }

    /// False where a file cannot be read: nothing is known then.
    static func haveOtherHarnesses(_ base: String, _ head: String) -> Bool {
        guard let functions = try? (ofFile(base), ofFile(head)) else { return false }
        return haveOtherHarnesses(functions.0, functions.1)
    }

    private static func isHarness(_ name: String) -> Bool {
        name.hasPrefix("pulsegate_bench_") || (name.hasPrefix("$s12Benchmarking") && !name.contains("Tg") && !name.contains("Tf"))
    }

    private static let symbolTable: UInt64 = 2
    private static let function: UInt8 = 2
    private static let symbolBytes = 24
    private static let longestName = 1 << 16
    private static let maximumTableBytes: UInt64 = 512 << 20
}
