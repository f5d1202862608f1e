extension PropertyEngine {
    /// Runs a property whose body may suspend, in the caller's isolation.
    ///
    /// ```swift
    /// let report = await PropertyEngine.runAsync(PropertySettings(cases: 200)) { draws in
    ///     let key = draws.int(in: 0...9)
    ///     await store.put(key)
    ///     return await store.has(key) ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "lost")))
    /// }
    /// ```
    ///
    /// The engine is the same as that of ``run(_:test:)`` and the report is the same, byte for byte: it runs on a thread of its own and hands
    /// each case to the task that called. Task-local values, actor isolation and priority of the body are the caller's; nothing that it uses need
    /// be Sendable. One case runs at a time.
    ///
    /// A cancelled task ends the run after the case under way; what the report then says is of no value, and the caller asks
    /// `Task.isCancelled`.
    ///
    /// - Parameter test: as for ``run(_:test:)``. Whatever it starts it must also await: a case that goes on after its end would be seen by the
    ///   next one.
    /// - Complexity: some microseconds for each case on top of the body.
    public static func runAsync(
        _ settings: PropertySettings = PropertySettings(), isolation: isolated (any Actor)? = #isolation,
        test: nonisolated(nonsending) (Draws) async -> CaseEnd
    ) async -> PropertyReport {
        await CaseExchange.run(time: nil, test: test) { exchange in PropertyEngine.run(settings) { exchange.ask($0).end } }
    }
}
