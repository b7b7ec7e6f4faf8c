"""The comment of a pull request on GitHub: made once, and then updated."""

import os
from pathlib import Path

import pytest

from tests.support.ci_steps import ACTION, read_yaml, shell, step

SCRIPT = step(read_yaml(ACTION), "Comment on the pull request")["run"]
GH = """#!/bin/bash
printf '%s\\n' "$@" "mark=$MARK" >> {folder}/asked
case "$*" in *--paginate*) printf '{found}';; *) for one in "$@"; do case "$one" in body=@*) cp "${{one#body=@}}" {folder}/body;; esac; done;; esac
"""


@pytest.mark.parametrize(
    ("found", "call"),
    [
        ("", ["api", "repos/acme/shop/issues/7/comments", "--field"]),
        ("41\\n42\\n", ["api", "--method", "PATCH", "repos/acme/shop/issues/comments/41", "--field"]),
    ],
    ids=["first", "again"],
)
def test_the_comment_of_a_pull_request_is_made_once_and_then_updated(
    found: str, call: list[str], tmp_path: Path
) -> None:
    programs, made = tmp_path / "programs", tmp_path / "beacon-conformance"
    for folder in (programs, made, tmp_path / "work"):
        folder.mkdir()
    (programs / "gh").write_text(GH.format(folder=tmp_path, found=found), "utf-8")
    (programs / "gh").chmod(0o755)
    (made / "comment.md").write_text("## the summary\n", "utf-8")
    environment = {
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_REPOSITORY": "acme/shop",
        "NUMBER": "7",
        "NAME": "reports of $(touch harm) eu",
        "PATH": f"{programs}:{os.environ['PATH']}",
    }
    ran = shell(SCRIPT, environment, tmp_path)

    assert ran.returncode == 0, ran.stderr
    asked = (tmp_path / "asked").read_text("utf-8").splitlines()
    last = asked[len(asked) - asked[::-1].index("api") - 1 :]
    assert last[: len(call)] == call
    mark = "<!-- beacon-conformance reportsoftouchharmeu -->"
    assert asked[-1] == f"mark={mark}"
    assert (tmp_path / "body").read_text("utf-8") == f"{mark}\n## the summary\n"
    assert list(tmp_path.rglob("harm")) == []


@pytest.mark.parametrize(("number", "text"), [("", "## the summary\n"), ("7", "")])
def test_without_a_pull_request_or_a_summary_there_is_no_comment(
    number: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "beacon-conformance").mkdir()
    (tmp_path / "beacon-conformance" / "comment.md").write_text(text, "utf-8")
    environment = {"RUNNER_TEMP": str(tmp_path), "NUMBER": number, "NAME": "x", "PATH": "/usr/bin:/bin"}
    ran = shell(SCRIPT, environment, tmp_path)

    assert (ran.returncode, ran.stdout.startswith("No comment: ")) == (0, True)
