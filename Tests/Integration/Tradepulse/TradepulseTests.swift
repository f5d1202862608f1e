import Foundation
import StrictDocuments
import Testing

/// Runs the built program, as its users do.
@Suite("The command tradepulse")
final class TradepulseTests {
    private let folder: String
    private static let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tradepulse-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/evidence", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Self.root + "/data/golden", toPath: folder + "/golden")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private struct Ending {
        let status: Int32
        let output: String
        let errors: String
    }

    private func run(_ arguments: String...) throws -> Ending { try run(arguments) }

    private func run(_ arguments: [String]) throws -> Ending {
        let process = Process()
        // The test bundle and the programs are built into one folder.
        let folderOfProducts = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
        let products = folderOfProducts ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = products.appendingPathComponent("tradepulse")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ["PULSEGATE_EVIDENCE_DIR": folder + "/evidence"]
        // Under coverage the programs add to one profile (%m), in a folder that the swift-test collector reads and `swift test` leaves alone.
        if let profile = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"] {
            let profiles = URL(fileURLWithPath: profile).deletingLastPathComponent().path
            process.environment?["LLVM_PROFILE_FILE"] = profiles + "/executables/tradepulse-%m.profraw"
        }
        // Files instead of pipes, which fill up.
        let (output, errors) = (folder + "/stdout", folder + "/stderr")
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        func text(_ path: String) throws -> String { String(decoding: try DocumentFile.read(path, maximumBytes: 1 << 24), as: UTF8.self) }
        return Ending(status: process.terminationStatus, output: try text(output), errors: try text(errors))
    }

    private func write(_ name: String, _ text: String) throws { try DocumentFile.replace(folder + "/" + name, with: Array(text.utf8)) }
    private func read(_ name: String) throws -> String {
        String(decoding: try DocumentFile.read(folder + "/" + name, maximumBytes: 1 << 24), as: UTF8.self)
    }

    @Test("macd prints the golden table from its closes")
    func macd() throws {
        let golden = try read("golden/indicator_macd_baseline.csv")
        let prices = golden.split(separator: "\n").map { $0.split(separator: ",").prefix(2).joined(separator: ",") }.joined(
            separator: "\r\n")
        try write("prices.csv", prices)
        let ending = try run("indicators", "macd", "prices.csv")
        #expect(ending.status == 0 && ending.output == golden && ending.errors.isEmpty)
    }

    @Test("macd leaves undefined cells empty, and writes null for them in JSON")
    func undefined() throws {
        try write("p.csv", "when,price\na,1\nb,2\nc,3\n")
        let periods = ["--fast", "1", "--slow", "2", "--signal", "2", "--seeding", "simple-mean"]
        let csv = try run(["indicators", "macd", "p.csv", "--column", "price", "--time-column", "when"] + periods)
        #expect(
            csv.output
                == "ts,close,ema_1,ema_2,macd,signal,histogram\na,1,1.000000,,,,\nb,2,2.000000,1.500000,0.500000,,\n"
                + "c,3,3.000000,2.500000,0.500000,0.500000,0.000000\n")
        try write("q.csv", "ts,close\na,1\nb,2\n")
        let json = try run("indicators", "macd", "q.csv", "--seeding", "simple-mean", "--format", "json")
        let value = try JSONValue(try JSONDocument.parse(Array(json.output.utf8), file: "stdout"), file: "stdout")
        #expect(value["rows"]?.arrayValue?.first?["ema_12"] == .null && value["parameters"]?["seeding"] == "simple-mean")
    }

    @Test("a wrong cell is named by file, line and column; a wrong flag is usage: both end with 2")
    func usage() throws {
        try write("bad.csv", "ts,close\n1,100\n2,nan\n")
        let bad = try run("indicators", "macd", "bad.csv")
        #expect(bad.status == 2 && bad.output.isEmpty)
        #expect(bad.errors == "bad.csv:3:3: column 'close': expected a decimal number, found 'nan'\n")
        try write("empty.csv", "ts,close\n")
        for arguments in [["--bogus", "x"], ["--fast", "26"], ["--fast", "0"], ["--column", "open"], ["--seeding", "none"]] {
            let ending = try run("indicators", "macd", "bad.csv", arguments[0], arguments[1])
            #expect(ending.status == 2 && !ending.errors.isEmpty && ending.output.isEmpty, "\(arguments)")
        }
        #expect(try run("indicators", "macd", "empty.csv").status == 2)
        #expect(try run("indicators", "macd", "none.csv").status == 2)
        #expect(try run("nonsense").status == 2)
    }

    @Test("the help teaches with an example and ends with 0")
    func help() throws {
        for arguments in [["indicators", "macd"], ["golden", "check"], ["golden", "bless"]] {
            let ending = try run(arguments[0], arguments[1], "--help")
            #expect(ending.status == 0 && ending.output.contains("Example:") && ending.errors.isEmpty)
        }
    }

    @Test("golden check passes on the committed data and writes its evidence")
    func goldenCheck() throws {
        let ending = try run("golden", "check", "--manifest", "golden/manifest.json")
        #expect(ending.status == 0, "\(ending.output)\(ending.errors)")
        let text = try read("evidence/golden.json")
        let evidence = try JSONValue(try JSONDocument.parse(Array(text.utf8), file: "golden.json"), file: "golden.json")
        #expect(evidence["complete"] == true && evidence["totals"]?["measures"] == 4)
    }

    @Test("golden check names the cell that was changed by a millionth, and ends with 1")
    func goldenMismatch() throws {
        let golden = try read("golden/indicator_macd_baseline.csv")
        try write("golden/indicator_macd_baseline.csv", golden.replacingOccurrences(of: "0.221135", with: "0.221136"))
        let ending = try run("golden", "check", "--manifest", "golden/manifest.json")
        #expect(ending.status == 1)
        #expect(ending.output.contains("golden/indicator_macd_baseline.csv: row 3, column macd: expected 0.221136, got 0.221134"))
        #expect(ending.output.contains("SHA-256"))
    }

    @Test("golden check ends with 2 on a bad manifest and with 3 where a file is missing")
    func goldenUnusable() throws {
        let manifest = try read("golden/manifest.json")
        for (from, to) in [
            ("\"version\": 1", "\"version\": 9"), ("\"macd\",", "\"mcad\","), ("\"slow\": 26", "\"slow\": 2"), ("\"fast\": 12,", ""),
        ] {
            try write("golden/manifest.json", manifest.replacingOccurrences(of: from, with: to))
            #expect(try run("golden", "check", "--manifest", "golden/manifest.json").status == 2, "\(to)")
        }
        try write("golden/manifest.json", manifest)
        try FileManager.default.removeItem(atPath: folder + "/golden/indicator_macd_baseline.csv")
        #expect(try run("golden", "check", "--manifest", "golden/manifest.json").status == 3)
        #expect(try run("golden", "check", "--manifest", "none/manifest.json").status == 3)
    }

    @Test("golden bless needs a reason and a change, and leaves a state that passes")
    func goldenBless() throws {
        func bless(_ reason: String) throws -> Ending {
            try run(
                "golden", "bless", "golden/indicator_macd_baseline.csv", "--owner", "@you", "--reason", reason, "--manifest",
                "golden/manifest.json")
        }
        #expect(try bless("no change").status == 2)
        let manifest = try read("golden/manifest.json")
        try write("golden/manifest.json", manifest.replacingOccurrences(of: "\"102.20\"", with: "\"102.30\""))
        #expect(try run("golden", "check", "--manifest", "golden/manifest.json").status == 1)
        #expect(try bless(" ").status == 2)
        let blessed = try bless("another last close")
        #expect(blessed.status == 0, "\(blessed.errors)")
        #expect(try read("golden/indicator_macd_baseline.csv").contains("2024-01-01T00:04:00Z,102.30,"))
        #expect(try run("golden", "check", "--manifest", "golden/manifest.json").status == 0)
        #expect(try read("golden/manifest.json").contains("another last close"))
    }
}
