"""The parts of the benchmark, and the tables of its figures; `make bench` itself measures."""

import asyncio
import json
import re
import selectors
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench import __main__ as benchmark
from bench import costs, figures, floor, proxy, recording, rivals, table
from bench.children import Cost, measured, serving
from bench.figures import FLOOR, RIVAL, SUITE, Figures, Kills, Measured, Row
from bench.recording import Recorder, Sent
from conformance import reference
from conformance.mutants import ALL as MUTANTS
from conformance.requirements import Level
from tests.support.raw_servers import RawServer

POST = b"POST /beacon?token=a%2Bb HTTP/1.1\r\nHost: h\r\nX-Odd-Name: 1\r\nContent-Length: 4\r\n\r\nnull"
CHUNKED = (
    b"POST /beacon HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"
)
BARE = b"OPTIONS /beacon HTTP/1.1\r\nHost: h\r\norigin: https://a.example\r\n\r\n"
SENT = [
    Sent(
        "POST", "/beacon?token=a%2Bb", (("Host", "h"), ("X-Odd-Name", "1"), ("Content-Length", "4")), b"null"
    ),
    Sent("POST", "/beacon", (("Host", "h"), ("Transfer-Encoding", "chunked")), b"[1]"),
    Sent("OPTIONS", "/beacon", (("Host", "h"), ("origin", "https://a.example")), b""),
]


class _Clock(selectors.DefaultSelector):
    """Never waits: if there is nothing to do until a timeout, its clock moves on by that time."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        if not found and timeout:
            self.now += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = _Clock()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


class _Wire:
    """Records when bytes are written to it."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[float, bytes]] = []

    def write(self, data: bytes, /) -> None:
        self.arrivals.append((round(asyncio.get_running_loop().time(), 3), data))

    async def drain(self) -> None: ...

    def write_eof(self) -> None:
        self.write(b"")

    def close(self) -> None: ...


def _passed_on(pieces: list[tuple[float, bytes]], delay: float) -> list[tuple[float, bytes]]:
    """Return when each piece of a target's output arrives, and the end."""
    wire = _Wire()

    async def run() -> None:
        source = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        for at, piece in pieces:
            loop.call_at(at, source.feed_data if piece else lambda _: source.feed_eof(), piece)
        await proxy.pass_on(source, wire, delay)

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(run())
    return wire.arrivals


def test_a_reply_in_several_pieces_is_late_once() -> None:
    pieces = [(1.0, b"HTTP/1.1 201 "), (1.001, b"Created"), (1.002, b"\r\n\r\n"), (5.0, b"")]

    assert [(round(at + 0.05, 3), piece) for at, piece in pieces] == _passed_on(pieces, 0.05)


def test_replies_that_follow_each_other_closely_do_not_wait_for_each_other() -> None:
    pieces = [(at / 100, b"%d" % at) for at in range(1, 40)]

    assert [(round(at + 0.2, 3), piece) for at, piece in [*pieces, (1.0, b"")]] == _passed_on(
        [*pieces, (1.0, b"")], 0.2
    )


def _through(delay: float, talk: Callable[[socket.socket], Any]) -> tuple[Any, RawServer]:
    """Talk to a server that answers `one`, then `two`, through a proxy in its own process."""
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body for body in (b"one", b"two")]
    with (
        RawServer(*answers) as server,
        serving("bench.proxy", server.host, str(delay)) as proxied,
        socket.create_connection(("127.0.0.1", int(proxied.address)), timeout=10) as client,
    ):
        return talk(client), server


