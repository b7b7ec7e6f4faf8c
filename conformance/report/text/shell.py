"""Folds a long command into lines that fit a terminal; a shell still reads the same command."""

import re
from collections.abc import Iterator

PIECE = re.compile(r"""'[^']*'|"\$\(.{0,400}?\)"|"[^"]*"|\\.|[^\s'"\\]+""", re.DOTALL)
"""A part of a shell word: quoted, an expansion, or unquoted. An expansion of ours is shorter than 400 characters; without
that limit, a text with many beginnings of expansions would take hours."""
WORD = re.compile(rf"(?:{PIECE.pattern})+", re.DOTALL)
TAKES_A_VALUE = {"-X", "-H", "--data-raw", "--data-binary"}
LEAST = 4
"""The fewest characters of a piece that may begin on the rest of a line."""


def fold(command: str, width: int, first: int) -> list[str]:
    """Return a command in lines of at most ``width`` columns, its first line of at most ``first``.

    Lines are joined by a backslash before the line end. If a word is cut, its rest is not indented, because the spaces
    would become part of the word. An expansion is never cut, even if it is longer than a line.
    """
    lines: list[str] = []
    line, room = "", first
    for unit in _units(command):
        joined = f"{line} {unit}" if line else unit
        if len(joined) + 2 <= room:
            line = joined
            continue
        if line:
            lines.append(f"{line} \\")
            line, room = "    ", width
        rest = line + unit
        while len(rest) + 2 > room and (parts := _cut(rest, room - 2)):
            lines.append(f"{parts[0]}\\")
            rest, room = parts[1], width
        line = rest
    return "\n".join([*lines, line]).split("\n")


def _units(command: str) -> Iterator[str]:
    """Yield the words of a command; an option and its value stay together."""
    option = ""
    for word in (found[0] for found in WORD.finditer(command)):
        if word in TAKES_A_VALUE and not option:
            option = word
            continue
        yield f"{option} {word}" if option else word
        option = ""
    if option:
        yield option


def _cut(text: str, room: int) -> tuple[str, str] | None:
    """Cut a word at a place where a shell joins it again; None if there is no such place within ``room`` columns."""
    end = len(text) - len(text.lstrip())
    start = end
    for found in re.finditer(rf"{PIECE.pattern}|\s", text[start:], re.DOTALL):
        piece, begin = found[0], start + found.start()
        if begin + len(piece) > room:
            quote = "'" if piece.startswith("'") else ""
            inside = room - begin - 2 * len(quote)
            if piece[0] not in '"\\ ' and inside >= LEAST:
                at = begin + len(quote) + inside
                return text[:at] + quote, quote + text[at:]
            return (text[:begin], text[begin:]) if begin > start else None
        end = begin + len(piece)
    return None
