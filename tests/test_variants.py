"""No false red: what the contract leaves open condemns nobody, and draws no warning that the contract does not give."""

from pathlib import Path

import pytest
from judging import judge
from variants import VARIANTS, Server, Variant

from conformance.requirements import ALL, Needs
from conformance.verdicts import Verdict

USUAL = {Verdict.HELD, Verdict.OBSERVED}


@pytest.mark.parametrize("variant", [pytest.param(one, id=one.name) for one in VARIANTS])
def test_a_conforming_variant_is_not_condemned(variant: Variant, tmp_path: Path) -> None:
    chosen = [one for one in ALL if one.needs in variant.classes] if Needs.HTTP not in variant.classes else []
    classes = ",".join(variant.classes)
    with Server(variant) as server:
        judged = judge(server, tmp_path, chosen, f"--require={classes}", "--patience=5", *variant.options)

    said = {item["id"]: item["verdict"] for item in judged.results["requirements"] if item["findings"]}
    expected = dict.fromkeys((one.id for one in variant.warned), Verdict.WARNED)
    expected |= dict.fromkeys((one.id for one in variant.not_judged), Verdict.NOT_JUDGED)
    assert {name: verdict for name, verdict in said.items() if verdict not in USUAL} == expected, (
        judged.output
    )
    assert judged.status == variant.status, judged.output


def test_every_variant_says_what_is_unusual_about_it() -> None:
    assert [one.name for one in VARIANTS if "__doc__" not in vars(one.rules)] == []
