"""``beacon-conformance init``: writes a configuration file without secrets and a file for a CI system."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from conformance import __version__
from conformance.cli import doctor
from conformance.cli.arguments import add_init_arguments
from conformance.cli.ci_files import CONSTRAINTS, SYSTEMS, ci_file, constraints
from conformance.cli.options import given_options, options_parser
from conformance.plugin.options import settings_from
from conformance.report import files
from conformance.report.text.log import inert
from conformance.results.verdicts import ExitStatus
from conformance.settings import CONFIGURABLE, ConfigurationError

FILE = "beacon.toml"
NONE = "none"
SECRET = frozenset({"token", "other-token", "revoked-token", "headers", "observer-headers"})
"""Settings that are never written."""
QUESTIONS = (
    ("target", "The base URL of the target, without /beacon", ""),
    ("origin", "An origin that its store allows, such as https://shop.example", ""),
    ("other-origin", "A second origin that the store allows (Enter: none)", ""),
    ("observer", "Where stored events can be read: a URL, sink://…, file://…, exec:… (Enter: nowhere)", ""),
    ("ci", f"The CI system: {', '.join(SYSTEMS)} or {NONE}", NONE),
)
"""The setting, the question, and the answer that Enter gives."""
LONGEST_WORD = 20
"""Characters of a path's segment, or of a query's value, from which on it may be a key."""


@dataclass
class Answers:
    """What was given as options, and what was answered."""

    given: dict[str, str]
    ci: str
    unwritten: list[str] = field(default_factory=list)
    """The variables that a run needs, because their values are secret."""


def run(arguments: Sequence[str]) -> int:
    """Ask what was not given, run the doctor, and write the files. Raises ConfigurationError."""
    parsed = options_parser("init", add_init_arguments).parse_args(arguments)
    folder, answers = Path(parsed.directory), _answers(parsed)
    settings_from({**_tokens_or_placeholder(), **answers.given}, os.environ, None)
    texts = dict(_files(answers, parsed.install))
    existing = [name for name in texts if (folder / name).exists() and not parsed.force]
    if existing:
        raise ConfigurationError(
            f"{', '.join(str(folder / name) for name in existing)}: exists; remove it, or replace it with --force"
        )
    for name, text in texts.items():
        try:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            files.write_text(folder / name, text)
        except OSError as error:
            raise ConfigurationError(f"{folder / name}: cannot be written ({error.strerror})") from None
        sys.stdout.write(inert(f"wrote {folder / name}\n"))
    return _examined(folder / FILE, answers)


def _answers(parsed: argparse.Namespace) -> Answers:
    """Return the options, and the answers to the questions about what is missing. Raises ConfigurationError."""
    given = {name: value for name, value in given_options(parsed).items() if value}
    answers = {**given, **({"ci": parsed.ci} if parsed.ci is not None else {})}
    for name, question, usual in QUESTIONS:
        if name in answers:
            continue
        known = os.environ.get(f"BEACON_{name.replace('-', '_').upper()}", "")
        answers[name] = known or (_ask(question, usual) if sys.stdin.isatty() else usual)
    if not answers["target"]:
        raise ConfigurationError("--target: is missing; init asks for it only on a terminal")
    if answers["ci"] not in {*SYSTEMS, NONE}:
        raise ConfigurationError(f"--ci {answers['ci']}: must be one of {', '.join(SYSTEMS)}, {NONE}")
    if not re.fullmatch(r"[\x21-\x7e]*", parsed.install) or set(parsed.install) & set("'\"`$\\"):
        raise ConfigurationError(
            f"--install {parsed.install}: must be a version, a path or a URL without quotes and spaces"
        )
    ci = answers.pop("ci")
    return Answers({name: value for name, value in answers.items() if value}, ci)


def _ask(question: str, usual: str) -> str:
    shown = f"{question} [{usual}]: " if usual else f"{question}: "
    try:
        return input(shown).strip() or usual
    except EOFError:
        return usual


def _tokens_or_placeholder() -> dict[str, str]:
    """Return a token to check the other settings with, if none is known yet."""
    known = any(os.environ.get(name) for name in ("BEACON_TOKEN", "BEACON_TOKEN_FILE"))
    return {} if known else {"token": "a-token-is-not-known-yet"}


def _files(answers: Answers, install: str) -> Iterator[tuple[str, str]]:
    yield FILE, _toml(answers)
    if answers.ci != NONE:
        system = SYSTEMS[answers.ci]
        variables = list(dict.fromkeys(["BEACON_TOKEN", "BEACON_OTHER_TOKEN", *answers.unwritten]))
        if answers.ci == "jenkins" and not _has_other_token(answers.given):
            variables.remove("BEACON_OTHER_TOKEN")  # an unknown credential ends a build
        yield system.file, ci_file(system, FILE, install or _usual_install(answers.given), variables)
        yield CONSTRAINTS, constraints(__version__)


def _usual_install(given: Mapping[str, str]) -> str:
    """Return this version of the suite, with the extras that the settings need."""
    needed = {
        "browser": given.get("browser", NONE) != NONE,
        "sql": given.get("observer", "").startswith("sql+"),
    }
    extras = ",".join(name for name, is_needed in needed.items() if is_needed)
    return f"beacon-conformance{f'[{extras}]' if extras else ''}=={__version__}"


def _has_other_token(given: Mapping[str, str]) -> bool:
    return bool(given.get("other-token") or os.environ.get("BEACON_OTHER_TOKEN"))


def _toml(answers: Answers) -> str:
    """Return the configuration file, and note the variables of what it must not contain."""
    lines = [
        "# Made by beacon-conformance init. It contains no secret: tokens come from BEACON_TOKEN and BEACON_OTHER_TOKEN.",
        "# Options, variables and keys have the same names: beacon-conformance run --help.",
    ]
    for option in CONFIGURABLE:
        value = answers.given.get(option.name)
        if value is None or option.name.endswith("token-file"):
            continue
        if option.name in SECRET or (option.name in {"observer", "browser"} and not is_without_secret(value)):
            answers.unwritten.append(option.variable)
            lines.append(f"# {option.name}: set {option.variable}; its value may be secret")
        else:
            lines.append(f"{option.name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join([*lines, ""])


def is_without_secret(address: str) -> bool:
    """Whether an address surely has no secret in it: no user, no long query value, no long segment, no command."""
    if not re.match(r"(https?|sink|file|auto$|none$|/)", address) or "@" in address:
        return False
    try:
        url = urlsplit(address)
    except ValueError:
        return False
    words = [value for _, value in parse_qsl(url.query)] + url.path.split("/")
    return all(re.fullmatch(r"\{\w+\}", word) or len(word) < LONGEST_WORD for word in words)


def _examined(config: Path, answers: Answers) -> int:
    """Run the doctor if there is a token, and say what is next."""
    known = answers.given.keys() & {"token", "token-file"} or any(
        os.environ.get(name) for name in ("BEACON_TOKEN", "BEACON_TOKEN_FILE")
    )
    if not known:
        sys.stdout.write(
            f"No token is known, so nothing was tried. Next: export BEACON_TOKEN=…, then beacon-conformance doctor --config {config}\n"
        )
        return ExitStatus.CONFORMANT
    hidden = [
        f"--{name}={value}" for name, value in answers.given.items() if name in SECRET or "token-file" in name
    ]
    hidden += [
        f"--{name}={answers.given[name]}"
        for name in ("observer", "browser")
        if name in answers.given and not is_without_secret(answers.given[name])
    ]
    status = doctor.run(["--config", str(config), *hidden])
    if status == ExitStatus.CONFORMANT:
        sys.stdout.write(f"Next: beacon-conformance run --config {config}\n")
    return status
