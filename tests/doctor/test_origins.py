"""What the doctor concludes from the answers to several origins."""

import pytest

from conformance.client import NoReply, Reply
from conformance.doctor import StepResult
from conformance.doctor.origins import Asked, origin_steps

ONE, TWO = "https://one.example", "https://two.example"


def asked(flag: str, origin: str, *allowed: str) -> Asked:
    headers = tuple(("Access-Control-Allow-Origin", value) for value in allowed)
    return Asked(flag, origin, is_other_store=False, outcome=Reply(201, "", headers, b"null"))


def advice(*all_asked: Asked) -> list[str]:
    return [step.advice for step in origin_steps(all_asked)]


def test_an_origin_that_is_not_reflected_while_another_one_is_is_probably_a_wrong_option() -> None:
    first, second = origin_steps([asked("--origin", ONE), asked("--other-origin", TWO, TWO)])

    assert (first.result, second.result) == (StepResult.WARNING, StepResult.OK)
    assert first.observed == "no Access-Control-Allow-Origin"
    assert first.advice.startswith(
        "the value of --origin is probably wrong, and not the target: --other-origin is reflected"
    )


def test_if_no_origin_is_reflected_neither_option_is_blamed() -> None:
    for text in advice(asked("--origin", ONE), asked("--other-origin", TWO)):
        assert "probably" not in text
        assert "allowed domains" in text


def test_one_origin_for_every_request_may_be_a_fixed_text() -> None:
    first, second = advice(asked("--origin", ONE, ONE), asked("--other-origin", TWO, ONE))

    assert first == ""
    assert "names the origin of --origin to both" in second


def test_two_identical_lines_come_from_gateway_and_application() -> None:
    (step,) = origin_steps([asked("--origin", ONE, ONE, ONE)])

    assert step.observed == f"2 lines Access-Control-Allow-Origin, each {ONE}"
    assert step.advice.startswith("the gateway and the application both add it")


def test_a_line_that_comes_twice_is_a_reflection_too() -> None:
    _, second = advice(asked("--origin", ONE, ONE, ONE), asked("--other-origin", TWO))

    assert "--origin is reflected" in second


@pytest.mark.parametrize("other", [(), (TWO,)])
def test_a_star_is_said_to_be_refused_by_browsers(other: tuple[str, ...]) -> None:
    first, *_ = advice(asked("--origin", ONE, "*"), asked("--other-origin", TWO, *other))

    assert "a browser refuses *" in first


def test_no_reply_blames_nobody() -> None:
    (step,) = origin_steps(
        [Asked("--origin", ONE, is_other_store=False, outcome=NoReply("timeout", "no answer"))]
    )

    assert (step.result, step.advice) == (StepResult.UNKNOWN, "")
