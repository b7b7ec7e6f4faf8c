"""The top of a page: the reasons for the verdict, and the next steps."""

import itertools
import shlex
from dataclasses import replace
from typing import Any

import pytest

from conformance.report.content import causes, selection
from conformance.report.html import charts
from conformance.requirements import ALL, BY_ID, Level, Needs
from conformance.results import Results, compose
from conformance.results.verdicts import Finding, Outcome, Verdict
from tests.support import hostile_results as recorded

FACTS = replace(recorded.FACTS, target="https://staging.shop.example/a path")


def found(identifier: str, outcome: Outcome, reason: str = "", got: str = "") -> Finding:
    evidence: list[dict[str, Any]] = [{"expected": "status 401", "got": got}] if got else []
    return Finding(identifier, "test", outcome, reason, 1, evidence)


def judged(*findings: Finding, **facts: Any) -> Results:
    """Return results in which every requirement that is not named is held."""
    listed = {finding.requirement for finding in findings}
    held = [found(item.id, Outcome.HELD) for item in ALL if item.id not in listed]
    return compose(replace(FACTS, **facts), [*held, *findings])


def steps(results: Results) -> list[tuple[str, str]]:
    return [(step.text, step.command) for step in causes.next_steps(results)]


def test_failures_with_one_reason_are_one_cause_and_violations_come_first() -> None:
    results = judged(
        found("cors.vary", Outcome.BROKE, got="no Vary line"),
        found("token.header-wins", Outcome.BROKE, got="status 201"),
        found("token.missing-refused", Outcome.BROKE, got="status 500"),
        found("batch.empty-refused", Outcome.BROKE, got="status 500"),
    )

    listed = [(one.verdict, one.why, [item["id"] for item in one.items]) for one in causes.causes(results)]
    assert listed == [
        (
            "violated",
            "expected: status 401; got: status 500",
            ["token.missing-refused", "batch.empty-refused"],
        ),
        ("violated", "expected: status 401; got: status 201", ["token.header-wins"]),
        ("warned", "expected: status 401; got: no Vary line", ["cors.vary"]),
    ]


def test_answers_that_differ_in_their_body_alone_are_one_cause() -> None:
    bodies = ('{"errors": ["The events field is required."]}', "an HTML page of nginx", "x" * 200)
    names = ("token.missing-refused", "batch.empty-refused", "batch.over-100-refused")
    results = judged(
        *[
            found(name, Outcome.BROKE, got=f"status 422, body {text}")
            for name, text in zip(names, bodies, strict=True)
        ]
    )

    (cause,) = causes.causes(results)
    assert cause.why == "expected: status 401; got: status 422"
    assert {item["id"] for item in cause.items} == set(names)


def test_a_single_failure_is_shown_with_its_body() -> None:
    (cause,) = causes.causes(judged(found("token.header-wins", Outcome.BROKE, got="status 201, body null")))

    assert cause.why == "expected: status 401; got: status 201, body null"


def test_the_requirement_of_which_most_checks_failed_comes_first() -> None:
    results = judged(
        found("token.missing-refused", Outcome.BROKE, got="status 500"),
        *[found("token.missing-refused", Outcome.HELD) for _ in range(3)],
        found("batch.empty-refused", Outcome.BROKE, got="status 201"),
        found("batch.over-100-refused", Outcome.BROKE, got="status 201"),
        found("batch.over-100-refused", Outcome.BROKE, got="status 201"),
    )

    first = causes.begin_with(results)
    assert first is not None
    assert first["id"] == "batch.empty-refused"
    assert [item["id"] for cause in causes.causes(results) for item in cause.items][-1] == (
        "token.missing-refused"
    )


def test_the_next_step_after_a_violation_is_a_run_of_that_requirement_with_the_same_options() -> None:
    ((text, command),) = steps(judged(found("token.header-wins", Outcome.BROKE, got="status 201")))

    assert "Begin with token.header-wins" in text
    assert "with BEACON_OTHER_TOKEN set as in this run" in text
    assert shlex.split(command) == [
        *("beacon-conformance", "run", "--target", FACTS.target),
        *("--origin", "https://shop.example", "--require", "http", "--requirement", "token.header-wins"),
    ]


def test_an_option_that_was_given_is_not_asked_for() -> None:
    results = judged(
        found(
            "cors.reflects-each-origin",
            Outcome.NOT_JUDGED,
            "needs a token of a second store: pass --other-store-origin O",
        ),
        found("cors.vary", Outcome.NOT_JUDGED, "needs an origin that reflects: pass --origin O"),
    )

    assert [command for _, command in steps(results) if command.startswith("--")] == [
        "--other-store-origin O"
    ]


THROTTLED = "the application did not answer: the target throttles (429); pass --max-rate N to send fewer requests a second"


