"""Comparisons of runs: what changed, whether the runs are comparable, and the exit status with --fail-on."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance import cli, results
from conformance.report.html.comparison import comparison_page
from conformance.report.markdown.comparison import comparison_markdown
from conformance.report.text.comparison import comparison_text
from conformance.requirements import ALL
from conformance.results import Results, RunFacts, compose
from conformance.results.comparison import Change, Comparison, compare
from conformance.results.verdicts import Finding, Outcome

MUST, OTHER_MUST, SHOULD, INFO = (
    "token.header-wins",
    "batch.empty-refused",
    "token.compared-by-case",
    "token.empty-header",
)
HOSTILE = """"><script>alert(1)</script>`|*@all*|`\x1b[31m\u202e"""
HELD, BROKE, UNSTABLE, NOT_JUDGED, FAULT = Outcome
FACTS = RunFacts(
    id="1a2b3c4d",
    started="2026-01-02T03:04:05.000Z",
    finished="2026-01-02T03:05:06.000Z",
    seed=7,
    requests=812,
    events=2345,
    target="https://staging.shop.example",
    kind="url",
    required=("http",),
    openapi="0123456789abcdef",
)


def run(outcomes: Mapping[str, Outcome] | None = None, *, left: Outcome = HELD, **facts: Any) -> Results:
    """Return the results of a run; requirements that are not named have the verdict ``left``."""
    findings = [
        Finding(item.id, "test_it", outcome, reason="" if outcome is HELD else f"why {item.id}")
        for item in ALL
        for outcome in [(outcomes or {}).get(item.id, left)]
    ]
    return compose(replace(FACTS, **facts), findings)


def compared(*runs: Results) -> Comparison:
    return compare([(f"run-{number}/results.json", one) for number, one in enumerate(runs)])


def without(results: Results, *names: str) -> Results:
    """Return the results of a suite that does not have some requirements yet."""
    kept = [item for item in results["requirements"] if item["id"] not in names]
    return {**results, "requirements": kept, "suite": {**results["suite"], "requirements": "another-digest"}}


@pytest.mark.parametrize(
    ("name", "before", "after", "change"),
    [
        (MUST, HELD, BROKE, Change.WORSE),
        (MUST, HELD, UNSTABLE, Change.WORSE),
        (MUST, UNSTABLE, BROKE, Change.WORSE),
        (SHOULD, HELD, BROKE, Change.WORSE),
        (MUST, BROKE, HELD, Change.BETTER),
        (MUST, BROKE, UNSTABLE, Change.BETTER),
        (MUST, NOT_JUDGED, HELD, Change.NEWLY_JUDGED),
        (MUST, NOT_JUDGED, BROKE, Change.NEWLY_JUDGED),
        (INFO, NOT_JUDGED, HELD, Change.NEWLY_JUDGED),
        (MUST, HELD, NOT_JUDGED, Change.NO_LONGER_JUDGED),
        (MUST, BROKE, NOT_JUDGED, Change.NO_LONGER_JUDGED),
        (MUST, FAULT, NOT_JUDGED, Change.SAME),
        (MUST, BROKE, BROKE, Change.SAME),
        (INFO, HELD, BROKE, Change.SAME),
    ],
)
def test_each_pair_of_verdicts_is_the_expected_change(
    name: str, before: Outcome, after: Outcome, change: Change
) -> None:
    step = compared(run({name: before}), run({name: after})).steps[0]

    found = {
        item.requirement["id"]: item.change for item in step.differences if item.change is not Change.SAME
    }
    assert found == ({} if change is Change.SAME else {name: change})


def test_a_requirement_that_one_suite_does_not_have_is_newly_or_no_longer_judged() -> None:
    known, unknown = run({SHOULD: BROKE}), without(run(), MUST, SHOULD)

    later, earlier = compared(unknown, known).steps[0], compared(known, unknown).steps[0]

    assert [item.requirement["id"] for item in later.having(Change.NEWLY_JUDGED)] == [MUST, SHOULD]
    assert [item.requirement["id"] for item in earlier.having(Change.NO_LONGER_JUDGED)] == [MUST, SHOULD]
    assert "not asked → warned" in comparison_text(compared(unknown, known))


def test_a_requirement_whose_level_changed_is_shown() -> None:
    before = run()
    after = json.loads(json.dumps(before))
    changed = next(item for item in after["requirements"] if item["id"] == INFO)
    changed |= {"level": "MUST", "verdict": "held"}

    step = compared(before, after).steps[0]

    assert [item.requirement["id"] for item in step.having(Change.OTHERWISE)] == [INFO]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"target": "https://other.example"},
            "target: https://staging.shop.example and https://other.example",
        ),
        ({"openapi": "fedcba"}, "OpenAPI description: 0123456789abcdef → fedcba"),
        ({"observer": "https"}, "read-back: none → https"),
        ({"seed": 8}, "seed: 7 → 8"),
        ({"required": ("http", "stores")}, "required classes: http → http, stores"),
    ],
)
def test_other_differences_between_two_runs_are_shown(changes: dict[str, Any], said: str) -> None:
    text = comparison_text(compared(run(), run(**changes)))

    assert f"  {said}\n" in text
    assert ("The targets differ; the suite is the same." in text) is ("target" in changes)


