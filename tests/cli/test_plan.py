"""The plan of a run: it is counted on the bundled reference, and nothing is sent to the target."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, reference
from conformance.cli.plan import as_text, several
from conformance.cli.planning import OWN_COSTS, Plan, plan
from conformance.client import HttpClient, Load, NoReply, Request, RequestBudget
from conformance.client.retry_after import LONGEST
from conformance.mutants import ALL as MUTANTS
from conformance.requirements import ALL, Needs, token
from conformance.results.verdicts import Verdict
from conformance.settings import Effort, Settings
from conformance.settings.bounds import BOUNDS, RETRY_AFTER, Traffic
from tests.support.raw_servers import NULL, RawServer
from tests.support.runs import Judged, judge

EVERYTHING = Settings(
    "http://127.0.0.1:1",
    reference.TOKEN,
    reference.OTHER_TOKEN,
    reference.REVOKED_TOKEN,
    reference.ORIGIN,
    reference.OTHER_ORIGIN,
    reference.FOREIGN_ORIGIN,
    observer="http://127.0.0.1:1/events?token={token}",
    patience=3,
    effort=Effort.QUICK,
)
CUT_OFF = "its plan allows"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """Return a listening socket, at which connections would wait."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def test_a_plan_sends_nothing_to_the_target_and_opens_no_connection(
    listening: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    status = cli.main(
        [
            "plan",
            f"--target={url}",
            "--token=t",
            "--origin=https://one.example",
            "--other-origin=https://two.example",
            f"--observer={url}/events?token={{token}}",
            "--effort=quick",
        ]
    )

    with pytest.raises(BlockingIOError):
        listening.accept()
    assert status == 0
    assert capsys.readouterr().out.startswith(f"{url}\n")


class EverythingRefused(reference.Rules):
    def body_errors(self, payload: Any) -> list[str]:
        return super().body_errors(payload) or ["no"]


class EverythingAccepted(reference.Rules):
    def body_errors(self, payload: Any) -> list[str]:
        del payload
        return []


class NothingIsStored(reference.Rules):
    def valid(self, entry: Any) -> bool:
        del entry
        return False


WORST = {
    "the-reference": reference.Rules,
    "everything-refused": EverythingRefused,
    "everything-accepted": EverythingAccepted,
    "nothing-is-stored": NothingIsStored,
    **{
        mutant.name: mutant.rules
        for mutant in MUTANTS
        if mutant.name in {"one-invalid-event-refuses-the-batch", "deep-nesting-crashes"}
    },
}
"""The reference, and targets that get more requests than most others: many checks find a violation."""


@pytest.mark.parametrize("rules", WORST.values(), ids=WORST.keys())
def test_a_run_stays_below_half_of_its_limit_and_leaves_nothing_out(
    rules: type[reference.Rules], tmp_path: Path
) -> None:
    with reference.Server(rules, delay=0.005) as server:
        judged = judge(server, tmp_path, (), "--effort=quick", "--patience=1")

    bound = BOUNDS[Effort.QUICK]
    assert judged.results["run"]["requests"] <= bound.requests / 2
    assert judged.results["run"]["events"] <= bound.events / 2
    assert plan(EVERYTHING).conforming.bytes <= bound.bytes / 4
    assert CUT_OFF not in json.dumps(judged.results)


def test_a_larger_effort_has_a_larger_limit() -> None:
    bounds = [BOUNDS[effort] for effort in Effort]

    assert bounds == sorted(bounds)
    assert Settings(effort=Effort.THOROUGH).most == BOUNDS[Effort.THOROUGH]


def test_a_request_over_the_limit_is_not_sent_and_the_reason_says_so() -> None:
    made = 0
    with RawServer(*[NULL] * 4) as server:
        budget = RequestBudget(planned=Load(requests=3, events=1, bytes=4), events=lambda: made)
        http_client = HttpClient(10, budget=budget)

        def outcome(body: bytes) -> str:
            sent = http_client.send(Request("POST", f"{server.url}/beacon", (), body)).outcome
            return sent.detail if isinstance(sent, NoReply) else ""

        allowed = [outcome(b"{}")]
        too_long = outcome(b"{  }")
        made = 2
        too_many_events = outcome(b"")
        made = 1
        allowed += [outcome(b"{}"), outcome(b"")]
        too_many = outcome(b"")
        http_client.close()

    assert allowed == [""] * 3
    assert {too_long, too_many_events, too_many} == {
        "the run has sent as much as its plan allows (beacon-conformance plan)"
    }
    assert len(server.received) == 3


