"""The smallest known input of every planted bug: proves that it can be reached, and scores minimisation.

BUGS names, for a target with several bugs, the message of each; SECOND gives the input of the deeper one.
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
}
SECOND = {"U17TwoBugs": b"batch:2:1983,1"}
BUGS = {"U17TwoBugs": ["U17 shallow", "U17 deep"]}
