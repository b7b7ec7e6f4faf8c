"""The name and version of the implementation: in the results and in every report, and no verdict depends on it."""

from pathlib import Path

import pytest

from conformance import results
from conformance.cli import main as command
from conformance.report.html.page import compliance_page, compliance_part
from conformance.report.markdown.summary import summary
from conformance.report.text.comparison import comparison_text
from conformance.results.comparison import compare
from conformance.settings import ConfigurationError, read_settings
from tests.support.certificates import conformant
from tests.support.recordings import QUICK
from tests.support.runs import run

NAME = "edge-beacon 2.4.1"
HOSTILE = "<script>alert(1)</script>|`x`"


def test_a_run_has_the_name_in_its_results(tmp_path: Path) -> None:
    status, output = run(
        f"--implementation= {NAME} ",
        "--target=reference",
        "--requirement=token.header-accepted",
        f"--report-dir={tmp_path}",
    )

    assert status == 6, output
    assert results.read(tmp_path / "results.json")["target"]["implementation"] == NAME


def test_without_the_option_the_results_name_none() -> None:
    assert "implementation" not in conformant()["target"]


def test_a_recorded_run_is_judged_again_with_its_name(tmp_path: Path) -> None:
    status, output = run(
        f"--implementation={NAME}",
        "--target=reference",
        "--requirement=token.header-accepted",
        *QUICK,
        f"--report-dir={tmp_path}",
    )

    assert status == 6, output
    assert command(["rejudge", str(tmp_path)]) == 1  # the same, and not conformant


def test_the_first_screen_names_it_before_the_target() -> None:
    for page in (compliance_page, compliance_part):
        text = page(conformant(implementation=NAME))

        assert text.index(NAME) < text.index("<dt>Target</dt>")


def test_reports_and_comparisons_name_it() -> None:
    before, after = conformant(implementation=NAME), conformant(implementation="edge-beacon 2.5.0")
    compared = comparison_text(compare([("a", before), ("b", after)]))

    assert f"Implementation: {NAME}" in summary(before)
    assert f"{NAME} at https://staging.acme.example" in compared
    assert f"implementation: {NAME} → edge-beacon 2.5.0" in compared


def test_a_name_is_only_text_in_every_report() -> None:
    hostile = conformant(implementation=HOSTILE)

    assert "<script>" not in compliance_page(hostile)
    assert "<script>" not in summary(hostile)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("edge\nbeacon", "has a line break"),
        ("\x1b[31m", "has a line break"),
        ("x" * 201, "has 201 characters"),
    ],
)
def test_a_text_that_is_not_one_short_line_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=f"--implementation: {says}"):
        read_settings({"target": "reference", "implementation": text}, {})


def test_a_name_without_a_target_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--implementation: no target is named"):
        read_settings({}, {"BEACON_IMPLEMENTATION": NAME})
