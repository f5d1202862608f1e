import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How many runs find a planted fault of a system with state, and how short the shown run is.
///
/// Counting rules: a test is one run of at most 50 steps; seeds are consecutive; the same settings for every task; a task is solved when a
/// run fails within the first 100, the first run of all, which takes no step, included. Milliseconds are the process's CPU time to failure and
/// shrunk. The floor of the project is 95 % solved, on the mean and for each task.
enum StatefulTasks {
    static let runs = 100
    static let floor = 0.95

    struct Row {
        var name: String
        var seeds: Int
        var solved: Int
        var medianRuns: Int
        var p95Runs: Int
        /// Steps of the run that is shown.
        var medianSteps: Int
        var mostSteps: Int
        var medianMilliseconds: Double

        var json: JSONValue {
            [
                "group": "stateful", "task": .string(name), "seeds": .int(Int64(seeds)), "solved": .int(Int64(solved)),
                "median_runs": .int(Int64(medianRuns)), "p95_runs": .int(Int64(p95Runs)), "median_steps": .int(Int64(medianSteps)),
                "most_steps": .int(Int64(mostSteps)), "median_ns": .int(Int64(medianMilliseconds * 1e6)),
            ]
        }

        var line: String {
            "\(name): solved \(solved) of \(seeds), median runs \(medianRuns) (p95 \(p95Runs)), steps shown \(medianSteps) (most \(mostSteps))"
        }
    }

    static func rows(_ seeds: ClosedRange<UInt64>) -> [Row] {
        [
            row("lru get_no_touch", seeds) { try $0.run(cache(.getDoesNotTouch)) },
            row("lru update_no_touch", seeds) { try $0.run(cache(.updateDoesNotTouch)) },
            row("lru cap_plus_1", seeds) { try $0.run(cache(.oneTooMany)) },
            row("lru evict_newest", seeds) { try $0.run(cache(.evictsNewest)) },
            row("ring wrap_early", seeds) { try $0.run(ring(.wrapsEarly)) },
            row("ring full_is_empty", seeds) { try $0.run(ring(.fullIsEmpty)) },
            row("diehard", seeds) { try $0.run(jugs()) },
            row("bank self_transfer", seeds) { try $0.run(bank()) },
            row("pool double_give", seeds) { try $0.run(pool()) },
            row("editor redo_survives", seeds) { try $0.run(editor()) },
            row("table delete_stops_probe", seeds) { try $0.run(table()) },
            row("store snapshot_shares", seeds) { try $0.run(store()) },
            row("login lockout_off_by_one", seeds) { try $0.run(login()) },
            row("dial combination", seeds) { try $0.run(dial()) },
        ]
    }

    private static func row(_ name: String, _ seeds: ClosedRange<UInt64>, _ body: @escaping (Draws) throws -> Void) -> Row {
        var runsToFailure: [Int] = []
        var steps: [Int] = []
        var milliseconds: [Double] = []
        for seed in seeds {
            let start = clock()
            let report = PropertyEngine.run(PropertySettings(cases: runs, seed: seed)) { draws in
                do {
                    try body(draws)
                    return .passed
                } catch let failure as StateMachineFailure {
                    return .failed(failure.caseFailure)
                } catch {
                    return .rejected
                }
            }
            milliseconds.append(Double(clock() - start) * 1000 / Double(CLOCKS_PER_SEC))
            guard let failure = report.failures.first, failure.casesToFailure <= runs else { continue }
            runsToFailure.append(failure.casesToFailure)
            steps.append(failure.sequence.spans.filter { $0.label == Label.step && $0.range.count > 1 }.count)
        }
        let solved = runsToFailure.count
        // A run that did not fail counts as one more than the limit.
        runsToFailure += [Int](repeating: runs + 1, count: seeds.count - solved)
        runsToFailure.sort()
        steps.sort()
        milliseconds.sort()
        return Row(
            name: name, seeds: seeds.count, solved: solved, medianRuns: runsToFailure[runsToFailure.count / 2],
            p95Runs: runsToFailure[runsToFailure.count * 95 / 100], medianSteps: steps.isEmpty ? 0 : steps[steps.count / 2],
            mostSteps: steps.last ?? 0, medianMilliseconds: milliseconds[milliseconds.count / 2])
    }

