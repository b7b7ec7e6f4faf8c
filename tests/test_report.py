"""The reports of a run: what they show, in which order, and that nothing a target sent acts in them."""

import html
import json
import re
import subprocess
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.report import (
    compliance_page,
    compliance_part,
    failure_block,
    summary,
    table,
    write_reports,
)
from conformance.report.shell import fold
from conformance.requirements import ALL, BY_ID, Level, Needs
from conformance.results import Results, RunFacts, compose, headline, schema
from conformance.verdicts import Finding, Outcome

pytest_plugins = ["pytester"]

HOSTILE = """"><script>alert(1)</script></pre></code><img src="http://evil.example/x" onerror='alert(2)'>`|*@all*|`"""
MANY = 12
"""Checks of one requirement: more than a page shows in full."""
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


def evidence(got: str = "status 201, body null", **more: Any) -> dict[str, Any]:
    return {
        "sent": {
            "line": "POST /beacon?token=‹token A›",
            "headers": [["Content-Type", "application/json"], ["X-Probe", HOSTILE]],
            "body": '{"events": []}',
            "bytes": 14,
        },
        "expected": "status 401",
        "got": got,
        "reply": {
            "line": "201 Created",
            "headers": [["Content-Type", "text/html"], ["X-Evil", HOSTILE]],
            "body": f"{HOSTILE}\nsecond line",
            "bytes": 180,
        },
        "seconds": 0.0123,
        "repeat": """curl -X POST -H 'A: 1' --data-raw '{"events": []}' 'https://x.example/?token='"$BEACON_TOKEN\"""",
        **more,
    }


def finding(identifier: str, outcome: Outcome, check: str = "", **more: Any) -> Finding:
    return Finding(identifier, check or f"test_{identifier.replace('.', '_')}", outcome, **more)


def held(identifier: str, check: str = "") -> Finding:
    return finding(identifier, Outcome.HELD, check, met=2, evidence=[evidence()])


FINDINGS = [
    held("token.header-accepted"),
    *[held("token.query-accepted", f"test_query[case-{number}]") for number in range(MANY)],
    *[
        finding(
            "token.header-wins",
            Outcome.BROKE,
            f"test_header_wins[failing-{number}]",
            evidence=[evidence(f"{HOSTILE} number {number}", because="the header decides", example="7")],
        )
        for number in range(MANY)
    ],
    finding("token.header-wins", Outcome.UNSTABLE, "test_header_wins[flaky]", reason="once no, once yes"),
    finding("token.compared-by-case", Outcome.BROKE, evidence=[evidence("status 204, empty body")]),
    finding("token.missing-refused", Outcome.UNSTABLE, reason=f"once 201; then it held {HOSTILE}"),
    finding("token.empty-header", Outcome.HELD, "test_empty[spaces]", evidence=[evidence(f"{HOSTILE} seen")]),
    finding("token.repeated-parameter", Outcome.BROKE, evidence=[evidence("status 418, empty body")]),
    finding(
        "token.header-names-the-store",
        Outcome.NOT_JUDGED,
        reason="needs a second store's token: pass --other-token T",
    ),
    finding("batch.ingests-all", Outcome.NOT_JUDGED, reason=f"no answer to look at: {HOSTILE}"),
    finding(
        "batch.empty-refused",
        Outcome.BROKE,
        evidence=[evidence(reply={"none": "timeout", "detail": "nothing within 10 s"})],
    ),
]


@pytest.fixture(scope="module")
def results() -> Results:
    return compose(FACTS, FINDINGS)


@pytest.fixture(scope="module")
def page(results: Results) -> str:
    return compliance_page(results)


@pytest.fixture(scope="module")
def dead() -> Results:
    return compose(replace(FACTS, unreachable="no reply (connection refused); check --target"), [])


class Document(HTMLParser):
    """What a browser would make of a page: its elements, and its text."""

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


def flat(text: str) -> str:
    return " ".join(text.split())


def section(page: str, name: str, following: str) -> str:
    return page[page.index(f'<h2 id="compliance-{name}"') : page.index(f'<h2 id="compliance-{following}"')]


def text_of(markup: str) -> str:
    return flat(html.unescape(re.sub(r"<[^>]+>", "", markup)))


def test_the_results_that_these_tests_use_are_valid_and_have_every_verdict(results: Results) -> None:
    jsonschema_rs.validate(schema(), results)
    verdicts = {item["verdict"] for item in results["requirements"]}
    assert verdicts == {"held", "violated", "warned", "observed", "not-judged", "unstable"}


def test_the_page_shows_every_requirement(results: Results, page: str) -> None:
    text = flat(Document(page).text)
    for item in results["requirements"]:
        assert item["id"] in text
        assert flat(item["statement"]) in text


