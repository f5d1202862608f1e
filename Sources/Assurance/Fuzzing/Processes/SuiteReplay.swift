import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// Runs inputs one by one, each in a process of its own, and tells how each ended.
struct SuiteReplay {
    let target: FuzzTarget

    func run(_ files: [String]) {
        for file in files {
            guard let input = SuiteFiles.read(file, limit: 1 << 20) else {
                SuiteOutput.write([("event", .text("replay")), ("file", .text(file)), ("end", .text("unreadable"))])
                continue
            }
            let record = Self.end(of: target, on: input, limits: Zygote.Limits())
            var fields: [(String, SuiteOutput.Value)] = [
                ("event", .text("replay")), ("file", .text(file)), ("length", .number(UInt64(input.count))),
                ("end", .text(record?.kind.rawValue ?? "passed")),
            ]
            if let record {
                fields += [
                    ("place", .hexadecimal(record.place)), ("signal", .number(UInt64(record.signal))), ("output", .text(record.output)),
                    ("frames", .list(record.frames.map { .hexadecimal($0) })),
                ]
            }
            if case .drawn(let make) = target.body { fields.append(("value", .text(make().literal(input)))) }
            SuiteOutput.write(fields)
        }
    }

    /// How the target ends on one input: `nil` where it returns.
    static func end(of target: FuzzTarget, on input: [UInt8], limits: Zygote.Limits) -> CrashRecord? {
        ReplayShard.end(on: input, limits: limits) { TargetRunner(target: target).function($0) }
    }
}

/// The few things a suite does with files.
enum SuiteFiles {
    /// At most `limit` bytes of a file; `nil` where it cannot be read.
    static func read(_ path: String, limit: Int) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = fread(&bytes, 1, limit, file)
        return Array(bytes.prefix(count))
    }

    /// Writes a file whole or not at all: under another name first.
    @discardableResult
    static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let temporary = path + ".\(getpid()).tmp"
        guard let file = fopen(temporary, "wb") else { return false }
        let wrote = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, wrote == bytes.count, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    static func makeFolder(_ path: String) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            mkdir(made, 0o755)
            made += "/"
        }
    }

    /// Removes a folder with all that is in it.
    static func removeTree(_ path: String) {
        for name in names(path) where unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
        rmdir(path)
    }

    /// Names in a folder, sorted; empty where there is none. Hidden and temporary files are left out.
    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix("."), !name.hasSuffix(".tmp") { names.append(name) }
        }
        return names.sorted()
    }
}
