import ChildProcessesRuntime
import Glibc

extension Command {
    /// Runs the command and returns when it and every process it started have ended.
    ///
    /// Blocks the calling thread and calls `onEvent` on it, so give it a thread of its own. A slow `onEvent` slows the
    /// command down (its pipes fill up); it does not put off the moment at which the time-out is acted upon by more
    /// than one call. Concurrent runs do not disturb each other.
    ///
    /// - Parameter interruption: ends the command when tripped.
    /// - Throws: ``SpawnError`` when the command could not be started or its result is unknown. Nothing of it is left
    ///   running then, except after ``SpawnError/guardianLost``.
    public func run(interruption: Interruption? = nil, onEvent: (Event) -> Void = { _ in }) throws(SpawnError) -> Outcome {
        let executable = try validatedExecutable()
        if let interruption, interruption.isTripped { throw .interruptedBeforeStart }

        let descriptors = DescriptorSet()
        var pipes = NamedPipes()
        defer {
            descriptors.closeAll()
            pipes.remove()
        }
        try pipes.make(namedPipes, in: descriptors)
        let launch = try Launch(command: self, executable: executable, descriptors: descriptors)
        var supervision = Supervision(command: self, launch: launch, pipes: pipes.readers, descriptors: descriptors)
        supervision.watch(interruption: interruption, onEvent: onEvent)
        pipes.closeWriters(in: descriptors)
        supervision.drain(onEvent: onEvent)
        return try supervision.outcome()
    }
}
