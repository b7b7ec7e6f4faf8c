import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference, results
from conformance.report.formats import FORMATS
from conformance.requirements import ALL, Level, Needs, batch, cors, token
from conformance.results.verdicts import Verdict
from tests.support.runs import judge, options_for, run

QUIET = ["-p", "no:html", "-p", "no:junitxml"]


@pytest.fixture(scope="module")
def server() -> Iterator[reference.Server]:
    with reference.Server(delay=0.005) as server:
        yield server


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "support" / "plugins")
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)


def _results(directory: Path) -> results.Results:
    return results.read(directory / "results.json")


def test_the_bundled_reference_holds_everything_with_nothing_left_unjudged(tmp_path: Path) -> None:
    status, output = run(f"--report-dir={tmp_path}")

    found = _results(tmp_path)
    verdicts = {item["id"]: item["verdict"] for item in found["requirements"]}
    expected = {one.id: "observed" if one.level is Level.INFO else "held" for one in ALL}
    # A browser is started only if it is asked for.
    expected |= {one.id: "not-judged" for one in ALL if one.needs is Needs.BROWSER}
    assert verdicts == expected, output
    assert status == 0
    assert found["verdict"] == "conformant"
    assert found["target"]["kind"] == "reference"
    assert "certifies nothing" in output
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"results.json", *FORMATS}


def test_a_served_reference_is_conformant_in_every_class_but_browser(
    server: reference.Server, tmp_path: Path
) -> None:
    judged = judge(server, tmp_path, [], "--require=http,ingestion,stores", "--effort=quick", "-n", "2")

    assert judged.status == 0, judged.output
    verdicts = {name: item["verdict"] for name, item in judged.results["classes"].items()}
    conformant = dict.fromkeys(("http", "ingestion", "stores"), "conformant")
    assert verdicts == {**conformant, "browser": "not-fully-verified"}
    facts = judged.results["run"]
    assert sum(map(sum, facts["timeline"]["replies"].values())) == facts["requests"]
    assert sum(count for _, count in facts["sizes"]) > 1


def test_a_violated_must_ends_in_status_1_and_shows_both_values(tmp_path: Path) -> None:
    class QueryWins(reference.Rules):
        def token(self, request: Request) -> str | None:
            return self.query_token(request) or self.header_token(request)

    with reference.Server(QueryWins) as server:
        judged = judge(server, tmp_path, [token.HEADER_WINS])

    assert judged.status == 1
    assert judged.verdict(token.HEADER_WINS) is Verdict.VIOLATED
    assert "expected  status 401" in judged.output
    assert "got       status 201, body null" in judged.output


def test_a_warned_should_does_not_fail_a_run(tmp_path: Path) -> None:
    class NoVary(reference.Rules):
        def vary(self, _request: Request, /) -> str | None:
            return None

    with reference.Server(NoVary) as server:
        judged = judge(server, tmp_path, [cors.VARY, token.HEADER_WINS])

    assert judged.verdict(cors.VARY) is Verdict.WARNED
    assert judged.status == 6


def test_an_interrupted_run_ends_in_status_2_with_what_it_had_judged(
    server: reference.Server, tmp_path: Path
) -> None:
    status, output = run(*options_for(server), f"--report-dir={tmp_path}", "-p", "interrupting")

    found = _results(tmp_path)
    verdicts = [item["verdict"] for item in found["requirements"]]
    assert status == 2, output
    assert found["run"]["interrupted"]
    assert "not-judged" in verdicts
    assert found["verdict"] == "not-fully-verified"
    assert (tmp_path / "compliance.html").exists()


def test_a_bug_in_the_suite_ends_in_status_3_and_blames_no_target(
    server: reference.Server, tmp_path: Path
) -> None:
    judged = judge(server, tmp_path, [token.HEADER_ACCEPTED, token.QUERY_ACCEPTED], "-p", "faulty")

    assert judged.status == 3
    assert judged.results["verdict"] == "invalid-run"
    assert judged.verdict(token.HEADER_ACCEPTED) is Verdict.NOT_JUDGED
    assert judged.verdict(token.QUERY_ACCEPTED) is Verdict.HELD
    assert reference.TOKEN not in judged.output


