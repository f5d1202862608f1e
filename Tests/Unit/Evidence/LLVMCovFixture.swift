/// Two files as `llvm-cov export` of this toolchain wrote them, with the `DA` records that `llvm-cov export -format=lcov` wrote for the
/// same profile: one in Swift (closures, `#if`, a function that never ran) and one in C++ (macros, gaps, templates, `#if 0`).
enum LLVMCovFixture {
    static let swiftSegments = """
        [
        [1,42,2,true,true,false],[2,8,2,true,true,false],[2,13,2,true,false,false],[2,14,0,true,true,false],
        [2,30,2,true,false,false],[2,39,2,true,true,false],[2,45,2,true,false,false],[2,46,0,true,true,false],
        [4,6,2,true,true,false],[5,13,2,true,true,false],[7,6,2,true,false,false],[8,25,1,true,true,false],
        [8,43,1,true,true,false],[9,5,0,false,true,false],[9,14,1,true,false,false],[11,5,0,false,true,false],
        [13,11,1,true,false,false],[15,20,3,true,true,false],[15,25,3,true,true,false],[15,36,0,true,true,false],
        [15,42,3,true,false,false],[15,43,0,true,true,false],[15,69,3,true,true,false],[15,78,1,true,true,false],
        [16,26,3,true,true,false],[16,36,1,true,false,false],[17,11,1,true,true,false],[17,15,1,true,false,false],
        [18,11,0,true,true,false],[18,16,2,true,false,false],[19,2,0,false,false,false],[22,18,0,true,true,false],
        [22,19,0,false,false,false],[23,23,0,true,true,false],[23,32,0,true,false,false],[23,34,0,false,false,false],
        [24,25,0,true,true,false],[28,6,0,false,false,false]
        ]
        """
    static let swiftLines = """
        1:2 2:2 3:0 4:2 5:2 6:2 7:2 8:2 10:1 14:1 15:3 16:3 17:1 18:1 19:2 22:0 23:0 24:0 25:0 26:0 27:0 28:0
        """
    static let cxxSegments = """
        [
        [3,19,13,true,true,false],[3,20,13,true,true,false],[3,27,13,true,false,false],[3,28,11,true,true,false],
        [3,31,13,true,false,false],[3,32,2,true,true,false],[3,35,13,true,false,false],[3,36,0,false,false,false],
        [4,17,20,true,true,false],[4,30,210,true,true,false],[4,35,20,true,false,false],[4,36,190,true,true,false],
        [4,39,20,true,false,false],[4,41,190,true,true,false],[4,47,190,true,true,false],[4,50,190,true,false,false],
        [4,52,90,true,true,false],[4,56,190,true,false,false],[4,59,0,false,false,false],[5,39,2,true,true,false],
        [6,7,2,true,true,false],[6,12,2,true,false,false],[6,13,1,true,false,true],[7,5,1,true,true,false],
        [7,13,2,true,false,false],[7,14,1,true,false,true],[8,3,1,true,true,false],[8,11,2,true,false,false],
        [9,2,0,false,false,false],[10,33,0,true,true,false],[10,54,0,false,false,false],[16,14,20,true,true,false],
        [18,7,20,true,true,false],[18,12,20,true,false,false],[18,16,16,true,true,false],[18,22,20,true,false,false],
        [18,26,14,true,true,false],[18,33,20,true,false,false],[18,34,6,true,false,true],[18,35,6,true,true,false],
        [18,43,14,true,false,true],[18,49,14,true,true,false],[18,53,14,true,true,false],[18,59,14,true,false,false],
        [18,60,1,true,false,true],[18,61,1,true,true,false],[18,66,14,true,false,false],[18,67,13,true,false,true],
        [20,5,13,true,true,false],[20,9,13,true,true,false],[20,13,20,true,false,false],[21,1,0,false,true,false],
        [21,1,20,true,false,false],[22,1,0,false,true,false],[24,7,20,true,false,false],[25,3,20,true,true,false],
        [25,7,20,true,false,false],[26,23,1,true,true,false],[28,4,20,true,false,false],[29,14,0,true,false,true],
        [30,5,1,true,true,false],[30,28,0,true,false,true],[31,5,1,true,true,false],[32,5,2,true,true,false],
        [34,12,1,true,false,false],[34,13,0,true,false,true],[35,5,17,true,true,false],[35,19,20,true,false,false],
        [37,3,20,true,true,false],[37,10,20,true,true,false],[37,17,20,true,false,false],[37,18,0,true,false,true],
        [37,19,0,true,true,false],[37,33,0,true,true,false],[37,40,0,true,false,false],[37,42,0,true,true,false],
        [37,47,0,true,false,false],[37,50,20,true,false,false],[38,7,20,true,true,false],[38,13,20,true,true,false],
        [38,19,20,true,false,false],[38,20,1,true,false,true],[38,21,1,true,true,false],[38,28,20,true,false,false],
        [38,44,1,true,true,false],[38,54,0,true,false,true],[39,3,20,true,true,false],[39,10,20,true,true,false],
        [39,11,20,true,false,false],[40,6,19,true,false,true],[40,7,19,true,true,false],[40,8,20,true,false,false],
        [41,7,1,true,true,false],[41,9,20,true,false,false],[42,2,0,false,false,false],[43,29,1,true,true,false],
        [43,53,21,true,true,false],[43,57,1,true,false,false],[43,58,20,true,true,false],[43,61,1,true,false,false],
        [43,62,20,true,false,true],[43,63,20,true,true,false],[43,70,1,true,false,false],[44,14,0,false,false,false]
        ]
        """
    static let cxxLines = """
        3:13 4:210 5:2 6:2 7:1 8:1 9:2 10:0 16:20 17:20 18:20 19:13 20:13 25:20 26:20 27:1 28:1 29:20 30:1 31:1 32:2 33:2 \
        34:2 35:17 36:20 37:20 38:20 39:20 40:20 41:20 42:20 43:21 44:1
        """

    /// A whole export with these files, its totals added up.
    static func export(files: [(name: String, segments: String)], totals: String? = nil, version: String = "3.1.0") -> String {
        let summary = #"{"functions":{"count":7,"covered":3},"lines":{"count":27,"covered":18},"regions":{"count":21,"covered":13}}"#
        let entries = files.map { #"{"branches":[],"filename":"\#($0.name)","segments":\#($0.segments),"summary":\#(summary)}"# }
        let count = files.count
        let sums =
            #"{"functions":{"count":\#(7 * count),"covered":\#(3 * count)},"#
            + #""lines":{"count":\#(27 * count),"covered":\#(18 * count)},"regions":{"count":\#(21 * count),"covered":\#(13 * count)}}"#
        return #"{"data":[{"files":[\#(entries.joined(separator: ","))],"functions":[],"totals":\#(totals ?? sums)}],"#
            + #""type":"llvm.coverage.json.export","version":"\#(version)"}"#
    }
}