@pytest.mark.parametrize(
    "settings",
    [
        EVERYTHING,
        replace(EVERYTHING, observer=""),
        replace(EVERYTHING, origin="", other_origin="", other_store_origin="", other_token=""),
        replace(EVERYTHING, other_origin="", other_store_origin="", revoked_token=""),
        replace(EVERYTHING, other_origin=""),
    ],
    ids=["everything", "no-read-back", "no-origin", "one-origin", "one-origin-of-each-store"],
)
def test_the_plan_lists_the_requirements_that_a_run_does_not_judge(
    settings: Settings, tmp_path: Path
) -> None:
    with reference.Server(delay=0.005) as server:
        judged = _judged(server, settings, tmp_path)

    planned = {
        name for one in plan(settings).classes.values() for names in one.not_judged.values() for name in names
    }
    found = {
        item["id"]: item["reason"]
        for item in judged.results["requirements"]
        if item["verdict"] == Verdict.NOT_JUDGED
    }
    assert planned == found.keys(), found


def _judged(server: reference.Server, settings: Settings, folder: Path) -> Judged:
    """Judge with some settings empty."""
    options = [
        f"--{name.replace('_', '-')}={getattr(settings, name)}"
        for name in ("other_token", "origin", "other_origin", "other_store_origin", "revoked_token", "effort")
    ]
    patient = "--timeout=60"  # an answer may take longer if many tests run at the same time
    return judge(server, folder, (), *options, patient, *([] if settings.observer else ["--observer="]))


def test_the_plan_names_every_missing_option() -> None:
    classes = plan(Settings("https://t.example", "t", effort=Effort.QUICK)).classes

    assert "--origin O" in classes[Needs.HTTP].not_judged
    assert "--observer SPEC" in classes[Needs.INGESTION].not_judged
    assert classes[Needs.STORES].not_judged.keys() == {"--observer SPEC and --other-token T"}


