"""When a run leaves a recording, and when it does not."""

import shutil
from pathlib import Path

import pytest

from conformance import reference
from conformance.evidence.recording import NAME
from tests.support.recordings import CHOSEN, QUICK, Troubled
from tests.support.runs import judge, options_for, run


@pytest.mark.parametrize("token", ["short", "aaaaaaaaaaaaaaaaaaaa", "12345", "authorization"])
@pytest.mark.usefixtures("with_network")
def test_a_token_that_cannot_be_kept_out_of_a_recording_is_refused(token: str, tmp_path: Path) -> None:
    with reference.Server() as server:
        status, output = run(
            *options_for(server), f"--token={token}", "--record", f"--report-dir={tmp_path / 'new'}"
        )

    assert status == 4, output
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("with_network")
def test_a_recording_of_several_processes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output = run("--record", "-n", "2", f"--report-dir={tmp_path / 'new'}")

    assert status == 4, output
    assert "--record: works in one process only; leave out -n" in output + capsys.readouterr().err


@pytest.mark.usefixtures("with_network")
def test_a_run_without_record_removes_an_earlier_recording(conforming: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(conforming, tmp_path / "again"))
    with reference.Server() as server:
        judge(server, folder, CHOSEN[:1], "--effort=quick")

    assert not (folder / NAME).exists()


@pytest.mark.usefixtures("with_network")
def test_a_run_that_was_stopped_before_its_end_leaves_no_recording_and_says_so(tmp_path: Path) -> None:
    with reference.Server(Troubled) as server:
        judged = judge(server, tmp_path, CHOSEN, *QUICK, "-x")

    assert "recording: none was written, because the run was stopped before its end" in judged.output
    assert not (tmp_path / NAME).exists()
