"""Comparisons of named runs and of different implementations: who differs, and what each was seen to do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, results
from conformance.report.html.comparison import comparison_page
from conformance.report.markdown.comparison import comparison_markdown
from conformance.report.text.comparison import comparison_text
from conformance.requirements import ALL
from conformance.results import Results, compose
from conformance.results.comparison import Comparison, compare
from conformance.results.verdicts import Finding, Outcome
from tests.support.certificates import FACTS, conformant

MUST, INFO = "token.header-wins", "token.empty-header"
Format = Callable[[Comparison], str]
FORMATS = (comparison_text, comparison_markdown, comparison_page)


def broken(**facts: Any) -> Results:
    """Return the results of a run in which one MUST was violated."""
    findings = [
        Finding(one.id, "test_it", Outcome.BROKE, "got status 201")
        if one.id == MUST
        else Finding(one.id, "test_it", Outcome.HELD)
        for one in ALL
    ]
    return compose(replace(FACTS, **facts), findings)


def seeing(text: str, **facts: Any) -> Results:
    """Return the results of a run that observed something where the contract is silent."""
    return compose(replace(FACTS, **facts), [Finding(INFO, "test_it[a blank]", Outcome.HELD, text)])


def of(first: str, second: str, names: tuple[str, ...] = ("acme", "initech")) -> Comparison:
    """Compare a conformant run of one implementation with a broken one of another."""
    return compare(
        [("a.json", conformant(implementation=first)), ("b.json", broken(implementation=second))], names
    )


@pytest.mark.parametrize("format_of", FORMATS)
def test_runs_are_called_by_their_names_in_every_format(format_of: Format) -> None:
    text = format_of(of("edge 1", "core 2"))

    assert "initech is worse than acme." in text
    assert "differs: worse in initech" in text
    assert "The implementations differ" in text


def test_two_versions_of_one_implementation_have_changed_and_do_not_differ() -> None:
    text = comparison_text(of("edge-beacon 2.4.1", "edge-beacon v2.5.0-rc1", ("before", "after")))

    assert "before → after: 1 worse" in text
    assert "The target is the same" in text
    assert "implementation: edge-beacon 2.4.1 → edge-beacon v2.5.0-rc1" in text
    assert "differ" not in text


def test_without_names_of_implementations_their_urls_decide() -> None:
    before, after = conformant(), broken(target="https://other.example")

    text = comparison_text(compare([("a.json", before), ("b.json", after)]))

    assert "A and B: 1 worse in B" in text
    assert "The targets differ; the suite is the same." in text


def test_the_same_name_at_another_url_is_the_same_implementation() -> None:
    before = conformant(implementation="edge 1")
    after = broken(implementation="edge 2", target="https://preview.example")

    text = comparison_text(compare([("a.json", before), ("b.json", after)]))

    assert "A → B: 1 worse" in text
    assert "The target has changed" in text


@pytest.mark.parametrize("format_of", FORMATS)
def test_what_each_run_observed_is_shown_where_it_differs(format_of: Format) -> None:
    before, after = seeing("status 401"), seeing("status 422")

    text = format_of(compare([("a.json", before), ("b.json", after)]))

    assert "bserved differently" in text
    assert "status 401 (a blank)" in text
    assert "status 422 (a blank)" in text
    assert "bserved differently" not in format_of(compare([("a.json", before), ("b.json", before)]))


def test_many_observations_of_one_run_are_cut() -> None:
    findings = [Finding(INFO, f"test_it[{one}]", Outcome.HELD, f"status {one}") for one in range(400, 406)]
    before, after = compose(FACTS, findings), compose(FACTS, findings[:1])

    text = comparison_markdown(compare([("a.json", before), ("b.json", after)]))

    assert "status 402" in text
    assert "status 403" not in text
    assert "and 3 more" in text


def test_names_head_the_columns_of_the_matrix_and_the_sections_of_the_page() -> None:
    one, other = conformant(), broken()
    runs = compare([("a", one), ("b", other), ("c", other)], ["acme", "initech", "umbrella corp"])

    text, page = comparison_text(runs), comparison_page(runs)

    assert "acme           initech        umbrella corp" in text
    assert '<th scope="col">umbrella corp</th>' in page
    assert page.index("acme → initech") < page.index('id="comparison-matrix"')


def _written(folder: Path) -> None:
    results.write(conformant(), folder / "a.json")
    results.write(broken(), folder / "b.json")


def test_compare_takes_a_name_for_each_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path)

    assert cli.main(["compare", "a.json", "b.json", "--name=staging", "--name=live"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("A  staging: a.json\n")
    assert said.endswith("live is worse than staging.\n")


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["x"], "there are 2 files and 1 of these; give one for each file, or none"),
        (["x", "x"], "two files have the same name"),
        (["x", " "], "must be a text of one line and 1 to 40 characters"),
        (["x", "y" * 41], "must be a text of one line and 1 to 40 characters"),
        (["x", "y\nz"], "must be a text of one line and 1 to 40 characters"),
    ],
)
def test_names_that_cannot_be_used_are_refused_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    names: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path)

    assert cli.main(["compare", "a.json", "b.json", *(f"--name={name}" for name in names)]) == 4
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert f"--name: {says}" in captured.err
