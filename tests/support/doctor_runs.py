"""Runs the doctor against a target, as a run does."""

from dataclasses import replace

from conformance import reference
from conformance.doctor import Step, StepResult
from conformance.plugin.run import Run
from conformance.settings import Settings

SETTINGS = Settings(
    "http://127.0.0.1:1", reference.TOKEN, origin=reference.ORIGIN, timeout=10, patience=10, require=("http",)
)
TARGET_AND_TOKEN = Settings("http://127.0.0.1:1", reference.TOKEN, timeout=10)


def examined(settings: Settings) -> Run:
    """Run the doctor, and return the run that it belongs to."""
    run = Run.begin(settings)
    try:
        for _ in run.examine():
            pass
    finally:
        run.end()
    return run


def everything_set(server: reference.Server) -> Settings:
    return replace(
        SETTINGS,
        target=server.url,
        other_token=reference.OTHER_TOKEN,
        other_origin=reference.OTHER_ORIGIN,
        other_store_origin=reference.FOREIGN_ORIGIN,
        observer=server.observer,
    )


def step_of(run: Run, name: str) -> Step:
    return next(step for step in run.doctor if step.name == name)


def results_of(run: Run) -> dict[str, StepResult]:
    return {step.name: step.result for step in run.doctor}
