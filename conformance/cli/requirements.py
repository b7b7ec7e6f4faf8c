"""``beacon-conformance requirements``: a table, JSON, Markdown, and one requirement in full."""

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.cli.command import parser_of, usage_error
from conformance.cli.help import examples
from conformance.cli.proofs import proofs_of
from conformance.requirements import ALL, CHAPTERS, Requirement, UnknownRequirement, find
from conformance.requirements.advice import advice_on
from conformance.requirements.published import sources_of
from conformance.results.verdicts import ExitStatus

WIDTH = 100
"""Columns of the text of one requirement."""


def table() -> str:
    """Return a line for each requirement, with its whole statement at the end, for a terminal or for ``grep``."""
    longest = max(len(one.id) for one in ALL)
    return "".join(
        f"{one.level:<7}{one.basis:<10}{one.needs:<11}{one.id:<{longest}}  {one.statement}\n" for one in ALL
    )


def as_json(requirement: Requirement | None = None) -> str:
    """Return one requirement as a JSON object, or all of them as an array."""
    content: Any = _as_object(requirement) if requirement else [_as_object(one) for one in ALL]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _as_object(requirement: Requirement) -> dict[str, Any]:
    advice, (checks, mutants) = advice_on(requirement), proofs_of(requirement)
    return {
        "id": requirement.id,
        "chapter": requirement.chapter,
        "class": str(requirement.needs),
        "level": str(requirement.level),
        "basis": str(requirement.basis),
        "source": requirement.source,
        "addresses": [one.address for one in sources_of(requirement.source) if one.address],
        "statement": requirement.statement,
        "hint": requirement.hint,
        "checks": [{"sentence": check.sentence, "module": check.module} for check in checks],
        "mutants": [{"name": mutant.name, "mistake": mutant.mistake} for mutant in mutants],
        "means": advice.means if advice else "",
        "fixes": advice.fixes if advice else {},
    }


def in_full(requirement: Requirement) -> str:
    """Return one requirement for a terminal of 100 columns."""
    return "\n".join(_in_full(requirement)) + "\n"


def _in_full(requirement: Requirement) -> Iterator[str]:
    advice, (checks, mutants) = advice_on(requirement), proofs_of(requirement)
    yield from textwrap.wrap(f"{requirement.id} ({_rests_on(requirement)})", WIDTH)
    yield from _wrapped(requirement.statement)
    yield from (f"  {one.address}" for one in sources_of(requirement.source) if one.address)
    yield ""
    yield "how it is judged"
    for check in checks:
        yield from _wrapped(f"{check.sentence} ({check.module})", hang=2)
    if mutants:
        yield ""
        yield "which mutants it has to catch"
        for mutant in mutants:
            yield from _wrapped(f"{mutant.name}: {mutant.mistake}", hang=2)
    if advice:
        yield ""
        yield "what a failure usually means"
        yield from _wrapped(advice.means)
        if requirement.hint:
            yield from _wrapped(requirement.hint)
        yield ""
        yield "how to fix it"
        for place, fix in advice.fixes.items():
            yield from _wrapped(f"{place}: {fix}", hang=2)


def _rests_on(requirement: Requirement) -> str:
    return f"{requirement.level}, {requirement.basis}: {requirement.source}; class {requirement.needs}"


def _linked(requirement: Requirement) -> str:
    """Return what a requirement rests on as Markdown, with a link to each public page."""
    sources = ", ".join(
        f"[{escaped(one.name)}]({one.address})" if one.address else escaped(one.name)
        for one in sources_of(requirement.source)
    )
    return f"{requirement.level}, {requirement.basis}: {sources}; class {requirement.needs}"


def _wrapped(text: str, hang: int = 0) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent=" " * (2 + hang), break_on_hyphens=False
    )


def markdown(requirement: Requirement | None = None) -> str:
    """Return one requirement as Markdown, or the pages of all chapters, one after the other."""
    if requirement:
        return "\n".join(_section(requirement, complete=True)) + "\n"
    return "\n".join(map(chapter_page, CHAPTERS))


def chapter_page(name: str) -> str:
    """Return the page of a chapter as Markdown: a table of its requirements, then each of them in full."""
    chapter = [one for one in ALL if one.chapter == name]
    lines = [
        f"# {name.capitalize()}: {topic_of(name)}",
        "",
        "<!-- Generated from conformance/requirements/ and conformance/mutants/ by `make docs`. -->",
        "",
        "| level | basis | class | requirement |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.level} | {one.basis} | `{one.needs}` | [`{one.id}`](#{anchor(one)})<br>{escaped(one.statement)} |"
        for one in chapter
    ]
    for one in chapter:
        lines += ["", *_section(one)]
    return "\n".join(lines) + "\n"


def topic_of(chapter: str) -> str:
    """Return the topic of a chapter, from the first line of its module."""
    return (CHAPTERS[chapter].__doc__ or "").partition(": ")[2].rstrip(".\n")


def _section(requirement: Requirement, *, complete: bool = False) -> Iterator[str]:
    """Yield the lines of a requirement. Unless ``complete``, only the first requirement with the same advice shows it."""
    advice, (checks, mutants) = advice_on(requirement), proofs_of(requirement)
    yield f"## `{requirement.id}`"
    yield ""
    yield f"{escaped(requirement.statement)} ({_linked(requirement)})"
    yield ""
    yield "Judged by:"
    yield from (f"- {escaped(check.sentence)} (`{check.module}`)" for check in checks)
    if mutants:
        yield ""
        yield "Has to catch:"
        yield from (f"- `{mutant.name}`: {escaped(mutant.mistake)}" for mutant in mutants)
    if not advice:
        return
    yield ""
    hint = f" {requirement.hint}" if requirement.hint else ""
    first = next(one for one in ALL if one in advice.requirements and one.chapter == requirement.chapter)
    if first is not requirement and not complete:
        yield f"If it fails:{escaped(hint)} See [`{first.id}`](#{anchor(first)})."
        return
    yield f"If it fails: {escaped(advice.means)}{escaped(hint)}"
    yield from (f"- {place}: {escaped(fix)}" for place, fix in advice.fixes.items())


def anchor(requirement: Requirement) -> str:
    """Return the anchor that GitHub gives to a requirement's heading."""
    return requirement.id.replace(".", "")


def escaped(text: str) -> str:
    """Return a text in which every character that Markdown reads as markup is escaped."""
    return re.sub(r"([\\`*_\[\]<>|~#])", r"\\\1", text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = examples("requirements", "requirements token.header-wins", "requirements --format json")
    parser.add_argument("id", nargs="?", metavar="ID", help="one requirement, as token.header-wins")
    parser.add_argument(
        "--format", choices=["table", "json", "markdown"], default="table", help="default: %(default)s"
    )


def run(arguments: Sequence[str]) -> int:
    """Print the requirements, or one of them in full."""
    parsed = parser_of("requirements", add_arguments).parse_args(arguments)
    try:
        requirement = find(parsed.id) if parsed.id is not None else None
    except UnknownRequirement as error:
        return usage_error(str(error))
    if parsed.format == "json":
        text = as_json(requirement)
    elif parsed.format == "markdown":
        text = markdown(requirement)
    else:
        text = in_full(requirement) if requirement else table()
    sys.stdout.write(text)
    return ExitStatus.CONFORMANT
