import Gates

/// Which collectors a profile needs, in the order they run. Pure data, made before anything is run.
struct Plan: Sendable {
    var profile: Profile
    var collectors: [Collector]

    init(_ configuration: GatesConfiguration, profile name: String?) throws(Failure) {
        let wanted = name ?? (configuration.profiles.contains { $0.name == "pr" } ? "pr" : configuration.profiles[0].name)
        guard let profile = configuration.profiles.first(where: { $0.name == wanted }) else {
            throw Failure(
                .usage, "there is no profile '\(wanted)'", hint: "profiles: \(configuration.profiles.map(\.name).joined(separator: ", "))")
        }
        self.profile = profile
        let needed = Set(configuration.gates.filter { profile.gates.contains($0.id) }.flatMap(\.from))
        var included = needed
        // What a needed collector waits for is needed too.
        var frontier = Array(needed)
        while let id = frontier.popLast() {
            for other in configuration.collectors.first(where: { $0.id == id })?.after ?? [] where included.insert(other).inserted {
                frontier.append(other)
            }
        }
        // Topological order; among those that are ready, the order of the file. The reader has refused cycles.
        var waiting = configuration.collectors.filter { included.contains($0.id) }
        var done: Set<String> = []
        collectors = []
        while let index = waiting.firstIndex(where: { $0.after.allSatisfy { done.contains($0) || !included.contains($0) } }) {
            let next = waiting.remove(at: index)
            done.insert(next.id)
            collectors.append(next)
        }
    }
}
