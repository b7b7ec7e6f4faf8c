"""An edited recording, or edited results beside it: the place of the first difference is named."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.evidence.recording import NAME
from conformance.results.checksum import sealed
from conformance.results.derivation import rederived
from tests.support.recordings import edit, recorded, rejudge, set_clock


def _reply(content: Any) -> None:
    place = next(number for number, one in enumerate(content["outcomes"]) if one[0] == 422)
    content["outcomes"][place][0] = 201


def _run_id(content: Any) -> None:
    content["head"]["run"]["id"] = "00000000"


def _seed(content: Any) -> None:
    content["head"]["settings"]["seed"] += 1


def _cut(content: Any) -> None:
    del content["entries"][-20:]


def _longer(content: Any) -> None:
    content["entries"].append(content["entries"][-1])


def _check(content: Any) -> None:
    content["head"]["checks"].pop()


def _event(content: Any) -> None:
    content["events"][-1]["session_id"] = "changed"
    content["events"][0]["session_id"] = "changed"


EDITS: dict[str, tuple[Callable[[Any], None], str]] = {
    "a reply": (_reply, ", in test_"),
    "the run's id": (_run_id, "run.id: "),
    "the seed": (_seed, "run.seed: "),
    "the clock": (set_clock, "run.finished: "),
    "the end": (_cut, "the recording ends"),
    "an entry more": (_longer, "the recording has 1 more entries"),
    "a check": (_check, "after the last check: the recording has "),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_recording_is_not_genuine_and_the_place_is_named(
    what: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, place = EDITS[what]
    edit(sent, change)

    status = rejudge(sent)

    said = capsys.readouterr().out
    assert status == 8, said
    assert said.startswith("✗ rejudged: ")
    assert place in said
    assert [said.rstrip("\n")] == said.splitlines()


def test_a_change_that_changes_no_verdict_is_found_by_the_digest(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = recorded(sent)
    content["head"]["versions"]["another"] = "1"
    (sent / NAME).write_bytes(gzip.compress(json.dumps(content).encode()))

    assert rejudge(sent) == 8
    assert "its digest does not match its content" in capsys.readouterr().out


def _results(folder: Path, change: Callable[[Any], None]) -> None:
    content = json.loads((folder / "results.json").read_text("utf-8"))
    change(content)
    (folder / "results.json").write_text(json.dumps(sealed(rederived(content))), "utf-8")


def _finding(content: Any) -> Any:
    return next(item for item in content["requirements"] if item["findings"])["findings"][0]


def _id(content: Any) -> None:
    content["run"]["id"], content["run"]["mark"] = "00000000", "conformance-00000000-"


CHANGES: dict[str, tuple[Callable[[Any], None], str]] = {
    "a finding": (lambda content: _finding(content).update(met=7), ".met: 7 in the results, "),
    "evidence": (
        lambda content: _finding(content)["evidence"][0]["reply"].update(body="forged"),
        '.reply.body: "forged" in the results, ',
    ),
    "a figure": (lambda content: content["run"].update(requests=1), "run.requests: 1 in the results, "),
    "the run's id": (_id, "run.id: "),
    "the suite": (lambda content: content["suite"].update(package="0" * 64), "suite.package: "),
}


@pytest.mark.parametrize("what", CHANGES)
def test_edited_results_are_not_genuine_and_the_place_is_named(
    what: str, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, place = CHANGES[what]
    _results(sent, change)

    status = rejudge(sent)

    said = capsys.readouterr().out
    assert status == 8, said
    assert place in said


def test_another_package_file_is_named(
    sent: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.plugin.results.package_digest", lambda: "f" * 64)

    assert rejudge(sent) == 8
    said = capsys.readouterr().out
    assert "suite.package: " in said
    assert "everything else is the same" in said


def test_a_violation_that_was_made_a_success_is_found(
    troubled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Path(shutil.copytree(troubled, tmp_path / "forged"))

    def forge(content: Any) -> None:
        for item in content["requirements"]:
            for finding in item["findings"]:
                if finding["outcome"] == "broke":
                    finding.update(outcome="held", reason="", met=1)

    _results(forged, forge)

    assert rejudge(forged) == 8
    assert "requirements[" in capsys.readouterr().out


def test_the_recording_of_another_run_is_not_taken(
    troubled: Path, sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(troubled / NAME, sent / NAME)

    assert rejudge(sent) == 8
    assert "✗ rejudged: run.id: " in capsys.readouterr().out


def test_changed_results_are_not_genuine(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sent / "results.json"
    path.write_text(path.read_text("utf-8").replace('"verdict": "held"', '"verdict": "violated"', 1), "utf-8")

    assert rejudge(sent) == 8
    assert "was changed after it was written" in capsys.readouterr().out
