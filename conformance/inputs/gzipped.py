"""Compresses a body to the same bytes with every version of Python and of its compression library."""

import struct
import zlib

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""No name, no time, and an unknown system (RFC 1952, 2.3)."""


def gzipped(content: bytes) -> bytes:
    """Return a gzip file with a content. It is stored, not made smaller: libraries differ in how they do that."""
    packer = zlib.compressobj(level=0, wbits=-zlib.MAX_WBITS)
    trailer = struct.pack("<LL", zlib.crc32(content), len(content) & 0xFFFFFFFF)
    return HEADER + packer.compress(content) + packer.flush() + trailer
