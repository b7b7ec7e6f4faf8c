"""Every collected check has a finding, or the run is invalid: nothing that loses a check makes a run green."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from conformance import reference, results
from conformance.requirements import token
from conformance.results.verdicts import Verdict
from tests.support.runs import judge, options_for, run

ASKED = [token.HEADER_ACCEPTED, token.HEADER_WINS, token.QUERY_ACCEPTED]


class QueryWins(reference.Rules):
    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)


@pytest.fixture(scope="module")
def server() -> Iterator[reference.Server]:
    with reference.Server(QueryWins) as server:
        yield server


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = Path(__file__).parents[1] / "support" / "plugins"
    monkeypatch.syspath_prepend(plugins)
    monkeypatch.setattr("xdist.workermanage._sys_path", [str(plugins), *sys.path])  # for workers


LOSSES = {
    "worker-dies": ["-p", "dying", "-n", "2"],
    "only-worker-dies": ["-p", "dying", "-n", "1", "--max-worker-restart=0"],
    "check-is-lost": ["-p", "losing", "--connections=1"],
    "check-is-lost-in-a-worker": ["-p", "losing", "-n", "2"],
    "finding-is-lost": ["-p", "failing"],
    "finding-is-lost-in-a-worker": ["-p", "failing", "-n", "2"],
}


@pytest.mark.parametrize("options", LOSSES.values(), ids=LOSSES.keys())
def test_a_check_that_is_lost_makes_the_run_invalid(
    server: reference.Server, tmp_path: Path, options: list[str]
) -> None:
    judged = judge(server, tmp_path, ASKED, "--require=http", *options)

    faults = judged.results["run"]["faults"]
    assert judged.status == 3, judged.output
    assert judged.results["verdict"] == "invalid-run"
    assert judged.verdict(token.HEADER_WINS) is not Verdict.HELD
    assert any("query_token" in fault for fault in faults), faults
    assert all("\n" not in fault for fault in faults)
    assert "conformant" not in (tmp_path / "badge.json").read_text("utf-8")


def test_a_check_that_an_interrupted_run_did_not_reach_is_not_judged(tmp_path: Path) -> None:
    with reference.Server() as server:
        status, output = run(
            *options_for(server),
            f"--report-dir={tmp_path}",
            "-p",
            "interrupting",
            "-k=test_token",
            "--connections=1",
        )
    found = results.read(tmp_path / "results.json")
    findings = [finding for item in found["requirements"] for finding in item["findings"]]
    names = [finding["check"] for finding in findings]

    assert status == 2, output
    assert len(names) == len(set(names)) > 20
    left = [one for one in findings if one["reason"] == "the run was interrupted before this check"]
    assert len(left) > 20
    assert {(one["outcome"], one["module"]) for one in left} == {("not-judged", "suite/test_token.py")}


def test_a_run_that_stops_at_the_first_failure_does_not_call_the_rest_held(
    server: reference.Server, tmp_path: Path
) -> None:
    judged = judge(server, tmp_path, ASKED, "-x", "--connections=1")

    assert judged.status == 1, judged.output
    reasons = {item["id"]: item["reason"] for item in judged.results["requirements"] if item["findings"]}
    assert set(reasons) == {one.id for one in ASKED}
    assert judged.verdict(token.HEADER_WINS) is Verdict.VIOLATED
