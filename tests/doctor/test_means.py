"""The doctor and the plan end in 6 if a required class cannot be fully judged, and name the option that is missing."""

from dataclasses import replace

import pytest

from conformance import cli, reference
from conformance.doctor import Step, StepResult, shortcomings
from conformance.settings import Settings
from tests.support.doctor_runs import SETTINGS, everything_set

LACKING = {
    "no-origin": (replace(SETTINGS, origin=""), {"http": "--origin"}),
    "one-origin": (SETTINGS, {"http": "--other-origin"}),
    "same-origin": (replace(SETTINGS, other_origin=reference.ORIGIN), {"http": "--other-origin"}),
    "no-observer": (replace(SETTINGS, require=("ingestion",)), {"ingestion": "--observer"}),
    "no-other-token": (
        replace(SETTINGS, require=("stores",), observer="https://h/?token={token}"),
        {"stores": "--other-token"},
    ),
    "no-browser": (replace(SETTINGS, require=("browser",)), {"browser": "--browser"}),
}


@pytest.mark.parametrize(("settings", "lacking"), LACKING.values(), ids=LACKING.keys())
def test_a_missing_option_of_a_required_class_is_named(settings: Settings, lacking: dict[str, str]) -> None:
    found = shortcomings(settings, [])

    assert lacking.keys() == found.keys()
    assert all(option in found[needs] for needs, option in lacking.items())


def test_a_class_that_is_not_required_is_not_missed() -> None:
    with reference.Server() as server:
        assert shortcomings(replace(everything_set(server), require=("http",)), []) == {}


def test_a_step_that_keeps_a_required_class_from_being_judged_is_named() -> None:
    settings = replace(SETTINGS, require=("ingestion",), observer="https://h/?token={token}")
    step = Step("read-back", StepResult.WARNING, "look", "status 404", "", ("ingestion", "stores"))

    assert shortcomings(settings, [step]) == {"ingestion": "the step read-back says what to do"}


@pytest.mark.parametrize("command", ["doctor", "plan"])
def test_one_origin_ends_in_status_6_and_two_end_in_0(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with reference.Server(delay=0.005) as server:
        options = [f"--target={server.url}", f"--token={reference.TOKEN}", f"--origin={reference.ORIGIN}"]
        lacking = cli.main([command, *options])
        said = capsys.readouterr().out
        complete = cli.main([command, *options, f"--other-origin={reference.OTHER_ORIGIN}"])

    assert (lacking, complete) == (6, 0)
    assert "--other-origin" in said
