"""The results file: a complete and unchanged file is read, and any other is refused."""

import copy
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.report.html.page import compliance_page
from conformance.report.markdown.summary import summary
from conformance.report.text.terminal import table
from conformance.requirements import ALL
from conformance.results import Results, UnusableResults, compose, headline, read, schema, write
from conformance.results.checksum import sealed
from tests.support.hostile_results import FACTS, FINDINGS, everything, held

DOCUMENT = Path(__file__).parents[2].joinpath("docs", "results.md").read_text("utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("written") / "results.json"
    write(everything(), path)
    return path.read_text("utf-8")


def _read(text: str, directory: Path) -> Results:
    path = directory / "results.json"
    path.write_text(text, "utf-8")
    return read(path)


def test_results_are_read_as_they_were_written(written: str, tmp_path: Path) -> None:
    assert _read(written, tmp_path) == everything()


def test_the_seal_is_the_last_member_and_counts_the_rest(written: str) -> None:
    content = json.loads(written)
    findings = [finding for item in content["requirements"] for finding in item["findings"]]

    assert list(content)[-1] == "seal"
    assert content["seal"]["requirements"] == len(content["requirements"])
    assert content["seal"]["findings"] == len(findings) == len(FINDINGS)
    assert content["seal"]["exchanges"] == sum(len(finding["evidence"]) for finding in findings)


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(part: float, written: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableResults, match="is not a complete JSON file; was it cut"):
        _read(written[: int(len(written) * part)], tmp_path)


def _violated(content: Any) -> Any:
    return next(item for item in content["requirements"] if item["verdict"] == "violated")


def _call_it_held(content: Any) -> None:
    _violated(content)["verdict"] = "held"


def _drop_a_finding(content: Any) -> None:
    _violated(content)["findings"].pop()


def _drop_a_requirement(content: Any) -> None:
    content["requirements"].remove(_violated(content))


def _drop_an_exchange(content: Any) -> None:
    _violated(content)["findings"][0]["evidence"].clear()


def _move_its_date(content: Any) -> None:
    content["run"]["finished"] = "2027-01-01T00:00:00.000Z"


def _add_a_member(content: Any) -> None:
    content["waived"] = True


def _say_another_digest(content: Any) -> None:
    content["seal"]["sha256"] = "0" * 64


CHANGED = {
    _call_it_held: "does not match the digest",
    _drop_a_finding: f"counts {len(FINDINGS)} findings, but it has {len(FINDINGS) - 1}",
    _drop_a_requirement: f"counts {len(ALL)} requirements, but it has {len(ALL) - 1}",
    _drop_an_exchange: "exchanges, but it has",
    _move_its_date: "does not match the digest",
    _add_a_member: "does not match the digest",
    _say_another_digest: "does not match the digest",
}


@pytest.mark.parametrize(("change", "says"), CHANGED.items(), ids=[change.__name__ for change in CHANGED])
def test_a_changed_file_is_refused_with_the_reason(
    change: Callable[[Any], None], says: str, written: str, tmp_path: Path
) -> None:
    content = json.loads(written)
    change(content)

    with pytest.raises(UnusableResults, match="was changed after it was written") as refusal:
        _read(json.dumps(content), tmp_path)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_without_its_seal_is_refused(written: str, tmp_path: Path) -> None:
    content = json.loads(written)
    del content["seal"]

    with pytest.raises(UnusableResults, match='"seal" is a required property'):
        _read(json.dumps(content), tmp_path)


def test_a_file_in_another_layout_is_accepted(written: str, tmp_path: Path) -> None:
    compact = json.dumps(json.loads(written), sort_keys=True, separators=(",", ":"))

    assert _read(compact, tmp_path) == everything()


def test_members_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    later = copy.deepcopy(everything())
    later["weather"] = "fine"
    later["requirements"][0]["colour"] = "green"

    assert _read(json.dumps(sealed(later)), tmp_path)["weather"] == "fine"


def test_findings_in_any_order_make_the_same_results() -> None:
    shuffled = list(FINDINGS)
    random.Random(7).shuffle(shuffled)  # noqa: S311 - any order will do

    assert everything() == compose(FACTS, shuffled)


def test_findings_are_in_the_order_of_the_suite_if_it_is_known() -> None:
    placed = [
        ("suite/test_fields.py", [3]),
        ("suite/test_events.py", [7, 10]),
        ("suite/test_events.py", [7, 9]),
    ]
    findings = [
        replace(held("events.all-invalid-accepted", f"check {number}"), module=module, order=order)
        for number, (module, order) in enumerate(placed)
    ]
    requirement = next(
        item
        for item in compose(FACTS, findings)["requirements"]
        if item["id"] == "events.all-invalid-accepted"
    )

    assert [finding["check"] for finding in requirement["findings"]] == ["check 2", "check 1", "check 0"]


def test_a_file_of_an_earlier_version_whose_findings_name_no_module_is_read(tmp_path: Path) -> None:
    earlier = compose(FACTS, [replace(finding, module="") for finding in FINDINGS])

    assert earlier == _read(json.dumps(earlier), tmp_path)
    assert "module" not in json.dumps(earlier)


def test_a_fault_of_the_suite_outside_of_a_check_makes_the_run_invalid() -> None:
    results = compose(replace(FACTS, faults=("test_token.py cannot be loaded",)), FINDINGS)

    assert results["verdict"] == "invalid-run"
    assert results["exit_status"] == 3
    assert results["run"]["faults"] == ["test_token.py cannot be loaded"]
    for shown in (compliance_page(results), summary(results), " ".join(" ".join(table(results)).split())):
        assert headline(results) in shown


def _members(part: dict[str, Any], inside: str = "") -> list[str]:
    names = [f"{inside}{name}" for name in part.get("properties", {})]
    for name, content in part.get("properties", {}).items():
        if content.get("type") == "object":
            names += _members(content, f"{inside}{name}.")
    return names


@pytest.mark.parametrize("member", _members(schema()))
def test_the_documentation_names_every_member(member: str) -> None:
    assert f"`{member}`" in DOCUMENT


def test_the_documentation_names_every_member_of_requirements_findings_and_evidence() -> None:
    described = schema()
    parts = {
        "requirements[]": described["properties"]["requirements"]["items"],
        "findings[]": described["$defs"]["finding"],
        "evidence[]": described["$defs"]["evidence"],
    }
    for name, part in parts.items():
        row = re.search(rf"^\| `{re.escape(name)}` \|.*$", DOCUMENT, re.MULTILINE)
        assert row is not None, name
        assert set() == {member for member in part["properties"] if f"`{member}`" not in row[0]}, name
