"""Has the doctor look at a target, as a run does."""

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
    """Have a target looked at."""
    run = Run.begin(settings)
    try:
        for _ in run.examine():
            pass
    finally:
        run.end()
    return run


def all_told(server: reference.Server) -> Settings:
    return replace(
        SETTINGS,
        target=server.url,
        other_token=reference.OTHER_TOKEN,
        other_origin=reference.OTHER_ORIGIN,
        observer=server.observer,
    )


def line(run: Run, step: str) -> Step:
    return next(line for line in run.doctor if line.name == step)


def signs(run: Run) -> dict[str, StepResult]:
    return {line.name: line.result for line in run.doctor}
