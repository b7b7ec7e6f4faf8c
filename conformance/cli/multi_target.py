"""Judges several targets of one configuration file, each in its own process, and compares their results."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from conformance import results
from conformance.plugin.options import settings_from
from conformance.report import files
from conformance.report.html.comparison import comparison_page
from conformance.report.markdown.comparison import comparison_markdown
from conformance.results.comparison import compare
from conformance.results.verdicts import ExitStatus
from conformance.settings import CONFIGURABLE, ConfigFile, ConfigurationError, Settings

WORST_FIRST = (
    ExitStatus.INTERRUPTED,
    ExitStatus.SUITE_FAULT,
    ExitStatus.USAGE,
    ExitStatus.NOT_GENUINE,
    ExitStatus.NON_CONFORMANT,
    ExitStatus.NOT_FULLY_VERIFIED,
    ExitStatus.NOTHING_JUDGED,
    ExitStatus.WAIVER,
    ExitStatus.CONFORMANT,
)
"""The exit statuses, worst first. A run of several targets ends with the worst one."""
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
MOMENT = 0.5
"""Seconds between checks for an interruption, because a signal to another thread does not end a wait."""


@dataclass
class NamedTarget:
    """One named target, and the run that judges it."""

    name: str
    settings: Settings
    status: int = ExitStatus.INTERRUPTED
    content: results.Results | None = None
    """The results of this run; None if it wrote no file."""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def file(self) -> Path:
        """The path of its results file."""
        return self.settings.report_dir / "results.json"


def named_targets(
    file: ConfigFile,
    names: Sequence[str],
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    *,
    allow_production: bool,
) -> list[NamedTarget]:
    """Read the settings of every target before anything is sent.

    Raises ConfigurationError for a setting that cannot be used. Also raises it for an option or variable that would
    override a key in a target's own table, because one target would then be judged with the settings of another.
    """
    targets = [
        NamedTarget(
            name,
            settings_from(options, environment, str(file.path), only=name, allow_production=allow_production),
        )
        for name in names
    ]
    for option in CONFIGURABLE:
        given = option.flag if options.get(option.name) is not None else option.variable
        if given == option.variable and not environment.get(option.variable):
            continue
        for name in names:
            for key in file.own(name):
                if key.removesuffix("-file") == option.name.removesuffix("-file"):
                    raise ConfigurationError(
                        f"{file.place(key, name)}: {given} would override {key}; remove {given}"
                    )
    return targets


def judge(
    targets: Sequence[NamedTarget], arguments: Sequence[str], environment: Mapping[str, str], jobs: int
) -> int:
    """Judge every target, up to ``jobs`` in parallel, and return the worst exit status.

    Settings that may be secret are passed in the environment, because process lists show arguments.
    """
    # These signals must end the started runs, too.
    before = {number: signal.signal(number, signal.default_int_handler) for number in ENDING}
    ending = threading.Event()
    lock = threading.Lock()

    def run(target: NamedTarget) -> None:
        began = datetime.now(UTC).isoformat(timespec="milliseconds")
        with lock:
            if ending.is_set():
                return
            target.process = _start(target.name, arguments, environment, captured=jobs > 1)
        output, _ = target.process.communicate()
        target.status, target.content = target.process.returncode, _results(target.file, began)
        if output:
            with lock:
                sys.stdout.write(f"\n===== {target.name}\n{output}")
                sys.stdout.flush()

    with ThreadPoolExecutor(jobs) as pool:
        under_way = [pool.submit(run, target) for target in targets]
        try:
            while wait(under_way, MOMENT).not_done:
                pass
            for one in under_way:
                one.result()
        except KeyboardInterrupt:
            with lock:
                ending.set()
                for target in targets:
                    if target.process is not None and target.process.returncode is None:
                        target.process.send_signal(signal.SIGINT)
    for number, handler in before.items():
        signal.signal(number, handler)
    sys.stdout.write("\n".join(["", *table(targets), *(f"report: {path}" for path in _compare(targets)), ""]))
    return worst([target.status for target in targets])


def _start(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], *, captured: bool
) -> subprocess.Popen[str]:
    if not captured:
        sys.stdout.write(f"\n===== {name}\n")
        sys.stdout.flush()
    # In its own process group, it gets an interruption only once, from here. -P: no imports from the current folder.
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-P", "-m", "conformance", "run", *arguments, "--only", name],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if captured else None,
        stderr=subprocess.STDOUT if captured else None,
        encoding="utf-8",
        errors="replace",
        process_group=0,
    )


def _results(file: Path, began: str) -> results.Results | None:
    """Return the results of a run that began at ``began``; None if the file is missing or from an earlier run."""
    try:
        content = results.read(file)
    except results.UnusableResults:
        return None
    return content if content["run"]["started"] >= began else None


def _compare(targets: Sequence[NamedTarget]) -> list[Path]:
    """Compare the targets with the first one, if at least two have results, and return the paths of the files."""
    judged = [target for target in targets if target.content is not None]
    if len(judged) <= 1:
        return []
    compared = compare(
        [(str(target.file), target.content) for target in judged if target.content is not None],
        [target.name for target in judged],
    )
    folder = targets[0].settings.report_dir.parent
    formats = {"comparison.html": comparison_page, "comparison.md": comparison_markdown}
    texts = {name: format_of(compared) for name, format_of in formats.items()}
    return files.replace(folder, texts, old=frozenset(formats))


def environment_with(options: Mapping[str, str | None], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with the given options added as variables."""
    given = {option.variable: options.get(option.name) for option in CONFIGURABLE}
    return {**environment, **{variable: value for variable, value in given.items() if value is not None}}


def worst(statuses: Sequence[int]) -> int:
    """Return the worst exit status. An unknown one, such as that of a killed process, counts as a fault of the suite."""
    named = {int(status): status for status in ExitStatus} | {-signal.SIGINT: ExitStatus.INTERRUPTED}
    return int(min((named.get(status, ExitStatus.SUITE_FAULT) for status in statuses), key=WORST_FIRST.index))


def table(targets: Sequence[NamedTarget]) -> list[str]:
    """Return a line for each target: exit status, verdict and results file."""
    width = max(len(target.name) for target in targets)
    return [
        f"{'target':<{max(width, 6)}}  exit  {'verdict':<20}MUST held   results",
        *_rows(targets, max(width, 6)),
    ]


def _rows(targets: Sequence[NamedTarget], width: int) -> Iterator[str]:
    for target in targets:
        if target.content is None:
            yield f"{target.name:<{width}}  {target.status:>4}  {'no results':<20}"
            continue
        classes = target.content["classes"].values()
        held, must = (sum(item[key] for item in classes if item["required"]) for key in ("held", "must"))
        verdict = target.content["verdict"].replace("-", " ")
        yield f"{target.name:<{width}}  {target.status:>4}  {verdict:<20}{held:>3} of {must:<5}{target.file}"
