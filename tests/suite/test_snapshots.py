"""Runs have the same results as before. A change here is intended, and is in the changelog."""

import pytest

from tests.support import snapshots

BY_CHANCE = (
    *("token.form-body-is-no-source ", "token.form-body-unauthenticated ", "events.skipping-is-silent "),
    *("compliance.html ", "summary.md ", "junit.xml ", "report.html ", "terminal "),
)
"""Digests that depend on an order that differs between runs: of evidence about several answers, and of the pages with it."""


def _steady(snapshot: str) -> list[str]:
    return [line for line in snapshot.splitlines() if not line.startswith(BY_CHANCE)]


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_a_run_matches_its_snapshot(name: str) -> None:
    kept = (snapshots.FOLDER / f"{name}.txt").read_text("utf-8")

    found = snapshots.snapshot(snapshots.of_a_run(name))

    assert _steady(kept) == _steady(found), "if it is meant, run make snapshots"
