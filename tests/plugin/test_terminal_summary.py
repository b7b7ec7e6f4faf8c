"""The last lines of a run on the terminal."""

import contextlib
import io
from pathlib import Path

import pytest

from conformance import reference
from conformance.cli import main as command
from conformance.requirements import token
from tests.support.runs import NEEDLESS, options_for, run

QUIET = [part for name in NEEDLESS for part in ("-p", f"no:{name}")]

SOME = f"--requirement={token.HEADER_WINS.id}"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _lines(folder: Path, *more: str) -> list[str]:
    with reference.Server() as server:
        _, output = run(
            *options_for(server),
            *QUIET,
            f"--report-dir={folder}",
            SOME,
            *more,
        )
    return output.splitlines()


def test_the_page_to_open_is_named_at_the_beginning_and_in_the_last_line(tmp_path: Path) -> None:
    lines = _lines(tmp_path)

    assert f"conformance: the report will be {tmp_path / 'compliance.html'}" in lines[:6]
    assert lines[-1] == f"open: {tmp_path / 'compliance.html'}"
    assert lines[-2].startswith(f"reports: {tmp_path / 'results.json'}, ")
    assert sum(str(tmp_path) in line for line in lines) == 3


def test_only_requirements_are_counted_at_the_end_and_no_bar_is_yellow(tmp_path: Path) -> None:
    lines = _lines(tmp_path, "--color=yes")

    end = lines.index(next(line for line in lines if "204 requirements: " in line))
    assert [line for line in lines[end:] if "=====" in line] == []
    assert "\x1b[32mheld\x1b[0m" in lines[end]


@pytest.mark.parametrize(("columns", "longest"), [("70", 70), ("160", 160)])
def test_lines_are_as_wide_as_the_terminal(
    columns: str, longest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    output = _Terminal()
    with reference.Server() as server, contextlib.redirect_stdout(output):
        command(["run", "--color=no", *options_for(server), *QUIET, f"--report-dir={tmp_path}", SOME])
    lines = output.getvalue().splitlines()

    end = next(number for number, line in enumerate(lines) if "requirements: " in line)
    text = [line for line in lines[end:] if not line.startswith(("events:", "reports:", "open:"))]
    assert longest - 40 < max(map(len, text)) < longest
