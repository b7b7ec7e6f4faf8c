"""The note of a merge request in GitLab: made once, and then updated."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.support.ci_steps import TEMPLATE, shell

MARK = "<!-- beacon-conformance staging-eu -->"
NOTES = "/projects/5/merge_requests/7/notes"
(SCRIPT,) = yaml.safe_load(TEMPLATE.read_text("utf-8"))[".beacon-conformance"]["after_script"]


class GitLab(ThreadingHTTPServer):
    """Has notes, and keeps what it was asked."""

    notes: list[dict[str, object]]
    asked: list[tuple[str, str, object]]


class Handler(BaseHTTPRequestHandler):
    server: GitLab

    def do_GET(self) -> None:
        self._answer(self.server.notes)

    def do_POST(self) -> None:
        self._change()

    def do_PUT(self) -> None:
        self._change()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _change(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.command, self.path, body["body"]))
        self._answer({"id": 1})

    def _answer(self, content: object) -> None:
        allowed = self.headers["PRIVATE-TOKEN"] == "a-token"
        data = json.dumps(content).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    server = GitLab(("127.0.0.1", 0), Handler)
    server.notes, server.asked = [{"id": 3, "body": "looks good"}], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _run(gitlab: GitLab, folder: Path, **changes: str) -> None:
    reports = folder / "work" / "reports"
    reports.mkdir(parents=True)
    (reports / "summary.md").write_text("## the summary\n", "utf-8")
    environment = {
        "BEACON_REPORT_DIR": "reports",
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_port}",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_JOB_NAME_SLUG": "staging-eu",
        "CONFORMANCE_COMMENT_TOKEN": "a-token",
    }
    ran = shell(SCRIPT, {**environment, **changes}, folder)

    assert ran.returncode == 0, ran.stderr


def test_the_first_run_makes_a_note(gitlab: GitLab, tmp_path: Path) -> None:
    _run(gitlab, tmp_path)

    assert gitlab.asked == [("POST", NOTES, f"{MARK}\n## the summary\n")]


def test_a_later_run_updates_it(gitlab: GitLab, tmp_path: Path) -> None:
    gitlab.notes.append({"id": 9, "body": f"{MARK}\nold"})
    _run(gitlab, tmp_path)

    assert gitlab.asked == [("PUT", f"{NOTES}/9", f"{MARK}\n## the summary\n")]


@pytest.mark.parametrize("missing", ["CONFORMANCE_COMMENT_TOKEN", "CI_MERGE_REQUEST_IID"])
def test_without_a_token_or_a_merge_request_nothing_is_asked(
    missing: str, gitlab: GitLab, tmp_path: Path
) -> None:
    _run(gitlab, tmp_path, **{missing: ""})

    assert gitlab.asked == []
