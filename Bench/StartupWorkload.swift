#if canImport(Glibc)
    import Glibc
#endif

/// Packages with ready evidence, for ``StartupBenchmarks``: what a `check` reads, written to a folder. Same bytes every time.
enum StartupWorkload {
    private static let gates = 50
    private static let tests = 10_000
    private static let files = 1000
    private static let linesPerFile = 100
    private static let packages = 20
    /// Files of the llvm-cov export; with their segments about 1 MB.
    private static let exportedFiles = 400
    private static let changedFiles = 25

    static let description =
        "\(gates) gates, JUnit with \(tests) tests, lcov with \(files) files of \(linesPerFile) lines, llvm-cov JSON of "
        + "\(exportedFiles) files, git repository with \(changedFiles) changed files"

    /// Three gates on twelve tests and four files, as a small package has them.
    static func writeSmall(to folder: String) {
        write(
            gatesJSON(
                collectors: [("unit", "junit.xml", "junit"), ("lines", "lcov.info", "lcov")],
                gates: [
                    gate("tests", "unit", comparison("tests.failed", "==", "0")),
                    gate("coverage", "lines", comparison("coverage.line", ">=", "\"50%\"")),
                    gate("packages", "lines", comparison("coverage.line", ">=", "\"50%\"", more: "\"on\": \"each_package\", ")),
                ]), to: folder + "/gates.json")
        write(junit(12), to: folder + "/junit.xml")
        write(lcov(4, lines: 40), to: folder + "/lcov.info")
        write(".pulsegate/\nreports/\n", to: folder + "/.gitignore")
        commit(folder)
    }

    static func writeLarge(to folder: String) {
        var list = [
            gate("tests", "unit", comparison("tests.failed", "==", "0")),
            gate("total", "unit", comparison("tests.total", ">=", "\(tests)")),
            gate("duration", "unit", comparison("tests.duration_p95", "<=", "\"10s\"")),
            gate("coverage", "lines", comparison("coverage.line", ">=", "\"50%\"")),
            gate("new-code", "lines", comparison("coverage.line", ">=", "\"50%\"", more: "\"on\": \"new\", ")),
            gate("each-file", "lines", comparison("coverage.line", ">=", "\"40%\"", more: "\"on\": \"each_file\", ")),
            gate("each-package", "lines", comparison("coverage.line", ">=", "\"50%\"", more: "\"on\": \"each_package\", ")),
            gate("unmeasured", "lines", comparison("coverage.unmeasured_files", "==", "0")),
            gate("export", "regions", comparison("coverage.line", ">=", "\"40%\"")),
            gate("both", "lines\", \"regions", comparison("coverage.line", ">=", "\"40%\"")),
        ]
        for index in 0..<(gates - list.count) {
            let package = index % packages
            list.append(
                index % 2 == 0
                    ? gate(
                        "package-\(index)", "lines",
                        comparison("coverage.line", ">=", "\"50%\"", more: "\"scope\": { \"paths\": [\"Sources/P\(package)/**\"] }, "))
                    : gate(
                        "suite-\(index)", "unit",
                        comparison("tests.failed", "==", "0", more: "\"scope\": { \"tests\": [\"Suite\(package).*\"] }, ")))
        }
        write(
            gatesJSON(
                collectors: [
                    ("unit", "junit.xml", "junit"), ("lines", "lcov.info", "lcov"), ("regions", "coverage.json", "llvm-cov"),
                ], gates: list), to: folder + "/gates.json")
        write(junit(tests), to: folder + "/junit.xml")
        write(lcov(files, lines: linesPerFile), to: folder + "/lcov.info")
        write(export(exportedFiles), to: folder + "/coverage.json")
        write(".pulsegate/\nreports/\n", to: folder + "/.gitignore")
        for index in 0..<files { write(source(index, edited: false), to: folder + "/" + path(index)) }
        commit(folder)
        for index in 0..<changedFiles {
            write(source(index * files / changedFiles, edited: true), to: folder + "/" + path(index * files / changedFiles))
        }
        commit(folder)
    }

    // MARK: gates.json

    private static func comparison(_ metric: String, _ op: String, _ value: String, more: String = "") -> String {
        "{ \"metric\": \"\(metric)\", \(more)\"op\": \"\(op)\", \"value\": \(value) }"
    }

    private static func gate(_ id: String, _ from: String, _ condition: String) -> String {
        "{ \"id\": \"\(id)\", \"title\": \"The gate \(id)\", \"owner\": \"@quality\", \"from\": [\"\(from)\"], \"pass_when\": \(condition) }"
    }

