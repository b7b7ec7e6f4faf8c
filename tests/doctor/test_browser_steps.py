"""The doctor's steps about a real browser."""

from dataclasses import dataclass, replace

import pytest

from conformance import reference
from conformance.doctor import StepResult
from conformance.plugin.browsing import NOT_FOR_BROWSERS, not_followed
from conformance.settings import Settings
from tests.support.browser import EXECUTABLE
from tests.support.doctor_runs import SETTINGS, everything_set, examined, results_of, step_of

STEPS = ("browser", "self-test", "page")
needs_chromium = pytest.mark.skipif(
    EXECUTABLE is None, reason="Chromium is not installed: apt-get install chromium"
)


@needs_chromium
def test_a_browser_that_can_judge_is_named_with_its_version_and_sandbox() -> None:
    with reference.Server() as server:
        run = examined(replace(everything_set(server), browser="auto"))

    assert [results_of(run)[name] for name in STEPS] == [StepResult.OK] * 3
    assert "Chromium" in step_of(run, "browser").observed
    assert "sandbox" in step_of(run, "browser").observed
    assert run.no_browser == ""


@needs_chromium
def test_without_an_origin_no_page_can_be_opened() -> None:
    with reference.Server() as server:
        run = examined(replace(SETTINGS, target=server.url, origin="", browser="auto"))

    assert "--origin" in step_of(run, "page").advice
    assert run.no_browser


def test_without_the_option_there_are_no_such_steps() -> None:
    with reference.Server() as server:
        run = examined(everything_set(server))

    assert not results_of(run).keys() & set(STEPS)
    assert run.browsing is None


@dataclass(frozen=True)
class LaterSettings(Settings):
    """The settings of a later version."""

    headers: str = ""
    ca_file: str = ""


def test_a_setting_that_the_browser_cannot_follow_keeps_it_from_judging() -> None:
    plain = LaterSettings()

    assert not_followed(Settings()) == ""
    assert not_followed(plain) == ""
    assert "--headers" in not_followed(replace(plain, headers="Gate: open"))
    assert "--headers, --ca-file" in not_followed(replace(plain, headers="Gate: open", ca_file="ca.pem"))
    assert set(NOT_FOR_BROWSERS) >= {"headers", "ca_file"}