    // MARK: A cache that forgets what was used longest ago

    private enum CacheFault { case getDoesNotTouch, updateDoesNotTouch, oneTooMany, evictsNewest }

    private struct Cache {
        var fault: CacheFault?
        var capacity = 1
        /// Oldest use first.
        var entries: [(key: Int, value: Int)] = []

        mutating func get(_ key: Int) -> Int? {
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = entries[place]
            if fault != .getDoesNotTouch {
                entries.remove(at: place)
                entries.append(entry)
            }
            return entry.value
        }

        mutating func put(_ key: Int, _ value: Int) {
            if let place = entries.firstIndex(where: { $0.key == key }) {
                if fault == .updateDoesNotTouch {
                    entries[place].value = value
                    return
                }
                entries.remove(at: place)
            } else if entries.count >= (fault == .oneTooMany && capacity >= 4 ? capacity + 1 : capacity) {
                if fault == .evictsNewest { entries.removeLast() } else { entries.removeFirst() }
            }
            entries.append((key, value))
        }
    }

    private static func cache(_ fault: CacheFault) -> StateMachine<(system: Cache, model: Cache)> {
        var machine = StateMachine { (system: Cache(fault: fault), model: Cache()) }
        machine.initialise("cache.reserve") { pair, step in
            let capacity = step.argument { $0.int(in: 1...6) }
            pair.system.capacity = capacity
            pair.model.capacity = capacity
        }
        machine.rule("cache.put") { step in
            (step.argument { $0.int(in: 0...9) }, step.argument { $0.int(in: 0...99) })
        } acts: {
            pair, drawn, _ in
            pair.system.put(drawn.0, drawn.1)
            pair.model.put(drawn.0, drawn.1)
        }
        machine.rule("cache.get") {
            $0.argument { $0.int(in: 0...9) }
        } acts: { pair, key, step in
            try step.expect(pair.system.get(key), equals: pair.model.get(key))
        }
        machine.fingerprint { pair, print in print.combine(pair.model.entries.map(\.key)) }
        return machine
    }

    // MARK: A ring buffer

    private enum RingFault { case wrapsEarly, fullIsEmpty }

    private struct Ring {
        var fault: RingFault?
        var slots: [Int] = []
        var head = 0
        var used = 0

        var size: Int { slots.count }
        var count: Int { fault == .fullIsEmpty && used == size ? 0 : used }

        mutating func push(_ value: Int) {
            slots[(head + used) % size] = value
            used += 1
        }

        mutating func pop() -> Int {
            let value = slots[head]
            let end = fault == .wrapsEarly && size > 3 ? size - 1 : size
            head = (head + 1) % end
            used -= 1
            return value
        }
    }

    private static func ring(_ fault: RingFault) -> StateMachine<(system: Ring, model: [Int])> {
        var machine = StateMachine { (system: Ring(fault: fault), model: [Int]()) }
        machine.initialise("ring.reserve") { pair, step in
            pair.system.slots = [Int](repeating: 0, count: step.argument { $0.int(in: 1...8) })
        }
        machine.rule("ring.push") {
            $0.argument { $0.int(in: 0...99) }
        } acts: {
            pair, value, _ in
            pair.system.push(value)
            pair.model.append(value)
        } when: {
            $0.model.count < $0.system.size
        }
        machine.rule("ring.pop") { pair, step in
            try step.expect(pair.system.pop(), equals: pair.model.removeFirst())
        } when: {
            !$0.model.isEmpty
        }
        machine.rule("ring.count") { pair, step in try step.expect(pair.system.count, equals: pair.model.count) }
        machine.fingerprint { pair, print in
            print.combine(pair.model.count)
            print.combine(pair.system.head)
        }
        return machine
    }

    // MARK: Jugs of three and five litres

