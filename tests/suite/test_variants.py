"""A target may do anything that the contract leaves open: this is never a violation, and never a warning without a SHOULD."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.reference import Rules
from conformance.requirements import ALL, Needs, response
from conformance.results.verdicts import Verdict
from tests.suite.variants import VARIANTS, Server, Variant
from tests.suite.variants.answers import (
    BadRequestForNoJson,
    Chatty,
    ClosesEveryConnection,
    Compresses,
    EmptyCreated,
    NegotiatesEncodings,
    NotFound,
    NotImplementedByAnybody,
    NumbersItsErrors,
    in_odd_order_and_case,
)
from tests.suite.variants.ingesting import Mirrors, Overtakes, Stalls
from tests.suite.variants.lenient import GenerousEvents, GenerousTokens
from tests.suite.variants.lines import (
    EchoesTheNames,
    EverybodyIsReflected,
    HtmlPreflight,
    PreflightsDoNotVary,
    StrangersAreForbidden,
    WithheldOn401,
)
from tests.suite.variants.strict import ExactEvents, OnlyPlainJsonIsTaken, OrdinaryContent
from tests.support.runs import judge, verdicts_alone

USUAL = {Verdict.HELD, Verdict.OBSERVED}


@pytest.mark.parametrize("variant", [pytest.param(one, id=one.name) for one in VARIANTS])
def test_a_conforming_variant_violates_nothing(
    variant: Variant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    chosen = [one for one in ALL if one.needs in variant.classes] if Needs.HTTP not in variant.classes else []
    classes = ",".join(variant.classes)
    with Server(variant) as server:
        judged = judge(server, tmp_path, chosen, f"--require={classes}", "--patience=5", *variant.options)

    said = {
        item["id"]: item["verdict"]
        for item in judged.results["requirements"]
        if item["findings"] and item["class"] != Needs.BROWSER
    }
    expected = dict.fromkeys((one.id for one in variant.warned), Verdict.WARNED)
    expected |= dict.fromkeys((one.id for one in variant.not_judged), Verdict.NOT_JUDGED)
    assert {name: verdict for name, verdict in said.items() if verdict not in USUAL} == expected, (
        judged.output
    )
    assert judged.status == variant.status, judged.output


def test_every_variant_says_what_is_unusual_about_it() -> None:
    assert [one.name for one in VARIANTS if "__doc__" not in vars(one.rules)] == []


class EveryOtherIsEmpty(Rules):
    """Every other success has an empty body, whatever was sent."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.count = itertools.count()

    def created(self, request: Request, entries: list[Any], /) -> Response:
        return Response(status_code=201) if next(self.count) % 2 == 0 else super().created(request, entries)


def test_a_target_that_answers_null_by_turns_does_not_answer_null_each_time(tmp_path: Path) -> None:
    with reference.Server(EveryOtherIsEmpty) as server:
        judged = judge(server, tmp_path, [response.NULL_JSON], "--connections=1")

    assert judged.verdict(response.NULL_JSON) is Verdict.WARNED, judged.output


class EmptyOnce(EveryOtherIsEmpty):
    """One success has an empty body, and never again."""

    def created(self, request: Request, entries: list[Any], /) -> Response:
        is_first = next(self.count) == 0
        return Response(status_code=201) if is_first else Rules.created(self, request, entries)


def test_one_empty_body_that_does_not_come_again_is_unstable(tmp_path: Path) -> None:
    with reference.Server(EmptyOnce) as server:
        judged = judge(server, tmp_path, [response.NULL_JSON], "--connections=1")

    assert judged.verdict(response.NULL_JSON) is Verdict.UNSTABLE, judged.output


FREEDOMS: dict[str, type[Rules]] = {
    "no body in a 201": EmptyCreated,
    "more headers, some different each time": Chatty,
    "200 for a preflight": HtmlPreflight,
    "no Max-Age": EchoesTheNames,
    "reflecting for everybody": EverybodyIsReflected,
    "refusing strangers": StrangersAreForbidden,
    "withholding CORS lines of a 401": WithheldOn401,
    "404 for another method": NotFound,
    "501 for another method": NotImplementedByAnybody,
    "400 for a body that is not JSON": BadRequestForNoJson,
    "keeping duplicates, lenient about events": GenerousEvents,
    "lenient about tokens": GenerousTokens,
    "strict about bodies": OnlyPlainJsonIsTaken,
    "strict about events": ExactEvents,
    "ingesting up to 3 s late": Stalls,
    "ingesting out of order": Overtakes,
    "storing every event twice": Mirrors,
    "skipping what a database cannot hold": OrdinaryContent,
    "closing every connection": ClosesEveryConnection,
    "compressed answers": Compresses,
    "answers that are compressed as the client accepts": NegotiatesEncodings,
    "another body in each 422": NumbersItsErrors,
    "no Vary on a preflight": PreflightsDoNotVary,
}
"""What the contract leaves open, where the reference does the other thing: null, 204, 405, 422, one of a duplicate."""


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_some_variant_uses_every_freedom(freedom: str) -> None:
    assert [one.name for one in VARIANTS if issubclass(one.rules, FREEDOMS[freedom])]


def test_some_variant_writes_its_headers_in_odd_order_and_case() -> None:
    assert [one.name for one in VARIANTS if one.around is in_odd_order_and_case]


def test_there_are_ten_variants_and_more() -> None:
    assert len(VARIANTS) > 10
