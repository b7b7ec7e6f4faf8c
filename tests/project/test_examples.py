"""The examples are conforming targets: each is started as a user does, and judged by the whole suite."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import results
from tests.support.runs import run

EXAMPLES = sorted(Path(__file__).parents[2].glob("examples/*_target.py"))
OPTIONS = (
    "--token=example-token-of-store-a",
    "--other-token=example-token-of-store-b",
    "--origin=https://shop.example",
    "--other-origin=https://checkout.shop.example:8443",
    "--revoked-token=example-token-of-nobody",
    "--require=http,ingestion,stores",
)
PATIENCE = 30
"""Seconds until an example listens."""


@contextlib.contextmanager
def served(example: Path, log: Path) -> Iterator[str]:
    """Run an example in its own process, and yield its URL when it listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [sys.executable, str(example), "--port", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,  # noqa: S603 - our own file
    ):
        try:
            deadline = time.monotonic() + PATIENCE
            while not _listens(port):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, "it does not listen"
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_conformant_without_a_warning(example: Path, tmp_path: Path) -> None:
    with served(example, tmp_path / "log") as url:
        observer = f"--observer={url}/events?token={{token}}&since={{since}}&session_id={{session_id}}"
        quiet = ("-p", "no:html", "-p", "no:junitxml")
        status, output = run(f"--target={url}", *OPTIONS, observer, f"--report-dir={tmp_path}", *quiet)

    found = results.read(tmp_path / "results.json")
    verdicts = {item["verdict"] for item in found["requirements"]}
    assert status == 0, output
    assert verdicts == {"held", "observed"}, output