    private static func jugs() -> StateMachine<(small: Int, large: Int)> {
        var machine = StateMachine { (small: 0, large: 0) }
        machine.rule("fillSmall") { jugs, _ in jugs.small = 3 }
        machine.rule("fillLarge") { jugs, _ in jugs.large = 5 }
        machine.rule("emptySmall") { jugs, _ in jugs.small = 0 }
        machine.rule("emptyLarge") { jugs, _ in jugs.large = 0 }
        machine.rule("pourSmallIntoLarge") { jugs, _ in
            let amount = min(jugs.small, 5 - jugs.large)
            jugs = (jugs.small - amount, jugs.large + amount)
        }
        machine.rule("pourLargeIntoSmall") { jugs, _ in
            let amount = min(jugs.large, 3 - jugs.small)
            jugs = (jugs.small + amount, jugs.large - amount)
        }
        machine.invariant("not four litres") { $0.large != 4 }
        machine.fingerprint { jugs, print in
            print.combine(jugs.small)
            print.combine(jugs.large)
        }
        return machine
    }

    // MARK: Systems whose rules use earlier results

    private static func bank() -> StateMachine<(system: [Int], model: [Int])> {
        let accounts = StateBundle<Int>("account")
        var machine = StateMachine { (system: [Int](), model: [Int]()) }
        machine.rule("bank.open") {
            $0.argument { $0.int(in: 0...50) }
        } acts: { bank, amount, step in
            bank.system.append(amount)
            bank.model.append(amount)
            step.produce(bank.model.count - 1, into: accounts)
        }
        machine.rule("bank.transfer", uses: [accounts]) { bank, step in
            guard let from = step.draw(accounts, label: "from:"), let to = step.draw(accounts, label: "to:") else { return }
            let amount = step.argument { $0.int(in: 0...50) }
            guard bank.model[from] >= amount else { return }
            bank.model[from] -= amount
            bank.model[to] += amount
            // Both balances are read before either is written.
            let (a, b) = (bank.system[from], bank.system[to])
            bank.system[from] = a - amount
            bank.system[to] = b + amount
        }
        machine.invariant("balances") { $0.system == $0.model }
        return machine
    }

    private static func pool() -> StateMachine<(free: [Int], live: Set<Int>, made: Int)> {
        let slots = StateBundle<Int>("slot")
        var machine = StateMachine { (free: [Int](), live: Set<Int>(), made: 0) }
        machine.rule("pool.take") { pool, step in
            let slot: Int
            if let last = pool.free.popLast() {
                slot = last
            } else {
                slot = pool.made
                pool.made += 1
            }
            try step.expect(pool.live.insert(slot).inserted, "a slot is given to two")
            step.produce(slot, into: slots)
        }
        machine.rule("pool.give", uses: [slots]) { pool, step in
            guard let slot = step.consume(slots) else { return }
            pool.live.remove(slot)
            pool.free.append(slot)
        }
        machine.rule("pool.reset", uses: [slots]) { pool, _ in
            // Forgets that what is free already is in the list.
            if pool.free.count >= 2 { pool.free.append(pool.free[0]) }
        } when: {
            $0.live.count == 2
        }
        machine.fingerprint { pool, print in
            print.combine(pool.live.count)
            print.combine(pool.free.count)
        }
        return machine
    }

    // MARK: Systems with a past

    private struct Editor {
        var text: [Int] = []
        var undo: [[Int]] = []
        var redo: [[Int]] = []
    }

    private static func editor() -> StateMachine<(system: Editor, model: Editor)> {
        var machine = StateMachine { (system: Editor(), model: Editor()) }
        machine.rule("editor.type") {
            $0.argument { $0.int(in: 0...9) }
        } acts: { pair, letter, _ in
            pair.system.undo.append(pair.system.text)
            pair.system.text.append(letter)
            pair.model.undo.append(pair.model.text)
            pair.model.text.append(letter)
            pair.model.redo = []
        }
        machine.rule("editor.undo") { pair, _ in
            func undo(_ editor: inout Editor) {
                guard let last = editor.undo.popLast() else { return }
                editor.redo.append(editor.text)
                editor.text = last
            }
            undo(&pair.system)
            undo(&pair.model)
        }
        machine.rule("editor.redo") { pair, _ in
            func redo(_ editor: inout Editor) {
                guard let next = editor.redo.popLast() else { return }
                editor.undo.append(editor.text)
                editor.text = next
            }
            redo(&pair.system)
            redo(&pair.model)
        }
        machine.invariant("text") { $0.system.text == $0.model.text }
        return machine
    }