def test_two_runs_of_one_suite_and_target_do_not_differ() -> None:
    later = run(id="5e6f7a8b", started="2026-02-03T00:00:00.000Z")

    text = comparison_text(compared(run(), later))

    assert "  The target is the same; the suite is the same.\n\nNothing got worse from A to B.\n" in text


def test_another_suite_has_another_version_or_requirement_set() -> None:
    after = without(run(), MUST)
    after["suite"] = {**after["suite"], "version": "9.9.9"}

    text = comparison_text(compared(run(), after))

    assert "the suite has changed" in text
    assert " → 9.9.9\n" in text
    assert " → another-digest\n" in text


def test_the_bundled_reference_is_the_same_target_on_every_port() -> None:
    first, second = (run(kind="reference", target=f"http://127.0.0.1:{port}") for port in (40001, 40002))

    assert "The target is the same" in comparison_text(compared(first, second))


DEAD = run(left=NOT_JUDGED, unreachable="no reply (connection refused); check --target")


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (run(), run(), False),
        (run(), run({MUST: BROKE}), True),
        (run(), run({SHOULD: BROKE}), True),
        (run({MUST: BROKE}), run(), False),
        (run({MUST: BROKE}), run({OTHER_MUST: BROKE}), True),
        (run({SHOULD: NOT_JUDGED}), run({SHOULD: BROKE}), False),
        (run({MUST: NOT_JUDGED}), run({MUST: BROKE}), True),
        (run({SHOULD: BROKE}), run({SHOULD: NOT_JUDGED}), False),
        (run(), run({MUST: NOT_JUDGED}), True),
        (run(), DEAD, True),
        (run({MUST: BROKE}), DEAD, True),
        (DEAD, DEAD, False),
        (DEAD, run(), False),
        (run(), run({MUST: FAULT}), True),
    ],
)
def test_a_worse_requirement_and_a_class_that_is_no_longer_verified_count_as_worse(
    before: Results, after: Results, worse: bool
) -> None:
    assert compared(before, after).is_worse is worse


def test_the_text_of_two_runs_shows_the_changes_and_ends_with_the_conclusion() -> None:
    before = run({MUST: HELD, SHOULD: BROKE, OTHER_MUST: NOT_JUDGED})
    text = comparison_text(
        compared(before, run({MUST: BROKE, SHOULD: HELD, OTHER_MUST: HELD, INFO: NOT_JUDGED}))
    )

    flat = " ".join(text.split())
    for part in (
        "A → B: 1 worse, 1 no longer judged, 1 better, 1 newly judged",
        f"worse {MUST} (MUST): held → violated why {MUST}",
        f"better {SHOULD} (SHOULD): warned → held before: why {SHOULD}",
        f"newly judged {OTHER_MUST} (MUST): not judged → held before: why {OTHER_MUST}",
        f"no longer judged {INFO} (INFO): observed → not judged why {INFO}",
        "class http: not fully verified → non-conformant",
    ):
        assert part in flat
    assert text.splitlines()[-1] == "B is worse than A."
    assert "token.header-accepted" not in text


def test_the_text_of_equal_runs_says_that_nothing_changed() -> None:
    text = comparison_text(compared(run(), run()))

    assert "A → B: every requirement has the same verdict" in text
    assert text.endswith("Nothing got worse from A to B.\n")


@pytest.mark.parametrize("count", [3, 5, 9, 30])
def test_many_runs_are_a_matrix_that_fits_a_terminal(count: int) -> None:
    runs = [run({MUST: BROKE if number % 2 else HELD, SHOULD: UNSTABLE}) for number in range(count)]

    text = comparison_text(compared(*runs))

    assert max(map(len, text.splitlines())) <= 100
    for name in (MUST, SHOULD):
        assert re.search(rf"^{re.escape(name)} +\w+ +\S", text, re.MULTILINE)
    assert f"The other {len(ALL) - 2}: held or observed, and the same in every run." in text
    row = re.search(rf"^{MUST} .*", text, re.MULTILINE)
    assert row
    shown = ["held", "violated"] if count <= 5 else ["✓", "✗"]
    assert row[0].split()[2:5] == [shown[0], shown[1], shown[0]]
    assert ("✓ held" in text) is (count > 5)
    assert " worse than A." in " ".join(text.split())
    assert text.index("A → B: 1 worse") < text.index("\nrequirement "), "differences come before the matrix"


