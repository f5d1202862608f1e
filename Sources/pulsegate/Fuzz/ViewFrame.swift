import TerminalDisplay

/// The view of a campaign as lines of a window: a pure function of what is known and of the window's size.
///
/// ```
///  two-bugs   PlantedSuite                                        12 s of 10 min
///  ━━━━━━━━━━━━━╸────────────────────────────────────────────────────────────────
///   speed       1.2 M/s   1.3 M per CPU second      executions  14.9 M
///   edges       312 of 1204 (25 %)                  features    1022
///  …
///   BUGS        2 kinds, 31 deaths
///  ✗ crash       1 byte  [0x21]                      a shallow bug  PlantedSuite.swift:29
///   STUCK AT    14 compares that no input has met
///    PlantedSuite.swift:9    0 == 80 'P'              reached by 3100
/// ```
///
/// Where the window is low, lines go in the order of what can be missed: explanations, the sparkline, compares, the lesser figures; a
/// title, the speed, the edges and the findings stay. Lists that are cut say how much they hold.
struct ViewFrame {
    let state: ViewState
    let columns: Int
    let rows: Int
    let colour: ColourMode
    /// Where an address of the code stands, as far as that is known.
    let locate: (UInt64) -> String?

    private var width: Int { max(20, columns - 1) }
    private static let labelWidth = 12

    /// The lines, at most `rows` of them.
    func lines() -> [String] {
        var sections: [(keep: Int, lines: [ViewLine])] = [(100, [title()]), (30, [bar()])]
        if let target = state.current.map({ state.targets[$0] }), let sample = target.sample {
            sections += figures(target, sample)
            sections.append((72, found(target)))
            sections.append((60, next(target)))
            if let reason = reason(target) { sections.append((10, [reason])) }
        } else {
            sections.append((90, [ViewLine("  the suite is starting …", .secondary)]))
        }
        if state.targets.count > 1 { sections.append((45, overview(limit: max(3, rows / 5)))) }
        // What is of a fixed height comes first: the lists share what is left.
        var fixed = sections
        let wanted = max(1, rows)
        while fixed.reduce(0, { $0 + $1.lines.count }) > max(1, wanted - listMinimum), fixed.count > 1,
            let least = fixed.indices.min(by: { fixed[$0].keep < fixed[$1].keep })
        {
            fixed.remove(at: least)
        }
        let used = fixed.reduce(0) { $0 + $1.lines.count }
        let all = fixed.flatMap(\.lines) + lists(rows: wanted - used)
        return all.prefix(wanted).map { $0.rendered(width: width, colour) }
    }

    private var findings: [(target: String, finding: ViewState.Finding)] {
        // The newest first: it is what one looks for.
        state.targets.flatMap { target in target.findings.map { (target.name, $0) } }.sorted { $0.finding.foundAt > $1.finding.foundAt }
    }

    /// Rows that the lists need to say anything.
    private var listMinimum: Int { min(rows / 2, 1 + min(3, findings.count)) }

    // MARK: Fixed lines

    private func title() -> ViewLine {
        var line = ViewLine(" ")
        let name = state.current.map { state.targets[$0].name } ?? "fuzz"
        let seconds = state.now / 1_000_000_000
        let elapsed = seconds < 60 ? "\(seconds) s" : humanDuration(nanoseconds: seconds * 1_000_000_000)
        let clock = elapsed + (state.plan.map { " of " + humanDuration(nanoseconds: $0.time) } ?? "")
        let room = max(4, width - TextWidth.cells(in: clock) - 3)
        line.add(TextWidth.truncated(sanitised(name), to: room), .emphasis)
        if let suite = state.plan?.suite, TextWidth.cells(in: suite) + line.cells + 2 < room { line.add("  " + suite, .secondary) }
        line.pad(to: width - TextWidth.cells(in: clock))
        line.add(clock)
        return line
    }

