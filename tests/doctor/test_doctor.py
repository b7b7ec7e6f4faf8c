import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import cli, reference
from conformance.client import Exchange, Reply
from conformance.client import Request as SentEvent
from conformance.doctor import MOST_REQUESTS, Step, StepResult, format_step
from conformance.doctor.clock import clock
from conformance.doctor.endpoint import From, classify
from conformance.plugin.run import Run
from conformance.requirements import token
from conformance.results.verdicts import Verdict
from tests.support.doctor_runs import SETTINGS, TARGET_AND_TOKEN, everything_set, examined, step_of
from tests.support.raw_servers import RawServer, hangs_up
from tests.support.runs import judge, run


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)


def test_a_healthy_target_needs_few_requests_and_every_step_is_ok() -> None:
    with reference.Server(delay=0.005) as server:
        run = examined(everything_set(server))

    steps = [
        "name",
        "connection",
        "/beacon",
        "token",
        "other token",
        "origin",
        "origin",
        "origin",
        "read-back",
        "stores",
    ]
    assert [step.name for step in run.doctor] == [*steps, "clock"]
    assert {StepResult.OK} == {step.result for step in run.doctor}
    assert run.http_client.requests <= MOST_REQUESTS
    assert run.unreachable == ""


def test_a_step_without_its_setting_names_the_option() -> None:
    with reference.Server() as server:
        run = examined(replace(TARGET_AND_TOKEN, target=server.url))

    not_given = {step.name: step.advice for step in run.doctor if step.result is StepResult.UNKNOWN}
    assert {
        step: option in not_given[step]
        for step, option in (
            ("other token", "--other-token"),
            ("origin", "--origin"),
            ("read-back", "--observer"),
        )
    } == {"other token": True, "origin": True, "read-back": True}


def _reply(status: int, *headers: tuple[str, str], body: bytes = b"null") -> Reply:
    return Reply(status, "", headers, body)


JSON, HTML = ("Content-Type", "application/json"), ("Content-Type", "text/html; charset=utf-8")
HERE = "https://shop.test/beacon"
NOT_THE_ENDPOINT = {
    "redirect": (
        _reply(308, ("Location", "https://www.example/beacon")),
        "status 308, no content type, to https://www.example/beacon",
        "as --target, without /beacon",
    ),
    "redirect-to-https": (
        _reply(301, ("Location", "http://shop.test/beacon")),
        "status 301, no content type, to http://shop.test/beacon",
        "as --target, without /beacon",
    ),
    "basic-login": (
        _reply(401, HTML, ("WWW-Authenticate", "Basic")),
        "asks for a login: Basic",
        "in front of the target",
    ),
    "forbidden": (_reply(403, JSON), "status 403", "firewall"),
    "not-there": (_reply(404, JSON), "status 404", "/beacon is appended"),
    "wrong-method": (_reply(405), "status 405", "/beacon is appended"),
    "throttled": (_reply(429, JSON), "status 429", "throttled"),
    "nobody-behind-it": (_reply(502, HTML), "status 502", "the application behind it does not"),
    "unknown-token": (_reply(401, JSON), "refuses its own token (401)", "check --token"),
    "unknown-token-in-html": (_reply(401, HTML), "refuses its own token (401)", "check --token"),
}


@pytest.mark.parametrize(
    ("reply", "observed", "advice"), NOT_THE_ENDPOINT.values(), ids=NOT_THE_ENDPOINT.keys()
)
def test_an_answer_that_is_not_from_the_endpoint_ends_the_run(
    reply: Reply, observed: str, advice: str
) -> None:
    answer = classify(reply, HERE)

    assert answer.source is From.ELSEWHERE
    assert observed in answer.observed
    assert advice in answer.advice


MAY_BE_ITS_OWN_MISTAKE = {
    "page": _reply(201, HTML, body=b"<p>Created</p>"),
    "fails": _reply(500, JSON),
    "slash": _reply(308, ("Location", "/beacon/")),
    "slash-as-url": _reply(301, ("Location", "https://shop.test/beacon/")),
    "django-guard": _reply(403, HTML, body=b"<h1>Forbidden</h1><p>CSRF verification failed.</p>"),
    "spring-guard": _reply(403, JSON, body=b'{"status":403,"error":"Forbidden","path":"/beacon"}'),
    "laravel-guard": _reply(419, HTML, body=b"<h1>Page Expired</h1>"),
    **{str(status): _reply(status, JSON) for status in (400, 415, 422)},
}