@pytest.mark.parametrize("count", [2, 3, 30])
def test_the_markdown_has_every_requirement_once_and_no_active_content(count: int) -> None:
    runs = [run(id=HOSTILE) for _ in range(count - 1)]
    last = compose(
        replace(FACTS, target=f"https://x.example/{HOSTILE}"),
        [Finding(MUST, "test_it", BROKE, reason=HOSTILE)],
    )
    text = comparison_markdown(compare([(HOSTILE, one) for one in [*runs, last]]))

    left = re.sub(r"</?(details|summary)>", "", text)
    assert not {"<", "`", "@", "\x1b", "\u202e"} & set(left)
    matrix = [line for line in text.splitlines() if line.count("|") == count + 3 and re.search("✓|○", line)]
    for item in ALL:
        assert any(line.startswith(f"| {item.id} | {item.level} |") for line in matrix)
    assert "**" in text.splitlines()[2]


class Document(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes no <{tag}>"

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.elements if name in attributes]


@pytest.fixture(scope="module")
def document() -> Document:
    hostile = compose(
        replace(FACTS, target=f"https://x.example/{HOSTILE}"),
        [Finding(MUST, "test_it", BROKE, reason=HOSTILE)],
    )
    return Document(comparison_page(compare([(HOSTILE, run()), ("b", hostile), ("c", run({SHOULD: BROKE}))])))


def test_the_page_is_a_complete_document_with_landmarks_and_table_headers(document: Document) -> None:
    tags = [tag for tag, _ in document.elements]

    assert not document.open
    assert tags.count("main") == tags.count("h1") == tags.count("nav") == 1
    assert ("html", {"lang": "en"}) in document.elements
    assert all(
        attributes.get("scope") in {"row", "col"} for tag, attributes in document.elements if tag == "th"
    )
    assert tags.index("a") < tags.index("h1"), "the skip link comes first"
    assert not document.attributes("style")


def test_ids_on_the_page_are_unique_and_every_link_has_a_target(document: Document) -> None:
    ids = document.attributes("id")

    assert len(ids) == len(set(ids))
    assert {link[1:] for link in document.attributes("href") if link != "data:,"} <= set(ids)
    assert {item.id for item in ALL} <= set(ids)
    assert set(document.attributes("aria-labelledby")) <= set(ids)


def test_the_page_loads_nothing_and_has_no_active_content(document: Document) -> None:
    assert not {tag for tag, _ in document.elements} & {"script", "img", "iframe", "object", "form"}
    assert not document.attributes("src")
    assert all(link == "data:," or link.startswith("#") for link in document.attributes("href"))
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in document.attributes("content")
    assert not [name for _, attributes in document.elements for name in attributes if name.startswith("on")]


def test_the_page_shows_changes_as_words_and_shapes(document: Document) -> None:
    text = " ".join(document.text.split())

    assert "B and C are worse than A." in text
    assert "↓ worse (1)" in text
    assert "✓ held ✗ violated" in text
    assert "A → C: 1 worse" in text


def _written(folder: Path, **runs: Results) -> None:
    for name, one in runs.items():
        results.write(one, folder / f"{name}.json")


def test_compare_ends_with_0_without_fail_on_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path, good=run(), bad=run({MUST: BROKE}))

    assert cli.main(["compare", "good.json", "bad.json"]) == 0
    assert cli.main(["compare", "good.json", "bad.json", "--fail-on", "worse"]) == 1
    assert cli.main(["compare", "bad.json", "good.json", "--fail-on=worse"]) == 0
    assert cli.main(["compare", "good.json", "good.json", "bad.json", "--fail-on=worse"]) == 1
    assert "C is worse than A." in capsys.readouterr().out


def test_compare_writes_markdown_and_a_page_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path, a=run(), b=run({MUST: BROKE}))

    assert cli.main(["compare", "a.json", "b.json", "--markdown", "c.md", "--html", "c.html"]) == 0

    assert "| ↓ worse | token.header-wins (MUST) |" in (tmp_path / "c.md").read_text("utf-8")
    assert (tmp_path / "c.html").read_text("utf-8").startswith("<!DOCTYPE html>\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.json", "missing.json"], "missing.json: cannot be read"),
        (["a.json", "broken.json"], "broken.json: "),
        (["a.json", "a.json", "--html", "no/such/folder.html"], "no/such/folder.html: cannot be written"),
    ],
)
def test_compare_reports_an_unusable_file_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path, a=run())
    (tmp_path / "broken.json").write_text("{", "utf-8")

    assert cli.main(["compare", *arguments]) == 4
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert says in captured.err


@pytest.mark.parametrize(
    "arguments", [["compare"], ["compare", "a.json"], ["compare", "a", "b", "--fail-on=x"], []]
)
def test_a_wrong_command_line_gives_one_line_and_status_4(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)

    assert ended.value.code == 4
    assert capsys.readouterr().err.count("\n") == 1
