"""Results files from strangers: each is refused in one line and with status 4, and nothing is written."""

import copy
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance import results
from conformance.cli import main as command
from conformance.results.checksum import sealed
from conformance.results.derivation import rederived
from conformance.results.limits import LONGEST_FILE, LONGEST_TEXT
from tests.support.cli_process import tree
from tests.support.hostile_results import everything
from tests.support.log_commands import COMMANDS, obeyed

pytestmark = pytest.mark.hostile

SECONDS = 20
"""More than any file takes; a machine may be busy."""
Change = Callable[[dict[str, Any]], object]


def _finding(content: dict[str, Any]) -> dict[str, Any]:
    return next(one for item in content["requirements"] for one in item["findings"] if one["evidence"])


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def _set(path: str, value: Any) -> Change:
    *names, last = path.split(".")

    def change(content: dict[str, Any]) -> None:
        part: Any = content
        for name in names:
            part = _finding(content) if name == "finding" else part[int(name) if name.isdigit() else name]
        part[last] = value

    return change


CRAFTED: dict[str, Change] = {
    "start-without-a-zone": _set("run.started", "2026-01-02T03:04:05"),
    "end-without-a-zone": _set("run.finished", "2026-01-02T03:05:06"),
    "start-is-no-date": _set("run.started", "soon"),
    "end-before-start": _set("run.finished", "2025-01-02T03:05:06Z"),
    "end-centuries-later": _set("run.finished", "2926-01-02T03:05:06Z"),
    "start-in-the-first-year": _set("run.started", "0001-01-01T00:00:00+23:59"),
    "start-in-the-last-year": _set("run.finished", "9999-12-31T23:59:59-23:59"),
    "uneven-timeline": _set("run.timeline", {"seconds": 1, "replies": {"2xx": [1, 2], "4xx": [1]}}),
    "endless-timeline": _set("run.timeline", {"seconds": 1, "replies": {"2xx": [1] * 100_000}}),
    "uneven-pair": _set("run.sizes", [[1]]),
    "batches-without-end": _set("run.sizes", [[1, 10**12]]),
    "batch-without-end": _set("run.sizes", [[10**12, 1]]),
    "huge-seed": _set("run.seed", 10**4000),
    "huge-count": _set("run.requests", 2**53 + 1),
    "huge-seconds": _set("finding.seconds", 1e308),
    "huge-interval": _set("run.timeline", {"seconds": 1e308, "replies": {"2xx": [1]}}),
    "surrogate-in-a-reason": _set("finding.reason", "a \ud800 b"),
    "surrogate-in-a-target": _set("target.url", "http://\udfff"),
    "surrogate-in-a-name": _set("finding.generated", {"\ud800": 1}),
    "endless-text": _set("finding.reason", "x" * (LONGEST_TEXT + 1)),
    "endless-command": lambda content: _finding(content)["evidence"][0].update(repeat='"$(' * 300_000),
    "nested-example": _set("finding.generated", {"a": _nested(300)}),
    "requirements-without-end": lambda content: content["requirements"].extend(
        {**copy.deepcopy(content["requirements"][0]), "id": f"token.a{number}"} for number in range(2000)
    ),
    "findings-without-end": lambda content: content["requirements"][0]["findings"].extend(
        [copy.deepcopy(_finding(content))] * 5000
    ),
    "evidence-without-end": lambda content: _finding(content)["evidence"].extend(
        [_finding(content)["evidence"][0]] * 100
    ),
    "headers-without-end": lambda content: _finding(content)["evidence"][0]["reply"].update(
        headers=[["a", "b"]] * 1000
    ),
    "faults-without-end": _set("run.faults", ["a"] * 5000),
    "requirement-twice": lambda content: content["requirements"].append(content["requirements"][0]),
    "another-chapter": _set("requirements.0.chapter", "other"),
    "another-class": lambda content: content["classes"].update(mine=content["classes"]["http"]),
    "another-verdict": _set("verdict", "splendid"),
    "another-format": _set("format", "1\n::error::owned"),
    "negative-count": _set("run.events", -1),
    "status-of-another-kind": _set("exit_status", 99),
    "waiver-without-end": _set(
        "waivers",
        [
            {
                **dict.fromkeys(("requirement", "reason", "owner", "issue", "at", "detail"), "a"),
                "expires": "never",
                "state": "waived",
            }
        ],
    ),
    "no-seal": lambda content: content.pop("seal"),
}
"""Changes to a results file; each is sealed again, as anybody can."""
RAW = {
    "empty": b"",
    "nul": b"\0" * 100,
    "utf-16": "{}".encode("utf-16"),
    "list": b"[]",
    "nested": b"[" * 1_000_000,
    "nan": b'{"format": NaN}',
    "digits": b'{"format": ' + b"9" * 100_000 + b"}",
    "large": b" " * (LONGEST_FILE + 1),
    "name-twice": b'{"format": 1, "format": 1}',
    "commands": b'{"format": "\\n::error::owned\\n##vso[task.complete]"}',
}


