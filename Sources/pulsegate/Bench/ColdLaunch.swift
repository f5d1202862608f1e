import BenchmarkStatistics
import Gates

/// Launches of benchmarks that are judged cold: by the first iteration in a fresh process, with the declared files out of the page cache.
///
/// A process gives one time, so that a launch of two builds is several quads of processes, A B B A: the same record as of batches, judged by the same
/// votes. One quad would not do: its error is not known, and a launch that does not know its error does not vote.
extension BenchDriver {
    /// Quads of processes in a launch of two builds: of five the three that agree best with themselves count, and their spread is the error.
    static let coldQuads = 5
    /// Processes of a build that is measured alone, a launch each.
    static let coldProcesses = 15

    /// What one process said of its first iteration.
    private struct FirstIteration {
        var nanoseconds: Int64
        var wall: Int64
        var allocations: Int64
        var allocatedBytes: Int64
        var usage: [String: Int64]
    }

    private struct Unanswered: Error { var problem: String }

    /// One launch of hot benchmarks, or of one that is cold.
    ///
    /// - Parameter cold: the clocks of benchmarks that are cold.
    func launch(_ launch: Launch, cold: [String: String]) throws(Failure) -> LaunchAnswer {
        let before = Surroundings.read()
        var answer: LaunchAnswer
        if launch.benchmarks.count == 1, let clock = cold[launch.benchmarks[0]] {
            answer = try coldLaunch(launch.benchmarks[0], clock: clock, launch)
        } else {
            answer = try self.launch(launch)
        }
        before.note(in: &answer.records, until: .read())
        return answer
    }

    /// - Parameters:
    ///   - launch: which builds, and which begins; the rest is of hot launches.
    ///   - clock: what the benchmark is judged by.
    func coldLaunch(_ name: String, clock: String, _ launch: Launch) throws(Failure) -> LaunchAnswer {
        var answer = LaunchAnswer()
        do {
            answer.records.append(try record(name, clock: clock, launch))
        } catch let problem as Unanswered {
            answer.failures.append((name, problem.problem))
        } catch {
            throw error as? Failure ?? Failure(.internalError, "\(error)")
        }
        return answer
    }

    private func record(_ name: String, clock: String, _ launch: Launch) throws -> LaunchRecord {
        var base: [FirstIteration] = []
        var head: [FirstIteration] = []
        if let path = launch.base {
            for _ in 0..<Self.coldQuads {
                for isHead in launch.headFirst ? [true, false, false, true] : [false, true, true, false] {
                    let iteration = try first(name, of: isHead ? launch.head : path)
                    if isHead { head.append(iteration) } else { base.append(iteration) }
                }
            }
        } else {
            head.append(try first(name, of: launch.head))
        }
        // Of head alone: what both needed together is nobody's.
        var usage: [String: Int64] = [:]
        for iteration in head {
            for (key, value) in iteration.usage {
                let before = usage[key] ?? 0
                usage[key] = key == "peak_resident_bytes" ? max(before, value) : before.addingReportingOverflow(value).partialValue
            }
        }
        return LaunchRecord(
            benchmark: name, stage: launch.stage, layout: launch.layout, iterations: 1, clock: clock, headFirst: launch.headFirst,
            base: base.isEmpty ? nil : Self.side(base), head: Self.side(head), usage: usage)
    }

    private static func side(_ iterations: [FirstIteration]) -> LaunchRecord.Side {
        LaunchRecord.Side(
            times: iterations.map(\.nanoseconds), wall: iterations.map(\.wall),
            switches: iterations.map { $0.usage["involuntary_switches"] ?? 0 }, allocations: iterations.map(\.allocations),
            allocatedBytes: iterations.map(\.allocatedBytes))
    }

    private func first(_ name: String, of executable: String) throws -> FirstIteration {
        let (events, problem) = try ask(executable, ["once", name], limit: Self.answerLimit)
        for fields in events {
            switch fields["event"]?.stringValue {
            case "once":
                guard let nanoseconds = fields["ns"]?.intValue, nanoseconds > 0 else {
                    throw Unanswered(problem: "its first iteration took no time that the clock sees")
                }
                return FirstIteration(
                    nanoseconds: nanoseconds, wall: fields["wall_ns"]?.intValue ?? 0, allocations: fields["allocations"]?.intValue ?? 0,
                    allocatedBytes: fields["allocated_bytes"]?.intValue ?? 0,
                    usage: (fields["usage"]?.objectValue ?? [:]).compactMapValues(\.intValue))
            case "failed": throw Unanswered(problem: fields["message"]?.stringValue ?? "no reason")
            default: break
            }
        }
        throw Unanswered(problem: "its process ended: \(problem)")
    }

    /// What first iterations allocated, in place of the second ones that are counted for hot benchmarks.
    ///
    /// - Parameter countsAllocations: whether the suite counts at all.
    static func coldCounts(_ counts: [CountComparison], _ records: [LaunchRecord], countsAllocations: Bool) -> [CountComparison] {
        /// A count for each of two processes is enough, where all agree; otherwise the ends.
        func ends(_ values: [Int64]) -> [Int64] {
            guard countsAllocations, let low = values.min(), let high = values.max() else { return [] }
            return [low, high]
        }
        func own(_ metric: String, _ value: (LaunchRecord.Side) -> [Int64]) -> CountComparison {
            CountComparison(
                metric: metric, base: ends(records.compactMap(\.base).flatMap(value)), head: ends(records.map(\.head).flatMap(value)))
        }
        return counts.map { count in
            switch count.metric {
            case "allocations": own("allocations", \.allocations)
            case "allocated_bytes": own("allocated_bytes", \.allocatedBytes)
            default: count
            }
        }
    }
}
