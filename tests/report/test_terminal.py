"""The end of a terminal run, a failure's text, and its command in lines that fit."""

import json
import re
import subprocess
from dataclasses import asdict, replace

import pytest

from conformance.client import HttpClient, Target
from conformance.report.content.headers import unusual_headers
from conformance.report.text.failure import failure_block
from conformance.report.text.shell import fold
from conformance.report.text.terminal import table
from conformance.requirements import ALL, BY_ID, Needs
from conformance.results import headline
from conformance.results.verdicts import Outcome
from tests.support.hostile_results import dead, everything, evidence, finding
from tests.support.html import flat


def test_the_terminal_ends_with_the_classes_and_the_headline() -> None:
    for run in (everything(), dead()):
        lines = table(run)
        assert all(len(line) <= 100 and line.isprintable() for line in lines)
        ending = flat(" ".join(lines[-12:]))
        assert all(name in ending for name in Needs)
        assert ending.endswith(headline(run))
    assert len(table(dead())) < 30


def test_the_terminal_shows_what_is_not_green_before_the_counts() -> None:
    lines = table(everything())
    rows = [line.split()[:2] for line in lines if line.startswith(("violated", "warned", "unstable"))]
    assert rows == [
        ["violated", "token.header-wins"],
        ["violated", "batch.empty-refused"],
        ["warned", "token.compared-by-case"],
        ["unstable", "token.missing-refused"],
    ]
    counts = next(line for line in lines if line.startswith(f"{len(ALL)} requirements: "))
    assert "2 violated, 1 warned" in counts
    assert lines.index(counts) > max(i for i, line in enumerate(lines) if line.startswith("not judged"))


def test_a_failure_shows_its_parts_in_order() -> None:
    requirement = BY_ID["token.header-wins"]
    failed = finding(
        requirement.id, Outcome.BROKE, "test_wins[a]", evidence=[evidence(because="the header decides")]
    )
    lines = failure_block(asdict(requirement), failed.to_json()).splitlines()
    assert lines[:2] == [
        "token.header-wins (MUST, stated: Authentication)",
        f"  {requirement.statement}",
    ]
    labels = [line.split()[0] for line in lines[2:] if re.match(r"  \w", line)]
    assert lines[2] == "  check     suite/test_token.py::test_wins[a]"
    assert labels == ["check", "sent", "body", "expected", "got", "because", "hint", "repeat"]
    assert all(len(line) <= 100 for line in lines)


def test_a_failure_of_an_earlier_version_names_only_its_check() -> None:
    failed = replace(finding("token.header-wins", Outcome.BROKE, evidence=[evidence()]), module="")

    lines = failure_block(asdict(BY_ID["token.header-wins"]), failed.to_json()).splitlines()

    assert lines[2] == "  check     test_token_header-wins"


def test_a_failure_shows_only_unusual_request_headers() -> None:
    target = Target("https://staging.example", "t", "", HttpClient(1))
    usual = target.request(b"{}", header="unknown", origin="https://shop.example")
    other = target.request(
        b"{}", content_type="text/plain", headers=[("User-Agent", "curl/8"), ("Accept", "a/b")]
    )

    assert list(unusual_headers(usual.headers)) == [
        ("X-Storefront-Access-Token", "unknown"),
        ("Origin", "https://shop.example"),
    ]
    assert list(unusual_headers(other.headers)) == [
        ("Content-Type", "text/plain"),
        ("User-Agent", "curl/8"),
        ("Accept", "a/b"),
    ]


@pytest.mark.parametrize(
    "command",
    [
        "curl -sS -X POST -H 'A: b' https://x.example/beacon",
        f"curl --data-raw '{json.dumps({'events': [{'event_id': 'x' * 90}] * 3})}' 'https://x.example/?a=b'",
        f"curl -H 'X: {'it' * 80}'\"'\"'{'s ' * 80}' 'https://x.example/?token='\"$BEACON_TOKEN\"'&x=1'",
        f"curl https://x.example/{'path/' * 60} -H 'Empty;'",
        "curl -H 'X: '\"$(printf %s \"$BEACON_TOKEN\" | tr 'a-zA-Z' 'A-Za-z')\"'" + "y" * 120 + "' x",
        "curl --data-raw 'line one\nline two  with   spaces " + "z " * 90 + "' x",
    ],
    ids=["short", "long-body", "quotes", "plain", "expansion", "line-ends"],
)
def test_a_folded_command_is_the_same_command(command: str) -> None:
    def words(text: str) -> str:
        script = f"curl() {{ printf '<%s>' \"$@\"; }}\nBEACON_TOKEN=Secret\n{text}\n"
        done = subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, timeout=60
        )
        return done.stdout

    lines = fold(command, 100, 88)
    assert all(len(line) <= 100 for line in lines)
    assert words("\n".join(lines)) == words(command)
