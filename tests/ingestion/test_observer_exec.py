import contextlib
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from conformance import reference
from conformance.ingestion.observers import Observer, ReadBackError, check_observer, connect
from conformance.ingestion.observers import exec as commands
from conformance.settings import ConfigurationError, Settings
from tests.support.pipelines import FEW, Event, delivering, expect_held, expect_one_reason
from tests.support.runs import judge

TOKEN = "shop/a+token$(touch made)`touch made`'\""  # noqa: S105 - made up
SINCE = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
ONE, TWO = {"event_id": "1"}, {"event_id": "2"}


@contextlib.contextmanager
def _command(command: str, timeout: float = 20) -> Iterator[Observer]:
    observer = connect(f"exec:{command}", SINCE, timeout, stores=[TOKEN])
    yield observer
    observer.close()


def _python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


PRINTED = {
    "array": (json.dumps([ONE, TWO]), [ONE, TWO]),
    "object": (json.dumps({"events": [ONE]}), [ONE]),
    "ndjson": (f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n", [ONE, TWO]),
    "one": (json.dumps(ONE), [ONE]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "events"), PRINTED.values(), ids=PRINTED.keys())
def test_json_and_ndjson_are_read_alike(text: str, events: list[Event]) -> None:
    with _command(f"printf %s {shlex.quote(text)}; echo a warning >&2") as observer:
        assert observer.read(TOKEN) == events


def test_what_is_asked_for_is_in_the_environment_and_in_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = (
        "import json, os, pathlib; print(json.dumps({'event_id': 'x', 'line': pathlib.Path('/proc/self/cmdline').read_text(),"
        " 'settings': {k: v for k, v in os.environ.items() if k.startswith('BEACON_OBSERVE_')}}))"
    )
    with _command(_python(code) + " {token}") as observer:
        (shown,) = observer.read(TOKEN, "conformance-1")

    assert shown["settings"] == {
        "BEACON_OBSERVE_TOKEN": TOKEN,
        "BEACON_OBSERVE_SINCE": "2026-01-02T03:04:05.678Z",
        "BEACON_OBSERVE_SESSION_ID": "conformance-1",
    }
    assert TOKEN not in shown["line"]
    assert "{token}" in shown["line"]
    assert list(tmp_path.iterdir()) == []


FAILING = {
    "status": ("echo; echo no such table >&2; echo more >&2; exit 3", "exit status 3: no such table"),
    "unknown": ("no-such-command-anywhere", "exit status 127: "),
    "quiet": ("exit 1", "its command ended with exit status 1"),
    "signal": ("kill -9 $$", "its command ended with signal 9"),
    "no-json": ("echo hello", "its body is not JSON"),
    "numbers": ("echo [1]", "neither an array of objects"),
}


@pytest.mark.parametrize(("command", "text"), FAILING.values(), ids=FAILING.keys())
def test_a_command_that_fails_is_unreadable(command: str, text: str) -> None:
    with _command(command) as observer, pytest.raises(ReadBackError) as caught:
        observer.read(TOKEN)

    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_complaint_is_cut_between_words() -> None:
    secret = "half-of-a-secret-tells"  # noqa: S105 - made up
    with (
        _command(f"echo '{'word ' * 55}{secret * 3}' >&2; exit 1") as observer,
        pytest.raises(ReadBackError) as caught,
    ):
        observer.read(TOKEN)

    assert str(caught.value).endswith("word word …")


@pytest.mark.parametrize(
    "command", ["sleep 60", "sleep 60 & echo '[]'", "exec >&-; sleep 60", "trap '' TERM; while :; do :; done"]
)
def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(command: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        _command(f"echo $$ >{tmp_path}/pid; {command}", 0.3) as observer,
        pytest.raises(ReadBackError, match=r"its command did not end within 0\.3 s"),
    ):
        observer.read(TOKEN)
    group = int((tmp_path / "pid").read_text())
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < began + 20:
            os.killpg(group, 0)
    assert time.monotonic() < began + 20


def test_a_command_that_prints_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LONGEST", 1000)
    with (
        _command("yes") as observer,
        pytest.raises(ReadBackError, match="more than 1000 bytes; let it print only events after"),
    ):
        observer.read(TOKEN)


@pytest.mark.parametrize("spec", ["exec:", "exec: ", "exec:///usr/bin/true"])
def test_no_command_is_a_usage_error(spec: str) -> None:
    with pytest.raises(ConfigurationError, match="--observer: has no command; write exec:COMMAND"):
        check_observer(Settings("https://h.example", "t", observer=spec))


def test_a_command_is_judged_by(tmp_path: Path) -> None:
    def deliver(token: str, events: list[Event]) -> None:
        with (tmp_path / quote(token, safe="")).open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(event)}\n" for event in events)

    code = (
        "import os, pathlib, urllib.parse; name = urllib.parse.quote(os.environ['BEACON_OBSERVE_TOKEN'], safe='');"
        f"path = pathlib.Path({str(tmp_path)!r}) / name; print(path.read_text() if path.exists() else '')"
    )
    judged = expect_held(deliver, f"exec:{_python(code)}", tmp_path / "out", "-n", "2", "--patience=5")

    assert judged.results["target"]["observer"] == "exec"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("true", "no sentinel event became visible"),
        ("false", "its command ended with exit status 1"),
    ],
)
def test_a_command_that_shows_nothing_judges_nothing(command: str, text: str, tmp_path: Path) -> None:
    expect_one_reason(f"exec:{command}", tmp_path, text)


def test_a_token_that_a_command_complains_of_is_in_no_report(tmp_path: Path) -> None:
    spec = '--observer=exec:echo "no store $BEACON_OBSERVE_TOKEN" >&2; exit 1'
    with reference.Server(delivering(lambda *_: None), delay=0.005) as server:
        judged = judge(server, tmp_path, [FEW[0]], spec)

    (item,) = (item for item in judged.results["requirements"] if item["id"] == FEW[0].id)
    assert item["reason"].endswith("exit status 1: no store ‹token A›")
    texts = [judged.output, *(path.read_text("utf-8") for path in tmp_path.iterdir())]
    assert not [text for text in texts if reference.TOKEN in text]