def test_the_page_shows_the_text_of_every_failure(page: str) -> None:
    text = flat(Document(page).text)
    for item in FINDINGS:
        failed = item.outcome is Outcome.BROKE and BY_ID[item.requirement].level is not Level.INFO
        assert not failed or flat(item.evidence[0]["got"]) in text
        assert flat(item.reason) in text


def test_the_page_shows_what_was_sent_and_what_came_and_how_to_repeat_it(page: str) -> None:
    text = Document(page).text
    for part in (
        "POST /beacon?token=‹token A›",
        f"X-Probe: {HOSTILE}",
        '{"events": []}',
        f"X-Evil: {HOSTILE}",
        f"{HOSTILE}\nsecond line",
        "the header decides",
        evidence()["repeat"],
        "no reply (timeout): nothing within 10 s",
    ):
        assert part in text


def test_of_many_held_checks_three_are_shown_with_evidence_and_the_others_by_name(page: str) -> None:
    shown = page[page.index('id="token.query-accepted"') : page.index('id="token.header-wins"')]
    assert shown.count("<dt>expected</dt>") == 3
    for number in range(MANY):
        assert f"case-{number}]" in shown


def test_nothing_that_a_target_sent_becomes_an_element(page: str) -> None:
    document = Document(page)
    assert not document.open
    assert "<script" not in page.lower()
    assert not {tag for tag, _ in document.elements} & {"script", "img", "iframe", "object", "form", "svg"}
    assert not [name for _, attributes in document.elements for name in attributes if name.startswith("on")]


def test_the_page_loads_nothing(page: str) -> None:
    document = Document(page)
    assert not document.attributes("src")
    assert all(address == "data:," or address.startswith("#") for address in document.attributes("href"))
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in page


