"""The look-up of the checks of a requirement."""

import subprocess
import sys

from tools.checks import SUITE, checks


def test_checks_finds_the_same_checks_as_pytest() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "--no-header", str(SUITE)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own command
    collected = {
        tuple(line.partition("[")[0].rsplit("/", 1)[-1].split("::"))
        for line in ran.stdout.splitlines()
        if "::" in line
    }

    assert collected == {(check.module, check.function.__name__) for check in checks()}
