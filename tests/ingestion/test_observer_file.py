import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conformance import reference
from conformance.ingestion.observers import Observer, ReadBackError, check_observer, connect
from conformance.ingestion.observers.file import FileObserver
from conformance.results.verdicts import Verdict
from conformance.settings import ConfigurationError, Settings
from tests.support.pipelines import FEW, Event, delivering, expect_held, expect_one_reason
from tests.support.runs import judge

A, B = "shop/a+token", "shop-b-token"
ONE, TWO, THREE = ({"event_id": name} for name in ("1", "2", "3"))


def _line(shown: Any) -> str:
    return json.dumps(shown) + "\n"


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def _following(path: Path | str, *stores: str) -> Iterator[Observer]:
    observer = connect(f"file://{path}", datetime.now(UTC), 5, stores=stores)
    yield observer
    observer.close()


def _soon(look: Callable[[], Any], expected: Any) -> None:
    """Look until there is what is expected, at most some seconds."""
    deadline = time.monotonic() + 10
    while (found := look()) != expected:
        assert time.monotonic() < deadline, found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "events.ndjson"
    path.write_text(_line({"event_id": "from before"}) + '{"event_id": "cut', "utf-8")
    return path


def test_what_is_appended_is_read_at_once_and_what_stood_there_before_is_not(log: Path) -> None:
    with _following(log, A) as observer:
        _append(log, ' off"}\n' + _line(ONE))
        assert observer.read(A) == [ONE]
        _append(log, _line(TWO) + _line(ONE))
        assert observer.read(A) == [ONE, TWO, ONE]


def test_a_line_is_read_once_it_is_complete(log: Path) -> None:
    with _following(log, A) as observer:
        _append(log, "\n" + _line(ONE) + '{"event_id":')
        assert observer.read(A) == [ONE]
        _append(log, ' "2"}')
        assert observer.read(A) == [ONE]
        _append(log, "\n")
        assert observer.read(A) == [ONE, TWO]


def test_lines_that_are_no_event_are_passed_over(log: Path) -> None:
    noise = 'started\n\n[1]\n7\n{"level": "info"}\n{"event_id": "half\n\xff\n' + "[" * 100_000 + "\n"
    with _following(log, A) as observer:
        _append(log, f"\n{noise}")
        with pytest.raises(
            ReadBackError, match="no line that was appended to its file is an event, of 9 in all"
        ):
            observer.read(A)
        _append(log, noise + _line(ONE) + noise)
        assert observer.read(A) == [ONE]


def test_events_of_others_are_counted_and_not_kept(log: Path) -> None:
    own, known = {"event_id": "1", "session_id": "conformance-run-1"}, {"event_id": "OWN-ID"}
    foreign = {"event_id": "2", "session_id": "of others"}
    observer = connect(
        f"file://{log}", datetime.now(UTC), 5, stores=[A], mark="conformance-run", ids={"own-id"}
    )
    _append(log, ' off"}\n' + "".join(map(_line, [foreign, own, foreign, known])))
    found = observer.read(A)
    observer.close()

    assert found == [own, known]
    assert found.others == 2


def test_a_file_that_appears_later_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "later.ndjson"
    with _following(path, A) as observer:
        with pytest.raises(ReadBackError, match=r"its file cannot be read \(No such file or directory\)"):
            observer.read(A)
        _append(path, _line(ONE))
        assert observer.read(A) == [ONE]


def test_a_rotated_file_is_read_to_its_end_and_so_is_the_one_that_follows(log: Path) -> None:
    old = log.with_name("events.ndjson.1")
    with _following(log, A) as observer, log.open("a", encoding="utf-8") as writer:
        writer.write("\n" + _line(ONE))
        writer.flush()
        log.rename(old)
        assert observer.read(A) == [ONE]
        _append(log, _line(TWO))
        assert observer.read(A) == [ONE, TWO]
        writer.write(_line(THREE))
        writer.flush()
        assert observer.read(A) == [ONE, TWO, THREE]
        old.unlink()
        log.unlink()
        _append(log, _line(THREE))
        assert observer.read(A) == [ONE, TWO, THREE, THREE]


def test_files_that_are_rotated_between_two_readings_are_read_all_the_same(log: Path) -> None:
    events = [{"event_id": str(index)} for index in range(8)]
    with _following(log, A) as observer:
        assert isinstance(observer, FileObserver)
        followed = observer._followed[log]  # noqa: SLF001 - what is tested is that nobody reads meanwhile
        for index, event in enumerate(events):
            _append(log, _line(event))
            _soon(lambda: followed.lines, index + 1)
            log.rename(log.with_suffix(f".{index}"))
        assert observer.read(A) == events


