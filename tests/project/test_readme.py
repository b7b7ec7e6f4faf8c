import re
from pathlib import Path

import pytest

from conformance import __version__
from conformance.report.text.terminal import table
from conformance.requirements import ALL, Level, Needs
from conformance.results.verdicts import ExitStatus, Verdict
from conformance.settings import OPTIONS, Option
from tools import samples

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
OPTIONS_PAGE = Path(__file__).parents[2].joinpath("docs", "options.md").read_text("utf-8")
LONGEST = 200
FIRST_LOOK = 20
"""Lines in which a reader learns what this is, sees it run, and finds the next step."""
CHANGELOG = Path(__file__).parents[2].joinpath("CHANGELOG.md").read_text("utf-8")


def test_the_readme_counts_the_requirements() -> None:
    assert f"{len(ALL)} requirements" in README


def test_the_changelog_has_the_version_with_its_date_below_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} - \d{{4}}-\d\d-\d\d", headings[1])


def test_an_entry_of_the_changelog_is_one_line_and_verdicts_come_first() -> None:
    lines = CHANGELOG.split("\n## ")[2].splitlines()[1:]

    assert [line for line in lines if line and not line.startswith(("- ", "### "))] == []
    assert next(line for line in lines if line.startswith("### ")) == "### Verdicts"


@pytest.mark.parametrize("needs", Needs)
def test_the_readme_counts_each_class(needs: Needs) -> None:
    must = sum(one.needs is needs and one.level is Level.MUST for one in ALL)

    assert re.search(rf"^\| `{needs}` \| [^|]*\| {must} \|", README, re.MULTILINE)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_page_of_the_options_has_every_one_with_its_variable(option: Option) -> None:
    assert re.search(rf"`{option.flag}( [^`]*)?` \| `{option.variable}`", OPTIONS_PAGE)


def test_the_readme_s_options_are_those_of_the_page() -> None:
    rows, page = (
        _without_links(re.findall(r"^\| `--.*$", text, re.MULTILINE)) for text in (README, OPTIONS_PAGE)
    )

    assert len(rows) > 5
    assert [row for row in rows if row not in page] == []


def _without_links(rows: list[str]) -> list[str]:
    """Return rows without links: the same page has another address in each folder."""
    return [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", row) for row in rows]


def test_the_readme_s_first_lines_show_a_command_its_output_and_the_next_step() -> None:
    first = "\n".join(README.splitlines()[:FIRST_LOOK])

    assert "```sh\nmake conformance " in first
    assert "```text\n" in first
    assert "](#judge-a-target)" in first


def test_the_readme_shows_what_a_run_of_the_reference_prints(tmp_path: Path) -> None:
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    printed = table(samples.read("reference", tmp_path))

    assert printed[: len(shown[1].splitlines())] == shown[1].splitlines()


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < LONGEST


@pytest.mark.parametrize("status", ExitStatus)
def test_the_readme_has_every_exit_status(status: ExitStatus) -> None:
    assert f"| {int(status)} |" in README


@pytest.mark.parametrize("verdict", Verdict)
def test_the_readme_explains_every_verdict(verdict: Verdict) -> None:
    assert f"| {verdict.replace('-', ' ')} |" in README
