"""What the doctor saw stands in every report, above the failures, so that nobody is blamed for a wrong option."""

import re

import pytest

from conformance import reference, results
from conformance.report.annotations import annotations
from conformance.report.formats import FORMATS
from conformance.requirements import cors
from tests.support.html import Document, flat
from tests.support.runs import run

WRONG = "https://shop.exampel"
SAYS = "the value of --origin is probably wrong, and not the target: --other-origin is reflected"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> results.Results:
    """A run of a correct target with a wrong origin."""
    folder = tmp_path_factory.mktemp("wrong-origin")
    with reference.Server() as server:
        status, _ = run(
            f"--target={server.url}",
            f"--token={reference.TOKEN}",
            f"--origin={WRONG}",
            f"--other-origin={reference.OTHER_ORIGIN}",
            f"--observer={server.observer}",
            f"--requirement={cors.ACCEPTED_ORIGIN.id}",
            f"--report-dir={folder}",
        )
    assert status == 1
    return results.read(folder / "results.json")


def test_the_results_have_the_steps_of_the_doctor_and_the_options_without_secrets(
    judged: results.Results,
) -> None:
    (warned,) = [step for step in judged["doctor"] if step["result"] == "warning"]

    assert (warned["step"], warned["observed"]) == ("origin", "no Access-Control-Allow-Origin")
    assert SAYS in warned["advice"]
    assert judged["run"]["options"] == {
        "origin": WRONG,
        "other-origin": reference.OTHER_ORIGIN,
        "observer": "http:…",
        "token": "given",
        "require": "http,ingestion",
    }


def test_the_page_shows_it_above_the_reasons(judged: results.Results) -> None:
    page = flat(Document(FORMATS["compliance.html"](judged)).text)

    assert page.index("Why") < page.index(SAYS) < page.index("What to do next")
    assert page.index(SAYS) < page.index("expected:")


def test_the_page_lists_the_options(judged: results.Results) -> None:
    page = flat(Document(FORMATS["compliance.html"](judged)).text)

    assert f"--origin {WRONG}" in page
    assert "--observer http:…" in page


def test_the_summary_shows_it_above_the_failures(judged: results.Results) -> None:
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), FORMATS["summary.md"](judged))

    assert text.index(SAYS) < text.index(cors.ACCEPTED_ORIGIN.id)
    assert f"--origin {WRONG}" in text


def test_it_is_an_annotation_before_those_of_the_failures(judged: results.Results) -> None:
    lines = annotations(judged)

    assert SAYS in lines[1]
    assert cors.ACCEPTED_ORIGIN.id in lines[2]


def test_junit_shows_it(judged: results.Results) -> None:
    assert SAYS in FORMATS["junit.xml"](judged)


def test_a_file_of_an_earlier_version_has_neither(judged: results.Results) -> None:
    old = {name: value for name, value in judged.items() if name != "doctor"}
    old["run"] = {name: value for name, value in judged["run"].items() if name != "options"}

    for made_from in FORMATS.values():
        assert "Before the run" not in made_from(old)