def test_a_check_that_expects_nothing_is_a_bug_in_the_suite(server: reference.Server, tmp_path: Path) -> None:
    judged = judge(server, tmp_path, [token.MISSING_REFUSED], "-p", "vacuous", "--deselect=test_openapi.py")

    assert judged.status == 3
    assert judged.verdict(token.MISSING_REFUSED) is Verdict.NOT_JUDGED


def test_a_debugger_stops_at_the_violation_of_a_must_and_not_at_a_warning(tmp_path: Path) -> None:
    class NeitherWinsNorVaries(reference.Rules):
        def token(self, request: Request) -> str | None:
            return self.query_token(request) or self.header_token(request)

        def vary(self, _request: Request, /) -> str | None:
            return None

    with reference.Server(NeitherWinsNorVaries) as server:
        judged = judge(server, tmp_path, [token.HEADER_WINS, cors.VARY], "-p", "stopping")

    assert [judged.verdict(token.HEADER_WINS), judged.verdict(cors.VARY)] == ["violated", "warned"]
    assert sys.modules["stopping"].STOPPED == ["Violation", "Violation"]


def test_nothing_selected_ends_in_status_5(server: reference.Server, tmp_path: Path) -> None:
    status, _ = run(*options_for(server), f"--report-dir={tmp_path}", "-k", "no_check_has_this_name")

    assert status == 5
    assert _results(tmp_path)["verdict"] == "not-fully-verified"


