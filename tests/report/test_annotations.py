"""The failures of a run as GitHub's workflow commands, parsed as GitHub's runner parses them."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.report.annotations import annotations
from conformance.report.html.page import compliance_page
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
    """Parse a command as the runner does."""
    found = re.fullmatch(r"::(\w+) title=([^:,]*)::(.*)", line)
    assert found is not None, line
    kind, title, message = found.groups()
    for code, character in (("%3A", ":"), ("%2C", ",")):
        title = title.replace(code, character)
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        title, message = title.replace(code, character), message.replace(code, character)
    return kind, title, message


def test_a_violation_is_an_error_with_requirement_reply_and_meaning() -> None:
    results = compose(FACTS, [_broke("token.header-wins")])
    run, failure = annotations(results)
    kind, title, message = _read(failure)

    assert "1 MUST requirement violated" in _read(run)[2]
    assert (kind, title) == ("error", "token.header-wins violated (MUST)")
    assert "the header alone decides" in message
    assert "expected: status 401; got: status 201" in message
    assert "After an unknown token in the header the query is tried" in message
    assert message.endswith("beacon-conformance requirements token.header-wins")


def test_the_page_explains_a_violation_and_how_to_fix_it() -> None:
    advice = advice_on(response.CREATED)
    assert advice is not None
    page = html.unescape(compliance_page(compose(FACTS, [_broke(response.CREATED.id)])))

    assert [text for text in (advice.means, *advice.fixes, *advice.fixes.values()) if text not in page] == []


def test_a_warning_is_a_warning() -> None:
    results = compose(FACTS, [_broke("token.compared-by-case")])

    assert "warning" in {_read(line)[0] for line in annotations(results)}


def test_text_from_a_target_cannot_end_or_begin_a_command() -> None:
    lines = annotations(compose(FACTS, [_broke("token.header-wins", HOSTILE)]))

    assert [re.findall(r"[\r\n\x1b\u2028]", line) for line in lines] == [[], []]
    assert [_read(line)[0] for line in lines] == ["error", "error"]
    assert "100%" in _read(lines[1])[2]
    assert "::set-output" in _read(lines[1])[2]


def test_the_last_annotation_counts_the_ones_that_github_does_not_show() -> None:
    musts = [one.id for one in ALL if one.level is Level.MUST]
    lines = annotations(compose(FACTS, [_broke(name) for name in musts]))

    assert len(lines) == 10
    assert _read(lines[-1])[2].startswith(f"{len(musts) - 8} more")


def test_a_conformant_run_is_only_a_notice() -> None:
    held = [Finding(one.id, "test_x", Outcome.HELD, met=1) for one in ALL]

    assert [_read(line)[0] for line in annotations(compose(FACTS, held))] == ["notice"]


def test_the_command_prints_the_annotations_of_a_results_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = compose(FACTS, [_broke("token.header-wins")])
    (tmp_path / "results.json").write_text(json.dumps(results), "utf-8")

    assert cli.main(["annotate", str(tmp_path / "results.json")]) == 0
    assert capsys.readouterr().out.splitlines() == annotations(results)


def test_a_file_that_is_not_a_results_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["annotate", str(tmp_path / "missing.json")]) == 4
    assert capsys.readouterr().err.count("\n") == 1