    private static func gatesJSON(collectors: [(id: String, path: String, format: String)], gates: [String]) -> String {
        let collect = collectors.map {
            "{ \"id\": \"\($0.id)\", \"kind\": \"file\", \"reads\": [{ \"path\": \"\($0.path)\", \"format\": \"\($0.format)\" }] }"
        }
        return """
            {
              "version": 1,
              "project": { "name": "workload", "product": ["Sources/**"], "tests": ["Tests/**"], "generated": ["**/*.derived/**"] },
              "baseline": { "branch": "main" },
              "collect": [
                \(collect.joined(separator: ",\n    "))
              ],
              "gates": [
                \(gates.joined(separator: ",\n    "))
              ]
            }

            """
    }

    // MARK: Evidence

    private static func path(_ index: Int) -> String { "Sources/P\(index % packages)/Part\(index % 7)/File\(index).swift" }

    private static func junit(_ count: Int) -> String {
        var text =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"all\" tests=\"\(count)\" failures=\"0\" errors=\"0\">\n"
        for index in 0..<count {
            text +=
                "<testcase classname=\"Suite\(index % packages).Group\(index % 97)\" name=\"case\(index)()\" time=\"0.00\(index % 10)\"/>\n"
        }
        return text + "</testsuite>\n</testsuites>\n"
    }

    private static func lcov(_ count: Int, lines: Int) -> String {
        var text = ""
        for index in 0..<count {
            text += "SF:\(path(index))\n"
            var covered = 0
            for line in 0..<lines {
                let hits = (line &* 7 &+ index) % 10 < 8 ? line % 5 + 1 : 0
                covered += hits > 0 ? 1 : 0
                text += "DA:\(line + 10),\(hits)\n"
            }
            text += "LF:\(lines)\nLH:\(covered)\nend_of_record\n"
        }
        return text
    }

    private static func export(_ count: Int) -> String {
        let summary =
            "{\"functions\":{\"count\":4,\"covered\":3},\"lines\":{\"count\":100,\"covered\":80},\"regions\":{\"count\":40,\"covered\":30}}"
        var entries: [String] = []
        for index in 0..<count {
            var segments: [String] = []
            for step in 0..<50 {
                segments.append("[\(step * 4 + 1),5,\(step % 5 == 4 ? 0 : step),true,true,false],[\(step * 4 + 4),6,0,false,false,false]")
            }
            entries.append(
                "{\"branches\":[],\"filename\":\"\(path(index))\",\"segments\":[\(segments.joined(separator: ","))],\"summary\":\(summary)}"
            )
        }
        let totals =
            "{\"functions\":{\"count\":\(4 * count),\"covered\":\(3 * count)},\"lines\":{\"count\":\(100 * count),\"covered\":\(80 * count)},"
            + "\"regions\":{\"count\":\(40 * count),\"covered\":\(30 * count)}}"
        return "{\"data\":[{\"files\":[\(entries.joined(separator: ","))],\"functions\":[],\"totals\":\(totals)}],"
            + "\"type\":\"llvm.coverage.json.export\",\"version\":\"3.1.0\"}"
    }

    private static func source(_ index: Int, edited: Bool) -> String {
        var text = ""
        for line in 1...(linesPerFile + 20) { text += "let value\(line) = \(index &* 31 &+ line + (edited && line % 9 == 0 ? 1 : 0))\n" }
        return text
    }

    // MARK: Files

    static func temporaryFolder() -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/startup-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { Stop.failure("cannot make a folder in \(base)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(_ folder: String) { run(["rm", "-rf", "--", folder], in: "/") }

    private static func write(_ text: String, to path: String) {
        var at = path.utf8.startIndex
        while let slash = path.utf8[at...].dropFirst().firstIndex(of: UInt8(ascii: "/")) {
            mkdir(String(path[..<slash]), 0o755)
            at = slash
        }
        guard let file = fopen(path, "w") else { Stop.failure("cannot write \(path)") }
        let bytes = Array(text.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else { Stop.failure("cannot write \(path)") }
    }

    /// A commit of everything there, on the branch "main", made by nobody in particular.
    private static func commit(_ folder: String) {
        if access(folder + "/.git", F_OK) != 0 { run(["git", "init", "--quiet", "--initial-branch=main"], in: folder) }
        run(["git", "add", "--all"], in: folder)
        run(
            [
                "git", "-c", "user.name=bench", "-c", "user.email=bench@invalid", "-c", "commit.gpgsign=false", "-c", "gc.auto=0", "commit",
                "--quiet", "--allow-empty", "--message", "state",
            ], in: folder)
    }

    private static func run(_ arguments: [String], in folder: String) {
        var list: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in list { free(argument) } }
        guard chdir(folder) == 0 else { Stop.failure("cannot enter \(folder)") }
        var child: pid_t = 0
        guard posix_spawnp(&child, arguments[0], nil, nil, &list, environ) == 0 else { Stop.failure("cannot start \(arguments[0])") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        guard status == 0 else { Stop.failure("`\(arguments.joined(separator: " "))` failed") }
    }
}
