import StrictDocuments

@testable import Gates

/// A gates.json in which "⟦" stands in front of the place where a mistake is expected.
struct MarkedDocument {
    var bytes: [UInt8]
    var marks: [String]

    init(_ text: String) {
        bytes = []
        marks = []
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars {
            if scalar == "⟦" {
                marks.append("\(line):\(column)")
                continue
            }
            bytes += Array(String(scalar).utf8)
            column += 1
            if scalar == "\n" { (line, column) = (line + 1, 1) }
        }
    }

    var mistakes: [DocumentError] {
        do throws(DocumentErrors) {
            _ = try GatesConfiguration(json: bytes, file: "gates.json")
            return []
        } catch {
            return error.errors
        }
    }
}

/// What a gate asks where that does not matter.
let rule = #""pass_when": { "metric": "tests.failed", "op": "==", "value": 0 }"#

/// A whole gates.json around some parts of it.
func document(
    head: String = "", collect: String = #"{ "id": "unit", "kind": "swift-test" }"#, gates: String? = nil,
    condition: String = #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#
) -> String {
    let standard = """
        { "id": "tests", "title": "Tests pass", "from": ["unit"],
              "pass_when": \(condition) }
        """
    return """
        {
          "version": 1,
          "project": { "name": "demo", "product": ["Sources/**"], "tests": ["Tests/**"] },\(head)
          "collect": [\(collect)],
          "gates": [
            \(gates ?? standard)
          ]
        }
        """
}

extension String {
    /// The text with the first occurrence of a part replaced.
    func swapping(_ part: String, _ other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }
}
