extension Draws {
    /// An identifier: a letter or underscore, then letters, digits and underscores of ASCII. "a" is simplest.
    ///
    /// - Parameter counts: characters, at least 1.
    public func identifier(_ counts: ClosedRange<Int> = 1...20) -> String {
        journaledSpan(Label.fragment) {
            let (lower, upper) = (max(0, counts.lowerBound - 1), max(0, counts.upperBound - 1))
            let first = scalar(of: Self.identifierStart)
            return String(Character(first)) + text(lower...max(lower, upper), of: Self.identifierRest)
        }
    }

    private static let identifierStart = ScalarSet("a"..."z", "A"..."Z", "_"..."_")
    private static let identifierRest = ScalarSet("a"..."z", "0"..."9", "A"..."Z", "_"..."_")

    /// A host name (RFC 1123): 1 to 4 labels of letters, digits and inner hyphens, at most 63 characters each, the last one without digits; labels of
    /// the full length and punycode come up. "a" is simplest.
    public func hostName() -> String {
        journaledSpan(Label.fragment) {
            var labels = array(0...3) { $0.hostLabel() }
            labels.append(text(1...6, of: .lowercase))
            return labels.joined(separator: ".")
        }
    }

    private func hostLabel() -> String {
        switch weighted([12, 2, 1, 1]) {
        case 0: return text(1...12, of: Self.hostCharacters)
        case 1: return text(1...5, of: Self.hostCharacters) + "-" + text(1...5, of: Self.hostCharacters)
        case 2: return text(63...63, of: Self.hostCharacters)
        default: return "xn--" + text(1...10, of: Self.hostCharacters)
        }
    }

    private static let hostCharacters = ScalarSet("a"..."z", "0"..."9")

    /// The address of an e-mail, as RFC 5321 allows it without quotes: an atom, or atoms with dots between, an `@`, a host name. "a@a" is simplest.
    /// The local part has at most 64 characters; plus signs and the odd characters of atoms come up.
    public func emailAddress() -> String {
        journaledSpan(Label.fragment) {
            let first = text(1...16, of: Self.atomCharacters)
            let more = array(0...2) { $0.text(1...16, of: Self.atomCharacters) }
            return String(([first] + more).joined(separator: ".").prefix(64)) + "@" + hostName()
        }
    }

    private static let atomCharacters = ScalarSet(
        "a"..."z", "0"..."9", "A"..."Z", "+"..."+", "_"..."_", "-"..."-", "!"..."!", "#"..."'", "*"..."*", "/"..."/", "="..."=", "?"..."?",
        "^"..."^",
        "{"..."~")

    /// An address of IPv4 in dotted decimal; "0.0.0.0" is simplest. Loopback, private, link-local and broadcast addresses come up.
    public func ipv4Address() -> String {
        journaledSpan(Label.fragment) {
            if bool(probability: 0.2) { return element(of: Self.oddIPv4) }
            return (0..<4).map { _ in String(int(in: 0...255)) }.joined(separator: ".")
        }
    }

    private static let oddIPv4 = [
        "127.0.0.1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "172.31.255.255", "169.254.0.1", "224.0.0.1", "100.64.0.1", "255.255.255.255",
    ]

    /// An address of IPv6 in the form of RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`. "::" is simplest.
    public func ipv6Address() -> String {
        journaledSpan(Label.fragment) {
            let groups = (0..<8).map { _ in bool() ? int(in: 0...0xFFFF) : 0 }
            var (start, length) = (0, 0)
            var position = 0
            while position < 8 {
                var end = position
                while end < 8, groups[end] == 0 { end += 1 }
                if end - position > length, end - position > 1 { (start, length) = (position, end - position) }
                position = max(end, position + 1)
            }
            func text(_ range: Range<Int>) -> String { range.map { String(groups[$0], radix: 16) }.joined(separator: ":") }
            return length == 0 ? text(0..<8) : text(0..<start) + "::" + text((start + length)..<8)
        }
    }

    /// A URL (RFC 3986) with a host; "http://a" is simplest. User, port, path, query and fragment may be there; percent escapes, empty segments and
    /// addresses in brackets come up.
    public func url() -> String {
        journaledSpan(Label.fragment) {
            var text = element(of: ["http", "https", "ftp", "ws"]) + "://"
            if bool(probability: 0.1) { text += identifier(1...8) + "@" }
            switch weighted([8, 1, 1]) {
            case 0: text += hostName()
            case 1: text += ipv4Address()
            default: text += "[" + ipv6Address() + "]"
            }
            if bool(probability: 0.2) { text += ":" + String(int(in: 0...65_535, towards: 80)) }
            for segment in array(0...5, of: { $0.urlPart() }) { text += "/" + segment }
            if bool(probability: 0.3) {
                text += "?" + array(0...3) { $0.identifier(1...6) + "=" + $0.urlPart() }.joined(separator: "&")
            }
            if bool(probability: 0.2) { text += "#" + urlPart() }
            return text
        }
    }

    private func urlPart() -> String {
        array(0...8) { draws in
            if draws.bool(probability: 0.1) {
                let digits = Array("0123456789ABCDEF")
                let byte = draws.int(in: 0...255)
                return "%" + String([digits[byte >> 4], digits[byte & 15]])
            }
            return String(Character(draws.scalar(of: Self.urlCharacters)))
        }.joined()
    }

    private static let urlCharacters = ScalarSet("a"..."z", "0"..."9", "A"..."Z", "-"..."-", "."...".", "_"..."_", "~"..."~")
}

extension Gen where Value == String {
    /// An identifier; see ``Draws/identifier(_:)``.
    public static func identifier(_ counts: ClosedRange<Int> = 1...20) -> Gen { Gen { $0.identifier(counts) } }
    /// A host name; see ``Draws/hostName()``.
    public static func hostName() -> Gen { Gen { $0.hostName() } }
    /// An address of an e-mail; see ``Draws/emailAddress()``.
    public static func emailAddress() -> Gen { Gen { $0.emailAddress() } }
    /// An address of IPv4; see ``Draws/ipv4Address()``.
    public static func ipv4Address() -> Gen { Gen { $0.ipv4Address() } }
    /// An address of IPv6; see ``Draws/ipv6Address()``.
    public static func ipv6Address() -> Gen { Gen { $0.ipv6Address() } }
    /// A URL; see ``Draws/url()``.
    public static func url() -> Gen { Gen { $0.url() } }
}