def test_an_unreachable_target_ends_in_status_6_with_a_complete_report(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    status, output = run(
        f"--target=http://127.0.0.1:{port}", "--token=some-token", f"--report-dir={tmp_path}"
    )

    found = _results(tmp_path)
    assert status == 6
    assert {"not-judged"} == {item["verdict"] for item in found["requirements"]}
    assert "was not judged: no connection" in " ".join(output.split())
    assert "was not judged: no connection" in (tmp_path / "compliance.html").read_text("utf-8")
    assert "<failure" not in (tmp_path / "junit.xml").read_text("utf-8")


def test_a_wrong_token_gives_one_line_and_no_violation(server: reference.Server, tmp_path: Path) -> None:
    status, output = run(
        f"--target={server.url}", "--token=no-such-token", f"--report-dir={tmp_path}", *QUIET
    )

    assert status == 6
    assert "check --token" in " ".join(output.split())
    assert {"not-judged"} == {item["verdict"] for item in _results(tmp_path)["requirements"]}


def test_a_page_in_front_of_the_target_causes_no_violation(tmp_path: Path) -> None:
    class Page(reference.Rules):
        def finish(self, _request: Request, _response: Response, /) -> Response:
            return Response("<html>Sign in</html>", 200, media_type="text/html")

    with reference.Server(Page) as server:
        status, output = run(
            f"--target={server.url}", "--token=some-token", f"--report-dir={tmp_path}", *QUIET
        )

    assert status == 6
    assert "the answer is not from /beacon (status 200, an HTML page)" in " ".join(output.split())


def test_a_class_that_is_required_and_cannot_be_judged_ends_in_status_6(
    server: reference.Server, tmp_path: Path
) -> None:
    options = [option for option in options_for(server) if not option.startswith("--observer")]
    chosen = ("--require=http,ingestion", "--effort=quick", "-n", "2")
    status, output = run(*options, f"--report-dir={tmp_path}", *QUIET, *chosen)

    assert status == 6
    assert "pass --observer" in output
    assert _results(tmp_path)["classes"]["http"]["verdict"] == "conformant"
    assert _results(tmp_path)["classes"]["ingestion"] == {
        "required": True,
        "verdict": "not-fully-verified",
        "must": sum(one.needs is Needs.INGESTION and one.level is Level.MUST for one in ALL),
        "held": 0,
        "unstable": 0,
    }


def test_with_one_origin_known_a_fixed_one_is_not_called_reflection(tmp_path: Path) -> None:
    class FixedOrigin(reference.Rules):
        def allow_origin(self, _request: Request, _shop: Any) -> str | None:
            return reference.ORIGIN

    with reference.Server(FixedOrigin) as server:
        options = [
            option
            for option in options_for(server)
            if not option.startswith(("--other-origin", "--other-store-origin"))
        ]
        chosen = [
            f"--requirement={one.id}"
            for one in (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN)
        ]
        run(*options, *chosen, f"--report-dir={tmp_path}", *QUIET)

    found = [item for item in _results(tmp_path)["requirements"] if item["findings"]]
    assert [(item["verdict"], "--other-origin" in item["reason"]) for item in found] == [
        ("not-judged", True)
    ] * 2


def test_a_failure_that_does_not_repeat_is_unstable_and_not_a_violation(tmp_path: Path) -> None:
    class Memo(reference.Rules):
        refused = False

        def batch_errors(self, payload: Any) -> list[str]:
            if not Memo.refused and isinstance(payload, dict) and len(payload.get("events", ())) == 50:
                Memo.refused = True
                return ["once"]
            return super().batch_errors(payload)

    with reference.Server(Memo) as server:
        judged = judge(server, tmp_path, [batch.ACCEPTS_1_TO_100], "--deselect=test_openapi.py")

    assert judged.verdict(batch.ACCEPTS_1_TO_100) is Verdict.UNSTABLE
    assert judged.status == 6


@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_run_counts_what_it_sent(server: reference.Server, tmp_path: Path, processes: str) -> None:
    judged = judge(server, tmp_path, [token.MISSING_REFUSED], "-n", processes, "--deselect=test_openapi.py")

    assert judged.results["run"]["requests"] == 1 + 7  # from the doctor
    assert judged.results["run"]["events"] == 2 + (
        processes == "2"
    )  # each process has its own reusable events


def test_two_runs_send_the_same_requests(server: reference.Server, tmp_path: Path) -> None:
    runs = [judge(server, tmp_path, [batch.ACCEPTS_1_TO_100]) for _ in range(2)]

    first, second = (
        {**one.results["run"], "id": "", "started": "", "finished": "", "mark": "", "timeline": {}}
        for one in runs
    )
    assert first == second


def test_every_event_carries_the_run_s_mark_generated_ones_too(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    class Seeing(reference.Rules):
        def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
            seen.extend(super().accepted(entries))
            return super().accepted(entries)

    with reference.Server(Seeing) as server:
        judged = judge(server, tmp_path, [], "-k=test_openapi or test_events")

    mark = judged.results["run"]["mark"]
    assert len(seen) > 100
    assert {True} == {event["session_id"].startswith(mark) for event in seen}


def test_junit_has_real_failures_with_the_requirement_s_properties(tmp_path: Path) -> None:
    class NoLimit(reference.Rules):
        max_entries = 10_000

    with reference.Server(NoLimit) as server:
        run(*options_for(server), f"--report-dir={tmp_path}", f"--requirement={batch.OVER_100_REFUSED.id}")

    text = (tmp_path / "junit.xml").read_text("utf-8")
    assert "<failure message=" in text
    assert "expected  status 422" in text
    assert '<property name="id" value="batch.over-100-refused"' in text
    assert '<property name="level" value="MUST"' in text
    assert '<property name="verdict" value="violated"' in text


def test_nothing_is_written_outside_the_report_directory(
    server: reference.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    run(*options_for(server), "--report-dir=out", f"--requirement={batch.ACCEPTS_1_TO_100.id}")

    assert [path.name for path in folder.iterdir()] == ["out"]


def test_a_pytest_run_without_the_suite_is_not_changed(pytestconfig: pytest.Config) -> None:
    assert json.dumps(pytestconfig.option.htmlpath) == "null"
