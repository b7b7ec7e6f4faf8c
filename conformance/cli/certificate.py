"""The subcommands ``attest`` and ``verify``: make a certificate about results, and check one."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from conformance import results
from conformance.certificate import statement as stating
from conformance.certificate.envelope import Envelope, Signature, read_bytes
from conformance.certificate.errors import UnusableCertificate
from conformance.certificate.implementation import check_named, read_implementation
from conformance.certificate.keys import PrivateKey
from conformance.certificate.trust import read_trust
from conformance.certificate.verification import CERTIFICATE, Asked, check_folder, not_shown, parse_age
from conformance.cli.command import parser_of, usage_error
from conformance.cli.help import examples, in_lines, with_exit_statuses
from conformance.report import files
from conformance.report.content.excerpts import one_line
from conformance.report.text.log import inert
from conformance.results import limits
from conformance.results.verdicts import ExitStatus
from conformance.settings.challenge import check_challenge

WIDTH = 10
"""Columns of the name of a level."""


def add_attest_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``attest``."""
    parser.epilog = examples("attest reports --implementation acme.toml --key acme.pem")
    parser.description = in_lines(
        "Write certificate.json, a signed statement about the results.json in a folder. It says who made the results; a"
        " signature does not show that they are true."
    )
    parser.add_argument("folder", type=Path, metavar="DIRECTORY", help="the report directory of a whole run")
    parser.add_argument(
        "--implementation", type=Path, required=True, metavar="FILE", help="TOML: what was judged"
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="the private key (Ed25519, PEM)")
    parser.add_argument(
        "--predicate",
        type=Path,
        metavar="FILE",
        help="instead of signing, write only the predicate, for actions/attest of GitHub",
    )


def run_attest(arguments: Sequence[str]) -> int:
    """Sign a statement about results, or write its predicate."""
    parsed = parser_of("attest", add_attest_arguments).parse_args(arguments)
    if (parsed.key is None) == (parsed.predicate is None):
        return usage_error(
            "attest: give either --key FILE, or --predicate FILE for a workflow that signs itself"
        )
    path = parsed.folder / stating.RESULTS
    if words := files.unfinished(parsed.folder):
        return usage_error(f"{one_line(str(path))} is of an earlier run: {one_line(words)}")
    out = parsed.predicate or parsed.folder / CERTIFICATE
    try:
        content = read_bytes(path, limits.LONGEST_FILE)
        read = results.parse(content, str(path))
        implementation = read_implementation(parsed.implementation)
        check_named(read["target"].get("implementation", ""), implementation)
        if parsed.predicate is not None:
            text = json.dumps(stating.predicate_of(read, implementation), ensure_ascii=False, indent=1) + "\n"
        else:
            key = PrivateKey(parsed.key)
            recorded = parsed.folder / stating.RECORDING
            recording = read_bytes(recorded, stating.LONGEST_RECORDING) if recorded.exists() else None
            envelope = Envelope(stating.statement_of(read, content, implementation, recording))
            text = Envelope(envelope.payload, (Signature(key.keyid, key.sign(envelope.signed)),)).as_text()
        files.write_text(out, text)
    except (results.UnusableResults, UnusableCertificate) as error:
        return usage_error(one_line(str(error)))
    except OSError as error:
        return usage_error(f"{one_line(str(out))}: cannot be written ({error.strerror})")
    sys.stdout.write(inert(f"{one_line(str(out))}: {read['verdict']}, by set {read['suite']['set']}\n"))
    return ExitStatus.CONFORMANT


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``verify``."""
    parser.description = in_lines(
        "Check the results.json and the certificate.json in a folder, judge its recording again if it has one, and say"
        " what they do not show."
    )
    parser.epilog = with_exit_statuses(
        ["verify reports --trust acme.pub --challenge 8Qm3-partner-2026"],
        "Exit status: 0 everything that was asked for holds, 1 it is genuine, but not conformant or not what was asked for,"
        " 4 wrong usage, 6 this version cannot tell, 8 it is not genuine.",
    )
    parser.add_argument("folder", type=Path, metavar="DIRECTORY", help="what the partner sent")
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="the partner's public key (PEM), or a TOML file with keys; have it from the partner, not from the folder",
    )
    parser.add_argument("--challenge", default="", metavar="C", help="the text that you sent to the partner")
    parser.add_argument("--set", default="", metavar="S", help="the requirement set that you ask for")
    parser.add_argument("--max-age", metavar="DAYS", help="the longest time since the run ended, such as 90d")
    parser.add_argument("--target", default="", metavar="URL", help="the base URL that must have been judged")
    parser.add_argument("--require", default="", metavar="C,…", help="classes that must be conformant")
    parser.add_argument(
        "--same-suite", action="store_true", help="the suite that judged must have the files of this copy"
    )
    parser.add_argument(
        "--today", metavar="DAY", help="check as of this day (default: today), such as 2026-11-27"
    )


def run_verify(arguments: Sequence[str]) -> int:
    """Print one line for each level, then what was not shown."""
    parsed = parser_of("verify", add_verify_arguments).parse_args(arguments)
    if parsed.trust is None:
        return usage_error(
            "verify: name the partner's public key with --trust FILE; a key that comes with a certificate proves nothing"
        )
    try:
        check_challenge(parsed.challenge)
        asked = Asked(
            now=moment(parsed.today),
            trusted=read_trust(parsed.trust),
            requirement_set=parsed.set,
            longest_age=parse_age(parsed.max_age) if parsed.max_age is not None else None,
            challenge=parsed.challenge,
            target=parsed.target,
            same_suite=parsed.same_suite,
            classes=tuple(filter(None, (name.strip() for name in parsed.require.split(",")))),
        )
        checked = check_folder(parsed.folder, asked, _judge_again)
    except (results.UnusableResults, UnusableCertificate) as error:
        return usage_error(one_line(str(error)))
    for line in checked.lines:
        sys.stdout.write(inert(f"{line.state} {line.name:<{WIDTH}} {one_line(line.text)}\n"))
    sys.stdout.write(f"{not_shown(checked)}\n")
    return checked.status


def _judge_again(folder: Path, read: results.Results) -> tuple[ExitStatus, str]:
    """Judge a recording again. What judges is loaded only if there is one. Raises UnusableCertificate."""
    from conformance.cli.rejudge import UnusableRecording, rejudge  # noqa: PLC0415 - loads pytest

    try:
        rejudged = rejudge(folder, read)
    except UnusableRecording as error:
        raise UnusableCertificate(str(error)) from None
    return rejudged.status, rejudged.text


def moment(day: str | None) -> datetime:
    """Return now, or the end of a day in UTC. Raises UnusableCertificate."""
    if day is None:
        return datetime.now(UTC)
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time.max, UTC)
    except ValueError:
        raise UnusableCertificate(f"--today {day}: write a day, such as 2026-11-27") from None
