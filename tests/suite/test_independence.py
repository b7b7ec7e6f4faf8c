"""A check has the same verdict alone, in another order, and in several processes."""

import ast
from pathlib import Path

import pytest

from conformance import reference, results
from tests.support.runs import SUITE, judge, verdicts_alone

MODULES = sorted(SUITE.glob("test_*.py"))
CHECKS = [
    (module.stem, node.name)
    for module in MODULES
    for node in ast.parse(module.read_text("utf-8")).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]
QUICK = ("--effort=quick", "--require=http,ingestion,stores")


@pytest.fixture(autouse=True)
def _verdicts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts_alone(monkeypatch)


def _verdicts(found: results.Results) -> dict[str, str]:
    return {item["id"]: item["verdict"] for item in found["requirements"]}


def _checks(found: results.Results) -> list[str]:
    return [one["check"] for item in found["requirements"] for one in item["findings"]]


def _outcomes(found: results.Results) -> dict[str, str]:
    return {one["check"]: one["outcome"] for item in found["requirements"] for one in item["findings"]}


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> results.Results:
    with reference.Server() as server:
        return judge(server, tmp_path_factory.mktemp("ordinary"), (), *QUICK).results


@pytest.mark.parametrize("how", [("-p", "shuffling"), ("-n4",)], ids=["in-another-order", "four-processes"])
def test_every_way_of_running_gives_the_same_verdicts(
    how: tuple[str, ...], ordinary: results.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "support" / "plugins")
    with reference.Server() as server:
        judged = judge(server, tmp_path, (), *QUICK, *how)

    assert _verdicts(judged.results) == _verdicts(ordinary), judged.output
    assert _checks(judged.results) == _checks(ordinary)


@pytest.mark.parametrize(("module", "name"), CHECKS, ids=[name for _, name in CHECKS])
def test_a_check_alone_has_the_same_verdict_as_among_all(
    module: str, name: str, ordinary: results.Results, tmp_path: Path
) -> None:
    others = [f"--ignore={path}" for path in MODULES if path.stem != module]
    longer = "".join(f" and not {other}" for _, other in CHECKS if name in other and name != other)
    with reference.Server() as server:
        alone = judge(server, tmp_path, (), *QUICK, *others, "-k", f"{name}{longer}").results

    expected, got = _outcomes(ordinary), _outcomes(alone)
    # A quick run has no parameters of some checks.
    assert got.keys() == {check for check in expected if check.partition("[")[0] == name}
    assert {check: expected[check] for check in got} == got