def test_the_proxy_changes_no_byte_of_requests_and_replies() -> None:
    def talk(client: socket.socket) -> bytes:
        read = b""
        for request, body in ((POST, b"one"), (CHUNKED, b"two")):
            client.sendall(request)
            while not read.endswith(body):
                read += client.recv(1 << 16)
        client.shutdown(socket.SHUT_WR)
        while piece := client.recv(1 << 16):
            read += piece
        return read

    read, server = _through(0.01, talk)

    assert re.findall(rb"\r\n\r\n(...)", read) == [b"one", b"two"]
    assert server.received == [POST, CHUNKED]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_are_recorded_as_they_were_written(size: int) -> None:
    recorder = Recorder()
    take = recorder.connection()
    whole = POST + CHUNKED + BARE
    for start in range(0, len(whole), size):
        take(whole[start : start + size])

    assert recorder.requests == SENT


def test_bytes_that_are_not_http_are_left_out_of_a_record() -> None:
    recorder = Recorder()
    recorder.connection()(b"GET / HTTP/1.1\r\nHost: h\r\nX: \x00\r\n\r\n")
    recorder.connection()(BARE)

    assert SENT[2:] == recorder.requests


def test_the_bare_loop_sends_what_was_recorded(tmp_path: Path) -> None:
    recording.save(SENT, tmp_path / "requests")
    recorder = Recorder()
    with RawServer() as server:
        floor.replay(recording.load(tmp_path / "requests"), server.url)
        host = server.host
    take = recorder.connection()
    for raw in server.received:
        take(raw.replace(f"Host: {host}".encode(), b"Host: h"))

    assert recorder.requests == SENT
    assert server.connections == 1


def test_a_process_is_measured_with_its_output_and_its_exit_status(tmp_path: Path) -> None:
    cost = measured([sys.executable, "-c", "import sys; print('said'); sys.exit(3)"], tmp_path)

    assert (cost.status, cost.output) == (3, "said\n")
    assert cost.cpu > 0


def _row(what: str, effort: str, latency: int, requests: int, wall: float) -> Row:
    return Row(what, effort, latency, requests, 2000, wall, 1.25)


MADE_UP = Figures(
    "1 core",
    (
        _row(SUITE, "quick", 0, 186, 3),
        _row(SUITE, "standard", 0, 300, 10),
        _row(SUITE, "standard", 50, 300, 5.01),
        _row(RIVAL, "", 0, 442, 6),
        _row(FLOOR, "standard", 0, 300, 1.5),
    ),
    ("one", "other"),
    (Kills(SUITE, "quick", ("one", "other"), 1400, 7.5), Kills(RIVAL, "", ("other",), 800, 12)),
    (Measured("standard", "peak memory", 180, "MB", 180), Measured("slow", "readings", 151, "", 150)),
    suite="1.2.3",
)


def test_the_table_says_which_goals_are_met() -> None:
    text = table.whole(MADE_UP)

    assert f"| {SUITE} | quick | 0 ms | 186 | 2,000 | 3.0 s | 1.2 s | 185 requests: NOT MET |" in text
    assert "| 300 | 2,000 | 10.0 s | 1.2 s | 10 s: met; 300 requests: met |" in text
    assert "| 5.0 s | 1.2 s | 5 s: NOT MET; 300 requests: met |" in text
    assert "| standard | peak memory | 180 MB | 180 MB | met |" in text
    assert "| slow | readings | 151 | 150 | NOT MET |" in text
    assert f"| {RIVAL} |  | 0 ms | 442 | 2,000 | 6.0 s | 1.2 s |  |" in text


def test_the_table_says_who_catches_which_mutant() -> None:
    lines = table.whole(MADE_UP).splitlines()

    assert f"| {SUITE} | quick | 2 of 2 | 1,400 | 7.5 s |" in lines
    assert f"| {RIVAL} |  | 1 of 2 | 800 | 12.0 s |" in lines
    assert lines[-2:] == ["| one | caught |  |", "| other | caught | caught |"]


def test_the_readme_names_the_goals_that_are_not_met() -> None:
    text = table.short(MADE_UP)

    assert "Goals not met: quick: 185 requests; standard at 50 ms: 5 s; slow: readings 150." in text
    assert "Of 2 mutants, `quick` catches 2, `schemathesis run` catches 1" in text