@pytest.mark.parametrize(
    ("options", "rate"), [({}, "15"), ({"max-rate": "8"}, "4"), ({"max-rate": "1"}, "1")]
)
def test_a_throttled_run_is_told_a_rate(options: dict[str, str], rate: str) -> None:
    results = judged(
        found("token.header-wins", Outcome.NOT_JUDGED, THROTTLED),
        timeline={"seconds": 0.5, "replies": {"2xx": [5, 0, 10], "4xx": [5, 0, 10]}},
        options=options,
    )

    (command,) = [command for text, command in steps(results) if "too fast" in text]
    assert shlex.split(command)[-2:] == ["--max-rate", rate]
    assert command.count("--max-rate") == 1
    assert f"pass --max-rate {rate} to send" in causes.causes(results)[0].why


def test_a_missing_option_of_a_required_class_is_a_cause_and_comes_first() -> None:
    lacks = {
        Needs.INGESTION: "needs read-back: pass --observer URL",
        Needs.HTTP: "needs an origin: pass --origin O",
    }
    results = judged(
        *[found(item.id, Outcome.NOT_JUDGED, lacks[item.needs]) for item in ALL if item.needs in lacks],
        options={},
    )

    (cause,) = causes.causes(results)
    assert cause.why == "needs an origin: pass --origin O"
    assert {item["class"] for item in cause.items} == {"http"}
    assert {item["level"] for item in cause.items} == {"MUST"}
    ((_, options),) = steps(results)
    assert options == "--origin O --observer URL"


def test_a_conformant_run_has_no_cause_and_nothing_to_fix() -> None:
    results = judged()

    assert causes.causes(results) == []
    ((text, command),) = steps(results)
    assert text.startswith("Nothing has to be fixed.")
    assert command == ""


def test_the_next_step_for_an_unreachable_target_is_to_check_its_address() -> None:
    results = compose(replace(FACTS, unreachable="no reply (refused)"), [])

    assert causes.causes(results) == []
    ((text, command),) = steps(results)
    assert "check the address" in text
    assert command.startswith("beacon-conformance run --target ")


def test_a_fault_of_the_suite_is_shown_and_not_blamed_on_the_target() -> None:
    results = judged(found("token.empty-header", Outcome.SUITE_FAULT, "TypeError: no"))

    assert [cause.why for cause in causes.causes(results)] == ["TypeError: no"]
    ((text, _),) = steps(results)
    assert "authors of the suite" in text


def test_the_next_step_after_an_interruption_is_another_run() -> None:
    assert "let it finish" in steps(judged(interrupted=True))[0][0]


def test_a_run_that_is_interrupted_before_it_judges_does_not_blame_the_target() -> None:
    early = compose(replace(FACTS, interrupted=True, unreachable="the run was interrupted"), [])

    assert [text for text, _ in steps(early)] == ["Run it again, and let it finish."]
    assert [group.remedy for group in selection.not_judged(early)] == ["a run that is not interrupted"]


def test_a_target_that_refuses_its_token_is_not_called_silent() -> None:
    refused = compose(replace(FACTS, unreachable="the target refuses its own token (401)"), [])

    assert not any("nothing answered" in text for text, _ in steps(refused))


def test_a_chapter_s_bar_has_a_piece_for_each_verdict_and_green_comes_last() -> None:
    items = [{"verdict": str(one)} for one in (Verdict.HELD, Verdict.HELD, Verdict.VIOLATED, Verdict.WARNED)]

    assert charts.by_verdict(items) == [("violated", 1), ("warned", 1), ("held", 2)]
    bars = charts.chapter_bar(items, 8)
    assert [bar.kind for bar in bars] == ["violated", "warned", "held"]
    assert bars[-1].x + bars[-1].width <= charts.CHAPTER_WIDTH * 4 / 8
    assert all(one.x + one.width <= other.x for one, other in itertools.pairwise(bars))


def test_a_timeline_has_a_text() -> None:
    run = {"timeline": {"seconds": 0.5, "replies": {"2xx": [4, 0, 1], "none": [1, 0, 0]}}}
    chart = charts.timeline(run)

    assert chart is not None
    assert chart.text.startswith(
        "6 requests in 1.5 s: 5 status 2xx, 1 no reply. At most 5 in 0.5 s. No request in 1 of 3 intervals of 0.5 s."
    )
    assert [(bar.kind, bar.height) for bar in chart.bars] == [("2xx", 80.0), ("none", 20.0), ("2xx", 20.0)]


def test_the_chart_of_batch_sizes_has_a_text() -> None:
    chart = charts.sizes({"sizes": [[1, 2], [99, 1], [100, 4]]})

    assert chart is not None
    assert chart.text == (
        "7 generated batches of 1 to 100 events. Half of them have at most 100 events."
        " The most frequent sizes: 4 of 100, 2 of 1, 1 of 99."
    )
    assert all(bar.x >= 0 and bar.x + bar.width <= charts.WIDTH for bar in chart.bars)


@pytest.mark.parametrize("run", [{}, {"timeline": {"seconds": 1, "replies": {}}, "sizes": []}])
def test_a_run_without_records_has_no_charts(run: dict[str, Any]) -> None:
    assert charts.timeline(run) is None
    assert charts.sizes(run) is None


def test_the_requirements_in_these_tests_have_the_expected_levels() -> None:
    assert BY_ID["cors.vary"].level is Level.SHOULD
    assert BY_ID["token.header-wins"].level is Level.MUST
