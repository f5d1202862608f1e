/// Lines of Swift Testing's event stream, in the form of 6.3.1.
enum EventStreamFixture {
    static func test(_ name: String, line: Int = 1, kind: String = "function", path: String = "A.B") -> String {
        let id = kind == "suite" ? path : #"\#(path)\/\#(name)\/T.swift:\#(line):6"#
        return
            #"{"kind":"test","payload":{"id":"\#(id)","isParameterized":false,"kind":"\#(kind)","name":"\#(name)","sourceLocation":"#
            + #"{"_filePath":"\/r\/Tests\/T.swift","column":6,"fileID":"A\/T.swift","filePath":"\/r\/Tests\/T.swift","line":\#(line)}},"#
            + #""version":"6.3.0"}"#
    }

    static func event(
        _ kind: String, _ name: String? = nil, line: Int = 1, at seconds: String = "1.0", symbol: String = "default", text: String? = nil,
        issue: String? = nil, path: String = "A.B"
    ) -> String {
        let test = name.map { $0.isEmpty ? #","testID":"\#(path)""# : #","testID":"\#(path)\/\#($0)\/T.swift:\#(line):6""# } ?? ""
        let messages = text.map { #"[{"symbol":"\#(symbol)","text":"\#($0)"}]"# } ?? "[]"
        let details = issue.map { #","issue":\#($0)"# } ?? ""
        return
            #"{"kind":"event","payload":{"instant":{"absolute":\#(seconds),"since1970":2.5}\#(details),"kind":"\#(kind)","#
            + #""messages":\#(messages)\#(test)},"version":"6.3.0"}"#
    }

    static let failure =
        #"{"isFailure":true,"isKnown":false,"severity":"error","sourceLocation":{"filePath":"\/r\/Tests\/T.swift","line":9}}"#
    static let known = #"{"isFailure":false,"isKnown":true,"severity":"error"}"#
    static let warning = #"{"isFailure":false,"isKnown":false,"severity":"warning"}"#

    static func stream(_ lines: [String]) -> String { lines.joined(separator: "\n") }

    /// One passing test in a whole run.
    static let green = [
        test("a()"), event("runStarted"), event("testStarted", "a()", at: "1.25"),
        event("testEnded", "a()", at: "1.5", symbol: "pass", text: "passed"), event("runEnded", symbol: "pass", text: "passed"),
    ]
}
