"""What a run is going to send: worked out without sending anything, and never exceeded."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, reference
from conformance.cli.checks import checks
from conformance.client import HttpClient, Load, NoReply, Request, RequestBudget
from conformance.mutants.batch import LastEventLost
from conformance.plan import Selection, lines, plan
from conformance.plan.costs import costs_of
from conformance.requirements import ALL, Needs, events, token
from conformance.results.verdicts import Verdict
from conformance.settings import Effort, Settings
from tests.support.raw_servers import NULL, RawServer
from tests.support.runs import Judged, judge

TOLD = Settings(
    "http://127.0.0.1:1",
    reference.TOKEN,
    reference.OTHER_TOKEN,
    reference.REVOKED_TOKEN,
    reference.ORIGIN,
    reference.OTHER_ORIGIN,
    "http://127.0.0.1:1/events?token={token}",
    patience=3,
)
NO_PARTS = {"requests": 0, "events": 0, "bytes": 0}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Return a socket that connections would wait at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def test_a_plan_sends_nothing_and_opens_no_connection(
    listening: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    status = cli.main(["plan", f"--target={url}", "--token=t", f"--observer={url}/events?token={{token}}"])

    with pytest.raises(BlockingIOError):
        listening.accept()
    assert status == 0
    assert capsys.readouterr().out.startswith(f"{url}\n")


@pytest.mark.parametrize("effort", Effort)
def test_every_check_has_its_costs(effort: str) -> None:
    measured = {(cost.requirement, cost.check) for cost in costs_of(effort).checks}
    beyond = {
        (one.id, function.__name__) for one, function, _ in checks() if function.__name__ in QUICK_LEAVES_OUT
    }
    there = {(one.id, function.__name__) for one, function, _ in checks()}

    assert measured == (there - beyond if effort == Effort.QUICK else there), "run make docs"


QUICK_LEAVES_OUT = {"test_generated_batches_are_refused"}


class EverythingRefused(reference.Rules):
    def body_errors(self, payload: Any) -> list[str]:
        return super().body_errors(payload) or ["no"]


class EverythingAccepted(reference.Rules):
    def body_errors(self, payload: Any) -> list[str]:
        del payload
        return []


@pytest.mark.parametrize("rules", [reference.Rules, EverythingRefused, EverythingAccepted])
def test_a_run_never_exceeds_its_plan_and_nothing_is_cut_off(
    rules: type[reference.Rules], tmp_path: Path
) -> None:
    with reference.Server(rules, delay=0.005) as server:
        judged = judge(server, tmp_path, (), "--effort=quick")

    most = plan(replace(TOLD, effort=Effort.QUICK)).most
    assert judged.results["run"]["requests"] <= most.requests
    assert judged.results["run"]["events"] <= most.events
    assert "its plan allows" not in json.dumps(judged.results)


def test_a_run_of_one_requirement_keeps_to_its_own_plan(tmp_path: Path) -> None:
    with reference.Server(LastEventLost, delay=0.005) as server:
        judged = judge(server, tmp_path, [events.ANY_MIX])

    most = plan(TOLD, Selection((events.ANY_MIX.id,))).most
    assert judged.verdict(events.ANY_MIX) is Verdict.VIOLATED
    assert judged.results["run"]["requests"] <= most.requests < plan(TOLD).most.requests


def test_what_a_plan_does_not_allow_is_not_sent_and_says_so() -> None:
    made = 0
    with RawServer(*[NULL] * 4) as server:
        pace = RequestBudget(planned=Load(requests=3, events=1, bytes=4), events=lambda: made)
        wire = HttpClient(10, pace=pace)

        def outcome(body: bytes) -> str:
            sent = wire.send(Request("POST", f"{server.url}/beacon", (), body)).outcome
            return sent.detail if isinstance(sent, NoReply) else ""

        allowed = [outcome(b"{}")]
        too_long = outcome(b"{  }")
        made = 2
        too_many_events = outcome(b"")
        made = 1
        allowed += [outcome(b"{}"), outcome(b"")]
        too_many = outcome(b"")
        wire.close()

    assert allowed == [""] * 3
    assert {too_long, too_many_events, too_many} == {
        "the run has sent as much as its plan allows (beacon-conformance plan)"
    }
    assert len(server.received) == 3


@pytest.mark.parametrize(
    "told",
    [
        TOLD,
        replace(TOLD, observer="", effort=Effort.QUICK),
        replace(TOLD, origin="", other_origin="", other_token="", effort=Effort.QUICK),
        replace(TOLD, other_origin="", revoked_token="", effort=Effort.QUICK),
    ],
    ids=["everything", "no-read-back", "no-origin", "one-origin"],
)
def test_what_is_not_judged_is_said_before_the_run(told: Settings, tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        judged = _judged(server, told, tmp_path)

    planned = {
        name for outlook in plan(told).classes.values() for names in outlook.left.values() for name in names
    }
    found = {item["id"] for item in judged.results["requirements"] if item["verdict"] == Verdict.NOT_JUDGED}
    assert planned == found, judged.output


def _judged(server: reference.Server, told: Settings, folder: Path) -> Judged:
    """Judge what is there by what a run is told: what is empty is not told."""
    options = [
        f"--{name.replace('_', '-')}={getattr(told, name)}"
        for name in ("other_token", "origin", "other_origin", "revoked_token", "effort")
    ]
    return judge(server, folder, (), *options, *([] if told.observer else ["--observer="]))


def test_a_conforming_target_gets_about_what_is_planned(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        sent = judge(server, tmp_path).results["run"]

    about = plan(TOLD).about
    assert about.requests == pytest.approx(sent["requests"], rel=0.05), "run make docs"
    assert about.events == pytest.approx(sent["events"], rel=0.05), "run make docs"


def test_the_reference_is_planned_with_everything_that_it_is_known_by() -> None:
    assert [outlook.left for outlook in plan(Settings()).classes.values()] == [{}] * len(Needs)


def test_the_longest_time_is_that_of_the_rate_or_of_the_answers() -> None:
    local, elsewhere = replace(TOLD, observer=""), replace(TOLD, observer="", target="https://t.example")

    assert plan(elsewhere).seconds == pytest.approx(plan(elsewhere).about.requests / 20)
    assert plan(local).seconds < plan(local, latency=1).seconds
    assert plan(replace(local, connections=1), latency=1).seconds > plan(local).about.requests
    assert plan(replace(TOLD, patience=30)).seconds - plan(replace(TOLD, patience=10)).seconds == 40
    assert plan(replace(TOLD, settle=3)).seconds > plan(TOLD).seconds + 3
    assert plan(replace(local, settle=3)).seconds == plan(local).seconds


def test_no_more_requests_are_planned_than_a_run_may_send() -> None:
    few = plan(replace(TOLD, max_requests=10))

    assert (few.about.requests, few.most.requests) == (10, 10)


def test_a_selection_is_planned_for_itself() -> None:
    all_of_them, one = plan(TOLD), plan(TOLD, Selection((token.HEADER_WINS.id,)))
    named = plan(TOLD, Selection(check="test_every_size_up_to_the_limit_is_accepted[header-1]"))

    assert one.about.requests < all_of_them.about.requests / 10
    assert {needs: outlook.judged for needs, outlook in one.classes.items() if outlook.judged} == {
        Needs.HTTP: 1
    }
    assert sum(outlook.judged for outlook in all_of_them.classes.values()) == len(ALL)
    assert sum(outlook.judged for outlook in named.classes.values()) <= 1


def test_a_plan_fits_100_columns_and_names_the_option_for_what_is_not_judged() -> None:
    told = [line for settings in (TOLD, Settings("https://t.example", "t")) for line in lines(plan(settings))]

    assert max(map(len, told)) <= 100
    assert any("--observer SPEC" in line for line in told)
    assert any("--origin O" in line for line in told)


def test_a_script_reads_the_plan_of_every_target_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "beacon.toml"
    file.write_text(
        'token = "t"\n[targets.eu]\ntarget = "https://eu.example"\n[targets.us]\ntarget = "https://us.example"\n'
    )
    status = cli.main(["plan", f"--config={file}", "--json", "--latency=80"])

    planned = json.loads(capsys.readouterr().out)["targets"]
    assert status == 0
    assert [(one["name"], one["target"], one["latency"]) for one in planned] == [
        ("eu", "https://eu.example", 0.08),
        ("us", "https://us.example", 0.08),
    ]
    assert planned[0]["most"].keys() == {*NO_PARTS, "seconds"}
    assert planned[0]["classes"]["ingestion"]["not_judged"].keys() == {"--observer SPEC"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--latency=fast"], "--latency fast: is no number of milliseconds, as 50"),
        (["--latency=-1"], "--latency -1: is no number of milliseconds, as 50"),
        (["--latency=nan"], "--latency nan: is no number of milliseconds, as 50"),
        (
            ["--requirement=token.header"],
            "--requirement token.header: no requirement has this id; did you mean",
        ),
        (["--tokn=t"], "--tokn: no such option; did you mean --token?"),
        (["--effort=all"], "--effort all: is none of"),
    ],
)
def test_bad_input_is_one_line(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["plan", *given])

    complaint = capsys.readouterr().err
    assert status == 4
    assert said in complaint
    assert complaint.count("\n") == 1
