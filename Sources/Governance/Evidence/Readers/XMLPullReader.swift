import CLibXML2
import StrictDocuments

/// A pull reader for XML on libxml2's `xmlTextReader`, with its errors taken seriously.
///
/// Reading ends well only when libxml2 reports a complete, well-formed document: a document cut short, two roots, text
/// behind the root are errors. Nothing is opened (no network, no external entity), a document type declaration is refused
/// outright so that no entity can be defined, depth and size are bounded.
///
/// Not `Sendable`, and used inside one call only: libxml2 keeps an error in thread-local storage, which is read in
/// the same call that produced it, so that no C callback with captured context is needed.
struct XMLPullReader: ~Copyable {
    /// Largest document, in bytes.
    static let maximumBytes = 512 << 20
    /// Deepest nesting of elements.
    static let maximumDepth = 64

    enum Event {
        case start(name: String, isEmpty: Bool)
        case end(name: String)
        case text(String)
        case finished
    }

    private let reader: xmlTextReaderPtr
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String

    /// Initialises libxml2 once, before any thread uses it.
    private static let isInitialised: Bool = {
        xmlInitParser()
        return true
    }()

    /// `bytes` must stay alive and unchanged as long as the reader.
    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(DocumentError) {
        _ = Self.isInitialised
        guard bytes.count <= Self.maximumBytes else {
            throw DocumentError(
                .limit, file: file, at: nil, "the document has \(bytes.count) bytes; the limit maximumBytes is \(Self.maximumBytes)")
        }
        guard let base = bytes.baseAddress, bytes.contains(where: { $0 > 0x20 }) else {
            throw DocumentError(.empty, file: file, at: nil, "the document is empty; an XML element was expected")
        }
        xmlResetLastError()
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue | XML_PARSE_BIG_LINES.rawValue
        let start = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
        guard let reader = xmlReaderForMemory(start, Int32(bytes.count), nil, nil, Int32(options)) else {
            throw DocumentError(.limit, file: file, at: nil, "the XML reader could not be set up: out of memory")
        }
        // Without a handler of the reader's own, libxml2 prints some errors, with the document's text, to standard error.
        xmlTextReaderSetStructuredErrorHandler(reader, { _, _ in }, nil)
        self.reader = reader
        self.bytes = bytes
        self.file = file
    }

    deinit { xmlFreeTextReader(reader) }

    /// The next start or end of an element, or text.
    mutating func next() throws(DocumentError) -> Event {
        while true {
            let status = xmlTextReaderRead(reader)
            guard status >= 0 else { throw parserError() }
            if status == 0 {
                // A fatal error that the reader met behind the root is only in the error record.
                if let last = xmlGetLastError(), last.pointee.level == XML_ERR_FATAL { throw parserError() }
                return .finished
            }
            let type = xmlReaderTypes(rawValue: UInt32(bitPattern: xmlTextReaderNodeType(reader)))
            switch type {
            case XML_READER_TYPE_ELEMENT:
                guard xmlTextReaderDepth(reader) < Int32(Self.maximumDepth) else {
                    throw error(.limit, "elements are nested deeper than the limit maximumDepth of \(Self.maximumDepth)")
                }
                return .start(name: name(), isEmpty: xmlTextReaderIsEmptyElement(reader) == 1)
            case XML_READER_TYPE_END_ELEMENT: return .end(name: name())
            case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA: return .text(xmlTextReaderConstValue(reader).map(Self.string) ?? "")
            case XML_READER_TYPE_DOCUMENT_TYPE, XML_READER_TYPE_ENTITY_REFERENCE:
                throw error(
                    .syntax, "the document holds a document type declaration or an entity, which are refused",
                    hint: "remove the <!DOCTYPE …>")
            default: continue
            }
        }
    }

    /// Calls `body` with each attribute of the element that was just started.
    func attributes(_ body: (_ name: String, _ value: String) -> Void) {
        guard xmlTextReaderMoveToFirstAttribute(reader) == 1 else { return }
        repeat {
            if xmlTextReaderIsNamespaceDecl(reader) != 1 { body(name(), xmlTextReaderConstValue(reader).map(Self.string) ?? "") }
        } while xmlTextReaderMoveToNextAttribute(reader) == 1
        xmlTextReaderMoveToElement(reader)
    }

    /// The line on which the present element starts.
    var line: Int {
        guard let node = xmlTextReaderCurrentNode(reader) else { return 1 }
        return max(1, Int(xmlGetLineNo(node)))
    }

    func error(_ kind: DocumentError.Kind, _ message: String, hint: String? = nil, line: Int? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: startOfLine(line ?? self.line), message, hint: hint)
    }

    private func startOfLine(_ line: Int) -> SourcePosition {
        var number = 1
        var offset = 0
        while number < line, offset < bytes.count {
            if bytes[offset] == 0x0A { number += 1 }
            offset += 1
        }
        return SourcePosition(line: line, column: 1, byteOffset: min(offset, bytes.count))
    }

    private func name() -> String { xmlTextReaderConstLocalName(reader).map(Self.string) ?? "" }

    private static func string(_ text: UnsafePointer<xmlChar>) -> String {
        text.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
    }

    // MARK: Errors

    /// libxml2's last error in this project's words.
    private func parserError() -> DocumentError {
        guard let last = xmlGetLastError() else {
            return DocumentError(.truncated, file: file, at: nil, "the document is not complete", hint: "it seems to be cut short")
        }
        let record = last.pointee
        let line = max(1, Int(record.line))
        let start = startOfLine(line)
        let column = max(1, Int(record.int2))
        let position = SourcePosition(line: line, column: column, byteOffset: min(start.byteOffset + column - 1, bytes.count))
        var message = record.message.map { String(cString: $0) } ?? "the document is not well-formed"
        while message.utf8.last == 0x0A { message.removeLast() }
        let kind = kind(of: record.code, at: position)
        return DocumentError(
            kind, file: file, at: position, ReportText.bounded(message), hint: kind == .truncated ? "it seems to be cut short" : nil)
    }

    private func kind(of code: Int32, at position: SourcePosition) -> DocumentError.Kind {
        switch xmlParserErrors(rawValue: UInt32(bitPattern: code)) {
        case XML_ERR_DOCUMENT_EMPTY where bytes.count < 5: return .truncated
        case XML_ERR_DOCUMENT_EMPTY: return .syntax
        case XML_ERR_INVALID_ENCODING, XML_ERR_UNSUPPORTED_ENCODING, XML_ERR_UNKNOWN_ENCODING, XML_ERR_INVALID_CHAR: return .encoding
        case XML_ERR_ENTITY_LOOP, XML_ERR_NAME_TOO_LONG, XML_ERR_NO_MEMORY: return .limit
        // The same codes stand for a mistake in the middle and for the end of the text; where the parser stood tells.
        default: return isAtEnd(position) ? .truncated : .syntax
        }
    }

    /// Whether nothing but white space follows: the parser wanted more than there is.
    private func isAtEnd(_ position: SourcePosition) -> Bool {
        let consumed = Int(xmlTextReaderByteConsumed(reader))
        return bytes[min(max(consumed, position.byteOffset), bytes.count)...].allSatisfy { $0 <= 0x20 }
    }
}
