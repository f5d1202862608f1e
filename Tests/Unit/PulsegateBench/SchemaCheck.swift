import StrictDocuments
import Testing

/// Holds a document against a published schema: the keys of each object, the types, the words of an enumeration.
enum SchemaCheck {
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")

    static func schema(_ name: String) throws -> JSONValue {
        let file = root + "/docs/schemas/\(name).schema.json"
        return try JSONValue(JSONDocument.parse(DocumentFile.read(file, maximumBytes: 1 << 20), file: file), file: file)
    }

    /// Each object of a value against what the schema says of its keys; lists and references followed.
    static func check(_ value: JSONValue, _ rule: JSONValue, _ schema: JSONValue, at path: String) {
        var rule = rule
        if let reference = rule["$ref"]?.stringValue, let name = reference.split(separator: "/").last {
            rule = schema["$defs"]?[String(name)] ?? .null
        }
        if let allowed = rule["enum"]?.arrayValue { #expect(allowed.contains(value), "\(path): \(value)") }
        if let constant = rule["const"] { #expect(constant == value, "\(path)") }
        var types = rule["type"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if let type = rule["type"]?.stringValue { types = [type] }
        let type =
            switch value {
            case .object: "object"
            case .array: "array"
            case .string: "string"
            case .int: "integer"
            case .bool: "boolean"
            case .null: "null"
            }
        if !types.isEmpty { #expect(types.contains(type), "\(path): \(type)") }
        if let fields = value.objectValue {
            #expect(fields.keys.sorted() == rule["properties"]?.objectValue?.keys.sorted(), "\(path)")
            #expect(fields.keys.sorted() == rule["required"]?.arrayValue?.compactMap(\.stringValue).sorted(), "\(path)")
            for key in fields.keys.sorted() {
                if let field = fields[key], let property = rule["properties"]?[key] { check(field, property, schema, at: path + "/" + key) }
            }
        }
        for (index, element) in (value.arrayValue ?? []).enumerated() {
            check(element, rule["items"] ?? .null, schema, at: "\(path)/\(index)")
        }
    }
}
