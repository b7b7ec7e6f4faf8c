"""A run's failures as GitHub's workflow commands, read back as GitHub's runner reads them."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.report import annotations, compliance_page
from conformance.requirements import ALL, Level, response
from conformance.requirements.advice import advice_on
from conformance.results import RunFacts, compose
from conformance.results.verdicts import Finding, Outcome

FACTS = RunFacts(
    id="1a2b3c4d",
    started="2026-01-02T03:04:05.000Z",
    finished="2026-01-02T03:05:06.000Z",
    seed=0,
    requests=1,
    events=1,
    target="https://staging.example",
    kind="url",
    required=("http",),
    openapi="0123456789abcdef",
)
HOSTILE = "100%\r\n::error title=forged::forged\u2028%0A::set-output name=x::y, z: \x1b[2J"


def _evidence(got: str) -> dict[str, Any]:
    message = {"line": "POST /beacon", "headers": [], "body": "", "bytes": 0}
    return {"sent": message, "expected": "status 401", "got": got, "reply": message, "seconds": 0.1}


def _broke(identifier: str, got: str = "status 201") -> Finding:
    return Finding(identifier, "test_x", Outcome.BROKE, met=0, evidence=[_evidence(got)])


def _read(line: str) -> tuple[str, str, str]:
    """Take a command apart as the runner does."""
    found = re.fullmatch(r"::(\w+) title=([^:,]*)::(.*)", line)
    assert found is not None, line
    kind, title, message = found.groups()
    for code, character in (("%3A", ":"), ("%2C", ",")):
        title = title.replace(code, character)
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        title, message = title.replace(code, character), message.replace(code, character)
    return kind, title, message


def test_a_violation_is_an_error_with_its_requirement_what_came_and_what_it_means() -> None:
    results = compose(FACTS, [_broke("token.header-wins")])
    run, failure = annotations(results)
    kind, title, message = _read(failure)

    assert "1 MUST requirement violated" in _read(run)[2]
    assert (kind, title) == ("error", "token.header-wins violated (MUST)")
    assert "the header alone decides" in message
    assert "expected: status 401; got: status 201" in message
    assert "After an unknown token in the header the query is tried" in message
    assert message.endswith("beacon-conformance requirements token.header-wins")


def test_the_page_says_at_a_violation_what_it_means_and_how_it_is_fixed() -> None:
    advice = advice_on(response.CREATED)
    assert advice is not None
    page = html.unescape(compliance_page(compose(FACTS, [_broke(response.CREATED.id)])))

    assert [text for text in (advice.means, *advice.fixes, *advice.fixes.values()) if text not in page] == []


def test_a_warning_is_a_warning() -> None:
    results = compose(FACTS, [_broke("token.compared-by-case")])

    assert "warning" in {_read(line)[0] for line in annotations(results)}


def test_nothing_that_a_target_sent_ends_a_command_or_begins_one() -> None:
    lines = annotations(compose(FACTS, [_broke("token.header-wins", HOSTILE)]))

    assert [re.findall(r"[\r\n\x1b\u2028]", line) for line in lines] == [[], []]
    assert [_read(line)[0] for line in lines] == ["error", "error"]
    assert "100%" in _read(lines[1])[2]
    assert "::set-output" in _read(lines[1])[2]


def test_of_more_than_github_shows_the_last_says_how_many_there_are() -> None:
    musts = [one.id for one in ALL if one.level is Level.MUST]
    lines = annotations(compose(FACTS, [_broke(name) for name in musts]))

    assert len(lines) == 10
    assert _read(lines[-1])[2].startswith(f"{len(musts) - 8} more")


def test_a_conformant_run_is_a_notice_and_nothing_else() -> None:
    held = [Finding(one.id, "test_x", Outcome.HELD, met=1) for one in ALL]

    assert [_read(line)[0] for line in annotations(compose(FACTS, held))] == ["notice"]


def test_the_command_prints_what_a_results_file_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = compose(FACTS, [_broke("token.header-wins")])
    (tmp_path / "results.json").write_text(json.dumps(results), "utf-8")

    assert cli.main(["annotate", str(tmp_path / "results.json")]) == 0
    assert capsys.readouterr().out.splitlines() == annotations(results)


def test_a_file_that_is_no_results_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["annotate", str(tmp_path / "missing.json")]) == 4
    assert capsys.readouterr().err.count("\n") == 1
