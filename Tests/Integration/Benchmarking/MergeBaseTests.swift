import Gates
import Testing

@testable import pulsegate

/// What a gate compares with: never nothing, and never less than the whole branch without saying so.
@Suite("the base that a gate compares with")
struct MergeBaseTests {
    private func base(_ repository: TemporaryRepository) throws -> String {
        try BenchSession.mergeBase(GitRepository(root: repository.root, environment: repository.environment), branch: "main")
    }

    @Test("on the main branch it is the commit before, and the newest one where something was changed since")
    func mainBranch() throws {
        let repository = try TemporaryRepository()
        let first = try repository.commit("one")
        let second = try repository.commit("two")
        #expect(try base(repository) == first)
        try repository.write("changed", "text")
        #expect(try base(repository) == second)
    }

    @Test("on a branch it is where that began, however many commits ago", arguments: [false, true])
    func branch(changed: Bool) throws {
        let repository = try TemporaryRepository()
        try repository.commit("one")
        let fork = try repository.commit("two")
        try repository.git("switch", "-q", "-c", "faster")
        for step in 1...3 { try repository.commit("step \(step)") }
        if changed { try repository.write("changed", "text") }
        #expect(try base(repository) == fork)
    }

    @Test("the main branch is that of the remote: what was not pushed yet is judged as a whole")
    func unpushed() throws {
        let repository = try TemporaryRepository()
        try repository.commit("one")
        let pushed = try repository.commit("two")
        let copy = try repository.clone(depth: 10)
        try copy.write("changed", "text")
        #expect(try base(copy) == pushed)
        for step in 1...2 { try copy.commit("step \(step)") }
        #expect(try base(copy) == pushed)
        try copy.write("changed", "again")
        #expect(try base(copy) == pushed)
    }

    @Test("where it is not here the answer is a named failure that says what to fetch, not a lesser comparison")
    func missing() throws {
        func problem(_ repository: TemporaryRepository) throws -> String {
            let failure = try #require(throws: Failure.self) { try base(repository) }
            #expect(failure.code == .cannotEvaluate)
            return failure.message
        }
        let repository = try TemporaryRepository()
        #expect(try problem(repository).contains("no commit yet"))
        try repository.commit("one")
        #expect(try problem(repository).contains("the first commit"))
        try repository.commit("two")
        #expect(try problem(try repository.clone(depth: 1)).contains("shallow"))
        try repository.git("switch", "-q", "-c", "faster")
        for step in 1...3 { try repository.commit("step \(step)") }
        // The parent of HEAD is in this clone; that the branch has two commits more must not go unnoticed.
        let shallow = try repository.clone(depth: 2)
        try shallow.git("fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main")
        #expect(try problem(shallow).contains("shallow"))
    }
}
