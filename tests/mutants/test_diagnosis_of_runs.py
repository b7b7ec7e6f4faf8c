"""What real runs of mutants look like to a reader: how often the diagnosis names the right mistake. Part of `make kill-matrix`.

``make signatures`` recorded standard runs; these are quick, with another seed.
"""

from pathlib import Path

import pytest

from conformance import reference
from conformance.mutants import ALL
from conformance.report.content.diagnosis import ranked, seen_in
from conformance.requirements import Needs
from tests.support.runs import judge, verdicts_alone

EACH = 20
"""Of so many mutants, one is judged."""
SAMPLE = [one for one in ALL if one.breaks.needs is not Needs.BROWSER][::EACH]
QUICKLY = ("--effort=quick", "--seed=11", "--capture=no", "--patience=1")


@pytest.mark.kill_matrix
def test_a_mutant_s_own_name_comes_first_for_80_and_in_the_first_three_for_95_of_100(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    found = {}
    for mutant in SAMPLE:
        with reference.Server(mutant.rules, delay=0.005) as server:
            judged = judge(server, tmp_path / mutant.name, (), *QUICKLY, *mutant.options)
        seen = seen_in(judged.results)
        if mutant.breaks.id in seen.red:  # a quick run does not find every mistake
            found[mutant.name] = [one.name for _, one in ranked(seen)[:3]]

    missed = {name: names for name, names in found.items() if name not in names}
    first = sum(names[0] == name for name, names in found.items())
    assert len(found) > len(SAMPLE) / 2
    assert first >= 0.80 * len(found), found
    assert len(missed) <= 0.05 * len(found), missed
