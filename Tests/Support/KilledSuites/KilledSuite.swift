import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// A fuzz suite that is killed with SIGKILL in the middle of its campaign.
///
/// A campaign is a suite, the zygote below it, and runners below that; each of them may be the first to go.
public enum KilledSuite {
    /// Kills the suite `pid` and what is below it, and returns when all of it is gone. By turns of `round` the runner, the zygote, or the
    /// suite alone is the first to go.
    public static func kill(_ pid: pid_t, round: Int) {
        let zygote = children(of: pid).first
        switch round % 3 {
        case 0: end(zygote.flatMap { children(of: $0).first })
        case 1: end(zygote)
        default: break
        }
        end(pid)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        // Its children die with it, but not in the same moment.
        if let zygote { while runs(zygote) { usleep(1000) } }
    }

    private static func end(_ pid: pid_t?) { if let pid { _ = Glibc.kill(pid, SIGKILL) } }

    private static func children(of pid: pid_t) -> [pid_t] {
        guard let bytes = try? DocumentFile.read("/proc/\(pid)/task/\(pid)/children", maximumBytes: 4096) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }

    /// Whether a process still runs; one that is dead and has not been waited for does not.
    private static func runs(_ pid: pid_t) -> Bool {
        guard let bytes = try? DocumentFile.read("/proc/\(pid)/stat", maximumBytes: 4096), let end = bytes.lastIndex(of: 0x29) else {
            return false
        }
        return !bytes[end...].starts(with: Array(") Z".utf8))
    }
}
