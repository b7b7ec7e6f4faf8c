import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import reference
from conformance.cli.main import main


class Counting:
    """A socket that counts connections, to show that bad input sends nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def visited(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def nobody() -> Iterator[Counting]:
    counting = Counting()
    yield counting
    counting.socket.close()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def _bad_inputs() -> dict[str, tuple[list[str], str]]:
    options = ["--target=TARGET", "--token=known-token"]
    return {
        "unknown-option": ([*options, "--tokn=x"], "did you mean --token?"),
        "empty-target": (["--target=", "--token=known-token"], "give a base URL"),
        "userinfo": (["--target=http://user:pass@host", "--token=t"], "user or password"),
        "own-token": (["--target=http://host/?token=x", "--token=t"], "its own token parameter"),
        "no-token": (["--target=TARGET"], "--token T or BEACON_TOKEN"),
        "observer-kind": ([*options, "--observer=gopher://host"], "write https://host/path?token={token}"),
        "observer-placeholder": ([*options, "--observer=http://host/{shop}"], "there are {token}, {since}"),
        "unknown-class": (
            [*options, "--require=http,speed"],
            "the classes are http, ingestion, stores, browser",
        ),
        "no-config": ([*options, "--config=missing.toml"], "missing.toml: cannot be read"),
        "bad-config": ([*options, "--config=bad.toml"], "bad.toml: is not valid TOML"),
        "unknown-key": ([*options, "--config=unknown.toml"], "unknown key tokens"),
        "observer-of-a-file": (
            [*options, "--config=observer.toml"],
            "observer.toml, line 2: --observer: has no",
        ),
        "unknown-requirement": (
            [*options, "--requirement=token.header-win"],
            "did you mean token.header-wins?",
        ),
        "bad-report-dir": ([*options, "--report-dir=bad.toml"], "bad.toml cannot be written"),
        "bad-origin": ([*options, "--origin=shop.example"], "write https://shop.example"),
    }


@pytest.mark.parametrize(("options", "advice"), _bad_inputs().values(), ids=_bad_inputs().keys())
def test_bad_input_gives_one_line_with_a_remedy_and_sends_nothing(
    options: list[str], advice: str, nobody: Counting, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("target = [", "utf-8")
    (tmp_path / "observer.toml").write_text('timeout = 5\nobserver = "exec: "\n', "utf-8")
    (tmp_path / "unknown.toml").write_text('tokens = "x"', "utf-8")
    status = main(["run", *[option.replace("TARGET", nobody.url) for option in options]])

    out, err = capfd.readouterr()
    assert status == 4
    assert [advice in line for line in (out + err).splitlines() if line] == [True]
    assert not nobody.visited()
    assert not (tmp_path / "reports").exists()


def test_a_missing_secret_in_the_environment_is_a_usage_error(
    nobody: Counting, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BEACON_TARGET", nobody.url)
    monkeypatch.setenv("BEACON_TOKEN", "")

    assert main(["run"]) == 4
    assert "no token" in capfd.readouterr().err


def test_a_config_file_sets_the_options_of_a_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with reference.Server(delay=0.005) as server:
        lines = [
            f'target = "{server.url}"',
            f'token = "{reference.TOKEN}"',
            'report-dir = "out"',
            "timeout = 5",
        ]
        (tmp_path / "beacon.toml").write_text("\n".join(lines), "utf-8")
        main(["run", "--config=beacon.toml", "--requirement=token.query-accepted"])

    assert "1 held" in capfd.readouterr().out
    assert (tmp_path / "out" / "results.json").exists()


def test_pytest_files_of_the_current_folder_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-nonsense\n", "utf-8")
    (tmp_path / "conftest.py").write_text("raise RuntimeError", "utf-8")

    assert main(["run", "--requirement=token.query-accepted", "--require=http"]) == 6


def test_reports_are_made_again_from_the_results(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["run", "--requirement=token.query-accepted"])
    page = (tmp_path / "reports" / "compliance.html").read_bytes()

    assert main(["render", "reports/results.json", "--report-dir", "again"]) == 6
    assert (tmp_path / "again" / "compliance.html").read_bytes() == page
    assert "again/compliance.html" in capfd.readouterr().out


@pytest.mark.parametrize("content", ["", "{", "{}", '{"format": 2}', '{"format": 1}', "[]"])
def test_a_file_that_is_not_a_results_file_is_refused_in_one_line(
    content: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results.json").write_text(content, "utf-8")

    assert main(["render", "results.json"]) == 4
    assert capfd.readouterr().err.count("\n") == 1
