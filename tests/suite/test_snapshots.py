"""Runs have the same results as before. A change here is intended, and is in the changelog."""

import pytest

from tests.support import snapshots


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_a_run_matches_its_snapshot(name: str) -> None:
    kept = (snapshots.FOLDER / f"{name}.txt").read_text("utf-8")

    assert kept == snapshots.snapshot(snapshots.of_a_run(name)), "if it is meant, run make snapshots"
