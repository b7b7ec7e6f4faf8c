"""Waivers: the format of the file, the state of each entry, and the effect on the exit status."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest
from starlette.requests import Request

from conformance import reference
from conformance.cli.main import main
from conformance.report.html.page import compliance_page, compliance_part
from conformance.report.markdown.summary import summary
from conformance.report.text.terminal import table
from conformance.requirements import ALL, Level, token
from conformance.results import Results, RunFacts, compose, schema
from conformance.results.verdicts import Finding, Outcome
from conformance.results.waivers import UnusableWaivers, Waiver, read_waivers
from tests.support.runs import judge

MUST, OTHER_MUST, SHOULD, INFO = (
    "token.header-wins",
    "batch.empty-refused",
    "token.compared-by-case",
    "token.empty-header",
)
TODAY = date(2026, 1, 2)
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
KEYS = {
    "requirement": f'"{MUST}"',
    "reason": '"The gateway reads the query first."',
    "owner": '"edge team"',
    "issue": '"https://tracker.example/412"',
    "expires": "2026-01-02",
}


def waiver(requirement: str, expires: date = TODAY) -> Waiver:
    return Waiver(
        requirement, "known to us", "edge team", "https://tracker.example/412", expires, "waivers.toml:3"
    )


def run(outcomes: Mapping[str, Outcome], *waivers: Waiver, **facts: object) -> Results:
    """Return the results of a run of every requirement; requirements that are not named held."""
    findings = [
        Finding(item.id, "test_it", outcomes.get(item.id, Outcome.HELD), reason="said why") for item in ALL
    ]
    return compose(replace(FACTS, waivers=waivers, **facts), findings)  # type: ignore[arg-type]


def states(results: Results) -> list[str]:
    return [item["state"] for item in results["waivers"]]


BROKE, HELD, UNSTABLE, NOT_JUDGED, FAULT = (
    Outcome.BROKE,
    Outcome.HELD,
    Outcome.UNSTABLE,
    Outcome.NOT_JUDGED,
    Outcome.SUITE_FAULT,
)
YESTERDAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("outcomes", "waivers", "expected", "status"),
    [
        ({MUST: BROKE}, [], [], 1),
        ({MUST: BROKE}, [waiver(MUST)], ["waived"], 0),
        ({MUST: UNSTABLE}, [waiver(MUST)], ["waived"], 0),
        ({MUST: BROKE, OTHER_MUST: BROKE}, [waiver(MUST)], ["waived"], 1),
        ({MUST: BROKE, OTHER_MUST: BROKE}, [waiver(MUST), waiver(OTHER_MUST)], ["waived", "waived"], 0),
        ({MUST: BROKE, OTHER_MUST: NOT_JUDGED}, [waiver(MUST)], ["waived"], 6),
        ({SHOULD: BROKE}, [waiver(SHOULD)], ["waived"], 0),
        ({MUST: NOT_JUDGED}, [waiver(MUST)], ["not-judged"], 6),
        ({}, [waiver(MUST)], ["stale"], 7),
        ({}, [waiver(MUST, YESTERDAY)], ["stale"], 7),
        ({OTHER_MUST: NOT_JUDGED}, [waiver(MUST)], ["stale"], 7),
        ({MUST: BROKE}, [waiver(MUST, YESTERDAY)], ["expired"], 7),
        ({MUST: NOT_JUDGED}, [waiver(MUST, YESTERDAY)], ["expired"], 7),
        ({SHOULD: BROKE}, [waiver(SHOULD, YESTERDAY)], ["expired"], 7),
        ({}, [waiver("token.header-win")], ["unmatched"], 7),
        ({}, [waiver(INFO)], ["unmatched"], 7),
        ({MUST: BROKE}, [waiver(OTHER_MUST)], ["stale"], 1),
        ({MUST: BROKE}, [waiver(MUST), waiver(OTHER_MUST)], ["waived", "stale"], 7),
        ({MUST: BROKE, OTHER_MUST: FAULT}, [waiver(MUST), waiver("a.b")], ["waived", "unmatched"], 3),
    ],
)
def test_the_states_of_waivers_decide_the_exit_status(
    outcomes: dict[str, Outcome], waivers: list[Waiver], expected: list[str], status: int
) -> None:
    results = run(outcomes, *waivers)

    assert (expected, status) == (states(results), results["exit_status"])


@pytest.mark.parametrize("outcome", [BROKE, UNSTABLE])
def test_a_waiver_changes_no_verdict(outcome: Outcome) -> None:
    without, waived = run({MUST: outcome}), run({MUST: outcome}, waiver(MUST))

    for part in ("verdict", "classes", "requirements"):
        assert without[part] == waived[part]
    assert waived["exit_status"] != without["exit_status"]


def test_an_interrupted_or_unreachable_run_judges_no_waiver() -> None:
    assert run({MUST: BROKE}, waiver("a.b"), interrupted=True)["exit_status"] == 2
    gone = compose(replace(FACTS, unreachable="no reply", waivers=(waiver(MUST),)), [])
    assert (states(gone), gone["exit_status"]) == (["not-judged"], 6)


def test_a_mistyped_id_gets_a_suggestion() -> None:
    assert f"did you mean {MUST}?" in run({}, waiver("token.header-win"))["waivers"][0]["detail"]


def _file(folder: Path, **changes: str) -> Path:
    path = folder / "waivers.toml"
    keys = {**KEYS, **changes}
    lines = [f"{name.replace('_', '-')} = {value}" for name, value in keys.items() if value]
    path.write_text("\n".join(["# accepted for now", "[[waiver]]", *lines, ""]), "utf-8")
    return path


@pytest.mark.parametrize("expires", ["2026-01-02", '"2026-01-02"'])
def test_a_file_is_read_with_the_place_of_each_entry(tmp_path: Path, expires: str) -> None:
    read = read_waivers(_file(tmp_path, expires=expires))

    assert read == (
        Waiver(
            MUST,
            "The gateway reads the query first.",
            "edge team",
            "https://tracker.example/412",
            TODAY,
            "waivers.toml:3",
        ),
    )


def test_the_entry_in_the_documentation_is_valid(tmp_path: Path) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "waivers.md").read_text("utf-8")
    (tmp_path / "waivers.toml").write_text(page.partition("```toml\n")[2].partition("```")[0], "utf-8")

    assert [waiver.requirement for waiver in read_waivers(tmp_path / "waivers.toml")] == [MUST]


def test_an_empty_file_waives_nothing(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_text("# nothing any more\n", "utf-8")

    assert read_waivers(tmp_path / "waivers.toml") == ()


MISTAKES: dict[str, tuple[dict[str, str], str]] = {
    **{f"no-{key}": ({key: ""}, f": {key} is missing; write ") for key in KEYS},
    **{f"empty-{key}": ({key: '" "'}, f": {key} is not a ") for key in KEYS},
    "number": ({"owner": "7"}, "owner is not a text; write who will fix it"),
    "no-link": ({"issue": '"412"'}, "issue is not a link; write a link to the issue, such as https://"),
    "no-day": (
        {"expires": '"2026-02-30"'},
        "expires is not a date; write the last day on which the waiver counts",
    ),
    "a-time": ({"expires": "2026-01-02T03:04:05Z"}, "expires is not a date"),
    "unknown-key": ({"expiry": '"2026-01-02"'}, "unknown key expiry; the keys are requirement, reason,"),
}


@pytest.mark.parametrize(("changes", "says"), MISTAKES.values(), ids=MISTAKES.keys())
def test_an_incomplete_entry_gives_one_line_with_file_entry_and_remedy(
    tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    path = _file(tmp_path, **changes)

    with pytest.raises(UnusableWaivers) as caught:
        read_waivers(path)

    text = str(caught.value)
    assert [text] == text.splitlines()
    assert text.startswith(f"{path}: entry 1")
    assert says in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read"),
        ("[[waiver]", "is not valid TOML"),
        ("waivers = []", "unknown key waivers; write entries that begin with [[waiver]]"),
        ("waiver = 7", "begin each with [[waiver]]"),
        ("[waiver]", "begin each with [[waiver]]"),
    ],
)
def test_a_file_without_waivers_is_refused_in_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "waivers.toml"
    if text is not None:
        path.write_text(text, "utf-8")

    with pytest.raises(UnusableWaivers) as caught:
        read_waivers(path)

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_requirement_has_only_one_waiver(tmp_path: Path) -> None:
    path = _file(tmp_path)
    path.write_text(path.read_text("utf-8") * 2, "utf-8")

    with pytest.raises(UnusableWaivers, match=r"entry 2 names token\.header-wins again"):
        read_waivers(path)


@pytest.fixture(scope="module")
def every_state() -> Results:
    outcomes = {MUST: BROKE, SHOULD: BROKE, "token.missing-refused": NOT_JUDGED}
    return run(
        outcomes,
        replace(waiver(MUST), reason="<b>hostile</b> `x` @all\x1b[31m\u202e"),
        waiver(OTHER_MUST),
        waiver(SHOULD, YESTERDAY),
        waiver("token.missing-refused"),
        waiver("no.such-thing"),
    )


def test_every_state_is_in_the_results_and_fits_the_schema(every_state: Results) -> None:
    jsonschema_rs.validate(schema(), every_state)
    assert states(every_state) == ["waived", "stale", "expired", "not-judged", "unmatched"]


def test_results_of_an_earlier_version_without_waivers_are_shown(every_state: Results) -> None:
    earlier = {name: part for name, part in every_state.items() if name != "waivers"}

    jsonschema_rs.validate(schema(), earlier)
    assert "Waivers" not in compliance_page(earlier)
    assert "waive" not in summary(earlier)


def test_the_terminal_names_each_entry_with_its_place_and_what_to_do(every_state: Results) -> None:
    lines = table(every_state)
    text = " ".join(" ".join(lines).split())

    assert max(map(len, lines)) <= 100
    for part in (
        f"waived {MUST}: violated, and waived until 2026-01-02 (waivers.toml:3)",
        f"stale {OTHER_MUST}: the requirement holds now: remove the waiver",
        f"expired {SHOULD}: the waiver ended on 2026-01-01",
        "not judged token.missing-refused: the requirement was not judged in this run",
        "unmatched no.such-thing: no requirement has this id",
        "known to us (edge team, until 2026-01-02, https://tracker.example/412)",
        "The exit status of the run is 7: 3 of 5 waivers need attention.",
    ):
        assert part in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_pages_show_waivers_and_mark_waived_requirements(every_state: Results) -> None:
    for page in (compliance_page(every_state), compliance_part(every_state)):
        article = page[page.index(f'<article id="not-green-{MUST}"') :]
        row = page[page.index(f'<tr id="{MUST}"') :]

        assert '<h2 id="compliance-waivers">' in page
        assert f'href="#waiver-{MUST}"' in article[: article.index("</article>")]
        assert f'href="#waiver-{MUST}"' in row[: row.index("</tr>")]
        assert "&lt;b&gt;hostile&lt;/b&gt;" in page
        assert "<b>hostile" not in page


def test_the_summary_shows_waivers_and_stays_short(every_state: Results) -> None:
    text = summary(every_state)

    assert "! unmatched: no.such-thing" in text
    assert "3 of 5 waivers need attention" in text
    assert len(text.splitlines()) <= 60
    assert not {"<", "`", "@"} & set(text)
    many = summary(run({item.id: BROKE for item in ALL}, *(waiver(item.id) for item in ALL)))
    assert "more waivers" in many
    assert len(many.splitlines()) <= 60


def test_a_report_without_waivers_does_not_mention_them() -> None:
    results = run({})

    assert "compliance-waivers" not in compliance_page(results)
    assert "waive" not in summary(results) + " ".join(table(results))


class QueryWins(reference.Rules):
    def token(self, request: Request) -> str | None:
        return self.query_token(request) or self.header_token(request)


def test_a_run_reads_its_waivers_and_render_shows_the_same(tmp_path: Path) -> None:
    entry = _file(tmp_path, expires="9999-12-31")
    with reference.Server(QueryWins) as server:
        arguments = (server, tmp_path / "out", [token.HEADER_WINS])
        bare, waived = judge(*arguments), judge(*arguments, f"--waivers={entry}")
    page = (tmp_path / "out" / "compliance.html").read_bytes()

    assert (bare.status, waived.status) == (1, 6)  # what is left was not judged
    assert waived.results["verdict"] == "non-conformant"
    assert waived.results["waivers"][0]["state"] == "waived"
    assert main(["render", str(tmp_path / "out" / "results.json")]) == 6
    assert (tmp_path / "out" / "compliance.html").read_bytes() == page


def test_a_waiver_for_a_held_requirement_ends_a_run_with_status_7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEACON_WAIVERS", str(_file(tmp_path, expires="9999-12-31")))
    with reference.Server(delay=0.005) as server:
        judged = judge(server, tmp_path / "out", [token.HEADER_WINS])

    assert judged.status == 7
    assert "stale        token.header-wins" in judged.output


def test_a_waivers_file_with_a_mistake_ends_with_status_4_and_sends_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, owner="")

    status = main(["run", f"--waivers={path}", f"--report-dir={tmp_path / 'out'}"])

    assert status == 4
    assert (
        capfd.readouterr().err
        == f"ERROR: --waivers {path}: entry 1 ({MUST}): owner is missing; write who will fix it\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_secret_in_a_waiver_is_replaced_by_its_name(tmp_path: Path) -> None:
    entry = _file(tmp_path, reason=f'"seen with {reference.TOKEN}"', expires="9999-12-31")
    with reference.Server(QueryWins) as server:
        judged = judge(server, tmp_path / "out", [token.HEADER_WINS], f"--waivers={entry}")

    assert judged.results["waivers"][0]["reason"] == "seen with ‹token A›"


def test_every_level_that_can_deviate_can_be_waived() -> None:
    for item in ALL:
        assert states(run({item.id: BROKE}, waiver(item.id))) == [
            "unmatched" if item.level is Level.INFO else "waived"
        ]
