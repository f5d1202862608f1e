"""The smallest known input of every planted bug: proves that it can be reached, and scores minimisation.

BUGS names, for a target with several bugs, the message of each; SECOND gives the input of the deeper one. NEAR has
inputs that come as far as the bug and do not trigger it.
"""
import base64
import struct
import zlib


def segments(first, count):
    """`count` segments of a stream: one that opens it, the others count on."""
    out = b""
    for i in range(count):
        part = bytes([2 if i == 0 else 16]) + struct.pack("<H", first + i)
        out += part + bytes([part[0] ^ part[1] ^ part[2]])
    return out


def zigzag(value):
    value <<= 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def unlock():
    word = 0x6D3A91C407F25E8B
    word = (word >> 19 | word << 45) & (1 << 64) - 1
    return b"K" + bytes(x ^ (0x5B + 13 * i) & 255 for i, x in enumerate(word.to_bytes(8, "big"))) + b"\xb7"


def voucher(product, edition, seats):
    data = bytes([product, edition]) + struct.pack(">H", seats)
    check = 0x3C
    for x in data:
        check = (check << 1 | check >> 7) & 255 ^ x
    word = int.from_bytes(data + bytes([check]), "big")
    text = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[word >> shift & 31] for shift in range(35, -1, -5))
    return f"{text[:4]}-{text[4:]}".encode()


def frame(kind, *payload):
    low = high = 0
    for x in (kind, len(payload), *payload):
        low = (low + x) % 255
        high = (high + low) % 255
    return bytes([0xA5, kind, len(payload), *payload, low, high])


def telemetry(channel, gain, flags):
    check = (channel + 3 * gain + 5 * flags) % 64
    return struct.pack(">I", 0x1A5 << 23 | 5 << 20 | channel << 14 | gain << 10 | flags << 6 | check)


SOLUTIONS = {
    "U01Endpoint": b"udp:65536",
    "U02Release": b"0.0.0..2148.0.0",
    "U03FormPath": b"..%2fkeys",
    "U04Token64": base64.urlsafe_b64encode(b"\x0b\x91\xe7\xff"),
    "U05ZlibBlock": b"\x08\x1d\x07" + struct.pack(">I", zlib.adler32(b"\x07")),
    "U06Deltas": b"\xd1" + zigzag(32_000_001) * 3,
    "U07Parents": bytes([0, 4, 0x10, 0x20, 0x00, 0x0F]),
    "U08Handles": b"open 1\nclone 1\nclose 1\nflush 2",
    "U09Calendar": b"1-1-1/9999999-1-1",
    "U10Sheet": b',amount\n""',
    "U11Unlock": unlock(),
    "U12Headers": b"transfer-encoding:chunked\ncontent-length:0",
    "U13Position": b"geo:nan,0",
    "U14Weights": b"\xf3" + struct.pack("<fff", 0.125, 0.25, 0.6328125),
    "U15Stream": segments(65_529, 7),
    "U16Units": b"\xfe\xff\x00\x37\x21\x26",
    "U17TwoBugs": b"-\x00",
    "V01BitString": b"\x30\x06\x02\x01\x02\x03\x01\x01",
    "V02Voucher": voucher(0x5E, 3, 0),
    "V03Machine": b"\x9c\x01\x05\x10\x10\x10\x43\x00",
    "V04SignedQuery": b"?%61=&a=",
    "V05CompactDate": b"19000229T00",
    "V06PackBits": b"B\x08\x02\xf0\x00",
    "V07Utf16": b"u8\xf0\x80\x80\x80",
    "V08Receipt": b"0.00+0.01=0.01",
    "V09Frames": frame(1, 1) + frame(6, 1),
    "V10Telemetry": telemetry(0, 6, 0) + telemetry(0, 7, 0) + telemetry(0, 8, 8),
    "V11Numeral": b"VIVX",
    "V12Exchange": b"KWD 0.1>JPY",
    "V13Metainfo": b"d6:lengthi1e5:piecei0ee",
    "V14Tensor": b"TN\x02\xff\xff\x20\x00\x03\x1f\xff\xe0\x00",
    "V15Outline": b"  a:\nb:",
    "V16Question": bytes.fromhex("0000 0000 0001 0000 0000 0000 0161 c00c"),
}
NEAR = {
    "V01BitString": b"\x30\x07\x02\x01\x02\x03\x02\x01\xfe",
    "V02Voucher": voucher(0x5E, 3, 1),
    "V03Machine": b"\x9c\x01\x05\x10\x10\x10\x42\x00",
    "V04SignedQuery": b"?%61=&b=",
    "V05CompactDate": b"20000229T00",
    "V06PackBits": b"B\x08\x02\xf1\x00",
    "V07Utf16": b"u8\xf0\x90\x80\x80",
    "V08Receipt": b"0.01+0.01=0.02",
    "V09Frames": frame(1, 2) + frame(6, 1),
    "V10Telemetry": telemetry(0, 6, 0) + telemetry(0, 7, 8),
    "V11Numeral": b"IVX",
    "V12Exchange": b"KWD 0.1>USD",
    "V13Metainfo": b"d6:lengthi1e5:piecei1ee",
    "V14Tensor": b"TN\x02\xff\xff\x20\x00\x02\x1f\xff\xe0\x00",
    "V15Outline": b"a:\n  b:\nc:",
    "V16Question": bytes.fromhex("0000 0000 0001 0000 0000 0000 0161 c00b 00000000"),
}
SECOND = {"U17TwoBugs": b"batch:2:1983,1"}
BUGS = {"U17TwoBugs": ["U17 shallow", "U17 deep"]}
