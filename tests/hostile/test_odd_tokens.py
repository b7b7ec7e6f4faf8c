"""Tokens that are words, numbers or signs of the suite itself: no verdict, id or waiver depends on a token's text."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from conformance import reference, results
from conformance.inputs.tokens import UNKNOWN
from conformance.reference.stores import STORES, Store
from tests.support.runs import run

pytestmark = pytest.mark.hostile

USUAL = "kQ7-fdA02+usual-Token"
ODD = ["a", "-", "201", "token", "error", '"', "{}", "events", "requirements"]
CHOSEN = (
    *("token.header-accepted", "token.query-accepted", "token.header-wins", "token.missing-refused"),
    *("batch.empty-refused", "batch.missing-events-refused", "response.errors-body"),
)
WAIVER = """
[[waiver]]
requirement = "token.header-wins"
reason = "the error token of 201 is a known one"
owner = "a team"
issue = "https://tracker.example/201"
expires = 2099-01-01
"""


class QueryWins(reference.Rules):
    """Knows one token, and takes it from the query first."""

    known = ""

    def store_for(self, token: str | None) -> Store | None:
        return STORES[0] if token == self.known else None

    def token(self, request: Request) -> str | None:
        query = self.query_token(request)
        return self.header_token(request) if query is None else query


def _judged(token: str, folder: Path) -> tuple[int, str, dict[str, Any]]:
    folder.mkdir()
    (folder / "waivers.toml").write_text(WAIVER, "utf-8")
    rules = type("Rules", (QueryWins,), {"known": token})
    with reference.Server(rules) as server:
        status, output = run(
            f"--target={server.url}",
            f"--token={token}",
            f"--waivers={folder / 'waivers.toml'}",
            f"--report-dir={folder / 'reports'}",
            "--effort=quick",
            *("-p", "no:html", "-p", "no:junitxml"),
            *(f"--requirement={name}" for name in CHOSEN),
        )
    return status, output, results.read(folder / "reports" / "results.json")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, dict[str, Any]]:
    return _judged(USUAL, tmp_path_factory.mktemp("usual") / "run")


def _words(content: dict[str, Any]) -> list[Any]:
    """Return what must not depend on the text of a token."""
    judged = [
        (
            *(item["id"], item["verdict"], item["statement"]),
            [(one["check"], one["outcome"], one["verdict"], one["met"]) for one in item["findings"]],
        )
        for item in content["requirements"]
    ]
    return [content["verdict"], content["exit_status"], content["classes"], content["waivers"], *judged]


@pytest.mark.parametrize("token", ODD)
def test_an_odd_token_is_judged_as_any_other(
    token: str, usual: tuple[int, str, dict[str, Any]], tmp_path: Path
) -> None:
    status, output, content = _judged(token, tmp_path / "run")

    assert usual[0] == status, output
    assert _words(usual[2]) == _words(content)
    assert content["waivers"][0]["state"] == "waived"
    assert content["run"]["shown_secrets"] == ["token A"]
    assert "‹" not in json.dumps(content, ensure_ascii=False).replace("‹unknown token›", "")
    flat = " ".join(output.split())
    assert "Not hidden in this report, because it is too short or too common: token A." in flat
    for name in ("compliance.html", "summary.md"):
        page = (tmp_path / "run" / "reports" / name).read_text("utf-8")
        assert len(re.findall("Not hidden in this report", page)) == 1


@pytest.mark.parametrize(("token", "verdict"), [("error", "not-judged"), (USUAL, "held")])
def test_a_word_of_an_answer_is_not_taken_for_a_repeated_token(
    token: str, verdict: str, tmp_path: Path
) -> None:
    rules = type("Rules", (QueryWins,), {"known": token})
    with reference.Server(rules) as server:
        options = [f"--target={server.url}", f"--token={token}", f"--report-dir={tmp_path}"]
        run(*options, "--requirement=response.token-not-repeated", "-p", "no:html", "-p", "no:junitxml")

    judged = results.read(tmp_path / "results.json")["requirements"]
    assert next(one["verdict"] for one in judged if one["id"] == "response.token-not-repeated") == verdict


@pytest.mark.parametrize("token", ["constructor", "%", ".*", "0", UNKNOWN])
def test_a_token_that_the_suite_sends_as_a_wrong_one_is_refused(token: str, tmp_path: Path) -> None:
    status, output = run("--target=http://127.0.0.1:9", f"--token={token}", f"--report-dir={tmp_path}")

    assert status == 4
    assert "--token: is a text that the suite sends as a wrong token; give another token" in output
    assert not list(tmp_path.iterdir())


def test_the_usual_token_is_hidden_and_named(usual: tuple[int, str, dict[str, Any]]) -> None:
    text = json.dumps(usual[2], ensure_ascii=False)

    assert "shown_secrets" not in usual[2]["run"]
    assert "‹token A›" in text
    assert USUAL not in text
