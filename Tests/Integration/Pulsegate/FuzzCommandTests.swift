import StrictDocuments
import Testing

/// `pulsegate fuzz` on a stand-in for a suite: a script that speaks the protocol, so that nothing need be built.
///
/// Its behaviour hangs on files beside it: `edges` (0 makes it blind), `fault`, `crash` (a campaign finds one bug, which `regressions` show), `mute`
/// (a campaign says nothing sensible), `die` (it ends by a signal).
@Suite("pulsegate fuzz") struct FuzzCommandTests {
    let sandbox: Sandbox

    static let suite = #"""
        #!/bin/sh
        here=$(dirname "$0")
        command=$1; shift
        edges=20; [ -f "$here/edges" ] && edges=$(cat "$here/edges")
        target=; folder=; files=
        while [ $# -gt 0 ]; do
            case $1 in
                --target) target=$2; shift 2;;
                --folder) folder=$2; shift 2;;
                --*) shift 2;;
                *) files="$files $1"; shift;;
            esac
        done
        case $command in
            list)
                echo '{"event":"target","name":"json","typed":false,"maximumLength":64}'
                echo '{"event":"target","name":"csv","typed":true,"maximumLength":64}'
                fault=0; [ -f "$here/fault" ] && fault=$(cat "$here/fault")
                backtracer=false; [ "$SWIFT_BACKTRACE" = "enable=no" ] || backtracer=true
                [ "$SWIFT_DETERMINISTIC_HASHING" = 1 ] || fault=9
                echo '{"event":"build","edges":20,"build":"00aa","fault":'$fault',"backtracer":'$backtracer',"sanitizers":[],"commands":["list","records","replay","run"]}';;
            run)
                [ -f "$here/mute" ] && { echo hello; exit 0; }
                [ -f "$here/die" ] && kill -9 $$
                echo "$target" >> "$here/ran"
                mkdir -p "$folder/shards" "$folder/corpus" "$folder/crashes"
                ran=0; [ -f "$folder/shards/0.state" ] && ran=$(cat "$folder/shards/0.state")
                echo '{"event":"started","target":"'$target'","seed":1,"workers":1,"edges":20,"build":"00aa","seeds":0,"resumed":'$ran'}'
                ran=$((ran + 1000)); echo $ran > "$folder/shards/0.state"
                crashes=0
                if [ -f "$here/crash" ] && [ "$target" = json ]; then
                    crashes=1
                    if [ ! -d "$folder/crashes/77aa" ]; then
                        mkdir -p "$folder/crashes/77aa"; printf boom > "$folder/crashes/77aa/input"
                        echo '{"event":"crash","place":"77aa","kind":"crash","execution":9,"length":4}'
                    fi
                fi
                [ -f "$here/slow" ] && sleep 30
                echo '{"event":"sample","seconds":1.0,"executions":'$ran',"edges":'$edges',"features":'$edges',"corpus":3,"crashes":'$crashes'}'
                echo '{"event":"finished","seconds":1.0}';;
            records)
                echo '{"event":"entry","hash":"e1","length":2,"parent":null,"operators":["seed"],"foundAt":1,"features":[8]}'
                echo '{"event":"edge","edge":1,"entry":"e1","function":null}';;
            replay)
                for file in $files; do
                    end=passed; grep -q boom "$file" && [ -f "$here/crash" ] && end=crash
                    echo '{"event":"replay","file":"'$file'","length":4,"end":"'$end'","place":"77aa","output":"Fatal error: the planted bug"}'
                done;;
            *) exit 2;;
        esac
        """#

    init() throws {
        sandbox = try Sandbox()
        try sandbox.write("Package.swift", "// swift-tools-version: 6.0\n")
        try sandbox.write("suite.sh", Self.suite)
        _ = try Sandbox.run(["chmod", "+x", sandbox.root + "/suite.sh"], in: "/")
    }

    private func fuzz(_ arguments: String..., environment: [String: String] = [:]) throws -> Sandbox.Ended {
        try Sandbox.run(
            [Sandbox.pulsegate, "fuzz"] + arguments + ["--executable", sandbox.root + "/suite.sh"], in: sandbox.root,
            environment: environment)
    }

    @Test("a campaign too short for all its targets says which had no turn, and is no pass")
    func tooShort() throws {
        try sandbox.write("slow", "")
        try sandbox.write("suite.sh", Self.suite.split(separator: "sleep 30").joined(separator: "sleep 1"))
        let ended = try fuzz("run", "--time", "100ms")
        #expect(ended.code == 3 && ended.all.contains("not run") && ended.all.contains("csv"), "\(ended)")
    }

    @Test(
        "limits that no machine has, and evidence that cannot be written, are refused before anything runs",
        arguments: [
            ["--time-limit", "9223372036854775807"], ["--time-limit", "0"], ["--memory-limit", "99999999999999999"],
            ["--evidence", "no/such/folder/evidence.json"],
        ])
    func limits(options: [String]) throws {
        let ended = try Sandbox.run(
            [Sandbox.pulsegate, "fuzz", "run", "--time", "1s", "--executable", sandbox.root + "/suite.sh"] + options, in: sandbox.root)
        #expect(ended.code == 2 && ended.problems.contains(options[0]), "\(ended)")
        #expect(throws: (any Error).self) { try sandbox.read("ran") }
    }

    private func json(_ path: String) throws -> JSONValue {
        try JSONValue(JSONDocument.parse(Array(try sandbox.read(path).utf8), file: path), file: path)
    }

    @Test("a campaign that finds nothing ends with 0, has run each target, and writes whole evidence")
    func nothingFound() throws {
        try sandbox.write("documents/.keep", "")
        let ended = try fuzz(
            "run", "--executions", "1000", "--time", "4s", "--evidence", "campaign.json",
            environment: ["PULSEGATE_EVIDENCE_DIR": sandbox.root + "/documents"])
        #expect(ended.code == 0, "\(ended.all)")
        #expect(ended.output.contains("2 targets, 2000 executions"), "\(ended.output)")
        #expect(ended.output.contains("no finding"))
        #expect(try sandbox.read("ran") == "json\ncsv\n")
        let evidence = try json("campaign.json")
        #expect(evidence["complete"] == true)
        #expect(evidence["targets"]?.arrayValue?.map { $0["executions"] } == [1000, 1000])
        #expect(try sandbox.read("documents/fuzz.fuzz.json") == sandbox.read("campaign.json"))
        #expect(sandbox.exists(".pulsegate/fuzz/campaigns.sqlite"))
        // What was run before is no part of the next campaign.
        let again = try fuzz("run", "csv", "--executions", "1000", "--time", "4s", "--evidence", "campaign.json")
        #expect(again.code == 0)
        #expect(try json("campaign.json")["targets"]?.arrayValue?.map { $0["executions"] } == [1000])
        #expect(try json("campaign.json")["targets"]?.arrayValue?.map { $0["new_edges"] } == [0])
    }

    @Test("a finding is shown once with what to do; committed, it fails each campaign until it is fixed")
    func finding() throws {
        try sandbox.write("crash", "")
        let found = try fuzz("run", "--executions", "1000", "--time", "4s")
        #expect(found.code == 1, "\(found.all)")
        #expect(found.output.split(separator: "\n").filter { $0.contains("the planted bug") }.count == 1, "\(found.output)")
        for words in ["62 6f 6f 6d  \"boom\"", "pulsegate fuzz repro 77aa", "pulsegate fuzz regress 77aa", "1 finding"] {
            #expect(found.output.contains(words), "\(words): \(found.output)")
        }
        #expect(try fuzz("list").output == "77aa  json  crash  Fatal error: the planted bug\n")
        #expect(try fuzz("show", "77").output.contains(".pulsegate/fuzz/json/crashes/77aa"))
        #expect(try fuzz("repro", "77aa").code == 1)
        #expect(try fuzz("show", "x").code == 2)
        let committed = try fuzz("regress", "77")
        #expect(committed.output.contains("git add Tests/Fuzz/Seeds/json/regressions/77aa"), "\(committed.all)")
        #expect(try sandbox.read("Tests/Fuzz/Seeds/json/regressions/77aa") == "boom")
        // A fresh clone has the regression and no campaign.
        _ = try Sandbox.run(["rm", "-rf", sandbox.root + "/.pulsegate"], in: "/")
        let failing = try fuzz("run", "csv", "json", "--executions", "1000", "--time", "4s", "--evidence", "e.json")
        #expect(failing.code == 1)
        #expect(failing.output.contains("Tests/Fuzz/Seeds/json/regressions/77aa still ends the target"), "\(failing.output)")
        // Fixed.
        _ = try Sandbox.run(["rm", "-rf", sandbox.root + "/.pulsegate", sandbox.root + "/crash"], in: "/")
        let fixed = try fuzz("run", "--executions", "1000", "--time", "4s", "--evidence", "e.json")
        #expect(fixed.code == 0, "\(fixed.all)")
        #expect(try json("e.json")["targets"]?.arrayValue?.last?["regressions"]?["run"] == 1)
        #expect(try fuzz("repro", "Tests/Fuzz/Seeds/json/regressions/77aa", "--target", "json").code == 0)
    }

    @Test("a seed that ends the target is a finding, and no seed")
    func seed() throws {
        try sandbox.write("crash", "")
        try sandbox.write("samples/a", "boom")
        try sandbox.write("samples/b", "fine")
        #expect(try fuzz("seed", "samples", "--target", "csv").output.contains("2 added"))
        #expect(try fuzz("seed", "samples", "--target", "csv").output.contains("0 added, 2 there already"))
        #expect(try fuzz("seed", "samples").code == 2)
        let ended = try fuzz("run", "csv", "--executions", "1000", "--time", "4s")
        #expect(ended.code == 1, "\(ended.all)")
        #expect(try fuzz("list", "csv").output.hasPrefix("77aa  csv  crash"))
    }

    @Test("a campaign that would be blind is refused with the reason, and is no green")
    func blind() throws {
        try sandbox.write("edges", "0")
        let dark = try fuzz("run", "--executions", "1000", "--time", "4s", "--evidence", "e.json")
        #expect(dark.code == 3, "\(dark.all)")
        #expect(dark.output.contains("json: the target 'json' ran 1000 inputs and lit no edge"), "\(dark.output)")
        #expect(try json("e.json")["targets"]?.arrayValue?.first?["blind"]?.stringValue?.contains("lit no edge") == true)
        try sandbox.write("fault", "1")
        let uncounted = try fuzz("run", "--time", "1s")
        #expect(uncounted.code == 3)
        #expect(uncounted.problems.contains("suite.sh counts no edge") && uncounted.problems.contains("swiftSettings: fuzzing"))
        try sandbox.write("fault", "0")
        let unlinked = try fuzz("run", "--time", "1s", "--sanitize", "address")
        #expect(unlinked.code == 3)
        #expect(unlinked.problems.contains("the sanitizer 'address' was asked for and is not linked"), "\(unlinked.problems)")
        #expect(!sandbox.exists("Tests"))
    }

    @Test("a suite whose machinery fails gives 5, and mistakes in the command line give 2")
    func failures() throws {
        try sandbox.write("die", "")
        let died = try fuzz("run", "--executions", "9", "--time", "4s", "--evidence", "e.json")
        #expect(died.code == 5, "\(died.all)")
        #expect(try json("e.json")["complete"] == false)
        try sandbox.write("mute", "")
        let mute = try fuzz("run", "--time", "1s")
        #expect(mute.code == 5)
        #expect(mute.problems.contains("no JSON object: hello"), "\(mute.problems)")
        for arguments in [
            ["--time", "5"], ["--time", "99d"], ["--workers", "0"], ["xml"], ["--sanitize", "memory"], ["--seeds", "nowhere"],
        ] {
            let ended = try Sandbox.run(
                [Sandbox.pulsegate, "fuzz", "run"] + arguments + ["--executable", sandbox.root + "/suite.sh"], in: sandbox.root)
            #expect(ended.code == 2, "\(arguments): \(ended.all)")
        }
        let nowhere = try Sandbox.run([Sandbox.pulsegate, "fuzz", "run", "--package-path", "/nowhere"], in: sandbox.root)
        #expect(nowhere.code == 2)
        #expect(nowhere.problems.contains("there is no Package.swift"))
    }

    @Test("with --json each line is a document; a second campaign on the same folder is refused")
    func lines() throws {
        let ended = try fuzz("run", "json", "--executions", "1000", "--time", "4s", "--json")
        let lines = ended.output.split(separator: "\n")
        let events = try lines.map { try JSONValue(JSONDocument.parse(Array($0.utf8), file: "line"), file: "line")["event"]?.stringValue }
        #expect(events == ["campaign", "started", "sample", "finished"])
        #expect(ended.problems.isEmpty, "\(ended.problems)")
    }

    @Test("the collector runs a campaign, and its gate fails on a finding and on blindness")
    func gate() throws {
        try sandbox.write(
            "gates.json",
            """
            {"version": 1, "project": {"name": "p", "product": ["Sources/**"]},
             "collect": [{"id": "fuzz", "kind": "command", "timeout": "2m",
                          "run": ["\(Sandbox.pulsegate)", "fuzz", "run", "--executions", "9", "--time", "4s", "--executable", "suite.sh"]}],
             "gates": [{"id": "fuzz", "title": "t", "from": ["fuzz"], "pass_when": {"all": [
                 {"metric": "fuzz.findings", "on": "each_item", "op": "==", "value": 0},
                 {"metric": "fuzz.targets_blind", "op": "==", "value": 0},
                 {"metric": "fuzz.targets", "op": ">=", "value": 2}]}}]}
            """)
        try sandbox.commit()
        let green = try sandbox.pulsegate("run", "--no-reports")
        #expect(green.code == 0, "\(green.all)")
        try sandbox.write("crash", "")
        let red = try sandbox.pulsegate("run", "--no-reports")
        #expect(red.code == 1, "\(red.all)")
        #expect(red.all.contains("77aa"), "\(red.all)")
    }
}
