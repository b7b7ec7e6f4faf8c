"""Judges every mutant by the whole suite, and writes docs/kill-matrix.md: which requirement notices which mistake."""

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from judging import SUITE, judge
from mutants import ALL

from conformance import reference
from conformance.verdicts import Verdict

PAGE = Path(__file__).parents[1] / "docs" / "kill-matrix.md"
RED = {Verdict.VIOLATED, Verdict.WARNED}


def red_of(name: str) -> list[str]:
    """Judge a mutant, in a process of its own, and return the ids of the requirements that turn red."""
    mutant = next(one for one in ALL if one.name == name)
    with tempfile.TemporaryDirectory() as folder, reference.Server(mutant.rules, delay=0.005) as server:
        judged = judge(
            server,
            Path(folder),
            (),
            "--effort=quick",
            f"--ignore={SUITE / 'test_openapi.py'}",
            *mutant.options,
        )
    return [item["id"] for item in judged.results["requirements"] if item["verdict"] in RED]


def main() -> int:
    """Print each mutant with what turns red for it."""
    names = sys.argv[1:] or [mutant.name for mutant in ALL]
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=20) as pool:
        for name, red in zip(names, pool.map(red_of, names), strict=True):
            sys.stdout.write(" ".join([name, *red]) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