@pytest.mark.parametrize("shorter", [True, False], ids=["shorter", "longer"])
def test_a_truncated_file_is_read_from_its_beginning(log: Path, shorter: bool) -> None:
    with _following(log, A) as observer:
        _append(log, "\n" + _line(ONE))
        assert observer.read(A) == [ONE]
        text = _line(TWO) if shorter else _line({"event_id": "x" * 1000}) + _line(TWO)
        log.write_text(text, "utf-8")
        _soon(lambda: observer.read(A)[-1:], [TWO])
        assert observer.read(A)[0] == ONE


def test_a_line_names_its_store_by_token_or_store(log: Path) -> None:
    with _following(log, A, B) as observer:
        _append(log, "\n" + _line({**ONE, "token": A}) + _line({**TWO, "store": B}))
        _append(log, _line({**THREE, "token": B, "store": A}))
        assert [event["event_id"] for event in observer.read(A)] == ["1"]
        assert [event["event_id"] for event in observer.read(B)] == ["2", "3"]
        with pytest.raises(ReadBackError, match="no event names this token as its store, of 3 in all"):
            observer.read("another")


def test_lines_that_name_no_store_are_the_only_store_s_and_nobody_s_of_two(log: Path) -> None:
    with _following(log, A) as observer:
        _append(log, "\n" + _line(ONE))
        assert observer.read(A) == [ONE]
    with _following(log, A, B) as observer:
        _append(log, _line(ONE))
        with pytest.raises(ReadBackError, match="name no store, and the run knows two"):
            observer.read(A)


@pytest.mark.parametrize("placeholder", ["{token}", "%7Btoken%7D"])
def test_a_file_for_each_store_is_named_by_its_encoded_token(tmp_path: Path, placeholder: str) -> None:
    folder = tmp_path / "of a store"
    folder.mkdir()
    paths = {token: folder / f"{quote(token, safe='')}.ndjson" for token in (A, B)}
    _append(paths[A], _line({"event_id": "from before"}))
    with _following(f"{quote(str(folder))}/{placeholder}.ndjson", A, B) as observer:
        _append(paths[A], _line({**ONE, "store": "Shop A"}))
        _append(paths[B], _line(TWO))
        assert observer.read(A) == [{**ONE, "store": "Shop A"}]
        assert observer.read(B) == [TWO]


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_regular_file_is_said_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "events"
    (os.mkfifo if kind == "pipe" else os.mkdir)(path)
    with (
        _following(path, A) as observer,
        pytest.raises(ReadBackError, match="does not lead to a regular file"),
    ):
        observer.read(A)


def test_a_file_that_nobody_appends_to_is_said(log: Path) -> None:
    with (
        _following(log, A) as observer,
        pytest.raises(ReadBackError, match="nothing has been appended to its file"),
    ):
        observer.read(A)


@pytest.mark.parametrize(
    "spec",
    [
        "file:events.ndjson",
        "file:/events.ndjson",
        "file://host/events.ndjson",
        "file:///events/",
        "file:///events?a",
        "file:///a#b",
        "file:///a%00",
    ],
)
def test_a_file_that_is_not_named_by_its_whole_path_is_a_usage_error(spec: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--observer: .*write file:///path/to/events\.ndjson"):
        check_observer(Settings("https://h.example", "t", observer=spec))


def test_a_file_knows_no_other_placeholder_than_the_token() -> None:
    with pytest.raises(ConfigurationError, match=r"unknown placeholder \{since\}; there is only \{token\}"):
        check_observer(Settings("https://h.example", "t", observer="file:///{since}/{token}"))


def _deliver_to(folder: Path) -> Callable[[str, list[Event]], None]:
    def deliver(token: str, events: list[Event]) -> None:
        for event in events:
            _append(folder / "all.ndjson", _line({**event, "token": token}))
            _append(folder / f"{quote(token, safe='')}.ndjson", _line(event))

    return deliver


@pytest.mark.parametrize("name", ["all.ndjson", "{token}.ndjson"])
@pytest.mark.parametrize("processes", ["0", "2"])
def test_a_file_is_judged_by(tmp_path: Path, name: str, processes: str) -> None:
    judged = expect_held(
        _deliver_to(tmp_path), f"file://{tmp_path}/{name}", tmp_path / "out", "-n", processes
    )

    assert judged.results["target"]["observer"] == "file"


def test_a_mutant_is_caught_by_its_file(tmp_path: Path) -> None:
    class Everything(delivering(_deliver_to(tmp_path))):  # type: ignore[misc]  # its base is made here
        def valid(self, _entry: Any) -> bool:
            return True

    with reference.Server(Everything, delay=0.005) as server:
        judged = judge(server, tmp_path / "out", [FEW[1]], f"--observer=file://{tmp_path}/all.ndjson")

    assert judged.verdict(FEW[1]) is Verdict.VIOLATED


def test_a_file_that_stays_as_it_is_judges_nothing(log: Path, tmp_path: Path) -> None:
    expect_one_reason(
        f"file://{log}", tmp_path / "out", "nothing has been appended to its file since the run's start"
    )