@pytest.mark.parametrize("reply", MAY_BE_ITS_OWN_MISTAKE.values(), ids=MAY_BE_ITS_OWN_MISTAKE.keys())
def test_an_answer_that_may_be_the_target_s_own_mistake_is_judged(reply: Reply) -> None:
    answer = classify(reply, HERE)

    assert answer.source is From.APPLICATION
    assert "a run judges it anyway" in answer.advice


@pytest.mark.parametrize(
    "reply", [_reply(status, JSON) for status in (200, 201, 202, 204)] + [_reply(201, HTML, body=b"")]
)
def test_any_success_is_from_the_endpoint(reply: Reply) -> None:
    assert classify(reply, HERE).source is From.ENDPOINT


def test_a_mistyped_token_ends_the_run_in_one_line(tmp_path: Path) -> None:
    with reference.Server() as server:
        status, output = run(
            f"--target={server.url}", f"--token={reference.TOKEN}x", f"--report-dir={tmp_path}"
        )

    text = " ".join(output.split())
    assert status == 6
    assert "was not judged: the target refuses its own token (401); check --token" in text
    assert "doctor: problem /beacon" in text
    assert "VIOLATED" not in output


# --- what is said, and ends nothing: it may be the target's mistake


class Unsure(reference.Rules):
    """Accepts every token as that of the first store."""

    def store_for(self, token: str) -> Any:
        return super().store_for(token) or super().store_for(reference.TOKEN)


def test_a_target_that_accepts_any_token_gets_a_warning_and_is_judged() -> None:
    with reference.Server(Unsure) as server:
        run = examined(replace(TARGET_AND_TOKEN, target=server.url))

    assert step_of(run, "token").result is StepResult.WARNING
    assert "it seems to accept any token" in step_of(run, "token").observed
    assert run.unreachable == ""


def test_a_warning_is_printed_at_the_beginning_and_the_end_of_a_run_that_goes_on(
    tmp_path: Path,
) -> None:
    with reference.Server(Unsure, delay=0.005) as server:
        judged = judge(server, tmp_path, [token.UNKNOWN_HEADER_REFUSED])

    assert judged.verdict(token.UNKNOWN_HEADER_REFUSED) is Verdict.VIOLATED
    assert judged.status == 1
    assert judged.output.count("doctor: warning  token") == 2
    assert max(len(line) for line in judged.output.splitlines() if line.startswith("doctor:")) <= 100


@pytest.mark.parametrize("needed", [False, True], ids=["refuses-an-origin", "needs-an-origin"])
def test_a_target_that_needs_or_refuses_an_origin_is_reachable(needed: bool) -> None:
    class Picky(reference.Rules):
        def post(self, request: Request, body: bytes | None, store: Any) -> Response:
            if ("origin" in request.headers) is needed:
                return super().post(request, body, store)
            return Response(status_code=403)

    with reference.Server(Picky) as server:
        run = examined(replace(SETTINGS, target=server.url))

    assert step_of(run, "/beacon").result is StepResult.OK
    assert run.unreachable == ""


def test_a_target_that_reads_the_token_only_in_the_query_is_reachable() -> None:
    class QueryAlone(reference.Rules):
        def header_token(self, _request: Request) -> str | None:
            return None

    with reference.Server(QueryAlone) as server:
        run = examined(replace(SETTINGS, target=server.url))

    assert run.target.token_source == "query"  # noqa: S105 - names a place
    assert step_of(run, "token").result is StepResult.OK


