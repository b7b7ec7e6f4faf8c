"""Reporters of others: a violated MUST is a failed call before they look, without secrets, and under the same names in every run."""

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.cli.run import judge
from conformance.reference.answers import answer
from conformance.requirements import cors, token
from tests.support.cli_process import ended, environment, start

SECRET = reference.TOKEN
CHOSEN = (token.HEADER_WINS, token.HEADER_ACCEPTED, token.EMPTY_HEADER, token.NAMES_THE_STORE, cors.VARY)


class Telling(reference.Rules):
    """The query wins over the header, no answer has Vary, and a refusal shows the token of the header."""

    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)

    def vary(self, _request: Request, /) -> str | None:
        return None

    def unauthenticated(self, request: Request, /) -> Response:
        return answer(401, {"error": f"Unauthenticated: {request.headers.get('X-Storefront-Access-Token')}"})


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], str]:
    """Judge a target with the plugin of Allure, twice; return its results and all that it wrote."""
    pytest.importorskip("allure_pytest")
    folder = tmp_path_factory.mktemp("allure")
    with reference.Server(Telling) as server:
        for run in ("first", "second"):
            options = [
                *(
                    "run",
                    f"--target={server.url}",
                    f"--origin={reference.ORIGIN}",
                    f"--report-dir={folder / run}",
                ),
                *(f"--requirement={one.id}" for one in CHOSEN),
                *("-p", "allure_pytest.plugin", f"--alluredir={folder / run / 'allure'}"),
            ]
            status, output = ended(start(options, folder, environment(folder, {"BEACON_TOKEN": SECRET})))
            assert status == 1, output
    files = list(folder.glob("*/allure/*"))
    found = [json.loads(path.read_text("utf-8")) for path in files if path.name.endswith("-result.json")]
    return found, "".join(path.read_text("utf-8", errors="replace") for path in files)


def _statuses(found: list[dict[str, Any]], name: str) -> set[str]:
    return {one["status"] for one in found if one["name"].startswith(name)}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("test_a_valid_query_token_does_not_replace_an_unknown_header_token", "failed"),
        ("test_an_unknown_query_token_does_not_affect_a_valid_header_token", "failed"),
        ("test_a_token_in_the_header_is_accepted", "passed"),
        ("test_an_empty_header_token_with_a_valid_query_token", "passed"),
        ("test_an_answer_varies_by_origin", "skipped"),
        ("test_events_belong_to_the_token_s_store", "skipped"),
    ],
)
def test_allure_shows_each_verdict_as_an_outcome(
    reported: tuple[list[dict[str, Any]], str], name: str, status: str
) -> None:
    assert _statuses(reported[0], name) == {status}


def test_allure_shows_the_violation_as_our_own_reports_do(reported: tuple[list[dict[str, Any]], str]) -> None:
    failed = [one["statusDetails"] for one in reported[0] if one["status"] == "failed"]

    assert all(one["trace"].startswith("token.header-wins (MUST, stated: Authentication)") for one in failed)
    assert any("Unauthenticated: ‹token A›" in one["message"] for one in failed)


def test_allure_gets_no_secret(reported: tuple[list[dict[str, Any]], str]) -> None:
    assert SECRET not in reported[1]


def test_a_check_has_the_same_identity_in_every_run(reported: tuple[list[dict[str, Any]], str]) -> None:
    identities = [one["historyId"] for one in reported[0]]

    assert {identities.count(one) for one in identities} == {2}


class Parameters:
    """Collects the texts of every parameter of every check."""

    texts: list[str]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.texts = [
            text
            for item in items
            if isinstance(item, pytest.Function) and hasattr(item, "callspec")
            for text in (item.nodeid, *map(repr, item.callspec.params.values()))
        ]


def test_no_parameter_has_an_address_in_its_text() -> None:
    seen = Parameters()

    judge(["--collect-only", "-q"], [seen])

    assert len(seen.texts) > 1000
    assert [text for text in seen.texts if " at 0x" in text] == []
