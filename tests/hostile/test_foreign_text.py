"""Nothing that a target or a file says is obeyed by what shows it: one table of attacks, in every place that repeats it."""

import json
import re
import socket
from pathlib import Path

import pytest

from conformance import results
from conformance.report.annotations import annotations
from conformance.report.html.comparison import comparison_page
from conformance.report.html.page import compliance_page
from conformance.report.junit import junit
from conformance.report.markdown.comparison import comparison_markdown
from conformance.report.markdown.summary import escape_markdown, summary
from conformance.report.text.comparison import comparison_text
from conformance.report.text.terminal import table
from conformance.results.checksum import sealed
from conformance.results.comparison import compare
from conformance.results.derivation import rederived
from tests.support.cli_process import ended, environment, start
from tests.support.hostile_results import everything
from tests.support.log_commands import COMMANDS, obeyed
from tests.support.raw_servers import RawServer

pytestmark = pytest.mark.hostile

MARKDOWN = (
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<http://evil.example>",
    "http://evil.example",
    "www.evil.example",
    "@everyone",
    "someone@evil.example",
    "#1",
    "GH-1",
    "owner/repository#1",
    "!1",
    "%1",
    "$1",
    "~label",
    "&1",
    "/close",
    "- [ ] task",
    "+ item",
    "1. item",
    "=====",
    "---",
    "# heading",
    "> quote",
    "| cell |",
    "`code`",
    "*bold*",
    "_it_",
    "~~~",
    ":tada:",
    "<!-- comment",
    "$$math$$",
    "^insert",
    "\\escape",
    "&lt;b&gt;",
)
"""What is live on a code host's page, from its beginning."""
LIVE = re.compile(
    r"[<>\[\]`*_|\\!$~^@%]|&(?!#\d+;)|(?<!&)#|://|www\.|GH-\d|:[a-z]\w*:|^[-+=/]|^\d+[.)]\s",
    re.IGNORECASE | re.MULTILINE,
)
ANSWERED = 8
"""The requests of the doctor; otherwise nothing would be judged."""
BODY = "\n".join((*COMMANDS, *MARKDOWN, "\x1b[31m::error::owned", "\u2028::error::owned", "\u202e"))
LINE = " ".join((*COMMANDS[:8], *MARKDOWN))


def attacking(server: RawServer, connection: socket.socket) -> None:
    """Answer with the status that the request calls for, or with another, and with attacks in every part."""
    number = len(server.received)
    status = ("201", "401", "422", "500")[number % 4] if number > ANSWERED else "201"
    lines = "".join(f"X-Attack-{number}: {one}\r\n" for number, one in enumerate((*COMMANDS, *MARKDOWN)))
    body = BODY.encode() if number > ANSWERED else b"null"
    head = f"HTTP/1.1 {status} {LINE}\r\n{lines}Vary: {LINE}\r\nAccess-Control-Allow-Origin: {LINE}\r\n"
    head += f"Content-Type: application/json; {LINE}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)


@pytest.mark.parametrize(
    "arguments",
    [
        [
            "run",
            "--requirement=token.missing-refused",
            "--requirement=response.null-json",
            "-rA",
            "-vv",
            "-n0",
        ],
        ["run", "-k=test_response or test_cors or test_token", "--effort=quick"],
        ["doctor"],
    ],
    ids=["talkative", "usual", "doctor"],
)
def test_no_line_of_the_log_is_a_command(tmp_path: Path, arguments: list[str]) -> None:
    with RawServer(attacking) as server:
        options = [f"--target={server.url}", "--token=sEntinel-token", "--origin=https://shop.example"]
        status, output = ended(start([*arguments, *options], tmp_path, environment(tmp_path)))

    assert status in {0, 1, 6}, output
    assert not obeyed(output)
    assert "\x1b" not in output
    summary = tmp_path / "reports" / "summary.md"
    if summary.exists():
        assert not _live(summary.read_text("utf-8"))


def _live(text: str) -> list[str]:
    """Return what is live in Markdown that the suite wrote, without its own tables, lists and headings."""
    lines = (
        line
        for line in text.splitlines()
        if not re.fullmatch(r"\|( --- \|)+| *|</?details>|<summary>[^<]*</summary>", line)
    )
    bare = (re.sub(r"^(##+ |- (\S )?|\*\*)|\*\*$|^\| | \|$", "", line).replace(" | ", " ") for line in lines)
    return [line for line in bare if LIVE.search(line.replace("(--", "(").replace("**", ""))]


@pytest.mark.parametrize("attack", [*MARKDOWN, *COMMANDS])
def test_nothing_is_live_in_markdown(attack: str) -> None:
    for text in (attack, f"{attack} and more", f"before {attack}", f"before\n{attack}"):
        assert not LIVE.search(escape_markdown(text)), text


def test_a_file_with_attacks_in_every_text_is_inert_in_every_report() -> None:
    content = json.loads(json.dumps(everything()))
    kept = {"id", "chapter", "class", "level", "basis", "verdict", "outcome", "state", "expires", "kind"}

    def attack(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: attack(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [attack(item, name) for item in value]
        keeps = not isinstance(value, str) or name in {*kept, "started", "finished", "effort", "none"}
        return value if keeps else "/close " + BODY

    attacked = {**content, **{key: attack(content[key], key) for key in ("run", "target", "requirements")}}
    attacked["suite"] = {**dict.fromkeys(content["suite"], BODY), "name": "beacon-conformance"}
    attacked = results.file.checked(sealed(rederived(attacked)), "attacked")
    compared = compare([("a\n::error::owned", attacked), ("b", everything()), ("c", attacked)])

    assert not obeyed("\n".join(table(attacked)))
    assert not obeyed(comparison_text(compared))
    assert not _live(summary(attacked))
    assert not _live(comparison_markdown(compared))
    for line in annotations(attacked):
        assert line.startswith("::")
        assert "\n" not in line
        assert line.count("::") == 2 or "::" not in line.split("::", 2)[1]
    assert "<img src=x" not in compliance_page(attacked) + comparison_page(compared)
    assert "\x1b" not in junit(attacked)