    private struct Table {
        enum Slot: Hashable {
            case empty
            case full(Int)
        }
        var slots = [Slot](repeating: .empty, count: 8)

        func place(_ key: Int) -> Int? {
            for step in 0..<8 {
                switch slots[(key + step) % 8] {
                case .empty: return nil
                case .full(key): return (key + step) % 8
                case .full: continue
                }
            }
            return nil
        }

        mutating func insert(_ key: Int) {
            guard place(key) == nil else { return }
            for step in 0..<8 where slots[(key + step) % 8] == .empty {
                slots[(key + step) % 8] = .full(key)
                return
            }
        }

        /// Leaves a hole that ends the search for what was pushed behind it.
        mutating func remove(_ key: Int) { if let place = place(key) { slots[place] = .empty } }
    }

    private static func table() -> StateMachine<(system: Table, model: Set<Int>)> {
        var machine = StateMachine { (system: Table(), model: Set<Int>()) }
        machine.rule("table.insert") {
            $0.argument { $0.int(in: 0...31) }
        } acts: { pair, key, _ in
            pair.system.insert(key)
            pair.model.insert(key)
        } when: {
            $0.model.count < 7
        }
        machine.rule("table.remove") {
            $0.argument { $0.int(in: 0...31) }
        } acts: { pair, key, _ in
            pair.system.remove(key)
            pair.model.remove(key)
        }
        machine.rule("table.contains") {
            $0.argument { $0.int(in: 0...31) }
        } acts: { pair, key, step in
            try step.expect(pair.system.place(key) != nil, equals: pair.model.contains(key))
        }
        return machine
    }

    private final class Page { var values: [Int: Int] = [:] }

    private static func store() -> StateMachine<(page: Page, model: [Int: Int])> {
        let snapshots = StateBundle<(page: Page, model: [Int: Int])>("snapshot")
        var machine = StateMachine { (page: Page(), model: [Int: Int]()) }
        machine.rule("store.put") { step in
            (step.argument { $0.int(in: 0...3) }, step.argument { $0.int(in: 0...9) })
        } acts: {
            store, drawn, _ in
            store.page.values[drawn.0] = drawn.1
            store.model[drawn.0] = drawn.1
        }
        machine.rule("store.snapshot") { store, step in
            let copy = Page()
            copy.values = store.page.values
            // An empty page is not copied.
            step.produce((store.page.values.isEmpty ? store.page : copy, store.model), into: snapshots)
        }
        machine.rule("store.read", uses: [snapshots]) {
            ($0.draw(snapshots), $0.argument { $0.int(in: 0...3) })
        } acts: {
            _, drawn, step in
            guard let snapshot = drawn.0 else { return }
            try step.expect(snapshot.page.values[drawn.1], equals: snapshot.model[drawn.1])
        }
        return machine
    }

    private static func login() -> StateMachine<(failures: Int, isLocked: Bool, model: Int)> {
        var machine = StateMachine { (failures: 0, isLocked: false, model: 0) }
        machine.rule("login.wrong") { login, _ in
            login.model += 1
            login.failures += 1
            if login.failures > 5 { login.isLocked = true }
        } when: {
            $0.model < 5
        }
        machine.rule("login.right") { login, _ in
            login.model = 0
            login.failures = 0
        } when: {
            $0.model < 5
        }
        machine.rule("login.reset") { login, _ in
            login = (0, false, 0)
        }
        machine.rule("login.isLocked") { login, step in try step.expect(login.isLocked, equals: login.model >= 5) }
        machine.fingerprint { login, print in print.combine(login.model) }
        return machine
    }

    /// Opens after a secret series of turns; any other turn begins anew.
    private static func dial() -> StateMachine<Int> {
        let secret = [2, 0, 3, 1, 1]
        var machine = StateMachine { 0 }
        for turn in 0..<4 {
            machine.rule("dial.turn\(turn)") { reached, _ in reached = secret[reached] == turn ? reached + 1 : 0 }
        }
        machine.invariant("closed") { $0 < secret.count }
        machine.fingerprint { reached, print in print.combine(reached) }
        return machine
    }
}
