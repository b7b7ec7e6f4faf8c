"""The waivers of a run as lines for a terminal."""

from collections.abc import Iterator

from conformance.report.content.waivers import consequence, waivers
from conformance.report.text.failure import wrapped
from conformance.results import Results


def waiver_lines(results: Results, width: int, indent: int) -> Iterator[str]:
    """Yield each waiver with its place in the waivers file, then their effect on the exit status."""
    entries = waivers(results)
    for entry in entries:
        text = f"{entry.item['requirement']}: {entry.item['detail']} ({entry.item['at']})"
        first, *more = wrapped(text, width, indent)
        yield f"{entry.word.text:<{indent}}{first.lstrip()}"
        yield from more
        yield from wrapped(f"{entry.item['reason']} ({entry.accountable})", width, indent)
    if entries:
        yield from wrapped(consequence(results), width)
        yield ""
