"""Every command in README and docs is run, or is in a list with the reason why it is not run here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import reference, results
from conformance.cli.commands import command_line
from conformance.requirements import batch, token
from conformance.results.verdicts import Verdict
from tests.project.test_examples import served
from tests.support.runs import run

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
STAGING = "https://staging.example"
BLOCK = re.compile(r"^ *```(sh|toml)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
NOT_RUN_HERE = {
    "make conformance ": "takes the time of a whole run; .ci/run does it on every push",
    "make requirement ": "writes into this tree; tests/project/test_documents.py compares what it would write",
    "beacon-conformance reference ": "serves until it is interrupted; tests/cli/test_reference.py does it",
    "python examples/": "serves until it is interrupted; tests/project/test_examples.py does it",
    "export BEACON_TOKEN=example-": "judges what the line above it serves; tests/project/test_examples.py does it",
    "beacon-conformance rejudge reports/ --pdb": "is of a partner's recording, and waits in a debugger for a person",
    "pip install ": "needs an index of packages; the development environment has the extra's library",
    "gh attestation verify ": "needs GitHub and its command",
    "docker build ": "needs a container engine; tests/project/test_delivery.py reads the Dockerfile",
}
"""The beginning of a block, and the reason why no test in this module runs it."""
BY_READ_BACK_S_OWN = "read-back"
"""tests/report/test_read_back_page.py runs the blocks of these pages, because each needs its own kind of pipeline."""
TOKENS = {
    "BEACON_TOKEN": reference.TOKEN,
    "BEACON_OTHER_TOKEN": reference.OTHER_TOKEN,
    "STAGING_TOKEN": reference.TOKEN,
    "US_TOKEN": reference.OTHER_TOKEN,
}


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _blocks(page: Path) -> list[tuple[str, str]]:
    """Return the languages and texts of a page's blocks for a shell or a run."""
    return [(kind, text) for kind, text in BLOCK.findall(page.read_text("utf-8"))]


def _is_run(text: str) -> bool:
    return not text.startswith(tuple(NOT_RUN_HERE))


RUN = [
    page
    for page in PAGES
    if page.parent.name != BY_READ_BACK_S_OWN
    and any(kind == "sh" and _is_run(text) for kind, text in _blocks(page))
]


def _usual_file() -> list[tuple[str, str]]:
    """Return the README's configuration file, which other pages use."""
    return [block for block in _blocks(ROOT / "README.md") if block[0] == "toml"][:1]


def _script(page: Path, url: str) -> str:
    """Return a page's blocks as one script. It writes each file that the page shows, so that later blocks find it."""
    lines: list[str] = []
    for kind, text in [*_usual_file(), *_blocks(page)]:
        here = text.replace(STAGING, url)
        for name, value in TOKENS.items():
            here = here.replace(f"{name}=…", f"{name}='{value}'")
        if kind == "toml":
            named = re.match(r"# ([a-z]+\.toml)\n", here)
            lines.append(f"cat > {named[1] if named else 'beacon.toml'} <<'THE END'\n{here}THE END\n")
        elif _is_run(text):
            lines.append(here)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with reference.Server(delay=0.005) as server:
        yield server.url


