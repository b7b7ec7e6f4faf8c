"""The progress of a run, on a terminal and elsewhere."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from conformance.report.text.progress import Tally, chapter_of
from conformance.results.verdicts import Verdict
from tests.support.cli_process import COMMAND, bounded, ended, environment, start

SOME = ["run", "--effort=quick", "--requirement=token.header-wins", "--requirement=batch.accepts-1-to-100"]
LIVE = re.compile(r"\r((?:batch|token|openapi): [^\r\n]*)")
ENDED = re.compile(r"^(batch|token|openapi) +(\d+) checks? +(.*) \(\d+ requests, .* so far\)$", re.MULTILINE)


def _tally() -> Tally:
    tally = Tally(sent={"": 5})
    tally.expect(
        [f"test_{name}.py::test[{number}]" for name in ("token", "events", "fields") for number in range(10)]
    )
    return tally


def test_a_check_belongs_to_its_module_s_chapter_and_a_field_is_an_event_s() -> None:
    names = {
        chapter_of(f"conformance/suite/test_{name}.py::test[a]") for name in ("token", "fields", "events")
    }

    assert names == {"token", "events"}
    assert _tally().total == {"token": 10, "events": 20}


def test_the_live_line_shows_the_progress_the_failures_and_the_remaining_time() -> None:
    tally = _tally()
    for verdict in (Verdict.HELD, Verdict.VIOLATED, Verdict.OBSERVED):
        tally.add("token", verdict)
    tally.sent["-gw0"] = 7

    assert (
        tally.live("token", 10, 100)
        == "token: 3 of 30 checks, 1 violated, 12 requests, 10 s, about 1 min 30 s left"
    )
    assert len(tally.live("token", 10, 30)) == 30


def test_the_remaining_time_is_shown_neither_too_early_nor_at_the_end() -> None:
    tally = _tally()
    tally.add("token", Verdict.HELD)
    early = tally.live("token", 1, 100)
    for _ in range(29):
        tally.add("events", Verdict.HELD)

    assert "left" not in early
    assert tally.live("events", 1, 100) == "events: 30 of 30 checks, 5 requests, 1 s"


def test_a_chapter_that_is_done_is_one_line_with_its_verdicts_worst_first() -> None:
    tally = _tally()
    for verdict in [Verdict.HELD] * 8 + [Verdict.VIOLATED, Verdict.WARNED]:
        assert not tally.is_done("token")
        tally.add("token", verdict)

    assert tally.is_done("token")
    assert tally.ended("token", 61) == (
        "token        10 checks  1 violated, 1 warned, 8 held (5 requests, 1 min 1 s so far)"
    )


@pytest.mark.parametrize("more", [[], ["-n2"]], ids=["one-process", "two-workers"])
def test_in_a_pipe_a_run_prints_one_line_for_each_chapter(more: list[str], tmp_path: Path) -> None:
    status, output = ended(start([*SOME, *more], tmp_path, environment(tmp_path)))

    assert status == 6, output
    assert {chapter: count for chapter, count, _ in ENDED.findall(output)}.keys() == {
        "batch",
        "token",
        "openapi",
    }
    assert {"\r", "\x1b"}.isdisjoint(output)


def _on_a_terminal(folder: Path, **variables: str) -> str:
    """Run on a terminal of 60 columns, and return everything that it showed."""
    ours, theirs = pty.openpty()
    with (
        subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *SOME],
            cwd=folder,
            env=environment(folder, {"COLUMNS": "60", "TERM": "xterm", **variables}),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        ) as process,
        bounded(process),
    ):
        os.close(theirs)
        output = b""
        try:
            while part := os.read(ours, 1 << 16):
                output += part
        except OSError:  # Linux reports a closed other end as an error
            pass
        finally:
            os.close(ours)
    assert process.returncode == 6
    return output.decode()


def test_on_a_terminal_one_line_is_overwritten_and_erased_before_the_verdict(tmp_path: Path) -> None:
    output = _on_a_terminal(tmp_path)

    lines = LIVE.findall(output)
    assert lines
    assert max(map(len, lines)) < 60
    assert not ENDED.search(output.replace("\r\n", "\n"))
    last = output.rindex(lines[-1])
    assert f"\r{' ' * 59}\r" in output[last:]
    assert "requirements: " in output[last:]


def test_no_color_is_respected_on_a_terminal(tmp_path: Path) -> None:
    output = _on_a_terminal(tmp_path, NO_COLOR="1")

    assert LIVE.search(output)
    assert "\x1b" not in output


def test_a_terminal_that_cannot_overwrite_a_line_gets_one_for_each_chapter(tmp_path: Path) -> None:
    output = _on_a_terminal(tmp_path, TERM="dumb")

    assert not LIVE.search(output)
    assert ENDED.search(output.replace("\r\n", "\n"))


def test_a_verbose_run_prints_one_line_for_each_check(tmp_path: Path) -> None:
    _, output = ended(start([*SOME, "-v"], tmp_path, environment(tmp_path)))

    assert re.search(r"test_token\.py::test_\S+.* HELD", output)
    assert not ENDED.search(output)