def test_ids_are_unique_and_every_link_leads_somewhere(results: Results, page: str) -> None:
    document = Document(page)
    ids = document.attributes("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in document.attributes("href") if address != "data:,"} <= set(ids)
    assert {item["id"] for item in results["requirements"]} <= set(ids)


def test_what_is_not_green_and_its_place_in_the_table_link_to_each_other(page: str) -> None:
    assert 'href="#not-green-token.header-wins"' in page
    article = page[page.index('<article id="not-green-token.header-wins"') :]
    assert 'href="#token.header-wins"' in article[: article.index("</article>")]


def test_the_sections_come_in_the_order_of_a_reader_s_questions(page: str) -> None:
    names = (
        "verdict",
        "classes",
        "not-judged",
        "identity",
        "not-green",
        "observed",
        "requirements",
        "limits",
    )
    places = [page.index(f'id="compliance-{name}"') for name in names]
    assert places == sorted(places)
    articles = re.findall(r'<article id="not-green-([^"]+)"', page)
    assert articles == [
        "token.header-wins",
        "batch.empty-refused",
        "token.compared-by-case",
        "token.missing-refused",
    ]


def test_the_page_can_be_read_by_people_and_machines_that_see_no_style(page: str) -> None:
    document = Document(page)
    tags = [tag for tag, _ in document.elements]
    assert '<html lang="en">' in page
    assert tags.count("main") == tags.count("h1") == 1
    assert "nav" in tags
    assert page.index('class="skip"') < page.index("<h1>")
    assert all(
        attributes.get("scope") in {"row", "col"} for tag, attributes in document.elements if tag == "th"
    )
    assert not document.attributes("style")


def test_every_colour_stands_out_from_its_background_in_light_and_dark(page: str) -> None:
    schemes = [
        colours
        for rule in re.findall(r"\{([^{}]*--paper[^{}]*?)(?:\n\n|\})", page)
        if (colours := dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", rule)))
    ]
    assert len(schemes) == 2
    for colours in schemes:
        for name in colours.keys() - {"paper", "shade", "line"}:
            assert min(contrast(colours[name], colours[back]) for back in ("paper", "shade")) >= 4.5, name


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""

    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_a_verdict_is_told_by_word_and_shape(page: str) -> None:
    for shape, word in (
        ("✓", "held"),
        ("✗", "violated"),
        ("▲", "warned"),
        ("≈", "unstable"),
        ("?", "not judged"),
        ("○", "observed"),
    ):
        assert f'<span aria-hidden="true">{shape}</span> {word}' in page


def test_what_was_not_judged_is_grouped_with_what_would_judge_it(page: str) -> None:
    grouped = section(page, "not-judged", "identity")
    text = text_of(grouped)
    assert "a run with --other-token T" in text
    assert "class ingestion: read-back of the stored events (--observer)" in text
    assert "not selected in this run" in text
    assert "a run of the whole suite" in text
    assert grouped.count("<tr>") == 1 + 3
    assert "token.header-names-the-store" in text


def test_the_page_tells_what_was_judged_by_what_and_when(page: str) -> None:
    text = flat(Document(page).text)
    for part in (
        FACTS.target,
        FACTS.id,
        FACTS.started,
        FACTS.finished,
        FACTS.openapi,
        "seed 7",
        "812 requests, 2345 events",
        "conformance-1a2b3c4d-",
    ):
        assert part in text


def test_what_the_contract_is_silent_about_is_shown_as_it_was_seen(page: str) -> None:
    text = text_of(section(page, "observed", "requirements"))
    assert f"{HOSTILE} seen" in text
    assert "(spaces)" in text
    assert "status 418, empty body" in text


def test_the_fragment_is_the_body_of_the_page_in_a_style_of_its_own(results: Results, page: str) -> None:
    part = compliance_part(results)
    style, body = part.split("</style>\n", 1)
    assert body.strip() in page
    rules = re.sub(r"/\*.*?\*/", "", style.removeprefix("<style>"), flags=re.DOTALL).strip()
    assert rules.startswith(".beacon-compliance {")
    depth = 0
    for place, character in enumerate(rules):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or character != "}" or place == len(rules) - 1
    assert "<html" not in part
    assert "<h1" not in part


def test_a_full_run_makes_a_page_of_less_than_one_and_a_half_megabytes() -> None:
    long = evidence(repeat="curl " + "x" * 900)
    long["sent"]["body"] = '{"a": 1}, ' * 60
    findings = [
        finding(item.id, Outcome.HELD, f"test[{number}]", met=3, evidence=[long, long, long])
        for item in ALL
        for number in range(4)
    ]
    page = compliance_page(compose(replace(FACTS, required=("http", "ingestion", "stores")), findings))
    assert len(page.encode()) < 1_500_000
    assert "✓</span> Conformant" in page


def test_a_run_against_the_reference_says_that_it_certifies_nothing() -> None:
    results = compose(replace(FACTS, kind="reference"), FINDINGS)
    assert "This certifies nothing." in compliance_page(results)
    assert "certifies nothing" in summary(results)
    assert "certifies nothing" in " ".join(table(results))


def test_a_target_that_is_not_there_makes_a_whole_page_that_says_so_and_no_failures(dead: Results) -> None:
    page = compliance_page(dead)
    document = Document(page)
    text = flat(document.text)
    assert headline(dead) in text
    assert "was not judged: no reply (connection refused)" in headline(dead)
    assert "<article" not in page
    assert "nothing was judged" in text
    assert "check its address, its token and the network" in text
    assert not document.open
    assert all(item.id in text for item in ALL)


def test_an_interrupted_run_says_so_everywhere() -> None:
    results = compose(replace(FACTS, interrupted=True), FINDINGS)
    for report in (compliance_page(results), summary(results), "\n".join(table(results))):
        assert "The run was interrupted" in report


def test_the_summary_is_short_and_nothing_in_it_is_live(results: Results) -> None:
    text = summary(results)
    assert text.startswith("## ✗ Non-conformant: POST /beacon\n")
    assert len(text.splitlines()) <= 60
    assert "<" not in text
    assert "`" not in text
    assert "@" not in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and "MUST)" in line]
    assert len(rows) == 3
    assert all(row.count("|") == 5 for row in rows)
    assert text.index("MUST held") < text.index("token.header-wins") < text.index("not judged: ")


def test_the_summary_of_a_target_that_gets_everything_wrong_is_cut_and_says_so() -> None:
    findings = [finding(item.id, Outcome.BROKE, evidence=[evidence()]) for item in ALL]
    text = summary(compose(FACTS, findings))
    assert len(text.splitlines()) <= 60
    shown = text.count("✗ violated |") + text.count("▲ warned |")
    failed = sum(item.level is not Level.INFO for item in ALL)
    assert f"and {failed - shown} more" in text


def test_the_terminal_ends_with_the_classes_and_the_headline(results: Results, dead: Results) -> None:
    for run in (results, dead):
        lines = table(run)
        assert all(len(line) <= 100 and line.isprintable() for line in lines)
        ending = flat(" ".join(lines[-12:]))
        assert all(name in ending for name in Needs)
        assert ending.endswith(headline(run))
    assert len(table(dead)) < 30


def test_the_terminal_shows_what_is_not_green_before_the_counts(results: Results) -> None:
    lines = table(results)
    rows = [line.split()[:2] for line in lines if line.startswith(("violated", "warned", "unstable"))]
    assert rows == [
        ["violated", "token.header-wins"],
        ["violated", "batch.empty-refused"],
        ["warned", "token.compared-by-case"],
        ["unstable", "token.missing-refused"],
    ]
    counts = next(line for line in lines if line.startswith(f"{len(ALL)} requirements: "))
    assert "2 violated, 1 warned" in counts
    assert lines.index(counts) > max(i for i, line in enumerate(lines) if line.startswith("not judged"))


def test_a_failure_reads_as_clause_then_sent_expected_got_because_repeat() -> None:
    requirement = BY_ID["token.header-wins"]
    lines = failure_block(asdict(requirement), evidence(because="the header decides")).splitlines()
    assert lines[:2] == [
        "token.header-wins (MUST, stated: Authentication)",
        f"  {requirement.statement}",
    ]
    labels = [line.split()[0] for line in lines[2:] if re.match(r"  \w", line)]
    assert labels == ["sent", "body", "expected", "got", "because", "hint", "repeat"]
    assert all(len(line) <= 100 for line in lines)


@pytest.mark.parametrize(
    "command",
    [
        "curl -sS -X POST -H 'A: b' https://x.example/beacon",
        f"curl --data-raw '{json.dumps({'events': [{'event_id': 'x' * 90}] * 3})}' 'https://x.example/?a=b'",
        f"curl -H 'X: {'it' * 80}'\"'\"'{'s ' * 80}' 'https://x.example/?token='\"$BEACON_TOKEN\"'&x=1'",
        f"curl https://x.example/{'path/' * 60} -H 'Empty;'",
        "curl -H 'X: '\"$(printf %s \"$BEACON_TOKEN\" | tr 'a-zA-Z' 'A-Za-z')\"'" + "y" * 120 + "' x",
        "curl --data-raw 'line one\nline two  with   spaces " + "z " * 90 + "' x",
    ],
    ids=["short", "long-body", "quotes", "plain", "expansion", "line-ends"],
)
def test_a_folded_command_is_the_same_command(command: str) -> None:
    def words(text: str) -> str:
        script = f"curl() {{ printf '<%s>' \"$@\"; }}\nBEACON_TOKEN=Secret\n{text}\n"
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout

    lines = fold(command, 100, 88)
    assert all(len(line) <= 100 for line in lines)
    assert words("\n".join(lines)) == words(command)


def test_the_reports_are_written_where_they_were_asked_for(results: Results, tmp_path: Path) -> None:
    paths = write_reports(results, tmp_path / "reports")
    assert [path.name for path in paths] == ["compliance.html", "summary.md"]
    assert paths[0].read_text("utf-8") == compliance_page(results)
    assert paths[1].read_text("utf-8") == summary(results)


CHECK = """
    def test_a_check(record_property):
        record_property("requirement", "token.header-wins<b>")
        record_property("level", "MUST")
        record_property("verdict", "violated")
"""
LEAVES_RESULTS = """
    import json
    import pytest
    from conformance.report.pytest_html import RESULTS

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(session):
        session.config.stash[RESULTS] = json.loads(open("results.json", encoding="utf-8").read())
"""


def html_report(pytester: pytest.Pytester) -> str:
    options = ("--html=report.html", "--self-contained-html", "-p", "conformance.report.pytest_html")
    pytester.runpytest(*options, "-p", "no:schemathesis", "-p", "no:cacheprovider")
    return (pytester.path / "report.html").read_text("utf-8")


def test_pytest_s_html_report_of_a_conformance_run_has_the_compliance_report_on_top(
    pytester: pytest.Pytester, results: Results
) -> None:
    (pytester.path / "results.json").write_text(json.dumps(results), "utf-8")
    pytester.makeconftest(LEAVES_RESULTS)
    pytester.makepyfile(CHECK)
    report = html_report(pytester)
    assert '<h1 id="title">Compliance of POST /beacon</h1>' in report
    assert compliance_part(results).strip() in report
    assert 'data-column-type="verdict">Verdict</th>' in report
    (blob,) = re.findall('data-jsonblob="([^"]+)"', report)
    (row,) = next(iter(json.loads(html.unescape(blob))["tests"].values()))
    assert row["resultsTableRow"][1:3] == [
        '<td class="col-verdict">✗ violated</td>',
        '<td class="col-requirement">token.header-wins&lt;b&gt; (MUST)</td>',
    ]
    assert row["verdict"] == "✗ violated"


def test_pytest_s_html_report_of_another_run_stays_as_it_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_anything(): pass")
    report = html_report(pytester)
    assert '<h1 id="title">report.html</h1>' in report
    assert "beacon-compliance" not in report
    assert 'data-column-type="verdict"' not in report
