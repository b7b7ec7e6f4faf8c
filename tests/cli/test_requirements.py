"""``beacon-conformance requirements``: the list of requirements, and the advice on each."""

import json
import re

import pytest

from conformance import cli
from conformance.cli import requirements as listing
from conformance.requirements import ALL, BY_ID, Level, Requirement, token
from conformance.requirements.advice import ADVICE, advice_on
from conformance.requirements.advice.model import Advice


def test_the_table_has_a_line_for_each_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [line.split()[3] for line in lines] == [one.id for one in ALL]
    assert all(line.endswith(one.statement) for line, one in zip(lines, ALL, strict=True))


def test_the_json_has_every_requirement_as_in_the_results_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["requirements", "--format", "json"]) == 0
    listed = {item["id"]: item for item in json.loads(capsys.readouterr().out)}

    assert listed.keys() == BY_ID.keys()
    asked = listed["token.header-wins"]
    assert (asked["class"], asked["level"], asked["basis"]) == ("http", "MUST", "stated")
    assert asked["checks"][0]["module"] == "test_token.py"
    assert "query-wins" in {mutant["name"] for mutant in asked["mutants"]}
    assert asked["means"]
    assert asked["fixes"]


def test_the_markdown_is_the_page_in_the_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", "--format=markdown"]) == 0
    assert capsys.readouterr().out == listing.markdown()


@pytest.mark.parametrize("form", ["table", "markdown", "json"])
def test_one_requirement_is_shown_in_full(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", "batch.accepts-1-to-100", "--format", form]) == 0
    output = " ".join(capsys.readouterr().out.split())

    for part in (
        "A batch of 1 to 100 entries is accepted.",  # the clause
        "Authentication",  # its source
        "test_batch.py",  # how it is judged
        "limit-of99",  # what proves it
        "The limit is off by one",  # what a failure means
        "Refuse a length over 100",  # how to fix it
    ):
        assert part in output


@pytest.mark.parametrize("requirement", ALL, ids=lambda one: one.id)
def test_a_requirement_in_full_fits_a_terminal_of_100_columns(requirement: Requirement) -> None:
    assert max(map(len, listing.in_full(requirement).splitlines())) <= 100


def test_an_unknown_id_gives_one_line_with_a_similar_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["requirements", "token.header-win"]) == 4

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        "ERROR: token.header-win: no requirement has this id; did you mean token.header-wins?\n"
    )


@pytest.mark.parametrize(
    "arguments", [["requirments"], ["requirements", "--format=yaml"], ["completion", "fish"], []]
)
def test_a_usage_error_gives_one_line_and_its_exit_status(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)

    assert ended.value.code == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_exactly_the_requirements_that_can_fail_have_advice() -> None:
    assert [one.id for one in ALL if (advice_on(one) is None) is not (one.level is Level.INFO)] == []


def test_each_requirement_has_only_one_advice() -> None:
    advised = [one.id for advice in ADVICE for one in advice.requirements]

    assert sorted(advised) == sorted(set(advised))


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: advice.requirements[0].id)
def test_advice_is_short(advice: Advice) -> None:
    assert len(advice.means) <= 160
    assert {place: text for place, text in advice.fixes.items() if len(text) > 240} == {}


@pytest.mark.parametrize(
    ("means", "fixes"), [("No stop", {"x": "Do."}), ("Why.", {"x": "no stop"}), ("Why.", {})]
)
def test_advice_in_incomplete_sentences_is_refused(means: str, fixes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="advice is"):
        Advice((token.HEADER_WINS,), means, fixes)


def test_markdown_escapes_every_text() -> None:
    page = re.sub(
        r"\\.|`[^`\n]*`|<!--.*?-->|<br>|\[`[^`]*`\]\([^)]*\)|\[[\w /.,-]*\]\(https://[^)]*\)",
        "",
        listing.markdown(),
    )

    assert re.findall(r"[*_<>\[\]]", page) == []