    private func bar() -> ViewLine {
        var line = ViewLine(" ")
        let room = width - 1
        let whole = max(1, state.plan?.time ?? 1)
        let halves = Int(min(1, Double(state.now) / Double(whole)) * Double(2 * room))
        line.add(String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : ""), .success)
        line.add(String(repeating: "─", count: room - (halves + 1) / 2), .secondary)
        return line
    }

    private func figures(_ target: ViewState.Target, _ sample: CampaignSample) -> [(keep: Int, lines: [ViewLine])] {
        let short = PlainCampaignDisplay.short
        var speed = target.speed.map { short(UInt64(max(0, $0))) + "/s" } ?? "…"
        if width >= 64, let each = target.speedOfProcessor { speed += "   \(short(UInt64(max(0, each)))) per CPU second" }
        var edges = "\(sample.edges)"
        if target.edgesOfBuild > 0 {
            edges += " of \(target.edgesOfBuild) (\(Self.percent(Double(sample.edges) / Double(target.edgesOfBuild))))"
        }
        let stability =
            sample.stabilityChecks == 0
            ? "not measured"
            : "\(Self.percent(1 - Double(sample.unstable) / Double(sample.stabilityChecks))) of \(short(sample.stabilityChecks)) checks"
        var workers = "\(max(1, sample.workers.count))"
        if sample.workers.count > 1 { workers += "  (" + sample.workers.map(short).joined(separator: " · ") + ")" }
        let isUnstable = sample.stabilityChecks > 0 && sample.unstable * 20 > sample.stabilityChecks
        return [
            (95, [pair("speed", speed, target.speed == 0 ? .failure : .emphasis, "executions", short(sample.executions))]),
            (94, [pair("edges", edges, .emphasis, "features", short(sample.features))]),
            (
                70,
                [
                    pair(
                        "corpus", "\(short(sample.corpus)) inputs", .plain, "stability", stability,
                        isUnstable ? .warning : sample.stabilityChecks == 0 ? .secondary : .plain)
                ]
            ),
            (50, [pair("workers", workers, .plain, "deaths", short(sample.crashes))]),
            (20, [spark(target)]),
        ]
    }

    private func spark(_ target: ViewState.Target) -> ViewLine {
        var line = label("over time")
        let room = max(8, min(120, width - Self.labelWidth - 2))
        line.add(target.history.sparkline(width: room), .success)
        return line
    }

    private func found(_ target: ViewState.Target) -> [ViewLine] {
        var line = label("last find")
        guard let last = target.lastFind, let since = target.executionsSinceFind else {
            line.add("none yet", .secondary)
            return [line]
        }
        let ago = max(0, state.now - last.at)
        let words = ago < 1_500_000_000 ? "just now" : humanDuration(nanoseconds: ago) + " ago"
        line.add(words, ago < 10_000_000_000 ? .success : ago > 120_000_000_000 ? .warning : .plain)
        if since > 0 { line.add("   \(PlainCampaignDisplay.short(since)) executions", .secondary) }
        return [line]
    }

    private func next(_ target: ViewState.Target) -> [ViewLine] {
        var line = label("next find")
        guard let estimate = target.discovery else {
            line.add("too early to tell", .secondary)
            return [line]
        }
        line.add("at most 1 in \(PlainCampaignDisplay.short(Self.count(estimate.oneIn))) executions")
        if let speed = target.speed, speed > 0 {
            let each = min(9e18, estimate.oneIn / speed * 1e9)
            line.add("   one in \(humanDuration(nanoseconds: Int64(each))) at this speed", .secondary)
        }
        return [line]
    }

    /// What the estimate means.
    private func reason(_ target: ViewState.Target) -> ViewLine? {
        guard let estimate = target.discovery else { return nil }
        var line = label("")
        switch estimate.reason {
        case .singletons(let once, let looked):
            let short = PlainCampaignDisplay.short
            line.add("Good–Turing: of \(short(looked)) executions \(once == 0 ? "none" : short(once)) ran code no other did", .secondary)
        case .silence(let executions):
            line.add("rule of three: \(PlainCampaignDisplay.short(executions)) executions in a row with nothing new", .secondary)
        }
        return line
    }

    private func overview(limit: Int) -> [ViewLine] {
        var lines = [heading("TARGETS", "\(state.targets.count)")]
        let order = state.targets.indices.sorted { first, second in
            if (first == state.current) != (second == state.current) { return first == state.current }
            return first < second
        }
        for index in order.prefix(limit - 1) {
            let target = state.targets[index]
            var line = ViewLine(index == state.current ? " ▸ " : "   ", .success)
            let nameWidth = min(32, max(12, width / 3))
            line.add(TextWidth.truncated(sanitised(target.name), to: nameWidth))
            line.pad(to: nameWidth + 4)
            if let sample = target.sample {
                let short = PlainCampaignDisplay.short
                line.add("\(short(sample.edges)) edges  \(short(sample.executions)) executions  ", .secondary)
                let count = target.findings.count
                line.add("\(count) bug\(count == 1 ? "" : "s")", count > 0 ? .failure : .secondary)
            } else {
                line.add("not begun", .secondary)
            }
            lines.append(line)
        }
        if state.targets.count > limit - 1 { lines[0] = heading("TARGETS", "\(limit - 1) of \(state.targets.count) shown") }
        return lines
    }

    // MARK: Lists

    private func lists(rows: Int) -> [ViewLine] {
        guard rows > 0 else { return [] }
        let findings = findings
        let stuck = state.current.map { state.targets[$0].stuck } ?? []
        // A blank line, findings, a blank line, compares. Compares have at least a third where there is room for both.
        let airy = rows >= 8
        let room = rows - (airy ? 1 : 0)
        let forStuck = stuck.isEmpty || room < 6 ? 0 : max(min(stuck.count + 2, room - 1 - findings.count), min(stuck.count + 2, room / 3))
        let forFindings = max(0, room - forStuck - 1)
        let isRoomy = 2 * findings.count <= forFindings
        var lines = airy ? [ViewLine()] : []
        let deaths = state.targets.reduce(0) { $0 + ($1.sample?.crashes ?? 0) }
        var words = findings.isEmpty ? "none so far" : "\(findings.count)"
        if deaths > UInt64(findings.count) { words += ", of \(PlainCampaignDisplay.short(deaths)) deaths" }
        if findings.count > forFindings { words += "; the newest \(forFindings) shown" }
        lines.append(heading("BUGS", words, findings.isEmpty ? .secondary : .failure))
        lines += isRoomy ? findings.flatMap(pairOfRows) : findings.prefix(forFindings).map(row)
        guard !stuck.isEmpty, rows - lines.count >= 2 else { return lines }
        if airy, rows - lines.count >= 4 { lines.append(ViewLine()) }
        let forRows = max(0, rows - lines.count - 1)
        let cut = stuck.count > forRows ? "; the \(forRows) most reached shown" : ""
        lines.append(heading("STUCK AT", "\(stuck.count) compare\(stuck.count == 1 ? "" : "s") that no input has met" + cut, .secondary))
        lines += stuck.prefix(forRows).map(row)
        return lines
    }

    /// What it is and where, and below it the input that shows it.
    private func pairOfRows(_ entry: (target: String, finding: ViewState.Finding)) -> [ViewLine] {
        let finding = entry.finding
        var first = ViewLine(" ✗ ", .failure)
        first.add(finding.kind + (finding.isFlaky ? " (flaky)" : ""), .failure)
        first.pad(to: 18)
        let place = finding.location.map { "  " + Self.file($0) } ?? ""
        let room = max(12, width - first.cells - TextWidth.cells(in: place))
        first.add(TextWidth.truncated(sanitised(Self.title(entry, isAlone: state.targets.count == 1)), to: room))
        first.add(place, .secondary)
        var second = ViewLine(String(repeating: " ", count: 18))
        second.add(Self.value(finding), .emphasis)
        return [first, second]
    }

    private static func title(_ entry: (target: String, finding: ViewState.Finding), isAlone: Bool) -> String {
        (isAlone ? "" : entry.target + ": ") + (entry.finding.title ?? "at \(entry.finding.bucket), not looked at yet")
    }

    private static func value(_ finding: ViewState.Finding) -> String {
        finding.value ?? finding.length.map { "\($0) byte\($0 == 1 ? "" : "s")" } ?? ""
    }

    private func row(_ entry: (target: String, finding: ViewState.Finding)) -> ViewLine {
        let finding = entry.finding
        var line = ViewLine(" ✗ ", .failure)
        line.add(finding.kind + (finding.isFlaky ? " (flaky)" : ""), .failure)
        line.pad(to: 18)
        let title = Self.title(entry, isAlone: state.targets.count == 1)
        let value = Self.value(finding)
        let place = finding.location.map { "  " + Self.file($0) } ?? ""
        // The value is what one came for: it has up to half of the line, the title what is left.
        let room = max(8, width - line.cells)
        let forValue = min(TextWidth.cells(in: sanitised(value)), max(8, room / 2))
        line.add(TextWidth.truncated(sanitised(value), to: forValue), .emphasis)
        line.add("  ")
        let forPlace = TextWidth.cells(in: place)
        let rest = width - line.cells
        line.add(TextWidth.truncated(sanitised(title), to: max(min(12, rest), rest - forPlace)))
        if width - line.cells >= min(forPlace, 10) { line.add(place, .secondary) }
        return line
    }

    private func row(_ compare: UnsolvedCompare) -> ViewLine {
        var line = ViewLine("   ")
        let place = compare.site.flatMap(locate) ?? compare.location
        let forPlace = min(36, max(14, width / 3))
        line.add(Self.cutFront(Self.file(sanitised(place)), to: forPlace), .secondary)
        line.pad(to: forPlace + 5)
        let reached = "reached \(PlainCampaignDisplay.short(compare.reached))×"
        let room = max(10, width - line.cells - (width > 60 ? TextWidth.cells(in: reached) + 2 : 0))
        let half = max(4, (room - compare.form.count - 2) / 2)
        line.add(TextWidth.truncated(sanitised(compare.left), to: half))
        line.add(" \(compare.form) ", .secondary)
        line.add(TextWidth.truncated(sanitised(compare.right), to: half), .warning)
        if width > 60 {
            line.pad(to: width - TextWidth.cells(in: reached))
            line.add(reached, .secondary)
        }
        return line
    }

    // MARK: Pieces

    private func label(_ name: String) -> ViewLine {
        var line = ViewLine("  ")
        line.add(name, .secondary)
        line.pad(to: Self.labelWidth + 2)
        return line
    }

    private func heading(_ name: String, _ words: String, _ style: Style = .plain) -> ViewLine {
        var line = ViewLine("  ")
        line.add(name, .emphasis)
        line.pad(to: Self.labelWidth + 2)
        line.add(words, style)
        return line
    }

    /// Two figures a line, one where the window is narrow.
    private func pair(_ first: String, _ value: String, _ style: Style, _ second: String, _ other: String, _ otherStyle: Style = .plain)
        -> ViewLine
    {
        var line = label(first)
        line.add(value, style)
        let column = max(44, min(60, width * 3 / 5))
        guard width >= 64, line.cells < column else {
            guard line.cells + 5 + other.count + second.count <= width else { return line }
            line.add("   ")
            line.add(other, otherStyle)
            line.add(" " + second, .secondary)
            return line
        }
        line.pad(to: column)
        line.add(second, .secondary)
        line.pad(to: column + 12)
        line.add(other, otherStyle)
        return line
    }

    /// A path without its folders: the line has no room for them, and who asks for more reads the report.
    private static func file(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func cutFront(_ text: String, to room: Int) -> String {
        TextWidth.cells(in: text) <= room ? text : TextWidth.ellipsis + String(text.suffix(max(0, room - 1)))
    }

    static func count(_ value: Double) -> UInt64 { value.isFinite && value > 0 ? UInt64(min(value, 9e18)) : 0 }

    /// "25 %", "0.4 %": never 100 for what is less, never 0 for what is more.
    static func percent(_ part: Double) -> String {
        guard part.isFinite else { return "-" }
        if part > 0, part < 0.001 { return "<0.1 %" }
        let thousandths = Int((min(max(part, 0), 1) * 1000).rounded(.down))
        return thousandths >= 100 || thousandths == 0 ? "\(thousandths / 10) %" : "\(thousandths / 10).\(thousandths % 10) %"
    }
}
