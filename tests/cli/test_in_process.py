"""Judging from a program: results in process, and the documented fixtures for ASGI and WSGI applications."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import configuration

from conformance import judge, reference
from conformance.cli.in_process import NoResults
from conformance.requirements import token
from tests.support.cli_process import environment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "in-process.md").read_text("utf-8")
FILES = re.findall(r"^```python\n# (\w+\.py)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SOME = token.HEADER_WINS.id
STARTS = {"flask_target": "threading.Thread(target=ingest, daemon=True).start()\n"}
"""What an example does only where it is started as a program: it stores events in a thread of its own."""


def test_it_returns_the_results_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEACON_OBSERVER", "what another job needs")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    with reference.Server() as server:
        results = judge(server.url, token=reference.TOKEN, requirement=[SOME], require=["http", "stores"])

    verdicts = {item["id"]: item["verdict"] for item in results["requirements"]}
    assert verdicts[SOME] == "held"
    assert results["target"] == {"url": server.url, "kind": "url", "observer": ""}
    assert [name for name, item in results["classes"].items() if item["required"]] == ["http", "stores"]
    assert os.environ["BEACON_OBSERVER"] == "what another job needs"


def test_it_leaves_hypothesis_as_it_was() -> None:
    profile = hypothesis.settings.get_current_profile_name()
    deadline, home = hypothesis.settings().deadline, configuration.storage_directory().path

    judge("reference", requirement=SOME)

    assert hypothesis.settings.get_current_profile_name() == profile
    assert hypothesis.settings().deadline == deadline
    assert configuration.storage_directory().path == home


def test_the_reports_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    judge("reference", requirement=SOME, report_dir=tmp_path / "reports", record=True, allow_production=False)

    written = {path.name for path in (tmp_path / "reports").iterdir()}
    assert {"results.json", "compliance.html", "summary.md", "recording.json.gz"} <= written


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"tokn": "x"}, "--tokn: no such option; did you mean --token?"),
        ({}, "no token: a target is judged with a token"),
        ({"token": "x", "seed": -1}, "--seed -1: must be a whole number"),
        ({"token": "x", "requirement": ["cors.nothing"]}, "cors.nothing: no requirement"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_in_one_line(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        judge("https://staging.example", **options)

    assert "\n" not in str(raised.value)


def test_a_run_without_results_says_what_it_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.cli.run.too_few_files", lambda: "this process may open 3 files")

    with pytest.raises(NoResults, match="this process may open 3 files"):
        judge("reference")


def test_an_interruption_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.cli.run.judge", lambda _: 2)

    with pytest.raises(KeyboardInterrupt):
        judge("reference")


def test_another_attribute_does_not_exist() -> None:
    import conformance  # noqa: PLC0415 - the module itself

    with pytest.raises(AttributeError, match="has no attribute 'jugde'"):
        _ = conformance.jugde


@pytest.mark.parametrize(("example", "number"), [("fastapi_target", 0), ("flask_target", 1)])
def test_the_documented_fixture_serves_an_application_and_judges_it(
    example: str, number: int, tmp_path: Path
) -> None:
    fixture = [text for name, text in FILES if name == "conftest.py"][number]
    (test,) = [text for name, text in FILES if name == "test_beacon.py"]
    shop = (ROOT / "examples" / f"{example}.py").read_text("utf-8")
    (tmp_path / "shop.py").write_text(f"{shop}\n{STARTS.get(example, '')}", "utf-8")
    (tmp_path / "conftest.py").write_text(fixture, "utf-8")
    (tmp_path / "test_beacon.py").write_text(test, "utf-8")

    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
