"""The compliance page: its content, its order, and that text from a target is inactive."""

import re
from dataclasses import replace
from hashlib import sha256

import jsonschema_rs
import pytest

from conformance.report.html.page import compliance_page, compliance_part
from conformance.report.markdown.summary import summary
from conformance.report.text.terminal import table
from conformance.requirements import ALL, BY_ID, Level
from conformance.requirements.published import sources_of
from conformance.results import Results, compose, headline, schema
from conformance.results.verdicts import Outcome
from tests.support.hostile_results import FACTS, FINDINGS, HOSTILE, MANY, dead, everything, evidence, finding
from tests.support.html import Document, contrast, flat, text_of


@pytest.fixture(scope="module")
def results() -> Results:
    return everything()


@pytest.fixture(scope="module")
def page(results: Results) -> str:
    return compliance_page(results)


def section(page: str, name: str, following: str) -> str:
    return page[page.index(f'<h2 id="compliance-{name}"') : page.index(f'<h2 id="compliance-{following}"')]


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


def test_the_page_shows_request_reply_and_a_command_that_repeats_them(page: str) -> None:
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


def test_only_three_of_many_held_checks_are_shown_with_evidence(page: str) -> None:
    shown = page[page.index('id="checks-token.query-accepted"') : page.index('id="checks-token.header-wins"')]
    assert shown.count("<dt>expected</dt>") == 3
    for number in range(MANY):
        assert f"case-{number}]" in shown
    assert "test_" not in shown


def test_text_from_a_target_never_becomes_an_element(page: str) -> None:
    document = Document(page)
    assert not document.open
    assert "<script" not in page.lower()
    assert not {tag for tag, _ in document.elements} & {"script", "img", "iframe", "object", "form"}
    assert not [name for _, attributes in document.elements for name in attributes if name.startswith("on")]


def test_the_page_loads_nothing(page: str) -> None:
    document = Document(page)
    assert not document.attributes("src")
    outside = {address for address in document.attributes("href") if not address.startswith(("#", "data:,"))}
    assert outside == {one.address for item in ALL for one in sources_of(item.source)} - {""}
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in page


def test_ids_are_unique_and_every_link_has_a_target(results: Results, page: str) -> None:
    document = Document(page)
    ids = document.attributes("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in document.attributes("href") if address.startswith("#")} <= set(ids)
    assert {item["id"] for item in results["requirements"]} <= set(ids)


def test_a_failure_and_its_row_in_the_table_link_to_each_other(page: str) -> None:
    assert 'href="#not-green-token.header-wins"' in page
    article = page[page.index('<article id="not-green-token.header-wins"') :]
    assert 'href="#token.header-wins"' in article[: article.index("</article>")]


def test_the_sections_come_in_the_order_of_a_reader_s_questions(page: str) -> None:
    names = (
        "verdict",
        "not-green",
        "classes",
        "not-judged",
        "identity",
        "requirements",
        "transcripts",
        "sources",
        "limits",
        "register",
        "observed",
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


def test_the_page_can_be_read_without_styles(page: str) -> None:
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


def test_every_colour_has_enough_contrast_in_light_and_dark(page: str) -> None:
    schemes = [
        colours
        for rule in re.findall(r"\{([^{}]*--paper[^{}]*?)(?:\n\n|\})", page)
        if (colours := dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", rule)))
    ]
    assert len(schemes) == 2
    for colours in schemes:
        for name in colours.keys() - {"paper", "shade", "line"}:
            assert min(contrast(colours[name], colours[back]) for back in ("paper", "shade")) >= 4.5, name


def test_a_verdict_is_shown_as_word_and_shape(page: str) -> None:
    for shape, word in (
        ("✓", "held"),
        ("✗", "violated"),
        ("▲", "warned"),
        ("≈", "unstable"),
        ("?", "not judged"),
        ("○", "observed"),
    ):
        assert f'<span aria-hidden="true">{shape}</span> {word}' in page


def test_requirements_that_were_not_judged_are_grouped_with_their_remedy(page: str) -> None:
    grouped = section(page, "not-judged", "identity")
    text = text_of(grouped)
    assert "a run with --other-token T" in text
    assert "another run, after the problem that the reason names is solved" in text
    assert "not selected in this run" in text
    assert "a run of the whole suite" in text
    assert grouped.count("<tr>") == 1 + 3
    assert "token.header-names-the-store" in text


def test_the_page_shows_target_suite_and_time(page: str) -> None:
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


def test_observed_behaviour_is_shown(page: str) -> None:
    text = text_of(page[page.index('id="compliance-observed"') :])
    assert f"{HOSTILE} seen" in text
    assert "(spaces)" in text
    assert "status 418, empty body" in text


def test_the_fragment_is_the_body_of_the_page_with_its_own_style(results: Results, page: str) -> None:
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


def test_a_target_with_long_wrong_answers_makes_no_larger_page() -> None:
    long = evidence(repeat="curl " + "x" * 5000)
    long["sent"]["body"] = long["reply"]["body"] = '{"a": 1}, ' * 1600
    long["reply"]["headers"] = [[f"X-{number}", "<&>'" * 250] for number in range(30)]
    long["got"] = long["because"] = long["example"] = "'<b>\"" * 400
    findings = [
        finding(item.id, Outcome.BROKE, f"test[{number}]", evidence=[long, long])
        for item in ALL
        for number in range(9)
    ]
    page = compliance_page(compose(FACTS, findings))
    assert len(page.encode()) < 1_500_000
    text = flat(Document(page).text)
    assert all(item.id in text for item in ALL)
    shown = page.count('<dt>expected</dt><dd class="expected">status 401</dd>')
    assert shown >= sum(item.level is not Level.INFO for item in ALL)
    ending = f"characters, SHA-256 {sha256(long['got'].encode()).hexdigest()}]"
    assert text.count(f"the whole text has {len(long['got'])} {ending}") >= shown, "a cut that says nothing"


def test_a_fault_of_the_suite_is_at_the_top() -> None:
    page = compliance_page(compose(replace(FACTS, faults=(f"{HOSTILE} cannot be loaded",)), FINDINGS))
    text = flat(Document(page).text)
    assert (
        text.index("What failed in the suite")
        < text.index("cannot be loaded")
        < text.index("Verdict by class")
    )


def test_a_run_against_the_reference_says_that_it_certifies_nothing() -> None:
    results = compose(replace(FACTS, kind="reference"), FINDINGS)
    assert "This certifies nothing." in compliance_page(results)
    assert "certifies nothing" in summary(results)
    assert "certifies nothing" in " ".join(table(results))


def test_the_page_of_an_unreachable_target_says_why_on_one_screen() -> None:
    page = compliance_page(dead())
    document = Document(page)
    text = flat(document.text)
    assert headline(dead()) in text
    assert "was not judged: no reply (connection refused)" in headline(dead())
    assert "<article" not in page
    assert "check the address, the token and the network" in text
    assert not document.open
    assert not any(item.id in text for item in ALL)
    assert len(page[page.index("<main") :]) < 6000


def test_every_report_of_an_interrupted_run_says_so() -> None:
    results = compose(replace(FACTS, interrupted=True), FINDINGS)
    for report in (compliance_page(results), summary(results), "\n".join(table(results))):
        assert "The run was interrupted" in report


def test_a_run_without_read_back_does_not_explain_absence() -> None:
    unseen = replace(FACTS, patience=7, settle=0.5)

    assert "still absent 0.5 s" in compliance_page(compose(replace(unseen, observer="http"), FINDINGS))
    assert "still absent" not in compliance_page(compose(unseen, FINDINGS))
