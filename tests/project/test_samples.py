"""The sample reports are what the current code makes from their results."""

from pathlib import Path

import pytest

from conformance.report.formats import FORMATS
from tools import samples

VERDICTS = {
    "reference": "conformant",
    "non-conforming": "non-conformant",
    "unreachable": "not-fully-verified",
}
STALE = "make samples judges and writes the samples again; make samples RENDER=1 only renders them"
MOST_BYTES = 4_500_000


@pytest.mark.parametrize("name", samples.MAKERS)
def test_every_file_of_a_sample_is_made_from_its_results(name: str, tmp_path: Path) -> None:
    results = samples.read(name, tmp_path)

    assert results["verdict"] == VERDICTS[name]
    kept = {path.name for path in (samples.SAMPLES / name).iterdir()}
    assert kept == {*samples.MOST_SHOWN, samples.RESULTS}
    stale = [
        file
        for file in samples.MOST_SHOWN
        if FORMATS[file](results) != (samples.SAMPLES / name / file).read_bytes().decode("utf-8")
    ]
    assert stale == [], STALE


@pytest.mark.parametrize("name", samples.MAKERS)
def test_a_run_s_timeline_has_every_request(name: str, tmp_path: Path) -> None:
    run = samples.read(name, tmp_path)["run"]

    assert sum(map(sum, run["timeline"]["replies"].values())) == run["requests"]


def test_the_samples_are_small_enough_to_be_committed() -> None:
    files = [path for path in samples.SAMPLES.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert all(path.stat().st_size < 1_500_000 for path in files)
