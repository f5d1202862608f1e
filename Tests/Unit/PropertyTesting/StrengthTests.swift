import FaultyStructures
import PropertyTesting
import Testing

struct StrengthTests {
    @Test("correct structures pass all their properties", arguments: [FaultyProperties.Keys.any, .few])
    func correct(_ keys: FaultyProperties.Keys) {
        for property in FaultyProperties.all(keys: keys) {
            #expect(property.run(nil, PropertySettings(cases: 300, seed: 1)).outcome == .passed, "\(property.family) \(property.name)")
        }
    }

    @Test("the structures that nobody tunes on are correct but for their mutants, each of which is killed")
    func heldOut() {
        for property in FaultyProperties.heldOut {
            #expect(property.run(nil, PropertySettings(cases: 300, seed: 1)).outcome == .passed, "\(property.family)")
            for mutant in property.mutants {
                var settings = PropertySettings(cases: 20_000, seed: 4)
                settings.shrinkLimit = 0
                #expect(property.run(mutant, settings).outcome == .falsified, "\(property.family).\(mutant)")
            }
        }
    }

    @Test("the properties together kill every mutant, and the report says after how many tests")
    func kills() {
        var study = StrengthStudy(cases: 1500, seed: 2)
        for property in FaultyProperties.all(keys: .few) {
            study.add("\(property.family) \(property.name)", mutants: property.mutants.map { "\(property.family).\($0)" }) {
                mutant, settings in
                property.run(mutant.map { String($0.drop { $0 != "." }.dropFirst()) }, settings)
            }
        }
        let report = study.report()
        #expect(report.survivors.isEmpty, "\(report.text)")
        #expect(report.mutants.count == 32)
        #expect(report.idleProperties.isEmpty && report.unsoundProperties.isEmpty)
        #expect(report.score == 1)
    }

    @Test("a weak property leaves survivors, which are named; what fails for the correct code is set apart")
    func survivors() throws {
        let union = try #require(FaultyProperties.all(keys: .few).first { $0.name == "UnionValid" })
        var study = StrengthStudy(cases: 500, seed: 3)
        // Order alone does not notice a wrong value.
        study.add("ordered", mutants: ["union_6", "union_8"], run: union.run)
        study.add("wrong", mutants: ["union_8"]) { _, settings in
            PropertyEngine.run(settings, generate: { $0.int() }, holds: { _ in false }).report
        }
        study.add("idle", mutants: ["union_8"]) { _, settings in
            PropertyEngine.run(settings, generate: { $0.int() }, holds: { _ in true }).report
        }
        let report = study.report()
        #expect(report.survivors == ["union_8"])
        #expect(report.unsoundProperties == ["wrong"])
        #expect(report.idleProperties == ["idle"])
        #expect(report.score == 0.5)
        #expect(report.text.contains("killed 1 of 2 mutants within 500 tests, seed 3\nsurvivors: union_8\n"))
        #expect(report.json.canonicalText().contains(#""survivors":["union_8"]"#))
        #expect(study.report() == report)
    }

    @Test("a mutant is active where it was switched on, in child tasks too, and nowhere else")
    func scope() async {
        #expect(!Mutants.isActive("a"))
        await Mutants.$active.withValue("a") {
            #expect(Mutants.isActive("a") && !Mutants.isActive("b"))
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { Mutants.isActive("a") }
                for await isActive in group { #expect(isActive) }
            }
            #expect(Mutants.activating(nil) { !Mutants.isActive("a") })
        }
        #expect(!Mutants.isActive("a"))
    }
}
