"""The look-up of the mutants of a requirement."""

from conformance.mutants import ALL as MUTANTS
from conformance.mutants.coverage import mutants_of
from conformance.requirements import ALL, Level


def test_exactly_the_judged_requirements_have_a_mutant() -> None:
    assert [one.id for one in ALL if bool(mutants_of(one)) is (one.level is Level.INFO)] == []


def test_no_mutant_is_left_out() -> None:
    shown = [mutant.name for one in ALL for mutant in mutants_of(one)]

    assert sorted(mutant.name for mutant in MUTANTS) == sorted(shown)
