"""Failures of generated checks: the smallest batch is stored, and the next run judges it first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import reference
from conformance.inputs.batches import BatchSpec
from conformance.requirements import ALL, Needs, events
from conformance.results import UnusableResults, write
from conformance.results.checksum import sealed
from conformance.results.examples import read_examples
from conformance.results.verdicts import Verdict
from conformance.runner.generated import arguments_of, example_of
from tests.support.runs import Judged, judge, run

CHECK = "test_of_any_mix_exactly_the_valid_events_are_ingested"
SMALLEST = {"mix": {"size": 2, "start": 0, "defects": [[0, 0]], "unusual": False}}


class NextIsLost(reference.Rules):
    """Loses the event after an invalid one."""

    def accepted(self, entries: list[Any]) -> list[dict[str, Any]]:
        fine = [self.valid(entry) for entry in entries]
        return [entry for place, entry in enumerate(entries) if all(fine[max(0, place - 1) : place + 1])]


class Twice(reference.Rules):
    """Delivers every event twice."""

    def dedup_key(self, _event: Any) -> None:
        return None

    def ingest(self, *what: Any) -> None:
        super().ingest(*what)
        super().ingest(*what)


def _finding(judged: Judged) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for item in judged.results["requirements"] for one in item["findings"] if one["check"] == CHECK
    )
    return found


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    with reference.Server(NextIsLost, delay=0.005) as server:
        yield judge(server, tmp_path_factory.mktemp("failed"), [events.ANY_MIX])


@pytest.fixture
def kept(failed: Judged, tmp_path: Path) -> Path:
    path = tmp_path / "kept.json"
    path.write_text(json.dumps(failed.results), "utf-8")
    return path


def test_a_failing_batch_shrinks_to_the_fewest_entries_and_is_shown_as_json_and_curl(
    failed: Judged,
) -> None:
    finding = _finding(failed)
    unexpected = finding["evidence"][0]

    assert failed.status == 1
    assert finding["generated"] == SMALLEST
    assert len(json.loads(unexpected["sent"]["body"])["events"]) == 2
    assert unexpected["repeat"].startswith("curl ")
    assert json.loads(unexpected["example"])["event_id"] in unexpected["sent"]["body"]


@pytest.mark.parametrize("workers", [(), ("-n1",)], ids=["one-process", "a-worker"])
def test_a_failed_example_is_judged_first_with_every_seed(
    kept: Path, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    options = [f"--replay={kept}", "--seed=5", *workers]
    with reference.Server(NextIsLost, delay=0.005) as server:
        judged = judge(server, tmp_path / "again", [events.ANY_MIX], *options)

    assert judged.verdict(events.ANY_MIX) is Verdict.VIOLATED
    assert _finding(judged)["generated"] == SMALLEST
    assert judged.results["run"]["sizes"] == [[2, 2]], "others were generated before it, or after"


def test_a_failed_example_that_holds_now_is_one_additional_example(kept: Path, tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        judged = judge(server, tmp_path / "again", [events.ANY_MIX], f"--replay={kept}", "--effort=quick")

    assert judged.verdict(events.ANY_MIX) is Verdict.HELD
    assert sum(count for _, count in judged.results["run"]["sizes"]) == 3
    assert "generated" not in _finding(judged)


def test_default_runs_generate_the_same_batches_and_a_seed_generates_others(tmp_path: Path) -> None:
    sizes = []
    with reference.Server(delay=0.005) as server:
        for number, seed in enumerate(("0", "0", "7")):
            judged = judge(server, tmp_path / str(number), [events.ANY_MIX], f"--seed={seed}")
            assert f"seed {seed}" in judged.output
            sizes.append(judged.results["run"]["sizes"])

    assert sizes[0] == sizes[1] != sizes[2]


@pytest.mark.parametrize("effort", ["quick", "standard"])
def test_batches_of_a_hundred_events_are_generated_at_every_effort(effort: str, tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        judged = judge(server, tmp_path, [events.ANY_MIX], f"--effort={effort}")

    assert 100 in dict(judged.results["run"]["sizes"])


BAD = {"no-json": "{", "no-results": "{}", "absent": None}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_file_that_is_not_a_results_file_gives_one_line_and_status_4(
    text: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "kept.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(UnusableResults, match=f"^{path}: ") as caught:
        read_examples(path)
    assert len(str(caught.value).splitlines()) == 1

    status, output = run("--target=reference", f"--replay={path}")
    assert status == 4
    assert f"--replay {caught.value}" in output


def test_an_example_is_read_as_it_was_written() -> None:
    def check(mix: BatchSpec, size: int, token: str) -> None: ...

    arguments = {"mix": BatchSpec(3, 1, ((0, 2),), unusual=True), "size": 7, "token": "t"}

    assert arguments == arguments_of(check, json.loads(json.dumps(example_of(arguments))))


@pytest.mark.parametrize(
    "example",
    [
        {"mix": {"size": 1}},
        {"mix": {"size": 0, "start": 0, "defects": []}},
        {"mix": 7},
        {"size": "7"},
        {"other": 1},
    ],
    ids=str,
)
def test_an_example_that_does_not_fit_the_check_is_refused(example: dict[str, Any]) -> None:
    def check(mix: BatchSpec, size: int) -> None: ...

    with pytest.raises(ValueError, match=r"mix|size|other|no batch"):
        arguments_of(check, example)


def test_a_replayed_example_that_does_not_fit_its_check_gives_one_line_and_status_4(
    kept: Path, tmp_path: Path
) -> None:
    content = json.loads(kept.read_text("utf-8"))
    for requirement in content["requirements"]:
        for finding in requirement["findings"]:
            if finding.get("generated"):
                finding["generated"] = {"nonsense": 3}
    path = tmp_path / "other-version.json"
    write(sealed(content), path)

    status, output = run(f"--replay={path}", f"--report-dir={tmp_path}")

    assert status == 4, output
    assert "does not fit this version (nonsense: the check has no such argument)" in output


def test_an_example_that_json_cannot_hold_is_not_stored() -> None:
    assert example_of({"size": 7, "case": object()}) == {}


def test_events_that_are_delivered_twice_are_not_a_violation(tmp_path: Path) -> None:
    chosen = [one for one in ALL if one.needs in {Needs.INGESTION, Needs.STORES}]
    with reference.Server(Twice, delay=0.005) as server:
        judged = judge(server, tmp_path, chosen, "--require=ingestion,stores")

    verdicts = {item["verdict"] for item in judged.results["requirements"] if item["findings"]}
    assert judged.status == 0, judged.output
    assert verdicts == {"held", "observed"}


def test_patience_and_settle_are_in_results_and_report(tmp_path: Path) -> None:
    with reference.Server(delay=0.005) as server:
        judged = judge(server, tmp_path, [events.UNKNOWN_TYPE_SKIPPED], "--patience=7", "--settle=0.25")

    assert (judged.results["run"]["patience"], judged.results["run"]["settle"]) == (7, 0.25)
    page = (tmp_path / "compliance.html").read_text("utf-8")
    assert "still absent 0.25 s after" in page
    assert "up to 7 s" in page
