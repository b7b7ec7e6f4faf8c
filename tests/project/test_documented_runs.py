"""Every documented run has the options with which a correct target ends green: two origins, for one."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.cli.options import given_options, options_parser
from conformance.doctor import shortcomings
from conformance.settings import read_settings

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "read-back").glob("*.md"))]
COMMAND = re.compile(r"\bbeacon-conformance (run|doctor|plan)\b(.*)")
SELECTS = ("--requirement", "--check")
"""Options of a run that judges a part of a class on purpose."""


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def _runs() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for block in _blocks(page.read_text("utf-8"), "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                found = COMMAND.search(line)
                if found and not any(option in line for option in SELECTS):
                    yield page, found[2].partition(" #")[0]


RUNS = list(_runs())


def _file(page: Path) -> str:
    """Return the configuration file of a page, or else that of the README."""
    for text in (page.read_text("utf-8"), README.read_text("utf-8")):
        for block in _blocks(text, "toml"):
            if block.startswith("# beacon.toml"):
                return block
    raise AssertionError(page)


def _exported(page: Path) -> dict[str, str]:
    text = "".join(_blocks(page.read_text("utf-8"), "sh"))
    lines = re.findall(r"^export (.*)$", text, re.MULTILINE)
    pairs = [part.partition("=") for line in lines for part in shlex.split(line, comments=True)]
    return {
        name: "of-" + name.lower() if value == "…" else value.replace("…", "x") for name, _, value in pairs
    }


@pytest.mark.parametrize(
    ("page", "arguments"), RUNS, ids=[f"{page.name}-{number}" for number, (page, _) in enumerate(RUNS)]
)
def test_a_documented_run_can_judge_every_class_that_it_requires(
    page: Path, arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beacon.toml").write_text(_file(page))
    (tmp_path / "waivers.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    parsed, _ = options_parser("run").parse_known_args(shlex.split(arguments))
    names = parsed.beacon_only or re.findall(r"^\[targets\.(\w+)\]", _file(page), re.MULTILINE) or [""]
    environment = {"BEACON_TOKEN": "of-store-a", "BEACON_OTHER_TOKEN": "of-store-b"} | _exported(page)

    for name in names if parsed.beacon_config else [""]:
        settings = read_settings(
            given_options(parsed),
            environment if parsed.beacon_target or parsed.beacon_config else {},
            parsed.beacon_config,
            only=name,
        )
        assert shortcomings(settings, []) == {}