@pytest.fixture
def binaries(tmp_path: Path) -> Path:
    """Return a folder with a command whose exit status for one requirement is the same as for all of them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "beacon-conformance"
    suite = Path(sys.executable).with_name("beacon-conformance")
    # A run of one requirement ends in 6, verify and rejudge in 1, because that run's verdict is not conformant.
    judges_again = '{ test "$1" = verify || test "$1" = rejudge; }'
    accepted = f"test $status = 6 || {{ test $status = 1 && {judges_again}; }} || exit $status"
    command.write_text(f'#!/bin/sh\n"{suite}" "$@" || {{ status=$?; {accepted}; }}\n')
    command.chmod(0o755)
    return folder


@pytest.mark.parametrize("page", RUN, ids=_name)
def test_the_commands_of_a_page_work_one_after_the_other(
    page: Path, url: str, binaries: Path, tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    work = tmp_path / "work"
    work.mkdir()
    ran = subprocess.run(  # noqa: S603 - our own pages
        [bash, "--norc", "-euo", "pipefail", "-c", _script(page, url)],
        cwd=work,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("BEACON_")},
            **TOKENS,
            "PATH": f"{binaries}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTEST_ADDOPTS": "--requirement=token.header-wins",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    for written in work.rglob("results.json"):
        verdicts = {item["id"]: item["verdict"] for item in results.read(written)["requirements"]}
        assert verdicts[token.HEADER_WINS.id] == Verdict.HELD


def test_every_block_that_is_not_run_is_on_a_page() -> None:
    shown = [text for page in PAGES for kind, text in _blocks(page) if kind == "sh"]

    assert [begins for begins in NOT_RUN_HERE if not any(text.startswith(begins) for text in shown)] == []


def test_the_commands_that_ci_runs_are_in_its_script() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert {"make test", "make conformance"} <= set(script.splitlines())


def test_every_subcommand_on_a_page_exists() -> None:
    named = {
        name for page in PAGES for name in re.findall(r"beacon-conformance ([a-z]+)", page.read_text("utf-8"))
    }
    helped = command_line().format_help()

    assert {name for name in named if not re.search(rf"^ +{name}\s", helped, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=_name)
def test_every_link_has_a_target(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_to_a_heading_finds_it(page: Path) -> None:
    for file, place in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text("utf-8")):
        goal = (page.parent / file if file else page).read_text("utf-8")
        headings = re.findall(r"^#+ (.*)$", goal, re.MULTILINE)

        assert place in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_code_in_add_a_requirement_is_in_the_project() -> None:
    page = (ROOT / "docs" / "add-a-requirement.md").read_text("utf-8")
    code = "".join(
        path.read_text("utf-8")
        for path in [*ROOT.glob("conformance/**/*.py"), *ROOT.glob("tests/mutants/*.py")]
    )
    shown = [
        re.sub(r"^   ", "", text, flags=re.MULTILINE)
        for text in re.findall(r"^   ```python\n(.*?)^   ```", page, re.DOTALL | re.MULTILINE)
    ]

    assert len(shown) == 3
    assert [text for text in shown if text not in code] == []


def _readme_s_file(tmp_path: Path, url: str) -> str:
    text = next(text for kind, text in _blocks(PAGES[0]) if kind == "toml")
    (tmp_path / "beacon.toml").write_text(text.replace(STAGING, url), "utf-8")
    return f"--config={tmp_path / 'beacon.toml'}"


def test_the_file_in_the_readme_judges_a_foreign_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (token.HEADER_WINS, token.NAMES_THE_STORE, batch.INGESTS_ALL)
    monkeypatch.setenv("BEACON_TOKEN", "example-token-of-store-a")
    monkeypatch.setenv("BEACON_OTHER_TOKEN", "example-token-of-store-b")
    with served(ROOT / "examples" / "http_server_target.py", tmp_path / "log") as foreign:
        _, output = run(
            _readme_s_file(tmp_path, foreign),
            f"--report-dir={tmp_path}",
            *(f"--requirement={one.id}" for one in asked),
        )

    found = results.read(tmp_path / "results.json")["requirements"]
    assert {item["verdict"] for item in found if item["id"] in {one.id for one in asked}} == {"held"}, output


def test_a_mistyped_token_gives_the_line_in_the_readme(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoted = re.search(r"`(the target refuses [^`]*)`", PAGES[0].read_text("utf-8"))
    assert quoted is not None
    monkeypatch.setenv("BEACON_TOKEN", reference.TOKEN[:-1] + "s")
    status, output = run(
        _readme_s_file(tmp_path, url), f"--report-dir={tmp_path}", "-p", "no:html", "-p", "no:junitxml"
    )

    assert status == 6
    assert quoted[1] in output
    found = results.read(tmp_path / "results.json")
    assert quoted[1] in found["run"]["unreachable"]
    assert {item["verdict"] for item in found["requirements"]} == {"not-judged"}
