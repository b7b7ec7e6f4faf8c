"""A challenge decides the id and the seed of a run, so that no old run fits it and nobody chooses a seed."""

from pathlib import Path

import pytest

from conformance import results
from conformance.plugin.run import new_run_id
from conformance.settings import ConfigurationError, read_settings
from conformance.settings.challenge import fits, seed_of
from tests.support.runs import run

CHALLENGE = "9f2c4e7ab1d03358"


def test_a_challenge_decides_the_seed() -> None:
    settings = read_settings({"challenge": CHALLENGE}, {})

    assert settings.seed == seed_of(CHALLENGE) == 554208877
    assert settings.seed != seed_of(CHALLENGE[:-1] + "9")


def test_the_id_of_a_run_begins_with_its_challenge() -> None:
    name = new_run_id(CHALLENGE)

    assert fits(CHALLENGE, name, seed_of(CHALLENGE))
    assert not fits(CHALLENGE, name, 0)
    assert not fits(CHALLENGE[:-1], name, seed_of(CHALLENGE[:-1]))
    assert not fits(CHALLENGE, new_run_id(), seed_of(CHALLENGE))
    assert new_run_id(CHALLENGE) != name


def test_a_seed_beside_a_challenge_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--seed: cannot be used together with --challenge"):
        read_settings({"challenge": CHALLENGE}, {"BEACON_SEED": "7"})


@pytest.mark.parametrize(
    "challenge", ["short", "x" * 33, "9f2c4e7ab1d0335 ", "9f2c4e7ab1d0335%", "9f2c4e7ab1d0335_"]
)
def test_a_text_that_cannot_be_a_part_of_a_session_id_is_refused(challenge: str) -> None:
    with pytest.raises(
        ConfigurationError, match="--challenge: must have 16 to 32 letters, digits and hyphens"
    ):
        read_settings({"challenge": challenge}, {})


def test_an_empty_challenge_is_none() -> None:
    assert read_settings({"challenge": ""}, {"BEACON_SEED": "7"}).seed == 7


def test_an_unknown_requirement_set_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--set 1999-01: this version has no such requirement set"):
        read_settings({"set": "1999-01"}, {})


def test_a_run_has_its_challenge_in_its_id_and_its_results(tmp_path: Path) -> None:
    status, output = run(
        f"--challenge={CHALLENGE}", "--requirement=token.header-accepted", f"--report-dir={tmp_path}"
    )

    written = results.read(tmp_path / "results.json")
    assert status == 6, output
    assert fits(CHALLENGE, written["run"]["id"], written["run"]["seed"])
    assert written["run"]["challenge"] == CHALLENGE
    assert written["run"]["mark"].startswith(f"conformance-{CHALLENGE}-")
    assert written["suite"]["set"] == "2026-11"
    assert {len(written["suite"][name]) for name in ("requirements", "openapi", "package", "set_sha256")} == {
        64
    }
