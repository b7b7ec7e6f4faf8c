import random

import pytest

from conformance.client import HttpClient, Request
from conformance.client.timeline import MOST_SLICES, Timeline
from tests.support.raw_servers import NULL, RawServer, hangs_up


def test_requests_are_counted_by_time_and_kind_of_answer() -> None:
    line = Timeline()
    for at, status in ((100.0, 201), (100.05, 422), (100.25, None), (100.26, 201)):
        line.add(at, status)

    assert line.slices() == {
        "seconds": 0.1,
        "replies": {"2xx": [1, 0, 1], "4xx": [1, 0, 0], "none": [0, 0, 1]},
    }


def test_a_run_without_requests_has_no_slices() -> None:
    assert Timeline().slices() == {"seconds": 0.1, "replies": {}}


@pytest.mark.parametrize("seconds", [3, 6, 61, 600, 3_601, 86_400])
def test_a_run_of_any_length_has_few_slices_and_loses_no_request(seconds: int) -> None:
    line, draw = Timeline(), random.Random(seconds)  # noqa: S311 - any numbers will do
    for at in (0, seconds, *(draw.uniform(0, seconds) for _ in range(200))):
        line.add(1e9 + at, 201)

    slices = line.slices()
    (counts,) = slices["replies"].values()
    assert sum(counts) == 202
    assert len(counts) <= MOST_SLICES
    assert (len(counts) - 1) * slices["seconds"] <= seconds + 1


def test_what_processes_counted_adds_up() -> None:
    one, other = Timeline(), Timeline()
    one.add(50.0, 201)
    other.add(50.0, 201)
    other.add(50.1, 401)
    one.merge(other.counts())

    assert one.slices()["replies"] == {"2xx": [2, 0], "4xx": [0, 1]}


def test_a_client_counts_what_it_sends() -> None:
    http_client = HttpClient(30)
    with RawServer(NULL, hangs_up) as server:
        for _ in range(2):
            http_client.close()
            http_client.send(Request("POST", f"{server.url}/beacon"))
        http_client.close()

    sums = {kind: sum(counts) for kind, counts in http_client.timeline.slices()["replies"].items()}
    assert sums == {"2xx": 1, "none": 1}
    assert sum(sums.values()) == http_client.requests
