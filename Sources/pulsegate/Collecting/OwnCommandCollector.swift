import Gates
import StrictDocuments

/// What collectors have in common that run a command of this program in a process of its own: kinds `fuzz` and `bench`.
///
/// The command runs within the collector's time limit and writes an evidence document into `PULSEGATE_EVIDENCE_DIR`. Each kind then holds what was
/// written against how the command ended.
enum OwnCommandCollector {
    /// - Parameter arguments: the command line for a program's path.
    static func execute(_ collector: Collector, _ context: CollectionContext, arguments: (String) -> [String]) throws(Failure) {
        var command = collector
        command.run = arguments(Workspace.absolute("/proc/self/exe") ?? "pulsegate")
        try CommandCollector.execute(command, context)
    }

    /// How a command ended.
    struct Ending {
        /// nil where it did not exit.
        var status: Int?
        /// What it said for itself.
        var reason: String?
    }

    static func read(
        _ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext, arguments: (String) -> [String],
        judge: (inout Collection, Ending) -> Void
    ) -> Collection {
        var command = collector
        command.run = arguments("pulsegate")
        var collection = CommandCollector.read(command, record, context)
        let log = (try? DocumentFile.read(context.folder(of: collector) + "/" + CommandCollector.logName, maximumBytes: 16 << 20)) ?? []
        judge(
            &collection,
            Ending(status: record.step("run")?.exitStatus.map { Int($0) }, reason: reason(String(decoding: log, as: UTF8.self))))
        return collection
    }

    /// What the command said for itself, without the advice behind it.
    static func reason(_ log: String) -> String? {
        let mark = "pulsegate: "
        let line = log.split(separator: "\n").last { $0.hasPrefix(mark) }
        return line.map { String($0.dropFirst(mark.utf8.count).prefix(300)) }
    }
}

extension OwnCommandCollector.Ending {
    /// The text, with what the command said behind it.
    func explaining(_ text: String) -> String { text + (reason.map { ": \($0)" } ?? "") }

    /// An exit code other than 0 (nothing failed), 1 (something did) and 3 (something could not be decided) is a failure of the run itself.
    func checkCode(_ collection: inout Collection, of what: String) {
        guard let status, ![0, 1, 3].contains(status) else { return }
        collection.degrade(to: status == 2 ? .invalid : .crashed, reason ?? "\(what) ended with code \(status)")
    }
}
