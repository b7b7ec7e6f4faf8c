"""The requirements as a person or a script reads them: a table, JSON, Markdown, and one of them in full."""

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.cli.command import Command, complain, parser_of
from conformance.requirements import ALL, CHAPTERS, Requirement, UnknownRequirement, find
from conformance.requirements.advice import advice_on
from conformance.requirements.proofs import proof_of
from conformance.results.verdicts import ExitStatus

WIDTH = 100
"""Columns of a requirement in full."""
PAGE = """# The requirements

<!-- Generated from conformance/requirements/ and conformance/mutants/ by `make docs`. -->

What is asked of a target, how it is judged, which deliberately wrong targets prove that a check can fail, and what a
failure usually means. `beacon-conformance requirements ID` prints one of them.
"""


def table() -> str:
    """Return a line for each requirement, its statement last, uncut: for a terminal and for ``grep``."""
    longest = max(len(one.id) for one in ALL)
    return "".join(
        f"{one.level:<7}{one.basis:<10}{one.needs:<11}{one.id:<{longest}}  {one.statement}\n" for one in ALL
    )


def as_json(requirement: Requirement | None = None) -> str:
    """Return one requirement as a JSON object, or all of them as an array."""
    content: Any = _plain(requirement) if requirement else [_plain(one) for one in ALL]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _plain(requirement: Requirement) -> dict[str, Any]:
    advice, proof = advice_on(requirement), proof_of(requirement)
    return {
        "id": requirement.id,
        "chapter": requirement.chapter,
        "class": str(requirement.needs),
        "level": str(requirement.level),
        "basis": str(requirement.basis),
        "source": requirement.source,
        "statement": requirement.statement,
        "hint": requirement.hint,
        "checks": [{"sentence": check.sentence, "module": check.module} for check in proof.checks],
        "mutants": [{"name": mutant.name, "mistake": mutant.mistake} for mutant in proof.mutants],
        "means": advice.means if advice else "",
        "fixes": advice.fixes if advice else {},
    }


def in_full(requirement: Requirement) -> str:
    """Return one requirement for a terminal of 100 columns."""
    return "\n".join(_in_full(requirement)) + "\n"


def _in_full(requirement: Requirement) -> Iterator[str]:
    advice, proof = advice_on(requirement), proof_of(requirement)
    yield from textwrap.wrap(f"{requirement.id} ({_rests_on(requirement)})", WIDTH)
    yield from _wrapped(requirement.statement)
    yield ""
    yield "how it is judged"
    for check in proof.checks:
        yield from _wrapped(f"{check.sentence} ({check.module})", hang=2)
    if proof.mutants:
        yield ""
        yield "which wrong targets it has to catch"
        for mutant in proof.mutants:
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


def _wrapped(text: str, hang: int = 0) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent=" " * (2 + hang), break_on_hyphens=False
    )


def markdown(requirement: Requirement | None = None) -> str:
    """Return one requirement as Markdown, or the whole page of them."""
    if requirement:
        return "\n".join(_section(requirement, complete=True)) + "\n"
    lines = [PAGE]
    for name in CHAPTERS:
        chapter = [one for one in ALL if one.chapter == name]
        lines += [
            f"## {name.capitalize()}",
            "",
            "| level | basis | class | requirement |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {one.level} | {one.basis} | `{one.needs}` | [`{one.id}`](#{_anchor(one)})<br>{inert(one.statement)} |"
            for one in chapter
        ]
        lines.append("")
        for one in chapter:
            lines += [*_section(one), ""]
    return "\n".join(lines[:-1]) + "\n"


def _section(requirement: Requirement, *, complete: bool = False) -> Iterator[str]:
    """Yield a requirement's lines; advice that several share stands at the first, unless each is complete."""
    advice, proof = advice_on(requirement), proof_of(requirement)
    yield f"### `{requirement.id}`"
    yield ""
    yield f"{inert(requirement.statement)} ({inert(_rests_on(requirement))})"
    yield ""
    yield "Judged by:"
    yield ""
    yield from (f"- {inert(check.sentence)} (`{check.module}`)" for check in proof.checks)
    if proof.mutants:
        yield ""
        yield "Has to catch:"
        yield ""
        yield from (f"- `{mutant.name}`: {inert(mutant.mistake)}" for mutant in proof.mutants)
    if not advice:
        return
    yield ""
    first = min(advice.requirements, key=ALL.index)
    hint = f" {requirement.hint}" if requirement.hint else ""
    if first is not requirement and not complete:
        yield f"If it fails:{inert(hint)} As [`{first.id}`](#{_anchor(first)})."
        return
    yield f"If it fails: {inert(advice.means)}{inert(hint)}"
    yield ""
    yield from (f"- {place}: {inert(fix)}" for place, fix in advice.fixes.items())


def _anchor(requirement: Requirement) -> str:
    return requirement.id.replace(".", "")


def inert(text: str) -> str:
    """Return a text in which nothing is Markdown."""
    return re.sub(r"([\\`*_\[\]<>|~#])", r"\\\1", text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
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
        return complain(str(error))
    if parsed.format == "json":
        text = as_json(requirement)
    elif parsed.format == "markdown":
        text = markdown(requirement)
    else:
        text = in_full(requirement) if requirement else table()
    sys.stdout.write(text)
    return ExitStatus.CONFORMANT


COMMAND = Command("requirements", "list the requirements, or explain one of them", add_arguments, run)
