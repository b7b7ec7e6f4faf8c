"""Whole runs with a browser: what they require, judge, report and keep to themselves."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from conformance import reference, results
from conformance.cli import main as command
from conformance.mutants.browser import HeaderFormIsForServers
from conformance.reference.stores import Store
from conformance.requirements import ALL, Needs, browser, token
from conformance.results.verdicts import Verdict
from tests.support.browser import EXECUTABLE
from tests.support.proxy import HOST, proxy_to
from tests.support.runs import Judged, judge, options_for, run

PLAIN_SHOP = "http://shop.example"
OF_PAGES = [one for one in ALL if one.needs is Needs.BROWSER]
needs_chromium = pytest.mark.skipif(
    EXECUTABLE is None, reason="Chromium is not installed: apt-get install chromium"
)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, Path]:
    """A run that finds violations through a browser, and its reports."""
    folder = tmp_path_factory.mktemp("broken")
    with reference.Server(HeaderFormIsForServers) as server:
        options = [*options_for(server), f"--report-dir={folder}", "--browser=auto"]
        status, output = run(*options, *(f"--requirement={one.id}" for one in OF_PAGES))
    return Judged(status, output, results.read(folder / "results.json")), folder


def _evidence(judged: Judged, name: str) -> dict[str, Any]:
    found = next(item for item in judged.results["requirements"] if item["id"] == name)
    evidence: dict[str, Any] = found["findings"][0]["evidence"][0]
    return evidence


@needs_chromium
def test_a_violation_has_the_call_what_the_page_saw_and_the_preflight(broken: tuple[Judged, Path]) -> None:
    judged, _ = broken
    evidence = _evidence(judged, browser.HEADER_FETCH_READ.id)

    assert judged.status == 1, judged.output
    assert evidence["browser"]["said"] == "status 403"
    assert evidence["browser"]["preflight"]["sent"]["line"] == "OPTIONS /beacon"
    assert evidence["repeat"].startswith("fetch(")
    assert "‹token A›" in evidence["repeat"]
    assert "the suite's own client got status 201" in evidence["because"]


@needs_chromium
def test_the_results_name_the_browser_and_its_self_test(broken: tuple[Judged, Path]) -> None:
    used = broken[0].results["run"]["browser"]

    assert used["name"] == "Chromium"
    assert used["self_test"] == "held"
    assert "Headless" not in used["user_agent"]


@needs_chromium
def test_no_report_contains_a_token(broken: tuple[Judged, Path]) -> None:
    judged, folder = broken
    texts = [judged.output, *(path.read_text("utf-8") for path in folder.iterdir())]
    forms = [
        form
        for secret in (reference.TOKEN, reference.OTHER_TOKEN)
        for form in (secret, quote(secret, safe=""))
    ]

    assert len(texts) > 5
    assert [form for form in forms for text in texts if form in text] == []


@needs_chromium
def test_every_report_names_the_browser(broken: tuple[Judged, Path]) -> None:
    judged, folder = broken
    version = judged.results["run"]["browser"]["version"]

    assert version in judged.output
    for name in ("compliance.html", "summary.md", "report.html"):
        assert version in (folder / name).read_text("utf-8"), name


@needs_chromium
def test_a_correct_target_is_conformant_in_the_class_with_one_worker_or_two(tmp_path: Path) -> None:
    with reference.Server() as server:
        judged = judge(server, tmp_path, OF_PAGES, "--require=browser", "--browser=auto", "-n2")

    said = {
        item["id"]: item["verdict"] for item in judged.results["requirements"] if item["class"] == "browser"
    }
    assert {name for name, verdict in said.items() if verdict not in {"held", "observed"}} == set(), (
        judged.output
    )
    assert judged.status == 0, judged.output


def test_without_the_option_nothing_is_started_and_the_reason_says_what_to_pass(tmp_path: Path) -> None:
    with reference.Server() as server:
        judged = judge(server, tmp_path, [browser.BEACON_DELIVERED])

    found = next(item for item in judged.results["requirements"] if item["id"] == browser.BEACON_DELIVERED.id)
    assert found["verdict"] == Verdict.NOT_JUDGED
    assert found["reason"] == "needs a real browser: pass --browser auto"
    assert "browser" not in judged.results["run"]


def test_a_machine_without_a_browser_is_not_fully_verified_and_gets_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with reference.Server() as server:
        chosen = [browser.BEACON_DELIVERED, token.HEADER_ACCEPTED]
        judged = judge(server, tmp_path, chosen, "--browser=auto")

    assert judged.status == 6
    assert judged.results["classes"]["browser"]["required"]
    assert judged.verdict(token.HEADER_ACCEPTED) is Verdict.HELD
    found = next(item for item in judged.results["requirements"] if item["id"] == browser.BEACON_DELIVERED.id)
    assert found["reason"].startswith(
        "needs a real browser, and this machine has no Chromium; apt-get install"
    )
    assert "doctor: warning  browser" in judged.output


@pytest.mark.parametrize("value", ["/no/such/program", "http://localhost:9222", "ws://"])
def test_a_browser_that_cannot_exist_is_a_usage_error_before_anything_is_sent(
    value: str, tmp_path: Path
) -> None:
    with reference.Server() as server:
        status, output = run(*options_for(server), f"--report-dir={tmp_path / 'r'}", f"--browser={value}")

    assert status == 4, output
    assert "--browser" in output
    assert not (tmp_path / "r").exists()


@needs_chromium
def test_repeat_judges_a_call_of_a_page_again_and_shows_the_line_for_a_console(
    broken: tuple[Judged, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = broken
    with reference.Server(HeaderFormIsForServers) as server:
        for option in ("token", "origin"):
            monkeypatch.setenv(f"BEACON_{option.upper()}", vars(reference)[option.upper()])
        arguments = [
            "repeat",
            str(folder / "results.json"),
            browser.HEADER_FETCH_READ.id,
            f"--target={server.url}",
        ]
        status = command(arguments)
    printed = capsys.readouterr().out

    assert status == 1, printed
    assert f"in the console of a page at {reference.ORIGIN}:" in printed
    assert any(line.startswith("fetch(") and "‹token A›" in line for line in printed.splitlines())


@needs_chromium
def test_a_plan_counts_the_calls_of_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = [f"--requirement={one.id}" for one in OF_PAGES]
    counts = []
    for which in ("none", "auto"):
        assert command(["plan", "--json", f"--browser={which}", *chosen]) == 0
        counts.append(json.loads(capsys.readouterr().out)["targets"][0])

    without, through = counts
    assert 20 < through["conforming"]["requests"] - without["conforming"]["requests"] <= 40
    assert through["classes"]["browser"]["judged"] == len(OF_PAGES)
    assert without["classes"]["browser"]["not_judged"].keys() == {"--browser B"}


class AlsoPlain(reference.Rules):
    """The store allows a shop without https, too."""

    def allows(self, origin: str, store: Store | None) -> bool:
        return origin == PLAIN_SHOP or super().allows(origin, store)


@needs_chromium
def test_a_proxy_carries_the_visit_but_not_the_self_test(tmp_path: Path) -> None:
    chosen = [browser.BEACON_DELIVERED, browser.HEADER_FETCH_READ]
    with reference.Server(AlsoPlain) as server, proxy_to(urlsplit(server.url).port or 0) as proxy:
        options = (f"--target=http://{HOST}", f"--proxy={proxy.url}", f"--origin={PLAIN_SHOP}", "--observer=")
        judged = judge(server, tmp_path, chosen, "--browser=auto", *options)
        lines = list(proxy.lines)

    assert [judged.verdict(one) for one in chosen] == [Verdict.HELD] * 2, judged.output
    assert all(line.split()[1].startswith(f"http://{HOST}/beacon") for line in lines)
    assert sum(line.startswith("OPTIONS") for line in lines) == 2


@needs_chromium
def test_the_second_origin_may_be_another_store_s_with_its_token(tmp_path: Path) -> None:
    with reference.Server() as server:
        options = ("--other-origin=", f"--other-store-origin={reference.FOREIGN_ORIGIN}")
        judged = judge(server, tmp_path, [browser.EACH_ORIGIN], "--browser=auto", *options)

    assert judged.verdict(browser.EACH_ORIGIN) is Verdict.HELD, judged.output
