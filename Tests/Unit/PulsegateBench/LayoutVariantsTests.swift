import Testing

@testable import pulsegate

struct LayoutVariantsTests {
    private let plan = """
          "C.Bench.exe":
            tool: shell
            args: ["/usr/bin/swiftc","-L","/p/release","-o","/p/release/Bench","-module-name","Bench","-emit-executable","@/p/Bench.product/Objects.LinkFileList"]
          "C.Other.exe":
            args: ["/usr/bin/swiftc","-o","/p/release/Other","-emit-executable","-use-ld=gold"]
          "C.lib":
            args: ["/usr/bin/swiftc","-o","/p/release/libX.so","-emit-library"]
        """

    @Test("the link command of a product is found in the build's plan, and no other")
    func finds() throws {
        let words = try LayoutVariants.command(plan: plan, executable: "/p/release/Bench")
        #expect(words.first == "/usr/bin/swiftc" && words.last == "@/p/Bench.product/Objects.LinkFileList")
        #expect(throws: LayoutVariants.NoLink.self) { try LayoutVariants.command(plan: plan, executable: "/p/release/libX.so") }
        #expect(throws: LayoutVariants.NoLink.self) { try LayoutVariants.command(plan: "", executable: "/p/release/Bench") }
    }

    @Test("a variant is the same link to another place by a linker that shuffles")
    func shuffles() throws {
        let words = try LayoutVariants.command(plan: plan, executable: "/p/release/Other")
        let variant = try #require(LayoutVariants.shuffled(words, to: "/v/head-2", seed: 2))
        #expect(variant.contains("/v/head-2") && !variant.contains("/p/release/Other") && !variant.contains("-use-ld=gold"))
        #expect(variant.suffix(3) == ["-use-ld=lld", "-Xlinker", "--shuffle-sections=.text*=2"])
        #expect(LayoutVariants.shuffled(["swiftc", "-emit-executable"], to: "/v/x", seed: 1) == nil)
        #expect(LayoutVariants.shuffled(["swiftc", "-o"], to: "/v/x", seed: 1) == nil)
    }
}
