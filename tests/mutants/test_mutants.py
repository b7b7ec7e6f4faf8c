"""Every mistake is found by the requirement that it breaks, and behaviour that the contract leaves open is not."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import reference
from conformance.mutants import ALL, Mutant
from conformance.reference import Rules
from conformance.reference.batch import Refused
from conformance.reference.cors import Lines
from conformance.reference.stores import REVOKED_TOKEN, Store
from conformance.requirements import Level, Needs, Requirement, batch, cors, events, robustness, token
from conformance.results.verdicts import Verdict
from tests.support.runs import SUITE, Judged, judge

BY_SCHEMATHESIS = (robustness.NO_SERVER_ERROR, robustness.SECOND_OPINION)
CAUGHT = {Level.MUST: Verdict.VIOLATED, Level.SHOULD: Verdict.WARNED}


def _judged(rules: type[Rules], requirement: Requirement, directory: Path, *options: str) -> Judged:
    with reference.Server(rules, delay=0.005) as server:
        return judge(server, directory, [requirement], *options)


FIRST = {
    (mutant.breaks.chapter, mutant.breaks.level): mutant
    for mutant in reversed(ALL)
    if mutant.breaks.needs is not Needs.BROWSER
}
"""A mutant of each chapter and level; `make kill-matrix` judges all of them, by all requirements."""


@pytest.mark.parametrize("mutant", [pytest.param(mutant, id=mutant.name) for mutant in FIRST.values()])
def test_a_mutant_is_caught_and_the_run_has_the_right_exit_status(mutant: Mutant, tmp_path: Path) -> None:
    # Only our own checks: Schemathesis has its own test.
    alone = [] if mutant.breaks in BY_SCHEMATHESIS else [f"--ignore={SUITE / 'test_openapi.py'}"]
    judged = _judged(mutant.rules, mutant.breaks, tmp_path, *mutant.options, *alone)

    assert judged.verdict(mutant.breaks) is CAUGHT[mutant.breaks.level], judged.output
    if mutant.breaks.level is Level.MUST:
        assert judged.status == 1


@pytest.mark.parametrize("name", ["no-limit", "limit-of99"])
def test_schemathesis_alone_catches_a_mutant(name: str, tmp_path: Path) -> None:
    mutant = next(one for one in ALL if one.name == name)
    judged = _judged(mutant.rules, mutant.breaks, tmp_path, "-k=test_generated_batches")

    assert judged.status == 1, judged.output


def test_names_of_mutants_are_unique() -> None:
    counted = Counter(mutant.name for mutant in ALL)

    assert [name for name, count in counted.items() if count > 1] == []


def test_every_mutant_describes_its_mistake() -> None:
    assert [mutant.name for mutant in ALL if "__doc__" not in vars(mutant.rules)] == []


@dataclass(frozen=True)
class Variant:
    leaves_open: Requirement
    rules: type[Rules]


class EmptyHeaderFallsThrough(Rules):
    def token(self, request: Request) -> str | None:
        return self.header_token(request) or self.query_token(request)


class LastParameterCounts(Rules):
    def query_token(self, request: Request) -> str | None:
        return dict(self.query(request)).get("token")


class SpaceIsTrimmed(Rules):
    def store_for(self, token: str) -> Store | None:
        return super().store_for(token.strip())


class RevokedIsKnown(Rules):
    def store_for(self, token: str) -> Store | None:
        return self.database.stores[0] if token == REVOKED_TOKEN else super().store_for(token)


class UnknownMemberIsRefused(Rules):
    def body_errors(self, payload: Any) -> list[str]:
        errors = super().body_errors(payload)
        return errors or [f"{name} is unknown." for name in payload if name != "events"]


class OnlyJsonIsTaken(Rules):
    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if request.headers.get("Content-Type") != "application/json":
            raise Refused(["Unsupported Media Type"], 415)
        return super().decode(request, body)


class FourMegabytesAreTooMany(Rules):
    def decode(self, request: Request, body: bytes | None, /) -> Any:
        if len(body or b"") > 1 << 21:
            raise Refused(["Content Too Large"], 413)
        return super().decode(request, body)


class EverybodyIsReflected(Rules):
    def allows(self, _origin: str, _store: Store | None) -> bool:
        return True


class NoMaxAge(Rules):
    def max_age(self, _request: Request, /) -> str | None:
        return None


class HeadersAreExposed(Rules):
    def cors_lines(self, request: Request, status: int, store: Store | None, /) -> Lines:
        return [
            *super().cors_lines(request, status, store),
            ("Access-Control-Expose-Headers", "X-Request-Id"),
        ]


class DuplicatesAreKept(Rules):
    def dedup_key(self, _event: dict[str, Any]) -> str | None:
        return None


class NumericStringsAreNumbers(Rules):
    def conforms(self, event: dict[str, Any]) -> bool:
        numbers = {
            name: float(value)
            for name in ("product_id", "position")
            if isinstance(value := event.get(name), str) and value.isdigit()
        }
        return super().conforms({**event, **numbers})


class PositionsAreWhole(Rules):
    def field_schema(self, field: str) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1} if field == "position" else super().field_schema(field)


class UnknownFieldsAreSkipped(Rules):
    def valid(self, entry: Any) -> bool:
        return super().valid(entry) and "conformance_extra" not in entry


class SearchNeedsAQuery(Rules):
    def required_fields(self, event_type: str) -> frozenset[str]:
        return super().required_fields(event_type) | ({"query"} if event_type == "search" else set())


class OtherMethodsAreUnknown(Rules):
    def not_allowed(self, _request: Request, /) -> Response:
        return Response(status_code=404)


VARIANTS = (
    Variant(token.EMPTY_HEADER, EmptyHeaderFallsThrough),
    Variant(token.REPEATED_PARAMETER, LastParameterCounts),
    Variant(token.SURROUNDING_SPACE, SpaceIsTrimmed),
    Variant(token.REVOKED, RevokedIsKnown),
    Variant(batch.UNKNOWN_MEMBER, UnknownMemberIsRefused),
    Variant(batch.TEXT_PLAIN, OnlyJsonIsTaken),
    Variant(batch.CHARSET, OnlyJsonIsTaken),
    Variant(batch.NO_CONTENT_TYPE, OnlyJsonIsTaken),
    Variant(batch.LARGEST_BODY, FourMegabytesAreTooMany),
    Variant(cors.UNAUTHORISED_ORIGIN, EverybodyIsReflected),
    Variant(cors.NULL_ORIGIN, EverybodyIsReflected),
    Variant(cors.MAX_AGE, NoMaxAge),
    Variant(cors.EXPOSED_HEADERS, HeadersAreExposed),
    Variant(cors.OTHER_STATUSES, OtherMethodsAreUnknown),
    Variant(events.DUPLICATE_EVENT_ID, DuplicatesAreKept),
    Variant(events.NUMERIC_STRING, NumericStringsAreNumbers),
    Variant(events.FRACTIONAL_POSITION, PositionsAreWhole),
    Variant(events.UNKNOWN_FIELD, UnknownFieldsAreSkipped),
    Variant(events.SEARCH_WITHOUT_QUERY, SearchNeedsAQuery),
)


@pytest.mark.parametrize(
    "variant",
    [pytest.param(one, id=f"{one.leaves_open.id}-{one.rules.__name__}") for one in VARIANTS],
)
def test_behaviour_that_the_contract_leaves_open_is_observed(variant: Variant, tmp_path: Path) -> None:
    judged = _judged(variant.rules, variant.leaves_open, tmp_path)

    assert judged.verdict(variant.leaves_open) is Verdict.OBSERVED, judged.output
    assert judged.status != 1
