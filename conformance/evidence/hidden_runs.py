"""Finds runs of a text that may hold a secret in a form for machines: numbers of characters, and compressed data."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

LARGEST = 1 << 16
"""Bytes that are decompressed for one text: looking through more would take longer than sending it."""
MOST_STARTS = 8
"""Places of a text at which compressed data is looked for."""
# No pattern may backtrack: texts from a target may be long.
NUMBERS = tuple(
    (base, re.compile(rf"(?<![0-9a-z]){one}(?:[\s,:;.-]{{1,3}}{one}(?![0-9a-z])){{5,}}+", re.IGNORECASE))
    for base, one in ((16, r"(?:0x|\\x)?[0-9a-f]{2}"), (10, "[0-9]{1,3}"))
)
"""Characters as numbers with something between, by the base of the numbers: a dump, or a list as in JSON."""
NUMBER = re.compile(r"(?:0x|\\x)?([0-9a-f]+)", re.IGNORECASE)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}+")
HEX = re.compile(r"[0-9a-f]{24,}+", re.IGNORECASE)
ESCAPE = re.compile(r"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})|\\([bfnrt\"\\/])", re.IGNORECASE)
SHORT_ESCAPES = dict(zip("bfnrt", "\b\f\n\r\t", strict=True))
MAGIC = re.compile(rb"\x1f\x8b\x08|x[\x01\x5e\x9c\xda]")
"""The first bytes of gzip and zlib."""
BEGINS = re.compile(
    r"(?:\x1f|\\x1f|\\u001f)|x(?:\x01|\\x01|\\u0001|\^|\x9c|\\x9c|\\u009c|\xda|\\xda|\\u00da)", re.IGNORECASE
)
"""The same in a text, as characters or as escapes."""
BYTE = re.compile(r"\\x([89a-f][0-9a-f])", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")
WAYS = {0x1F: zlib.MAX_WBITS | 16, 0x78: zlib.MAX_WBITS}
RAW_DEFLATE = -zlib.MAX_WBITS


def hidden_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of each run that may hold a secret, and what the run says when it is decoded."""
    for base, pattern in NUMBERS:
        for found in pattern.finditer(text):
            numbers = NUMBER.findall(found[0])
            yield found.start(), found.end(), "".join(chr(int(one, base)) for one in numbers)
    left = LARGEST
    for pattern, decode in ((BASE64, _from_base64), (HEX, _from_hex)):
        for found in pattern.finditer(text):
            data = decode(found[0])
            for plain in (*decompressed(data, left), *_inflated(data, RAW_DEFLATE, left)):
                left = max(1, left - len(plain))
                yield found.start(), found.end(), plain


def compressed_texts(text: str) -> Iterator[str]:
    """Yield what is in compressed data that stands in a text as it is, or as escapes of Python or JSON."""
    if BEGINS.search(text) is None:
        return
    # A transcript writes each byte that is not UTF-8 as an escape; JSON may write any byte as one.
    as_bytes = BYTE.sub(lambda found: chr(0xDC00 + int(found[1], 16)), SURROGATE.sub("?", text))
    yield from decompressed(as_bytes.encode("utf-8", "surrogateescape"))
    yield from decompressed(ESCAPE.sub(_unescaped, text).encode("latin-1", "ignore"))


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else SHORT_ESCAPES.get(escape[3].lower(), escape[3])


def _from_base64(run: str) -> bytes:
    whole = run[: len(run) // 4 * 4].translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(whole)
    except binascii.Error:
        return b""


def _from_hex(run: str) -> bytes:
    return bytes.fromhex(run[: len(run) // 2 * 2])


def decompressed(data: bytes, left: int = LARGEST) -> Iterator[str]:
    """Yield the text in each piece of gzip or zlib in some bytes; in all at most ``left`` bytes of it."""
    for number, found in enumerate(MAGIC.finditer(data)):
        if number == MOST_STARTS:
            return
        for plain in _inflated(data[found.start() :], WAYS[found[0][0]], left):
            left = max(1, left - len(plain))
            yield plain


def _inflated(data: bytes, way: int, most: int) -> Iterator[str]:
    reader = zlib.decompressobj(way)
    try:
        plain = reader.decompress(data, most)
    except zlib.error:
        return
    if plain:
        yield plain.decode("utf-8", "backslashreplace")
