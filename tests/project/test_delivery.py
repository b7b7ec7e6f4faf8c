"""The deliverables: the wheel, the source distribution and the container."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]

from conformance import reference
from conformance.requirements import events
from conformance.results.package import package_digest
from conformance.results.verdicts import ExitStatus
from tests.support.cli_process import ended, environment, start
from tests.support.request_log import Asked, Recording
from tests.support.runs import options_for

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"


def _build(what: str, source: Path, output: Path) -> Path:
    """Build a wheel or a source distribution from a folder, without a network."""
    command = [sys.executable, "-m", "build", f"--{what}", "--no-isolation", "--outdir", str(output)]
    ran = subprocess.run(  # noqa: S603 - our own build
        [*command, str(source)], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return next(output.iterdir())


def _in_tree(folder: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_the_whole_package_and_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())

    assert _in_tree("conformance") <= names
    assert {
        "conformance/openapi/beacon.yaml",
        "conformance/ci/constraints.txt",
        "conformance/mutants/token.py",
    } <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "conformance",
        "beacon_conformance",
    }


def test_a_package_index_shows_addresses_and_a_readme_whose_links_work_there(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        (name,) = [one for one in content.namelist() if one.endswith(".dist-info/METADATA")]
        metadata = message_from_bytes(content.read(name), policy=default)

    addresses = dict(str(one).split(", ", 1) for one in metadata.get_all("Project-URL", []))
    assert addresses.keys() == {"Source", "Documentation", "Changelog", "Issues", "Tracking API"}
    assert (ROOT / addresses["Changelog"].partition("/main/")[2]).is_file()
    readme = metadata.get_content()
    assert metadata["Description-Content-Type"] == "text/markdown"
    links = re.findall(r'\]\(([^)]*)\)|src="([^"]*)"', readme)
    assert len(links) > 25
    assert [link for pair in links for link in pair if link and not link.startswith(("https://", "#"))] == []
    for kept in re.findall(r"OWNER/beacon-conformance/(?:blob/)?main/([^)\"#]*)", readme):
        assert (ROOT / kept).exists(), kept


def test_the_configuration_of_a_run_is_where_every_release_of_pytest_9_reads_it() -> None:
    content = tomllib.loads((ROOT / "conformance" / "beacon.toml").read_text("utf-8"))

    assert content.keys() == {"tool"}
    assert "--assert=plain" in content["tool"]["pytest"]["addopts"]


def test_the_wheel_alone_explains_a_requirement_with_its_mutants(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path)  # noqa: S202 - our own wheel
    command = [sys.executable, "-m", "conformance", "requirements", "token.header-wins", "--format=json"]
    ran = subprocess.run(  # noqa: S603 - our own command
        command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )

    assert "query-wins" in {mutant["name"] for mutant in json.loads(ran.stdout)["mutants"]}


def test_the_package_has_the_same_digest_in_the_wheel_as_in_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path)  # noqa: S202 - our own wheel
    (tmp_path / "conformance" / "__pycache__").mkdir(exist_ok=True)
    (tmp_path / "conformance" / "__pycache__" / "expect.pyc").write_bytes(b"compiled")
    code = "from conformance.results.package import package_digest as digest; print(digest())"
    ran = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )

    assert ran.stdout.strip() == package_digest()
    assert package_digest(tmp_path / "conformance") == package_digest()
    (tmp_path / "conformance" / "expect.py").write_text("# edited\n", "utf-8")
    assert package_digest.__wrapped__(tmp_path / "conformance") != package_digest()


def test_the_wheel_sends_the_batches_that_a_checkout_sends(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as content:
        content.extractall(installed)  # noqa: S202 - our own wheel

    assert _asked(tmp_path) == _asked(tmp_path, PYTHONPATH=str(installed))


def _asked(folder: Path, **told: str) -> list[Asked]:
    """Return the requests of a run with generated batches."""
    with reference.Server(Recording, delay=0) as server:
        chosen = [f"--requirement={events.ANY_MIX.id}", "--seed=5", "--connections=1", *options_for(server)]
        status, output = ended(start(["run", *chosen], folder, environment(folder, told)))
        assert isinstance(server.rules, Recording)

    assert status == ExitStatus.NOT_FULLY_VERIFIED, output
    assert "1 held" in output
    return server.rules.asked


def test_the_source_distribution_has_what_a_packager_needs(tmp_path: Path) -> None:
    with tarfile.open(_build("sdist", ROOT, tmp_path)) as content:
        names = {name.partition("/")[2] for name in content.getnames()}

    tree = {name for folder in ("conformance", "openapi", "tests", "ci", "docs") for name in _in_tree(folder)}
    alone = {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "Makefile",
        "action.yml",
        "Dockerfile",
        "Dockerfile.browser",
        ".dockerignore",
    }
    assert tree | alone <= names
    assert {name for name in names if name.startswith((".venv", "reports", "dist"))} == set()


@pytest.fixture
def instructions(tmp_path: Path) -> list[dict[str, str]]:
    # The parser writes a cache beside the file.
    parser = DockerfileParser(path=str(shutil.copy(DOCKERFILE, tmp_path)))
    return [
        {item["instruction"]: item["value"]} for item in parser.structure if item["instruction"] != "COMMENT"
    ]


def _values(instructions: list[dict[str, str]], name: str) -> list[str]:
    return [item[name] for item in instructions if name in item]


def test_the_container_is_built_from_one_pinned_image(instructions: list[dict[str, str]]) -> None:
    images = {value.partition(" ")[0] for value in _values(instructions, "FROM")}

    assert len(images) == 1
    assert "@sha256:" in images.pop()


def test_the_container_does_not_run_as_root(instructions: list[dict[str, str]]) -> None:
    last = instructions[max(n for n, item in enumerate(instructions) if "FROM" in item) :]

    assert _values(last, "USER") == ["10001:10001"]
    assert all("RUN" not in item for item in last[[*map(list, last)].index(["USER"]) :])


def test_the_container_with_a_browser_extends_the_other_and_does_not_run_as_root(tmp_path: Path) -> None:
    parser = DockerfileParser(path=str(shutil.copy(ROOT / "Dockerfile.browser", tmp_path / "Dockerfile")))
    said = [
        (item["instruction"], item["value"]) for item in parser.structure if item["instruction"] != "COMMENT"
    ]

    assert said[0] == ("FROM", "beacon-conformance")
    assert [value for name, value in said if name == "USER"][-1] == "10001:10001"
    assert any(name == "RUN" and "chromium" in value and "playwright" in value for name, value in said)


def test_the_container_holds_no_secret(instructions: list[dict[str, str]]) -> None:
    assert _values(instructions, "ARG") == []
    assert not any("BEACON" in value for value in _values(instructions, "ENV"))


def test_the_container_starts_the_command(instructions: list[dict[str, str]]) -> None:
    assert json.loads(_values(instructions, "ENTRYPOINT")[0]) == ["beacon-conformance"]


def test_what_the_container_copies_is_enough_for_the_wheel(
    instructions: list[dict[str, str]], wheel: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for value in _values(instructions, "COPY"):
        *names, place = shlex.split(value)
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / place)
            else:
                shutil.copy(ROOT / name, source)
    built = _build("wheel", source, tmp_path / "built")

    with zipfile.ZipFile(built) as one, zipfile.ZipFile(wheel) as other:
        assert set(one.namelist()) == set(other.namelist())


def test_the_container_ignores_everything_but_what_it_copies(instructions: list[dict[str, str]]) -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().split()
        if line.startswith("!")
    }
    copied = {name for value in _values(instructions, "COPY") for name in shlex.split(value)[:-1]}

    assert let_in == copied
