"""Whole runs come to what they came to before: a change here is meant, and the changelog says so."""

import pytest

from tests.support import snapshots


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_a_run_is_as_its_snapshot_says(name: str) -> None:
    kept = (snapshots.FOLDER / f"{name}.txt").read_text("utf-8")

    assert kept == snapshots.snapshot(snapshots.of_a_run(name)), "if it is meant, run make snapshots"
