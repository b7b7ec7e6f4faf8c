"""Schemathesis as a second opinion: its requests come from the OpenAPI description, and our requirements judge the replies."""

import pytest

from conformance import expect
from conformance.plugin.markers import covers
from conformance.requirements import Requirement, batch, robustness
from conformance.runner.schemathesis import SecondOpinion

REFUSED = (
    batch.EMPTY_REFUSED,
    batch.MISSING_EVENTS_REFUSED,
    batch.EVENTS_NOT_AN_ARRAY_REFUSED,
    batch.BODY_NOT_AN_OBJECT_REFUSED,
    batch.OVER_100_REFUSED,
)
"""The requirements of a 422 that generated requests can judge."""


@covers(batch.ACCEPTS_1_TO_100)
def test_generated_batches_are_accepted(second_opinion: SecondOpinion) -> None:
    for exchange in second_opinion.exchanges(batch.ACCEPTS_1_TO_100):
        expect.success(exchange)


@pytest.mark.parametrize(
    "requirement",
    [pytest.param(one, marks=[covers(one), pytest.mark.beyond_quick], id=one.id) for one in REFUSED],
)
def test_generated_batches_are_refused(second_opinion: SecondOpinion, requirement: Requirement) -> None:
    for exchange in second_opinion.exchanges(requirement):
        expect.status(exchange, 422)


@covers(robustness.NO_SERVER_ERROR)
def test_no_generated_request_causes_a_server_error(second_opinion: SecondOpinion) -> None:
    for exchange in second_opinion.exchanges():
        expect.no_server_error(exchange)


@covers(robustness.SECOND_OPINION)
def test_the_findings_of_schemathesis(second_opinion: SecondOpinion) -> None:
    opinion = second_opinion.opinion()
    for exchange, finding in opinion.findings:
        expect.observed(exchange, finding)
    expect.observed(
        opinion.exchanges[-1], f"{len(opinion.findings)} findings in {len(opinion.exchanges)} requests"
    )
