"""Several targets of one configuration file."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import cli, reference, results
from conformance.cli.multi_target import WORST_FIRST, environment_with, named_targets, worst
from conformance.cli.options import options_parser, passed_on
from conformance.reference.stores import Store
from conformance.results.verdicts import ExitStatus
from conformance.settings import ConfigurationError, read_file
from tests.support.cli_process import LONGEST, command_lines, ended, environment, interruptible, start

SECRET = "sEcret-of-several-0123456789"  # noqa: S105 - made up
SOME = ["--requirement=token.header-wins", "--require=http"]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


class Known(reference.Rules):
    """Also accepts the secret token, and records which processes run while it answers."""

    lines: dict[int, str]

    def receive(self, request: Request, body: bytes | None) -> Response:
        self.lines.update(command_lines())
        return super().receive(request, body)

    def store_for(self, token: str) -> Store | None:
        return super().store_for(reference.TOKEN if token == SECRET else token)


class QueryWins(Known):
    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)


def _write(folder: Path, **targets: str) -> Path:
    text = 'report-dir = "out"\n' + "".join(
        f'[targets.{name}]\ntarget = "{url}"\n' for name, url in targets.items()
    )
    (folder / "regions.toml").write_text(text, "utf-8")
    return folder / "regions.toml"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux'")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_command_judges_every_target_in_a_file(jobs: str, folder: Path, home: Path) -> None:
    lines: dict[int, str] = {}

    class Good(Known):
        pass

    class Bad(QueryWins):
        pass

    Good.lines = Bad.lines = lines
    with reference.Server(Good) as good, reference.Server(Bad) as bad:
        _write(folder, eu=good.url, us=bad.url)
        arguments = ["--config=regions.toml", f"--token={SECRET}", f"--jobs={jobs}", *SOME]
        process = start(["run", *arguments], folder, environment(home))
        status, output = ended(process)

    found = {name: results.read(folder / "out" / name / "results.json") for name in ("eu", "us")}
    assert status == 1, output
    assert {name: one["exit_status"] for name, one in found.items()} == {"eu": 6, "us": 1}
    assert (folder / "out" / "eu" / "compliance.html").exists()
    compared = (folder / "out" / "comparison.md").read_text("utf-8")
    assert {True} == {word in compared for word in ("eu", "us", "token.header-wins")}
    assert "report: out/comparison.html" in output
    assert (folder / "out" / "comparison.html").exists()
    rows = [line.split()[:2] for line in output.splitlines() if line.startswith(("eu ", "us "))]
    assert rows == [["eu", "6"], ["us", "1"]]
    assert SECRET not in output
    assert {pid for pid, line in lines.items() if SECRET in line} == {process.pid}


def test_selected_targets_are_judged_in_the_order_of_the_options(folder: Path, home: Path) -> None:
    with reference.Server() as server:
        _write(folder, eu=server.url, us=server.url, asia="http://127.0.0.1:1")
        arguments = [
            "--config=regions.toml",
            f"--token={reference.TOKEN}",
            "--only=us",
            "--only",
            "eu",
            *SOME,
        ]
        status, output = ended(start(["run", *arguments], folder, environment(home)))

    assert status == 6
    assert [line[6:] for line in output.splitlines() if line.startswith("===== ")] == ["us", "eu"]
    assert {path.name for path in (folder / "out").iterdir() if path.is_dir()} == {"eu", "us"}


def test_one_named_target_is_judged_in_this_process(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with reference.Server() as server:
        _write(folder, eu=server.url, us="http://127.0.0.1:1")
        status = cli.main(["run", "--config=regions.toml", "--only=eu", f"--token={reference.TOKEN}", *SOME])

    assert status == 6
    assert "===== eu" not in capfd.readouterr().out
    assert results.read(folder / "out" / "eu" / "results.json")["target"]["url"] == server.url


@pytest.fixture
def stopping() -> Iterator[type[reference.Rules]]:
    class Stopping(reference.Rules):
        """Stops answering after the twentieth request, until it is released."""

        seen = 0
        reached = threading.Barrier(3)
        go = threading.Event()

        def receive(self, *what: Any) -> Response:
            self.seen += 1
            if self.seen == 20:
                self.reached.wait()
            if self.seen >= 20:
                self.go.wait()
            return super().receive(*what)

    yield Stopping
    Stopping.reached.abort()
    Stopping.go.set()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_every_run_with_its_reports(
    how: int, stopping: Any, folder: Path, home: Path
) -> None:
    with reference.Server(stopping) as one, reference.Server(stopping) as two:
        _write(folder, eu=one.url, us=two.url)
        arguments = ["--config=regions.toml", f"--token={reference.TOKEN}", "--jobs=2", "--timeout=200"]
        process = start(["run", *arguments], folder, environment(home))
        stopping.reached.wait(LONGEST)
        os.kill(process.pid, how)
        status, output = ended(process)
        stopping.go.set()

    assert status == 2, output
    for name in ("eu", "us"):
        found = results.read(folder / "out" / name / "results.json")
        assert found["run"]["interrupted"]
        assert (folder / "out" / name / "compliance.html").exists()


def test_an_interruption_that_another_thread_gets_ends_every_run(
    stopping: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)

    def interrupt() -> None:
        stopping.reached.wait(LONGEST)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    with interruptible(), reference.Server(stopping) as one, reference.Server(stopping) as two:
        _write(folder, eu=one.url, us=two.url)
        threading.Thread(target=interrupt, daemon=True).start()
        arguments = ["--config=regions.toml", f"--token={reference.TOKEN}", "--jobs=2", "--timeout=30"]
        status = cli.main(["run", *arguments])
        stopping.go.set()

    assert status == ExitStatus.INTERRUPTED, capfd.readouterr().out
    for name in ("eu", "us"):
        assert results.read(folder / "out" / name / "results.json")["run"]["interrupted"]


BAD = {
    "jobs": (["--jobs=0"], {}, "--jobs 0: must be a whole number of at least 1"),
    "unknown": (["--only=eu", "--only=asia"], {}, "--only asia: there is no such target"),
    "one-for-all": (["--target=http://h"], {}, "line 3: --target would override target; remove --target"),
    "variable": ([], {"BEACON_TARGET": "http://h"}, "line 3: BEACON_TARGET would override target"),
    "no-token": (["--token="], {}, "[targets.eu]: no token"),
}


@pytest.mark.parametrize(("more", "variables", "said"), BAD.values(), ids=BAD.keys())
def test_a_mistake_gives_one_line_and_no_target_is_judged(
    more: list[str],
    variables: dict[str, str],
    said: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _write(folder, eu="http://127.0.0.1:1", us="http://127.0.0.1:1")
    status = cli.main(["run", "--config=regions.toml", "--token=x", *more])

    out, err = capfd.readouterr()
    assert status == 4
    assert said in err
    assert err.count("\n") == 1
    assert out == ""
    assert not (folder / "out").exists()


def test_a_token_file_must_not_override_a_target_s_own_token(folder: Path) -> None:
    path = folder / "regions.toml"
    path.write_text(
        "[targets.eu]\ntarget = 'http://h'\ntoken = 'a'\n[targets.us]\ntarget = 'http://h'\ntoken = 'b'\n"
    )
    (folder / "token").write_text("c", "utf-8")
    variables = {"BEACON_TOKEN_FILE": str(folder / "token")}

    with pytest.raises(ConfigurationError, match="line 3: BEACON_TOKEN_FILE would override token"):
        named_targets(read_file(path), ["eu", "us"], {}, variables, allow_production=False)


def test_arguments_that_are_not_settings_are_passed_on_without_secrets() -> None:
    secrets = [f"--token={SECRET}", "--other-token", SECRET, f"--observer=https://h/{SECRET}"]
    rest = ["--requirement=a", "--requirement", "b", "--check=c", "--allow-production"]
    parsed, others = options_parser("run").parse_known_args(
        [*secrets, *rest, "--config=f", "--only=eu", "--jobs=2", "-x"]
    )

    assert set(passed_on(parsed)) == {"--requirement=a", "--requirement=b", "--check=c", "--allow-production"}
    assert others == ["-x"]


def test_options_are_passed_on_in_the_environment() -> None:
    options = {"token": SECRET, "origin": None, "token-file": "f"}

    environment = environment_with(options, {"PATH": "/bin", "BEACON_TOKEN": "old", "BEACON_ORIGIN": "o"})

    assert environment == {
        "PATH": "/bin",
        "BEACON_TOKEN": SECRET,
        "BEACON_ORIGIN": "o",
        "BEACON_TOKEN_FILE": "f",
    }


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([0, 0], 0),
        ([0, 5], 5),
        ([5, 6], 6),
        ([0, 7], 7),
        ([7, 5], 5),
        ([6, 1, 0], 1),
        ([1, 4], 4),
        ([4, 3], 3),
        ([3, 2], 2),
        ([-9, 1], 3),
        ([-2, 1], 2),
    ],
)
def test_the_worst_status_is_the_status_of_all(statuses: list[int], expected: int) -> None:
    assert worst(statuses) == expected


def test_every_status_is_in_the_order_of_statuses() -> None:
    assert set(WORST_FIRST) == set(ExitStatus)
