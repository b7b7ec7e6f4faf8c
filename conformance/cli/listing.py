"""The subcommand ``list``: a page of the certificates in a directory."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from conformance.certificate.errors import UnusableCertificate
from conformance.certificate.listing import Entry, entries
from conformance.certificate.standing import Standing
from conformance.certificate.trust import read_trust
from conformance.cli.certificate import moment
from conformance.cli.command import parser_of, usage_error
from conformance.cli.help import examples, in_lines
from conformance.report import files
from conformance.report.content.excerpts import one_line
from conformance.report.formats import FORMATS
from conformance.report.html.certified import Certified, certified_page
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus

REPORT = "compliance.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = examples("list certificates --html index.html --trust keys.toml")
    parser.description = in_lines(
        "Make a static page of all certificates below a directory. A certificate that is not genuine is left out, with the"
        " reason, and ends in exit status 8."
    )
    parser.add_argument(
        "directory", type=Path, metavar="DIRECTORY", help="folders with results and certificates"
    )
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="the page")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="the partners' public keys, as of verify")
    parser.add_argument(
        "--today", metavar="DAY", help="list as of this day (default: today), such as 2026-11-27"
    )


def run(arguments: Sequence[str]) -> int:
    """Write the page, and print a line for each certificate that is left out."""
    parsed = parser_of("list", add_arguments).parse_args(arguments)
    try:
        now = moment(parsed.today)
        found = entries(parsed.directory, read_trust(parsed.trust) if parsed.trust else (), now)
    except UnusableCertificate as error:
        return usage_error(one_line(str(error)))
    text = page(found, parsed.directory, parsed.html, now)
    try:
        files.write_text(parsed.html, text)
    except OSError as error:
        return usage_error(f"{one_line(str(parsed.html))}: cannot be written ({error.strerror})")
    left_out = [f"{name}: {why}\n" for name, why in _left_out(found, parsed.directory)]
    sys.stdout.write(inert("".join(map(_as_line, left_out))))
    sys.stdout.write(f"list: {len(found) - len(left_out)} of {len(found)} certificates\n")
    return ExitStatus.NOT_GENUINE if any(one.problem for one in found) else ExitStatus.CONFORMANT


def _as_line(text: str) -> str:
    return f"left out: {one_line(text)}\n"


def page(found: Sequence[Entry], directory: Path, html: Path, now: datetime) -> str:
    """Return the page of some certificates."""
    rows = [
        Certified(
            one.results or {},
            one.implementation,
            {name: str(state) for name, state in one.levels.items()},
            one.days,
            str(one.standing),
            _link(one, html),
        )
        for one in found
        if not one.problem and one.standing is not Standing.EXPIRED
    ]
    return certified_page(rows, _left_out(found, directory), now.astimezone(UTC).date().isoformat())


def _left_out(found: Sequence[Entry], directory: Path) -> list[tuple[str, str]]:
    return [
        (one.folder.relative_to(directory).as_posix(), one.problem or "it has expired")
        for one in found
        if one.problem or one.standing is Standing.EXPIRED
    ]


def _link(entry: Entry, html: Path) -> str:
    """Return the address of a report; of the results if the report is not what they make, since it could be anything."""
    path = entry.folder / REPORT
    made = FORMATS[REPORT](entry.results or {})
    try:
        same = path.read_bytes() == made.encode()
    except OSError:
        same = False
    shown = path if same else entry.folder / "results.json"
    return quote(Path(os.path.relpath(shown, html.parent)).as_posix())
