"""The examples are conforming targets: each is started as a user does, and judged by the whole suite."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import results
from tests.support.runs import run

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*_target.*"))
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
INSTALLING = 120
"""Seconds until an example is compiled, or has what it needs."""
SINATRA = 'require "sinatra/base"; require "puma"'


@contextlib.contextmanager
def served(example: Path, log: Path) -> Iterator[str]:
    """Run an example in its own process, and yield its URL when it listens. Skips the test without the example's language."""
    start = _command(example, log.parent)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [part.replace("PORT", str(port)) for part in start]
    environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": "4", "TMPDIR": str(log.parent)}
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own file
            command, stdout=output, stderr=output, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            deadline = time.monotonic() + PATIENCE
            while not _listens(port):
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, "it does not listen"
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # PHP's server has processes of its own


def _command(example: Path, folder: Path) -> list[str]:
    """Return the command that serves an example at the port PORT; compile it or install what it needs first."""
    match example.suffix:
        case ".go":
            binary = folder / example.stem
            _prepared(_tool("go", "golang-go"), "build", "-o", str(binary), str(example))
            return [str(binary), "--port", "PORT"]
        case ".mjs":
            node, npm = _tool("node", "nodejs"), _tool("npm", "npm")
            shutil.copy(FOLDER / "package.json", folder)
            _prepared(npm, "install", "--prefix", str(folder), "--no-package-lock", "--no-audit", "--no-fund")
            return [node, str(shutil.copy(example, folder)), "--port", "PORT"]
        case ".php":
            return [_tool("php", "php-cli"), "-S", "127.0.0.1:PORT", str(example)]
        case ".rb":
            ruby = _tool("ruby", "ruby")
            _prepared(ruby, "-e", SINATRA)
            return [ruby, str(example), "--port", "PORT"]
        case _:
            return [sys.executable, str(example), "--port", "PORT"]


def _tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install {package}")
    return found


def _prepared(*command: str) -> None:
    """Run a command, and skip the test if it fails: packages may be missing, or out of reach."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLING, check=False)  # noqa: S603
    if done.returncode:
        pytest.skip(
            f"the example needs more than is installed: {command[0]} said: {done.stderr.strip()[-500:]}"
        )


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
    verdicts = {item["verdict"] for item in found["requirements"] if item["class"] != "browser"}
    assert status == 0, output
    assert verdicts == {"held", "observed"}, output