def test_a_conforming_target_gets_about_as_many_requests_as_planned(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        sent = judge(server, tmp_path, (), "--effort=quick").results["run"]

    planned = plan(EVERYTHING).conforming
    assert planned.requests == pytest.approx(sent["requests"], rel=0.05)
    assert planned.events == pytest.approx(sent["events"], rel=0.05)
    assert planned.bytes > 100 * planned.events


def test_the_plan_for_the_reference_has_all_its_tokens_and_origins() -> None:
    classes = plan(Settings(effort=Effort.QUICK)).classes

    # A browser is started only if it is asked for.
    not_judged = {needs: one.not_judged for needs, one in classes.items() if needs is not Needs.BROWSER}
    assert not_judged == {Needs.HTTP: {}, Needs.INGESTION: {}, Needs.STORES: {}}


def test_the_longest_time_depends_on_the_rate_or_on_the_answers() -> None:
    local, elsewhere = (
        replace(EVERYTHING, observer=""),
        replace(EVERYTHING, observer="", target="https://t.example"),
    )

    assert plan(elsewhere).seconds == pytest.approx(plan(elsewhere).conforming.requests / 20)
    assert plan(local).seconds < plan(local, latency=1).seconds
    alone = plan(replace(local, connections=1), latency=1)
    assert alone.seconds > alone.conforming.requests
    patient = plan(replace(EVERYTHING, patience=30)).seconds
    assert patient - plan(replace(EVERYTHING, patience=10)).seconds == pytest.approx(40)
    assert plan(replace(EVERYTHING, settle=3)).seconds > plan(EVERYTHING).seconds + 3
    assert plan(replace(local, settle=3)).seconds == plan(local).seconds


def test_the_longest_time_is_a_limit_that_does_not_depend_on_the_latency() -> None:
    slow, fast = plan(EVERYTHING, latency=9), plan(EVERYTHING)

    assert slow.longest == fast.longest > fast.seconds
    assert plan(replace(EVERYTHING, timeout=60)).longest > fast.longest + 60
    assert plan(replace(EVERYTHING, record=True)).longest > 2 * fast.longest


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize("connections", [1, 2, 8])
def test_a_target_whose_every_answer_takes_nearly_the_timeout_has_time_for_all_its_requests(
    effort: Effort, connections: int
) -> None:
    settings = replace(EVERYTHING, effort=effort, connections=connections)

    assert plan(settings, latency=settings.timeout).seconds < settings.longest(one_at_a_time=False)


def test_the_plan_has_the_time_that_a_run_waits_for_retry_after() -> None:
    assert RETRY_AFTER == LONGEST


def test_a_plan_has_at_most_max_requests() -> None:
    few = plan(replace(EVERYTHING, max_requests=10))

    assert (few.conforming.requests, few.most.requests) == (10, 10)
    assert any("--max-requests N" in one.not_judged for one in few.classes.values())


def test_a_plan_can_be_for_a_selection() -> None:
    all_of_them, one = plan(EVERYTHING), plan(EVERYTHING, (token.HEADER_WINS.id,))
    named = plan(EVERYTHING, check="test_every_size_up_to_the_limit_is_accepted[header-1]")

    assert one.conforming.requests < all_of_them.conforming.requests / 4
    assert {needs: found.judged for needs, found in one.classes.items() if found.judged} == {Needs.HTTP: 1}
    asked = [requirement for requirement in ALL if requirement.needs is not Needs.BROWSER]
    assert sum(found.judged for found in all_of_them.classes.values()) == len(asked)
    assert sum(found.judged for found in named.classes.values()) <= 1


def test_a_plan_fits_100_columns_and_names_the_missing_option() -> None:
    printed = [
        line
        for settings in (EVERYTHING, Settings("https://t.example", "t", effort=Effort.QUICK))
        for line in as_text(plan(settings))
    ]

    assert max(map(len, printed)) <= 100
    assert any("--observer SPEC" in line for line in printed)
    assert any("--origin O" in line for line in printed)


def test_the_json_has_the_plan_of_every_target_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "beacon.toml"
    file.write_text(
        'token = "t"\neffort = "quick"\norigin = "https://one.example"\nother-origin = "https://two.example"\n'
        '[targets.eu]\ntarget = "https://eu.example"\n[targets.us]\ntarget = "https://us.example"\n'
    )
    status = cli.main(["plan", f"--config={file}", "--json", "--latency=80"])

    planned = json.loads(capsys.readouterr().out)["targets"]
    assert status == 0
    assert [(one["name"], one["target"], one["latency"]) for one in planned] == [
        ("eu", "https://eu.example", 0.08),
        ("us", "https://us.example", 0.08),
    ]
    assert planned[0]["most"].keys() == {"requests", "events", "bytes", "seconds"}
    assert planned[0]["most"].keys() == planned[0]["conforming"].keys()
    assert planned[0]["classes"]["ingestion"]["not_judged"].keys() == {"--observer SPEC"}
    assert planned[0]["process"] == vars(OWN_COSTS[Effort.QUICK])


def test_the_plan_of_several_targets_says_what_they_cost_in_parallel() -> None:
    settings = [Settings(effort=effort) for effort in (Effort.QUICK, Effort.THOROUGH)]
    quick, thorough = (OWN_COSTS[one.effort] for one in settings)

    sent = Traffic(1, 1, 1)
    said = "\n".join(several([Plan(one, 0.1, sent, sent, 0, 1, 1, {}) for one in settings]))

    assert f"about {thorough.memory} MB one after the other" in said
    assert f"{quick.memory + thorough.memory} MB with --jobs 2" in said
    assert f"{quick.cpu + thorough.cpu:g} s of processor time" in said


def test_a_run_that_fails_on_the_reference_gives_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results.json").write_text("{}", "utf-8")
    status = cli.main(["plan", "--effort=quick", f"--replay={tmp_path / 'results.json'}"])

    out, err = capsys.readouterr()
    assert status == 4
    assert "--replay" in err
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--latency=fast"], "--latency fast: must be a number of milliseconds, for example 50"),
        (["--latency=-1"], "--latency -1: must be a number of milliseconds, for example 50"),
        (["--latency=nan"], "--latency nan: must be a number of milliseconds, for example 50"),
        (
            ["--requirement=token.header"],
            "--requirement token.header: no requirement or chapter has this name; did you mean",
        ),
        (["--tokn=t"], "--tokn: no such option; did you mean --token?"),
        (["--effort=all"], "--effort all: must be one of"),
    ],
)
def test_bad_input_gives_one_line(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["plan", *given])

    complaint = capsys.readouterr().err
    assert status == 4
    assert said in complaint
    assert complaint.count("\n") == 1
