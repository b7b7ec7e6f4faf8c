"""The list of certificates: a static page, in which what has expired or is not genuine is left out."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from conformance.certificate.standing import Standing, standing
from conformance.cli import main as command
from tests.support.cli_process import tree
from tests.support.html import Document
from tools import certificates


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(certificates.LIST, tmp_path / "list")
    return tmp_path / "list"


def listed(folder: Path, *more: str, day: str = "2027-12-20") -> int:
    trust = f"--trust={folder / 'sample.pub'}"
    return command(["list", str(folder), f"--html={folder / 'made.html'}", trust, f"--today={day}", *more])


def test_the_sample_page_is_made_from_the_samples(copied: Path) -> None:
    assert listed(copied) == 0
    assert (copied / "made.html").read_text("utf-8") == certificates.PAGE.read_text("utf-8"), "run make docs"


def test_a_row_has_everything_that_a_reader_asks_for() -> None:
    text = " ".join(Document(certificates.PAGE.read_text("utf-8")).text.split())

    assert "3 certificates on 2027-12-20" in text
    assert (
        "Acme edge-beacon 2.4.1 ✓ Conformant http, ingestion, stores 2026-11 yes yes no 19 days current"
        in text
    )
    assert "Initech collector 0.9 ✗ Non-conformant" in text
    assert (
        "Umbrella events 1.0 ✓ Conformant http, ingestion, stores 2026-11 yes yes no 395 days stale" in text
    )


def test_every_row_leads_to_its_report() -> None:
    page = certificates.PAGE.read_text("utf-8")

    for name in certificates.SAMPLES:
        assert f'href="{name}/compliance.html"' in page


def test_a_report_that_the_results_do_not_make_is_not_linked(copied: Path) -> None:
    (copied / "acme-edge-beacon/2.4.1/compliance.html").write_text("<script>alert(1)</script>", "utf-8")

    assert listed(copied) == 0
    assert 'href="acme-edge-beacon/2.4.1/results.json"' in (copied / "made.html").read_text("utf-8")


def test_a_stale_certificate_falls_off_when_time_goes_on(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(copied, day="2028-02-21") == 0

    assert "left out: umbrella-events/1.0: it has expired" in capsys.readouterr().out
    assert "2 certificates on 2028-02-21" in (copied / "made.html").read_text("utf-8")


def test_a_changed_certificate_is_left_out_with_the_reason_and_status_8(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copied / "acme-edge-beacon/2.4.1/results.json"
    path.write_bytes(path.read_bytes().replace(b"staging.acme", b"other.acme"))

    assert listed(copied) == 8
    assert "left out: acme-edge-beacon/2.4.1: derived: was changed" in capsys.readouterr().out
    assert "2 certificates" in (copied / "made.html").read_text("utf-8")


def test_without_a_trusted_key_nobody_is_named(copied: Path) -> None:
    html = copied / "made.html"

    assert command(["list", str(copied), f"--html={html}", "--today=2027-12-20"]) == 0
    assert "not signed by a trusted key" in html.read_text("utf-8")
    assert "Acme" not in html.read_text("utf-8")


@pytest.mark.parametrize("directory", ["missing", "sample.pub"])
def test_what_is_no_directory_is_refused(
    directory: str, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(copied)

    assert command(["list", str(copied / directory), f"--html={copied / 'made.html'}"]) == 4
    assert capsys.readouterr().err.count("\n") == 1
    assert tree(copied) == before


@pytest.mark.parametrize(
    ("today", "sets", "expected"),
    [
        (date(2027, 11, 20), ["2026-11"], Standing.CURRENT),
        (date(2027, 11, 21), ["2026-11"], Standing.STALE),
        (date(2028, 2, 20), ["2026-11"], Standing.STALE),
        (date(2028, 2, 21), ["2026-11"], Standing.EXPIRED),
        (date(2027, 6, 1), ["2026-11", "2027-05"], Standing.CURRENT),
        (date(2027, 10, 2), ["2026-11", "2027-05", "2027-10"], Standing.STALE),
        (date(2027, 9, 30), ["2026-11", "2027-05", "2027-10"], Standing.CURRENT),
        (date(2028, 1, 2), ["2026-11", "2027-05", "2027-10"], Standing.EXPIRED),
    ],
)
def test_a_certificate_counts_for_a_year_and_for_two_sets(
    today: date, sets: list[str], expected: Standing
) -> None:
    assert standing(date(2026, 11, 20), "2026-11", today, sets) is expected


def test_the_last_day_of_february_has_an_anniversary() -> None:
    assert standing(date(2028, 2, 29), "2026-11", date(2029, 2, 28), ["2026-11"]) is Standing.CURRENT
    assert standing(date(2028, 2, 29), "2026-11", date(2029, 3, 1), ["2026-11"]) is Standing.STALE
