"""Which words of a terminal's lines have which colour. The words say the same without it."""

import re
from collections.abc import Iterator

from conformance.report.content.words import RUN_VERDICTS, VERDICTS
from conformance.results.verdicts import RunVerdict, Verdict

OF_A_VERDICT = {
    Verdict.HELD: "green",
    Verdict.VIOLATED: "red",
    Verdict.WARNED: "yellow",
    Verdict.UNSTABLE: "yellow",
    Verdict.NOT_JUDGED: "cyan",
}
OF_A_RUN = {
    RunVerdict.CONFORMANT: "green",
    RunVerdict.NON_CONFORMANT: "red",
    RunVerdict.NOT_FULLY_VERIFIED: "yellow",
    RunVerdict.INVALID_RUN: "red",
}
COLOURS = {
    **{VERDICTS[verdict].text: colour for verdict, colour in OF_A_VERDICT.items()},
    **{RUN_VERDICTS[verdict].text.lower(): colour for verdict, colour in OF_A_RUN.items()},
    **{RUN_VERDICTS[verdict].text.upper(): colour for verdict, colour in OF_A_RUN.items()},
}
_WORDS = "|".join(sorted(map(re.escape, COLOURS), key=len, reverse=True))
_ROW = re.compile(rf"^(?:{_WORDS})(?=[ :])")
_CLASS = re.compile(rf"(?<=  )(?:{_WORDS})$")
_IS_CLASS = re.compile(r"^\w+ +(not )?required ")
_COUNTS = re.compile(rf"(?<=\d )(?:{_WORDS})\b")
_IS_COUNTS = re.compile(r"^(\d+ requirements: |\w+ +\d+ checks? )")


def coloured(line: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a line, each with the name of its colour, or with an empty name."""
    end = 0
    where = _COUNTS if _IS_COUNTS.match(line) else _CLASS if _IS_CLASS.match(line) else _ROW
    for found in where.finditer(line):
        if found.start() > end:
            yield line[end : found.start()], ""
        yield found[0], COLOURS[found[0]]
        end = found.end()
    yield line[end:], ""
