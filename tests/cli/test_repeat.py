"""The repetition of a finding: how it is named, what is judged again, and how both findings are shown."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from conformance import cli, reference, results
from conformance.requirements import batch, cors, token
from conformance.results.checksum import sealed
from tests.support.raw_servers import RawServer
from tests.support.runs import judge

FAILED = "test_a_valid_query_token_does_not_replace_an_unknown_header_token"
GENERATED = "test_a_batch_of_any_size_within_the_limit_is_accepted"


class Deviating(reference.Rules):
    """Falls back to the query after an unknown header, has a limit of 20 entries, and sends no Vary."""

    max_entries = 20

    def token(self, request: Request) -> str | None:
        header = self.header_token(request)
        return (
            header
            if header in {reference.TOKEN, reference.OTHER_TOKEN}
            else self.query_token(request) or header
        )

    def vary(self, _request: Request, /) -> str | None:
        return None


@dataclass(frozen=True)
class Recorded:
    """The results of a run, and its target."""

    file: str
    content: results.Results
    url: str

    def finding(self, check: str) -> dict[str, Any]:
        """Return one finding."""
        return next(
            one for item in self.content["requirements"] for one in item["findings"] if one["check"] == check
        )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    folder = tmp_path_factory.mktemp("recorded")
    with reference.Server(Deviating, delay=0.005) as server:
        judged = judge(server, folder, [token.HEADER_WINS, batch.ACCEPTS_1_TO_100, cors.VARY])
        yield Recorded(str(folder / "results.json"), judged.results, server.url)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("BEACON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BEACON_TOKEN", reference.TOKEN)
    monkeypatch.setenv("BEACON_ORIGIN", reference.ORIGIN)
    monkeypatch.chdir(tmp_path)


def repeat(
    capfd: pytest.CaptureFixture[str], recorded: Recorded, check: str, *more: str
) -> tuple[int, str, str]:
    """Return the exit status, and both outputs in one line each."""
    capfd.readouterr()
    given = any(one.startswith("--target") for one in more)
    named = [] if given or not recorded.url else ["--target", recorded.url]
    status = cli.main(["repeat", recorded.file, check, *more, *named])
    out, err = capfd.readouterr()
    assert reference.TOKEN not in out + err
    return status, " ".join(out.split()), err


def test_a_repeated_violation_ends_with_1_and_shows_both_runs(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = repeat(capfd, recorded, FAILED)

    before = recorded.content["run"]
    assert (status, err) == (1, "")
    for part in (
        "token.header-wins (MUST, stated: Authentication)",
        "expected status 401 got status 201, body null",
        "repeat curl ",
        f"check suite/test_token.py::{FAILED}",
        f"then violated (run {before['id']}, {before['started']}): expected: status 401; got: status 201, body null",
        "now violated (run ",
    ):
        assert part in out
    assert out.count(before["id"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_finding_that_holds_now_ends_with_0(recorded: Recorded, capfd: pytest.CaptureFixture[str]) -> None:
    with reference.Server(delay=0.005) as mended:
        status, out, _ = repeat(capfd, recorded, FAILED, "--target", mended.url)

    assert status == 0
    assert "then violated" in out
    assert "now held" in out
    assert "1 expectation met" in out


def test_a_repeated_warning_ends_with_1(recorded: Recorded, capfd: pytest.CaptureFixture[str]) -> None:
    requirement = next(item for item in recorded.content["requirements"] if item["id"] == cors.VARY.id)
    check = next(one["check"] for one in requirement["findings"] if one["verdict"] == "warned")

    status, out, _ = repeat(capfd, recorded, check)

    assert status == 1, out
    assert "then warned" in out
    assert "now warned" in out


def test_a_generated_finding_has_the_same_smallest_example_again(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, _, _ = repeat(capfd, recorded, GENERATED, "--report-dir", "again")

    after = Recorded("", results.read(tmp_path / "again" / "results.json"), "").finding(GENERATED)
    then, now = recorded.finding(GENERATED)["evidence"][0], after["evidence"][0]
    assert status == 1
    assert then["expected"] == now["expected"]
    sizes = [len(json.loads(one["sent"]["body"])["events"]) for one in (then, now)]
    assert sizes == [Deviating.max_entries + 1] * 2


def test_reports_are_written_on_request(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    repeat(capfd, recorded, FAILED, "--report-dir=again")

    judged = [
        item for item in results.read(tmp_path / "again" / "results.json")["requirements"] if item["findings"]
    ]
    assert [one["check"] for item in judged for one in item["findings"]] == [FAILED]
    assert (tmp_path / "again" / "compliance.html").exists()


@pytest.mark.parametrize(
    "name", [FAILED, FAILED[:-4], token.HEADER_WINS.id], ids=["whole", "beginning", "id"]
)
def test_a_check_is_found_by_its_name_its_beginning_or_its_requirement(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    status, out, _ = repeat(capfd, recorded, name)

    assert status == 1
    assert f"check suite/test_token.py::{FAILED}" in out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("response", "response: there is no such check in the results"),
        ("response.*", "there is no such check in the results"),
        (
            "test_a_batch_within_the_limits",
            "there is no such check in the results; did you mean test_a_batch_within_",
        ),
        ("token.header-win", "did you mean token.header-wins?"),
        ("nonsense-7", "there is no such check in the results"),
    ],
)
def test_an_unclear_name_gives_one_line_with_candidates(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    status, out, err = repeat(capfd, recorded, name)

    assert (status, out, err.count("\n")) == (4, "", 1)
    assert says in err


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        (batch.ACCEPTS_1_TO_100.id, [batch.ACCEPTS_1_TO_100.id]),
        ("batch", [batch.ACCEPTS_1_TO_100.id]),
        ("*", [token.HEADER_WINS.id, batch.ACCEPTS_1_TO_100.id, cors.VARY.id]),
    ],
    ids=["requirement", "chapter", "pattern"],
)
def test_all_that_failed_is_repeated_and_what_is_left_is_said(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], name: str, requirements: list[str]
) -> None:
    failed = [
        one
        for item in recorded.content["requirements"]
        if item["id"] in requirements
        for one in item["findings"]
        if one["verdict"] in {"violated", "warned"}
    ]

    status, out, _ = repeat(capfd, recorded, name)

    assert status == 1
    assert f"{name} ({len(failed)} checks) are judged again on {recorded.url}" in out
    assert f"left: {len(failed)} of {len(failed)} checks: {requirements[0]} (" in out
    for one in requirements:
        assert f"{one} (" in out


def test_when_all_is_fixed_it_says_so_and_ends_with_0(
    recorded: Recorded, capfd: pytest.CaptureFixture[str]
) -> None:
    with reference.Server(delay=0.005) as mended:
        status, out, _ = repeat(capfd, recorded, "batch", "--target", mended.url)

    assert status == 0
    assert out.endswith(f"checks of {batch.ACCEPTS_1_TO_100.id}")
    assert "fixed: " in out
    assert "left" not in out


def test_a_chapter_in_which_nothing_failed_gives_one_line(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with reference.Server(delay=0.005) as server:
        judge(server, tmp_path / "green", [token.HEADER_WINS])

    status, out, err = repeat(
        capfd, replace(recorded, file=str(tmp_path / "green" / "results.json")), "token"
    )

    assert (status, out, err.count("\n")) == (4, "", 1)
    assert "token: no check of it failed in these results" in err


def test_without_a_token_nothing_is_sent_and_one_line_says_so(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BEACON_TOKEN")

    status, out, err = repeat(capfd, recorded, FAILED)

    assert (status, err.count("\n")) == (4, 1)
    assert out.endswith("(--target)")
    assert "no token: a target is judged with a token; give --token T or BEACON_TOKEN" in err


def test_a_target_that_no_longer_answers_ends_with_6_and_a_reason(
    recorded: Recorded, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        status, out, _ = repeat(
            capfd, recorded, FAILED, f"--target=http://127.0.0.1:{unused.getsockname()[1]}"
        )

    assert status == 6
    assert "now not judged" in out
    assert "Connection refused" in out


def test_seed_and_waivers_of_the_environment_do_not_change_the_repetition(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("SEED", "99"), ("TARGET", "http://127.0.0.1:9"), ("WAIVERS", "missing.toml")):
        monkeypatch.setenv(f"BEACON_{name}", value)

    status, _, _ = repeat(capfd, recorded, FAILED, "--report-dir=again")

    after = results.read(tmp_path / "again" / "results.json")
    assert (status, after["run"]["seed"], after["target"]["url"]) == (1, 0, recorded.url)


def _rewritten(recorded: Recorded, path: Path, **changes: Any) -> Recorded:
    content = json.loads(json.dumps(recorded.content)) | changes
    results.write(sealed(content), path)
    return Recorded(str(path), content, recorded.url)


def test_a_finding_of_the_bundled_reference_is_repeated_on_the_bundled_reference(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BEACON_TOKEN")
    target = {**recorded.content["target"], "kind": "reference", "url": "http://127.0.0.1:9"}
    rewritten = _rewritten(recorded, tmp_path / "reference.json", target=target)
    monkeypatch.setenv("BEACON_TARGET", "http://127.0.0.1:9")

    status, out, _ = repeat(capfd, replace(rewritten, url=""), FAILED)

    assert status == 0
    assert "now held" in out


def test_a_check_that_this_suite_does_not_have_gives_one_line(
    recorded: Recorded, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    requirements = json.loads(json.dumps(recorded.content["requirements"]))
    wins = next(item for item in requirements if item["id"] == token.HEADER_WINS.id)
    wins["findings"][0]["check"] = "test_of_another_version"
    rewritten = _rewritten(recorded, tmp_path / "other.json", requirements=requirements)

    status, out, err = repeat(capfd, rewritten, "test_of_another_version")

    assert (status, err.count("\n")) == (4, 1)
    assert out.endswith("(--target)")
    assert "this version of the suite (" in err
    assert "has no such check" in err


@pytest.mark.parametrize("named", [None, "environment", "option", "file"])
def test_a_token_is_sent_only_to_the_target_that_the_user_names(
    recorded: Recorded,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
) -> None:
    with reference.Server(delay=0.005) as own, RawServer(lambda *_: None) as thief:
        stolen = {**recorded.content["target"], "url": thief.url, "observer": "http"}
        rewritten = _rewritten(recorded, tmp_path / "results.json", target=stolen)
        more = []
        if named == "environment":
            monkeypatch.setenv("BEACON_TARGET", own.url)
        elif named == "option":
            more = [f"--target={own.url}"]
        elif named == "file":
            (tmp_path / "beacon.toml").write_text(f'target = "{own.url}"', "utf-8")
            more = [f"--config={tmp_path / 'beacon.toml'}"]
        status, out, err = repeat(capfd, replace(rewritten, url=""), FAILED, *more)

    assert thief.received == []
    if named is None:
        assert (status, out, err.count("\n")) == (4, "", 1)
        assert f"its run was of {thief.url}" in err
    else:
        assert status == 0
        assert out.startswith(f"{FAILED} is judged again on {own.url} (")
        assert f"The results are of another target: {thief.url}" in out


def test_a_file_that_is_not_a_results_file_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "results.json").write_text("{", "utf-8")

    assert cli.main(["repeat", "results.json", FAILED]) == 4
    assert capfd.readouterr().err.count("\n") == 1
