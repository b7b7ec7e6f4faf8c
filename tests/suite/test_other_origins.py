"""A second origin may be the other store's, with its token, because many shops have only one domain."""

from pathlib import Path

import pytest

from conformance import mutants, reference
from conformance.requirements import cors
from conformance.results.verdicts import Verdict
from tests.support.runs import judge

BOTH = (cors.REFLECTS_EACH_ORIGIN, cors.PREFLIGHT_REFLECTS_EACH_ORIGIN)
ONE_EACH = "--other-origin="


def _verdicts(rules: type[reference.Rules], directory: Path, *options: str) -> list[Verdict]:
    with reference.Server(rules) as server:
        judged = judge(server, directory, BOTH, *options)
    return [judged.verdict(one) for one in BOTH]


def test_the_other_store_s_origin_is_a_second_origin(tmp_path: Path) -> None:
    assert _verdicts(reference.Rules, tmp_path, ONE_EACH) == [Verdict.HELD] * 2


@pytest.mark.parametrize("same", ["", reference.ORIGIN])
def test_without_a_second_origin_reflection_is_not_judged(tmp_path: Path, same: str) -> None:
    found = _verdicts(reference.Rules, tmp_path, ONE_EACH, f"--other-store-origin={same}")

    assert found == [Verdict.NOT_JUDGED] * 2


@pytest.mark.parametrize(
    "name", ["first-origin-is-cached", "newest-origin-sticks", "one-list-for-all-stores"]
)
def test_a_fixed_origin_shows_with_the_other_store_s(name: str, tmp_path: Path) -> None:
    found = _verdicts(mutants.find(name).rules, tmp_path, ONE_EACH, "--connections=1")

    assert found[0] is Verdict.VIOLATED


def test_a_preflight_s_newest_origin_shows_with_the_other_store_s(tmp_path: Path) -> None:
    rules = mutants.find("preflights-newest-origin-sticks").rules

    assert _verdicts(rules, tmp_path, ONE_EACH, "--connections=1")[1] is Verdict.VIOLATED
