import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// Drives a target that is linked as `LLVMFuzzerTestOneInput`: one worker, until the first finding or the end of its time.
///
/// The last line of its output is one JSON object: `{"found": true, "execs": 123, "seconds": 0.4, "kind": "crash", "input": "…"}`.
public enum BytesDriver {
    public static func main(_ arguments: [String]) -> Never {
        var seed: UInt64 = 1
        var seconds = 20.0
        var folder = "."
        var executions: UInt64 = 0
        var goOn = false
        var minimises = false
        var index = 0
        while index < arguments.count {
            let value = index + 1 < arguments.count ? arguments[index + 1] : ""
            switch arguments[index] {
            case "--seed": seed = UInt64(value) ?? 1
            case "--seconds": seconds = Double(value) ?? 20
            case "--out": folder = value
            case "--executions": executions = UInt64(value) ?? 0
            case "--go-on":
                goOn = true
                index -= 1
            case "--minimise":
                minimises = true
                index -= 1
            default: stop("unknown option \(arguments[index]); known: --seed N --seconds S --executions N --out FOLDER --go-on --minimise")
            }
            index += 2
        }
        guard let target = pulsegate_fuzz_linked_target() else { stop("no LLVMFuzzerTestOneInput is linked") }
        let edges = Int(pulsegate_fuzz_edge_count())
        guard edges > 0 else { stop("nothing is instrumented: build the target with -sanitize=fuzzer") }
        let options = FuzzEngine.Options()
        let path = "\(folder)/shard.state"
        unlink(path)
        let shard: Shard
        do {
            shard = try Shard(
                path: path, layout: Shard.Layout(edges: edges, maximumInput: options.maximumLength),
                build: pulsegate_fuzz_build_number(), seed: seed)
        } catch {
            stop("\(error)")
        }
        shard.header.pointee.execution_limit = executions
        let start = pulsegate_fuzz_clock()
        var found: CrashRecord?
        let harvest = CodeHarvest.words()
        let zygote = Zygote(
            shard: shard, limits: Zygote.Limits(), capture: pulsegate_fuzz_capture(),
            work: { shard in
                var engine = FuzzEngine(shard: shard, options: options, harvest: harvest) { _ = target($0.baseAddress, $0.count) }
                engine.run(seeds: [])
            },
            died: { record in
                if found == nil { found = record }
                return goOn ? .goOn : .stop
            })
        zygote.serve(until: start + Int64(seconds * 1e9))
        let took = Double(pulsegate_fuzz_clock() - start) / 1e9
        var line = "{\"found\": \(found != nil), \"execs\": \(found.map { $0.execution + 1 } ?? shard.header.pointee.executions), "
        line += "\"seconds\": \(took), \"kind\": \"\(found?.kind.rawValue ?? "-")\", \"edges\": \(shard.header.pointee.edges_seen), "
        line += "\"corpus\": \(shard.entryCount), \"restarts\": \(shard.header.pointee.restarts), \"operators\": \(found?.operators ?? 0), "
        let input = "\(folder)/found"
        if let found, let file = fopen(input, "w") {
            fwrite(found.input, 1, found.input.count, file)
            fclose(file)
        }
        if minimises, let found {
            let begun = pulsegate_fuzz_cpu(0)
            let place = found.place
            let minimiser = InputMinimiser(
                found.input, kind: found.kind, process: Zygote.Limits(),
                isSame: { $0.kind == found.kind && ($0.place == place || found.kind == .timeout) },
                make: { _ in { _ = target($0.baseAddress, $0.count) } })
            let small = minimiser.run()
            let path = "\(folder)/minimised"
            SuiteFiles.write(small, to: path)
            let spent = Double(pulsegate_fuzz_cpu(0) - begun) / 1e9
            line += "\"minimised\": \"\(path)\", \"minimisedSize\": \(small.count), \"minimisedDeaths\": \(minimiser.deaths), "
            line += "\"minimisedExecs\": \(minimiser.executions), \"minimisedSeconds\": \(spent), "
        }
        line += "\"input\": \"\(found == nil ? "" : input)\"}"
        unlink(path)
        print(line)
        exit(0)
    }

    private static func stop(_ message: String) -> Never {
        let line = "error: \(message)\n"
        _ = line.utf8.withContiguousStorageIfAvailable { write(2, $0.baseAddress, $0.count) }
        exit(2)
    }
}
