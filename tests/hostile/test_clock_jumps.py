"""The system's clock is set while a run goes on, again and again: no duration and no verdict depends on it."""

import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import pytest

from conformance import reference
from conformance.mutants import find
from conformance.requirements import batch, events, token
from tests.support.runs import judge

pytestmark = pytest.mark.hostile

CHOSEN = (
    token.HEADER_WINS,
    batch.EMPTY_REFUSED,
    batch.INGESTS_ALL,
    events.NEIGHBOURS_INGESTED,
    events.UNKNOWN_TYPE_SKIPPED,
)
HOUR = 3600.0
LOOKS = 7
"""Looks at the clock until it is set again."""


@contextmanager
def jumping(jumps: tuple[float, ...]) -> Iterator[None]:
    """Set the clock to the next of some distances, in seconds, after every few looks at it."""
    real, steps = time.time, itertools.cycle(one for one in jumps for _ in range(LOOKS))

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            moment = datetime.fromtimestamp(real(), tz) + timedelta(seconds=next(steps))
            return cls.fromisoformat(moment.isoformat())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + next(steps))
        for name, module in list(sys.modules.items()):
            # The target is on another machine, whose clock goes on.
            is_ours = name.startswith("conformance.") and not name.startswith("conformance.reference")
            if is_ours and getattr(module, "datetime", None) is datetime:
                patch.setattr(module, "datetime", Jumping)
        yield


def _judged(rules: type[reference.Rules], folder: Path, jumps: tuple[float, ...]) -> dict[str, Any]:
    began = time.monotonic()
    with reference.Server(rules, delay=0.005) as server, jumping(jumps):
        content = judge(server, folder, CHOSEN, "--effort=quick", "--patience=1").results
    elapsed = time.monotonic() - began
    started, finished = (datetime.fromisoformat(content["run"][name]) for name in ("started", "finished"))
    assert 0 <= (finished - started).total_seconds() <= elapsed
    findings = [one for item in content["requirements"] for one in item["findings"]]
    exchanges = [exchange for one in findings for exchange in one["evidence"]]
    assert all(0 <= one["seconds"] <= elapsed for one in (*findings, *exchanges))
    assert exchanges
    return {item["id"]: item["verdict"] for item in content["requirements"]}


@pytest.mark.parametrize("mutant", ["", "query-wins", "last-event-lost"])
@pytest.mark.parametrize(
    "jumps", [(0.0, HOUR), (0.0, -HOUR), (-HOUR, 0.0, 30 * HOUR)], ids=["ahead", "back", "both"]
)
def test_no_duration_and_no_verdict_depends_on_the_system_s_clock(
    mutant: str, jumps: tuple[float, ...], tmp_path: Path
) -> None:
    rules = find(mutant).rules if mutant else reference.Rules

    assert _judged(rules, tmp_path / "steady", (0.0,)) == _judged(rules, tmp_path / "jumping", jumps)
