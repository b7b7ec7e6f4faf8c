"""Several targets of one configuration file: each judged by a process of its own, and what they come to together."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from conformance import report, results
from conformance.results.comparison import compare
from conformance.results.verdicts import ExitStatus
from conformance.settings import OPTIONS, TOKEN_FILES, ConfigFile, ConfigurationError, Settings, read_settings

WORST_FIRST = (
    ExitStatus.INTERRUPTED,
    ExitStatus.SUITE_FAULT,
    ExitStatus.USAGE,
    ExitStatus.NON_CONFORMANT,
    ExitStatus.NOT_FULLY_VERIFIED,
    ExitStatus.NOTHING_JUDGED,
    ExitStatus.WAIVER,
    ExitStatus.CONFORMANT,
)
"""Which status several runs end with: the first of these that any of them has."""
KNOWN = (*OPTIONS, *TOKEN_FILES)
MOMENT = 0.5
"""Seconds: an interruption that the system gives to another thread wakes nobody, and is seen between two waits."""


@dataclass
class NamedTarget:
    """One named target, and the run that judges it."""

    name: str
    settings: Settings
    status: int = ExitStatus.INTERRUPTED
    content: results.Results | None = None
    """Of this run; none where it left none."""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def file(self) -> Path:
        """Where its results are."""
        return self.settings.report_dir / "results.json"


def regions(
    file: ConfigFile,
    names: Sequence[str],
    options: Mapping[str, str | None],
    environment: Mapping[str, str],
    *,
    allow_production: bool,
) -> list[NamedTarget]:
    """Read the settings of every target before anything is sent.

    Raises ConfigurationError for what cannot be used, and for an option or a variable that would win over what two
    targets say for themselves: then one would be judged as the other.
    """
    chosen = [
        NamedTarget(
            name,
            read_settings(options, environment, str(file.path), only=name, allow_production=allow_production),
        )
        for name in names
    ]
    for option in KNOWN:
        given = option.flag if options.get(option.name) is not None else option.variable
        if given == option.variable and option.variable not in environment:
            continue
        for name in names:
            for key in file.own(name):
                if key.removesuffix("-file") == option.name.removesuffix("-file"):
                    raise ConfigurationError(
                        f"{file.place(key, name)}: {given} would win over {key}; leave {given} out"
                    )
    return chosen


def judge(
    chosen: Sequence[NamedTarget], arguments: Sequence[str], environment: Mapping[str, str], jobs: int
) -> int:
    """Judge every target, ``jobs`` at a time, and return the worst exit status.

    What the runs are told beside ``arguments`` is in the environment: no process list shows a secret.
    """
    # However it is ended, nothing that it has started goes on.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    ending = threading.Event()
    lock = threading.Lock()

    def run(region: NamedTarget) -> None:
        began = datetime.now(UTC).isoformat(timespec="milliseconds")
        with lock:
            if ending.is_set():
                return
            region.process = _start(region.name, arguments, environment, captured=jobs > 1)
        said, _ = region.process.communicate()
        region.status, region.content = region.process.returncode, _results(region.file, began)
        if said:
            with lock:
                sys.stdout.write(f"\n===== {region.name}\n{said}")
                sys.stdout.flush()

    with ThreadPoolExecutor(jobs) as pool:
        under_way = [pool.submit(run, region) for region in chosen]
        try:
            while wait(under_way, MOMENT).not_done:
                pass
            for one in under_way:
                one.result()
        except KeyboardInterrupt:
            with lock:
                ending.set()
                for region in chosen:
                    if region.process is not None and region.process.returncode is None:
                        region.process.send_signal(signal.SIGINT)
    signal.signal(signal.SIGTERM, before)
    sys.stdout.write("\n".join(["", *table(chosen), *(f"report: {path}" for path in _compare(chosen)), ""]))
    return worst([region.status for region in chosen])


def _start(
    name: str, arguments: Sequence[str], environment: Mapping[str, str], *, captured: bool
) -> subprocess.Popen[str]:
    if not captured:
        sys.stdout.write(f"\n===== {name}\n")
        sys.stdout.flush()
    # A group of its own: an interruption reaches it once, from here. -P: the current folder has no say.
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
    """Return the results of the run that began then; what an earlier one has left says nothing of it."""
    try:
        content = results.read(file)
    except results.UnusableResults:
        return None
    return content if content["run"]["started"] >= began else None


def _compare(chosen: Sequence[NamedTarget]) -> list[Path]:
    """Write a comparison of the targets, by the first that has results, beside their folders; where one has, none."""
    named = [(region.name, region.content) for region in chosen if region.content is not None]
    if len(named) == 1 or not named:
        return []
    compared = compare(named)
    folder = chosen[0].settings.report_dir.parent
    faces = {"comparison.html": report.comparison_page, "comparison.md": report.comparison_markdown}
    for name, face in faces.items():
        (folder / name).write_text(face(compared), "utf-8", newline="\n")
    return [folder / name for name in faces]


def environment_with(options: Mapping[str, str | None], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which a run is told what options say."""
    given = {option.variable: options.get(option.name) for option in KNOWN}
    return {**environment, **{variable: value for variable, value in given.items() if value is not None}}


def worst(statuses: Sequence[int]) -> int:
    """Return the worst of some exit statuses; one that is not ours, as of a killed process, is the suite's fault."""
    named = {int(status): status for status in ExitStatus} | {-signal.SIGINT: ExitStatus.INTERRUPTED}
    return int(min((named.get(status, ExitStatus.SUITE_FAULT) for status in statuses), key=WORST_FIRST.index))


def table(chosen: Sequence[NamedTarget]) -> list[str]:
    """Return plain lines: a target each, with its exit status, its verdict and where its report is."""
    width = max(len(region.name) for region in chosen)
    return [
        f"{'target':<{max(width, 6)}}  exit  {'verdict':<20}MUST held   results",
        *_rows(chosen, max(width, 6)),
    ]


def _rows(chosen: Sequence[NamedTarget], width: int) -> Iterator[str]:
    for region in chosen:
        if region.content is None:
            yield f"{region.name:<{width}}  {region.status:>4}  {'no results':<20}"
            continue
        classes = region.content["classes"].values()
        held, must = (sum(item[key] for item in classes if item["required"]) for key in ("held", "must"))
        verdict = region.content["verdict"].replace("-", " ")
        yield f"{region.name:<{width}}  {region.status:>4}  {verdict:<20}{held:>3} of {must:<5}{region.file}"
