"""The badge: classes and date, never a percentage; readable by eyes, screen readers and shields.io."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from conformance.report.badge import COLOURS, LABEL_COLOUR, badge, badge_image
from conformance.requirements import ALL, Level, Needs
from conformance.results import Results, compose
from conformance.results.verdicts import Finding, Outcome, RunVerdict
from tests.support.hostile_results import FACTS, FINDINGS, dead, finding, held
from tests.support.html import contrast

DAY = "2026-01-02"
NAME = "{http://www.w3.org/2000/svg}"


def _held(*classes: Needs) -> Results:
    findings = [held(one.id) for one in ALL if one.needs in classes and one.level is Level.MUST]
    return compose(replace(FACTS, required=("http",)), findings)


def _runs() -> dict[str, tuple[Results, str]]:
    http, read_back, stores = Needs.HTTP, Needs.INGESTION, Needs.STORES
    reference = replace(FACTS, kind="reference")
    broken = finding("token.header-accepted", Outcome.SUITE_FAULT)
    unread = compose(replace(FACTS, required=("http", "ingestion")), [*map(_of, _held(http)["requirements"])])
    return {
        "one-class": (_held(http), f"http · conformant · {DAY}"),
        "classes": (_held(http, read_back), f"http, ingestion · conformant · {DAY}"),
        "all": (_held(http, read_back, stores), f"http, ingestion, stores · conformant · {DAY}"),
        "broken": (compose(FACTS, FINDINGS), f"http · non-conformant · {DAY}"),
        "unread": (unread, f"ingestion · not fully verified · {DAY}"),
        "dead": (dead(), f"http · not fully verified · {DAY}"),
        "fault": (compose(FACTS, [broken]), f"invalid run · {DAY}"),
        "reference": (compose(reference, FINDINGS), f"reference (certifies nothing) · {DAY}"),
    }


def _of(requirement: dict[str, str]) -> Finding:
    outcome = Outcome.HELD if requirement["verdict"] == "held" else Outcome.NOT_JUDGED
    return finding(requirement["id"], outcome)


RUNS = _runs()


@pytest.mark.parametrize(("results", "message"), RUNS.values(), ids=RUNS.keys())
def test_the_badge_names_the_classes_of_its_verdict_and_the_date(results: Results, message: str) -> None:
    assert badge(results)["message"] == message
    assert "%" not in badge_image(results)


@pytest.mark.parametrize(("results", "_message"), RUNS.values(), ids=RUNS.keys())
def test_the_badge_has_the_endpoint_format_of_shields(results: Results, _message: str) -> None:
    content = badge(results)

    assert content["schemaVersion"] == 1
    assert all(isinstance(content[name], str) and content[name] for name in ("label", "message"))
    assert all(re.fullmatch("#[0-9a-f]{6}", content[name]) for name in ("color", "labelColor"))
    assert content.keys() == {"schemaVersion", "label", "message", "color", "labelColor"}


def test_only_a_conformant_target_gets_green() -> None:
    green = {
        name
        for name, (results, _) in RUNS.items()
        if badge(results)["color"] == COLOURS[RunVerdict.CONFORMANT]
    }

    assert green == {"one-class", "classes", "all"}


@pytest.mark.parametrize(("results", "message"), RUNS.values(), ids=RUNS.keys())
def test_the_picture_contains_its_text_and_has_room_for_it(results: Results, message: str) -> None:
    root = ET.fromstring(badge_image(results))
    texts = root.findall(f"{NAME}text")
    boxes = root.findall(f"{NAME}rect")

    assert root.get("role") == "img"
    assert root.findtext(f"{NAME}title") == root.get("aria-label") == f"POST /beacon: {message}"
    assert [text.text for text in texts] == ["POST /beacon", message]
    assert int(root.get("width", "")) == sum(int(box.get("width", "")) for box in boxes)
    for text, box in zip(texts, boxes, strict=True):
        left, length = int(text.get("x", "")), int(text.get("textLength", ""))
        assert int(box.get("x", "")) < left
        assert left + length < int(box.get("x", "")) + int(box.get("width", ""))
        assert 5 <= length / len(text.text or "") <= 8, "pixels a letter, of a font of 11"


def test_white_text_has_enough_contrast_on_every_colour() -> None:
    for colour in (*COLOURS.values(), LABEL_COLOUR):
        assert contrast("#ffffff", colour) >= 4.5, colour