def test_a_target_that_closes_the_connection_on_a_header_token_is_reachable() -> None:
    with RawServer(hangs_up, hangs_up, b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n") as server:
        run = examined(replace(SETTINGS, target=server.url))

    assert run.target.token_source == "query"  # noqa: S105 - names a place
    assert run.unreachable == ""


def test_an_origin_that_is_not_reflected_gets_a_warning_and_is_judged() -> None:
    with reference.Server() as server:
        run = examined(
            replace(
                SETTINGS,
                target=server.url,
                origin="https://shop.exampel",
                other_origin=reference.OTHER_ORIGIN,
            )
        )

    first, second = (step for step in run.doctor if step.name == "origin")
    assert (first.result, second.result) == (StepResult.WARNING, StepResult.OK)
    assert "the value of --origin" in first.advice
    assert run.unreachable == ""


def test_a_second_token_that_is_refused_gets_a_warning() -> None:
    with reference.Server() as server:
        run = examined(replace(everything_set(server), other_token=f"{reference.OTHER_TOKEN}x"))

    said = step_of(run, "other token")
    assert said.result is StepResult.WARNING
    assert "the second store's token (401); check --other-token" in said.sentence


def test_a_second_token_of_the_same_store_gets_a_warning() -> None:
    class OneStore(reference.Rules):
        def destination(self, *_: Any) -> Any:
            return self.database.store(reference.TOKEN)

    with reference.Server(OneStore, delay=0.005) as server:
        run = examined(replace(everything_set(server), patience=1))

    assert step_of(run, "stores").result is StepResult.WARNING


def test_a_read_back_that_does_not_work_gets_a_warning_early(tmp_path: Path) -> None:
    with reference.Server() as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", f"--report-dir={tmp_path}"]
        lost = [f"--observer={server.url}/no-such-page", "--patience=0.3"]
        status, output = run(*options, *lost, "--requirement=batch.ingests-all")

    text = " ".join(output.split())
    assert status == 5
    assert "doctor: warning read-back" in text
    assert (
        "read-back does not work: status 404 instead of 200: nothing is there; check the path in --observer"
        in text
    )
    assert "until read-back works, the class ingestion is not judged" in text


def test_a_worker_does_not_wait_again_for_a_read_back_that_does_not_work() -> None:
    with reference.Server() as server:
        options = replace(SETTINGS, target=server.url, observer=f"{server.url}/no-such-page", patience=0.1)
        run = examined(options)

    worker = Run.in_worker(options, run.to_worker(), "gw0", 1)
    worker.end()
    assert "status 404" in worker.read_back.failures[reference.TOKEN]


def _exchange(date: str | None) -> Exchange:
    headers = (("Date", date),) if date is not None else ()
    at = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    return Exchange(SentEvent("POST", "http://x/beacon"), _reply(201, *headers), 0.0, at)


@pytest.mark.parametrize(
    ("seconds", "sign"),
    [(0, StepResult.OK), (60, StepResult.OK), (61, StepResult.WARNING), (-3600, StepResult.WARNING)],
)
def test_clocks_that_are_more_than_a_minute_apart_get_a_warning(seconds: int, sign: StepResult) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=seconds)

    assert clock(_exchange(format_datetime(moment, usegmt=True)), "").result is sign


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sun, 32 Mar 2026 12:00:00 GMT"])
def test_an_answer_without_a_usable_date_says_nothing_of_the_clock(date: str | None) -> None:
    assert clock(_exchange(date), "").result is StepResult.UNKNOWN


def test_a_clock_that_is_behind_may_empty_a_read_back_by_since() -> None:
    behind = _exchange("Sun, 01 Mar 2026 11:00:00 GMT")

    assert "3600 s behind" in clock(behind, "https://h/?since={since}").observed
    assert "{since}" in clock(behind, "https://h/?since={since}").advice
    assert "{since}" not in clock(behind, "https://h/").advice


# --- as a command


def test_the_command_prints_a_line_a_step_that_fits_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    with reference.Server(delay=0.005) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", f"--origin={reference.ORIGIN}"]
        more = [f"--other-origin={reference.OTHER_ORIGIN}", f"--observer={server.observer}"]
        status = cli.main(["doctor", *options, *more])

    out = capsys.readouterr().out
    assert status == 0
    assert "A run can begin." in out
    assert "session_id begins with conformance-" in out
    assert reference.TOKEN not in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_command_ends_in_status_6_if_nothing_can_be_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with reference.Server() as server:
        status = cli.main(["doctor", f"--target={server.url}/v1", f"--token={reference.TOKEN}"])

    out = capsys.readouterr().out
    assert status == 6
    assert "(status 404," in " ".join(out.split())
    assert "A run would judge nothing." in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tokn=x"], "ERROR: --tokn: no such option; did you mean --token?"),
        (["--target"], "ERROR: argument --target: expected one argument"),
        (["--target=https://cl.uselayers.com", "--token=x"], "or add --allow-production"),
    ],
)
def test_the_command_refuses_bad_input_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", *arguments]) == 4
    assert said in capsys.readouterr().err


def test_a_secret_that_a_target_repeats_is_not_shown() -> None:
    class Leaky(reference.Rules):
        def finish(self, request: Request, _response: Response, /) -> Response:
            header = request.headers.get("x-storefront-access-token", "")
            return Response(status_code=302, headers={"Location": f"/?token={header}"})

    with reference.Server(Leaky) as server:
        run = examined(replace(SETTINGS, target=server.url))

    assert "‹token A›" in step_of(run, "/beacon").observed
    assert reference.TOKEN not in repr(run.doctor)


def test_a_line_is_folded_under_its_text() -> None:
    text = format_step(Step("name", StepResult.PROBLEM, "look up host", "word " * 30, "think"), 60)

    assert {True} == {len(line) <= 60 for line in text}
    assert text[-1].strip() == "do: think"
