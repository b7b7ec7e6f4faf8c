"""The fixtures of the checks. All have session scope, because none of them stores the evidence of a check.

If a precondition is missing, a fixture skips, and the check is not judged. A skip is the only exception of a session fixture
that pytest remembers.
"""

from collections.abc import Iterator

import pytest

from conformance.browser import Visit
from conformance.browser.self_test import calls_in
from conformance.client import Target
from conformance.ingestion import ReadBack
from conformance.ingestion.burst import Burst
from conformance.ingestion.last_batch import LastBatch
from conformance.ingestion.submissions import Submissions, specs_of
from conformance.inputs.factory import EventFactory
from conformance.plugin.checks import checks_of
from conformance.plugin.run import Run
from conformance.plugin.state import run_of, state_of
from conformance.runner.pool import Pool
from conformance.runner.schemathesis import SecondOpinion
from conformance.settings import Effort


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """The run. If the target cannot be judged, every check that uses the run is skipped."""
    run = run_of(pytestconfig)
    assert run is not None  # noqa: S101 - the run begins before fixtures are made
    if run.unreachable:
        pytest.skip(run.unreachable)
    return run


@pytest.fixture(scope="session", autouse=True)
def pool(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Iterator[None]:
    """Runs the checks on several threads, but not in an xdist worker, which does not know its checks in advance."""
    state = state_of(pytestconfig)
    run = state.run if state is not None else None
    if state is None or run is None or run.unreachable or run.connections == 1:
        yield
        return
    state.checks = checks_of(request, state)
    pool = state.pool = Pool(run.target, run.connections)
    pool.submit(state.checks.values())
    yield
    pool.close()


@pytest.fixture(scope="session")
def target(run: Run) -> Target:
    """The URL under test."""
    return run.target


@pytest.fixture(scope="session")
def second_opinion(run: Run) -> SecondOpinion:
    """Runs Schemathesis: with few requests in a quick run, and with many in a thorough run."""
    effort = run.settings.effort
    return SecondOpinion(
        run.target,
        f"conformance-{run.factory.run}-generated",
        with_coverage=effort != Effort.QUICK,
        with_event_forms=effort == Effort.THOROUGH,
    )


@pytest.fixture(scope="session")
def factory(run: Run) -> EventFactory:
    """Makes events that carry the run's mark."""
    return run.factory


@pytest.fixture(scope="session")
def read_back(run: Run) -> ReadBack:
    """Finds out which events were stored; without an observer it raises NotJudged."""
    return run.read_back


@pytest.fixture(scope="session")
def finished_read_back(run: Run) -> ReadBack:
    """The read-back of a check that is judged after all others, because it is about what they sent."""
    return run.read_back


@pytest.fixture(scope="session")
def submissions(request: pytest.FixtureRequest, read_back: ReadBack) -> Submissions:
    """Sends every event and every batch that the selected checks describe, each once."""
    return Submissions(read_back, specs_of(_parameters(request)))


@pytest.fixture(scope="session")
def burst(run: Run, read_back: ReadBack) -> Burst:
    """Sends many requests at the same time, once for all checks. Its checks run while no others run."""
    settings = run.settings
    own = tuple(origin for origin in (settings.origin, settings.other_origin) if origin)
    others = (settings.other_store_origin,) if settings.other_store_origin else ()
    return Burst(
        read_back,
        settings.other_token,
        {"a": own, "b": others},
        settings.connections,
        is_quick=settings.effort == Effort.QUICK,
    )


@pytest.fixture(scope="session")
def stored_burst(burst: Burst) -> Burst:
    """The burst, for checks that read it back. They run after the last batch: while that is waited for, the burst is stored."""
    return burst


@pytest.fixture(scope="session")
def last_batch(read_back: ReadBack) -> LastBatch:
    """Sends a batch that nothing follows. Its check runs when all others that send have ended."""
    return LastBatch(read_back)


@pytest.fixture(scope="session")
def visit(request: pytest.FixtureRequest, run: Run) -> Visit:
    """Makes the calls of a page in a real browser; without one that can judge, its checks are skipped."""
    browsing = run.start_browser()
    if browsing is None or run.no_browser:
        pytest.skip(run.no_browser)
    if not run.process and run.journal is None:  # an xdist worker makes only the calls of its own checks
        browsing.visit.begin(calls_in(_parameters(request)))
    return browsing.visit


def _parameters(request: pytest.FixtureRequest) -> list[object]:
    """Return the parameters of the selected checks."""
    calls = [
        item.callspec
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
    ]
    return [value for call in calls for value in call.params.values()]


def _given(value: str, what: str, option: str) -> str:
    if not value:
        pytest.skip(f"needs {what}: pass {option}")
    return value


@pytest.fixture(scope="session")
def origin(run: Run) -> str:
    """An origin that the token's store allows."""
    return _given(run.settings.origin, "an origin that the token's store allows", "--origin https://…")


@pytest.fixture(scope="session")
def other_origins(run: Run) -> list[tuple[str, str]]:
    """Origins that are not ``origin``, each after a token whose store allows it; empty if no option names one."""
    settings = run.settings
    named = [
        (settings.token, settings.other_origin),
        (settings.other_token, settings.other_store_origin),
    ]
    return [(token, origin) for token, origin in named if token and origin not in ("", settings.origin)]


@pytest.fixture(scope="session")
def other_token(run: Run) -> str:
    """A second store's token."""
    return _given(run.settings.other_token, "a second store's token", "--other-token T")


@pytest.fixture(scope="session")
def known_tokens(run: Run) -> list[str]:
    """The tokens of the stores that the run may use."""
    return [token for token in (run.settings.token, run.settings.other_token) if token]


@pytest.fixture(scope="session")
def revoked_token(run: Run) -> str:
    """A token that was revoked."""
    return _given(run.settings.revoked_token, "a token that was revoked", "--revoked-token T")
