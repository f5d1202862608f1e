import ContentDigest
import Testing

@Suite struct DigestTests {
    static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test("the examples of FIPS 180-4 give their digests")
    func knownAnswers() {
        #expect(SHA256Digest.hex(Array("abc".utf8)) == Self.abc)
        #expect(SHA256Digest.hex([]) == Self.empty)
        #expect(SHA256Digest.of("abc".utf8).hex == Self.abc)
        let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        #expect(SHA256Digest.hex(Array(twoBlocks.utf8)) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    @Test("a prefix in front gives the digest of both joined, on either side of the size that is joined on the stack")
    func prefixes() {
        for count in [0, 1, 55, 64, 1022, 1023, 1024, 1025, 5000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let digest = bytes.withUnsafeBytes { SHA256Digest.of(prefix: 0x7F, $0) }
            #expect(digest == SHA256Digest.of([0x7F] + bytes), "\(count) bytes")
        }
    }

    @Test("text and bytes of a digest read back as it, and order as it does")
    func roundTrip() throws {
        let digest = SHA256Digest.of("abc".utf8)
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest("\(digest)") == digest)
        let other = SHA256Digest.of([])
        #expect((digest < other) == (digest.hex < other.hex))
        #expect((other < digest) == (other.hex < digest.hex))
        #expect(Digest.zero.hex == String(repeating: "0", count: 64))
    }

    @Test(
        "what is not 64 lower-case digits is no digest",
        arguments: [
            "", "ab", abc.uppercased(), String(abc.dropLast()) + "g", abc + "0", String(abc.dropLast()) + "é", " " + abc.dropFirst(),
        ])
    func refused(_ text: String) { #expect(Digest(hex: text) == nil) }

    @Test("31 or 33 bytes are no digest")
    func wrongLength() {
        #expect(Digest(bytes: Array(repeating: 0, count: 31)) == nil)
        #expect(Digest(bytes: Array(repeating: 0, count: 33)) == nil)
    }
}