def _read_by_every_command(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = path.with_name("good.json")
    results.write(everything(), good)
    before = tree(path.parent)
    for arguments in (
        ["render", str(path), "--report-dir", str(path.parent / "out")],
        ["annotate", str(path)],
        [
            "compare",
            str(good),
            str(path),
            "--markdown",
            str(path.parent / "c.md"),
            "--html",
            str(path.parent / "c.html"),
        ],
        ["repeat", str(path), "token.header-wins"],
        ["run", f"--replay={path}", f"--report-dir={path.parent / 'out'}"],
    ):
        began = time.monotonic()
        status = command(arguments)
        said = capsys.readouterr()
        assert status == 4, arguments
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        assert len(said.err) < 1500
        assert not obeyed(said.err)
        assert time.monotonic() - began < SECONDS
    assert tree(path.parent) == before


@pytest.mark.parametrize("change", CRAFTED.values(), ids=CRAFTED.keys())
def test_a_crafted_file_is_refused(
    tmp_path: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(json.dumps(everything()))
    change(content)
    if "seal" in content:
        content = sealed(content)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(content), "utf-8")

    _read_by_every_command(path, capsys)


@pytest.mark.parametrize("content", RAW.values(), ids=RAW.keys())
def test_bytes_that_are_no_results_are_refused(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(content)

    _read_by_every_command(path, capsys)


@pytest.mark.parametrize("name", ["/dev/zero", ".", "missing\n::error::owned.json"])
def test_what_is_no_file_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["annotate", name]) == 4
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert not obeyed(said)


TEXT = (
    "".join(f"\n{one}" for one in COMMANDS) + "<script>x</script>@all #1 http://evil.example" + "a" * 60_000
)


def test_a_file_at_the_limits_makes_small_reports_in_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(json.dumps(everything()))
    for item in content["requirements"]:
        item["reason"] = item["statement"] = item["hint"] = TEXT[:9000]
        item.update(level="MUST", basis="stated")
        for one in item["findings"]:
            one.update(reason=TEXT[:9000], outcome="broke")
            for exchange in one["evidence"]:
                exchange.update(expected=TEXT[:9000], got=TEXT[:9000], repeat='"$(' * 9000)
    content["target"]["url"] = content["run"]["unreachable"] = TEXT
    path = tmp_path / "results.json"
    path.write_text(json.dumps(sealed(rederived(content))), "utf-8")
    began = time.monotonic()

    command(["render", str(path), "--report-dir", str(tmp_path / "out")])
    command(
        [
            "compare",
            str(path),
            str(path),
            "--markdown",
            str(tmp_path / "c.md"),
            "--html",
            str(tmp_path / "c.html"),
        ]
    )

    assert time.monotonic() - began < 3 * SECONDS
    assert not obeyed(capsys.readouterr().out)
    written = [one for one in tmp_path.rglob("*") if one.is_file() and one != path]
    assert sum(one.stat().st_size for one in written) < 25_000_000
