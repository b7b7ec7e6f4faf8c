"""The command that serves the reference and its mutants."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from conformance import cli, reference, settings
from conformance.mutants import ALL
from conformance.requirements import token
from tests.support.cli_process import bounded, interruptible


class Served:
    """A process of the command, and what it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "--observer" in line:
                break
        self.process = process
        self.text = "".join(lines)
        self.url = re.findall(r"--target (http://127\.0\.0\.1:[0-9]+)", self.text)[0]


@contextmanager
def _served(*options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "conformance", "reference", "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with (
        interruptible(),
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process,  # noqa: S603 - our own command
        bounded(process, 60),
    ):
        try:
            yield Served(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def test_the_reference_runs_until_it_is_interrupted_and_prints_how_to_judge_it() -> None:
    with _served() as served:
        answered = httpx.get(f"{served.url}/", trust_env=False, timeout=60).status_code

    assert answered == 200
    assert served.process.returncode == 0
    assert {True} == {word in served.text for word in (reference.TOKEN, "curl", "--target")}


def test_a_mutant_is_served_by_its_name_and_its_mistake_is_printed() -> None:
    with _served("--mutant", "query-wins") as served:
        reply = httpx.post(
            f"{served.url}/beacon?token={reference.TOKEN}",
            json={"events": [{}]},
            headers={"X-Storefront-Access-Token": "unknown"},
            trust_env=False,
            timeout=60,
        )

    assert reply.status_code == 201
    assert served.text.startswith(f"This is the mutant query-wins, which breaks {token.HEADER_WINS.id}: ")
    assert f"--requirement={token.HEADER_WINS.id}" in served.text


@pytest.mark.parametrize(
    ("name", "advice"),
    [("query-win", "did you mean query-wins?"), ("0", "reference --mutants lists them")],
)
def test_an_unknown_mutant_gives_one_line(name: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["reference", "--mutant", name])

    out, err = capsys.readouterr()
    assert (status, out) == (4, "")
    assert err == f"ERROR: --mutant {name}: no mutant has this name; {advice}\n"


def test_every_mutant_is_listed_with_its_requirement_and_its_mistake(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = cli.main(["reference", "--mutants"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert [line.split(maxsplit=2) for line in lines] == [
        [mutant.name, mutant.breaks.id, mutant.mistake] for mutant in ALL
    ]


def test_a_port_that_is_in_use_gives_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = cli.main(["reference", "--port", str(port)])

    assert (status, capfd.readouterr().err.count("\n")) == (4, 1)


def test_a_mutant_is_never_the_target_of_a_run_by_default() -> None:
    assert settings.Settings().target == "reference"
    with reference.Server() as server:
        assert type(server.rules) is reference.Rules