def test_the_readme_says_so_where_all_goals_are_met() -> None:
    met = Figures("1 core", (_row(SUITE, "standard", 200, 300, 12),))

    assert "All 2 goals are met." in table.short(met)


def test_saved_figures_load_unchanged(tmp_path: Path) -> None:
    figures.save(MADE_UP, tmp_path / "figures.json")

    assert figures.load(tmp_path / "figures.json") == MADE_UP


def test_a_part_that_is_measured_again_replaces_the_old_one_and_the_others_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = _row(SUITE, "standard", 50, 435, 8)
    monkeypatch.setattr(benchmark, "rows", lambda *_: [new])
    monkeypatch.setattr(rivals, "tried", lambda *_, **__: None)

    (found,) = benchmark.measure(["50"], MADE_UP)

    assert [row for row in found.rows if row.latency == 50] == [new]
    assert [row for row in found.rows if row.latency == 0] == [
        row for row in MADE_UP.rows if row.latency == 0
    ]
    assert found.kills == MADE_UP.kills
    assert found.costs == MADE_UP.costs


def test_costs_are_compared_with_their_goals() -> None:
    run = {"requests": 300, "readings": 40}
    cost = Cost(wall=14.96, cpu=3.64, memory=181, status=0, output="")

    found = list(costs._compared("a run", cost, run, costs.Goals(cpu=3.6, memory=180, readings=40)))  # noqa: SLF001

    assert [(one.what, one.value, one.is_met) for one in found] == [
        ("CPU", 3.6, True),
        ("peak memory", 181, False),
        ("readings", 40, True),
    ]


def test_costs_that_are_measured_again_replace_those_of_the_same_runs_in_their_place() -> None:
    first, second, third = (Measured(name, "wall", 9, "s", 10) for name in ("a", "b", "c"))
    again = Measured("b", "wall", 8, "s", 10)

    assert benchmark.renewed((first, second, third), (again,)) == (first, again, third)
    assert benchmark.renewed((first,), (again,)) == (first, again)


@pytest.mark.parametrize("how", [{"is_encrypted": True}, {"connecting": 0.01}], ids=["tls", "connecting"])
def test_a_target_is_reached_over_an_unusual_line_whose_connections_are_counted(
    how: dict[str, Any], tmp_path: Path
) -> None:
    with (
        RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none") as server,
        costs._reached(server.url, costs.Circumstances(**how), tmp_path) as (url, more, connections),  # noqa: SLF001
    ):
        trusted = ssl.create_default_context(cafile=more.get("ca-file"))
        bodies = [httpx.get(url, verify=trusted, trust_env=False).text for _ in range(2)]

    assert (bodies, connections()) == (["one", "one"], 2)


def test_the_target_of_a_benchmark_shows_events_of_others_first() -> None:
    with serving("bench.target", "", "0.02", "3") as target:
        url = f"{target.address}/events?token={reference.TOKEN}"
        shown = httpx.get(url, trust_env=False).json()

    assert [json.loads(one) for one in costs.other_events(3)] == shown


def test_figures_of_another_machine_are_dropped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(benchmark, "FIGURES", tmp_path / "figures.json")
    figures.save(MADE_UP, benchmark.FIGURES)

    assert benchmark.earlier() == Figures(figures.machine())


def test_the_readme_quotes_the_figures_that_were_measured() -> None:
    found = figures.load(benchmark.FIGURES)
    readme = benchmark.README.read_text("utf-8")

    assert table.put_into(readme, found) == readme, "run make bench"
    assert table.short(found) in readme
    assert table.whole(found) == benchmark.RESULTS.read_text("utf-8")


def test_the_chosen_mutants_break_a_must_of_every_chapter() -> None:
    named = {mutant.name: mutant.breaks for mutant in MUTANTS}
    chosen = [named[name] for name in benchmark.CHOSEN]

    assert {Level.MUST} == {one.level for one in chosen}
    assert {one.chapter for one in named.values()} - {"browser", "concurrency", "robustness"} == {
        one.chapter for one in chosen
    }
