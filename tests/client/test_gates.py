"""A target behind a gate: nginx with a login, a client's certificate and an authority of its own."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance import reference, results
from conformance.doctor import StepResult
from conformance.plugin.run import Run
from conformance.requirements import batch, token
from conformance.results.verdicts import Verdict
from conformance.settings import Settings
from tests.support.nginx import HOST, PASSWORD, USER, Gate, gate_before
from tests.support.runs import run

CREDENTIALS = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
LINE = f"Authorization: Basic {CREDENTIALS}"
URL = f"https://{HOST}"
ASKED = (batch.INGESTS_ALL, token.HEADER_ACCEPTED, token.UNKNOWN_HEADER_REFUSED)


@dataclass(frozen=True)
class Gated:
    server: reference.Server
    gate: Gate

    @property
    def options(self) -> dict[str, str]:
        return {
            "target": URL,
            "token": reference.TOKEN,
            "headers": LINE,
            "ca-file": str(self.gate.ca_file),
            "client-cert": str(self.gate.client_cert),
            "connect-to": f"127.0.0.1:{self.gate.port}",
        }


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    with (
        reference.Server() as server,
        gate_before(server.url, tmp_path_factory.mktemp("nginx")) as gate,
    ):
        yield Gated(server, gate)


def _as_arguments(options: dict[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]


def test_a_run_and_its_read_back_pass_the_gate_and_show_nothing_that_opens_it(
    gated: Gated, tmp_path: Path
) -> None:
    observer = gated.server.observer.replace(gated.server.url, URL)
    status, output = run(
        *_as_arguments(gated.options),
        f"--observer={observer}",
        f"--observer-headers={LINE}",
        f"--report-dir={tmp_path}",
        *("--max-rate=1000", "--effort=quick", "--require=http"),
        *(f"--requirement={one.id}" for one in ASKED),
    )

    found = {item["id"]: item["verdict"] for item in results.read(tmp_path / "results.json")["requirements"]}
    assert dict.fromkeys((one.id for one in ASKED), Verdict.HELD) == {
        one.id: found[one.id] for one in ASKED
    }, output
    assert status == 6  # only three requirements were selected
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    for secret in (CREDENTIALS, PASSWORD):
        assert [name for name, text in {**written, "terminal": output}.items() if secret in text] == []


def test_a_command_in_the_report_passes_the_gate_as_it_stands(gated: Gated, tmp_path: Path) -> None:
    run(
        *_as_arguments(gated.options),
        f"--report-dir={tmp_path}",
        *("--max-rate=1000", "--effort=quick", f"--requirement={token.UNKNOWN_HEADER_REFUSED.id}"),
    )
    content = results.read(tmp_path / "results.json")
    item = next(one for one in content["requirements"] if one["id"] == token.UNKNOWN_HEADER_REFUSED.id)
    command = next(evidence["repeat"] for finding in item["findings"] for evidence in finding["evidence"])
    assert "--cacert" in command
    environment = {f"BEACON_{name.replace('-', '_').upper()}": value for name, value in gated.options.items()}

    ran = subprocess.run(  # noqa: S603 - the command of our own report
        [shutil.which("sh") or "sh", "-c", command],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.stdout.startswith("HTTP/1.1 401"), ran.stderr
    assert "WWW-Authenticate" not in ran.stdout


@pytest.mark.parametrize(
    ("without", "step"), [("ca-file", "TLS"), ("client-cert", "/beacon"), ("headers", "/beacon")]
)
def test_without_one_of_the_options_the_doctor_does_not_get_through(
    without: str, step: str, gated: Gated
) -> None:
    given = {name.replace("-", "_"): value for name, value in gated.options.items() if name != without}
    begun = Run.begin(Settings(**given))  # type: ignore[arg-type]
    try:
        found = {one.name: one.result for one in begun.examine()}
    finally:
        begun.end()

    assert found[step] in {StepResult.PROBLEM, StepResult.WARNING}
