/// Races: smaller programs, each under all schedules of few pauses.
///
/// Which operations a race needs, on how many threads, and where they have to pause hang together: without an operation, or with two threads made one,
/// the schedule that was found hardly ever fails, though another one does. So a structural step is not tried under the recorded schedule but
/// under *every* schedule of at most two pauses, the fewest first. Most races need no more, and the schedules of a small program with so
/// few are not many (M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007). They are
/// enumerated without repetition: a run tells at which points behind its last pause it could have paused once more.
///
/// Of machines without threads: steps that go only in pairs.
extension Shrinker {
    /// What a parallel machine runs, read from its choices.
    private struct RacePlan {
        /// An operation of one thread, with its arguments and pauses.
        struct Step {
            var lane: UInt64
            var call: [UInt64]
            var gaps: [UInt64] = []
        }

        var head: [UInt64] = []
        /// The calls of the sequential beginning.
        var beginning: [[UInt64]] = []
        var steps: [Step] = []
        var tail: [UInt64] = []

        /// nil where the sequence holds none.
        init?(_ sequence: ChoiceSequence) {
            let spans = sequence.spans
            guard let first = spans.first(where: { $0.label == Label.parallelStep }) else { return nil }
            let indices = sequence.indices
            var end = Int(first.start)
            for (number, span) in spans.enumerated() where span.label == Label.parallelStep && span.depth == first.depth {
                guard Int(span.start) == end, span.range.upperBound <= indices.count, !span.range.isEmpty else { return nil }
                end = Int(span.end)
                if span.range.count == 1 { continue }
                let pauses = spans[(number + 1)...].prefix { $0.depth > span.depth }
                    .filter { $0.label == Label.pause && $0.depth == span.depth + 1 && !$0.range.isEmpty }
                // Where there is one thread, none is chosen.
                guard let pause = pauses.first, Int(pause.start) > Int(span.start) + 2 else { return nil }
                steps.append(
                    Step(
                        lane: indices[Int(span.start) + 1], call: Array(indices[Int(span.start) + 2..<Int(pause.start)]),
                        gaps: pauses.map { indices[Int($0.start)] }.filter { $0 > 0 }))
            }
            tail = Array(indices[end...])
            var start = Int(first.start)
            var isLast = true
            for span in spans.reversed() where span.label == Label.step && span.depth == first.depth && Int(span.end) == start {
                start = Int(span.start)
                if !isLast { beginning.insert(Array(indices[start + 1..<Int(span.end)]), at: 0) }
                isLast = false
            }
            guard !isLast else { return nil }
            head = Array(indices[..<start])
        }

        var choices: [UInt64] {
            var choices = head
            for call in beginning { choices += [1] + call }
            choices.append(0)
            for step in steps { choices += [1, step.lane] + step.call + step.gaps + [0] }
            return choices + [0] + tail
        }

        /// The numbers of the threads, in order.
        var lanes: [UInt64] { Set(steps.map(\.lane)).sorted() }

        var pauses: Int { steps.reduce(0) { $0 + $1.gaps.count } }

        /// The same without its schedule, its threads numbered from the first and one after the other.
        var bare: RacePlan {
            var plan = self
            let lanes = lanes
            plan.steps = lanes.indices.flatMap { number in
                steps.filter { $0.lane == lanes[number] }.map { Step(lane: UInt64(number), call: $0.call) }
            }
            return plan
        }

        func without(step: Int) -> RacePlan {
            var plan = self
            plan.steps.remove(at: step)
            return plan.bare
        }

        func without(beginning call: Int) -> RacePlan {
            var plan = self
            plan.beginning.remove(at: call)
            return plan.bare
        }

        /// The operation runs before the threads begin.
        func beginning(with step: Int) -> RacePlan {
            var plan = self
            plan.beginning.append(plan.steps.remove(at: step).call)
            return plan.bare
        }

        /// One thread does its own, and then what another one did.
        func joining(_ lane: UInt64, with other: UInt64) -> RacePlan {
            var plan = self
            let moved = plan.steps.filter { $0.lane == other }.map { Step(lane: lane, call: $0.call) }
            plan.steps.removeAll { $0.lane == other }
            plan.steps += moved
            return plan.bare
        }
    }

    /// Pauses of the schedules that are searched.
    private static let mostPauses = 2
    /// Runs for one program, and for all programs that one best leads to.
    private static let (programBodies, scheduleBodies) = (300, 2000)

    /// Programs one step smaller, and the best itself, under all schedules of few pauses.
    mutating func reschedule() {
        guard draws != nil, let plan = RacePlan(best), !plan.steps.isEmpty else { return }
        let budget = bodyLimit
        defer { bodyLimit = budget }
        var programs: [RacePlan] = []
        for step in plan.steps.indices.reversed() { programs.append(plan.without(step: step)) }
        for call in plan.beginning.indices.reversed() { programs.append(plan.without(beginning: call)) }
        for step in plan.steps.indices { programs.append(plan.beginning(with: step)) }
        for lane in plan.lanes {
            for other in plan.lanes where other != lane { programs.append(plan.joining(lane, with: other)) }
        }
        programs.append(plan.bare)
        let end = bodies + Self.scheduleBodies
        // All with few pauses before any with more.
        for pauses in 1...Self.mostPauses {
            for program in programs where bodies < end {
                bodyLimit = min(end, bodies + Self.programBodies)
                if searchSchedules(of: program, pauses: pauses) { return }
            }
        }
    }

    /// Whether some schedule with so many pauses or fewer fails and is simpler than the best.
    private mutating func searchSchedules(of program: RacePlan, pauses most: Int) -> Bool {
        var level = [program]
        for pauses in 0...most {
            var next: [RacePlan] = []
            for plan in level {
                let candidate = plan.choices
                if pauses == most {
                    if accept(candidate) { return true }
                    continue
                }
                // One pause is one choice more.
                guard candidate.count < best.count, bodies < bodyLimit else { continue }
                if take(candidate, completionSeed: nil) { return true }
                for (step, gaps) in (draws?.furtherGaps ?? []).enumerated() where step < plan.steps.count {
                    guard let gaps else { continue }
                    for gap in gaps where gap <= DeterministicExecutor.maximumGap {
                        var further = plan
                        further.steps[step].gaps.append(UInt64(gap))
                        next.append(further)
                    }
                }
            }
            level = next
        }
        return false
    }

    // MARK: Steps of machines

    /// Bodies for pairs, each time that everything else has come to its end.
    private static let pairBodies = 200

    /// Two steps of a machine that are only superfluous together: what one makes, the other uses up.
    mutating func deleteTwoSteps() {
        let steps = best.spans.filter { $0.label == Label.step && $0.range.count > 1 && $0.range.upperBound <= best.count }.map(\.range)
        guard steps.count > 1 else { return }
        let budget = bodyLimit
        defer { bodyLimit = budget }
        bodyLimit = max(budget, bodies + Self.pairBodies)
        for distance in 1..<steps.count {
            for first in 0..<steps.count - distance where bodies < bodyLimit {
                let (a, b) = (steps[first], steps[first + distance])
                guard a.upperBound <= b.lowerBound else { continue }
                if accept(Self.without(Self.without(best.indices, b), a)) { return }
            }
        }
    }
}
