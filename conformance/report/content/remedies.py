"""What a user can do next with the options of a run: which are missing, and the command that runs it again. Pure functions of results."""

import re
import shlex
from math import floor

from conformance.report.content import selection
from conformance.requirements import Level
from conformance.results import Results

PASSES = re.compile(r": pass (--.+)$")
"""The end of a reason that names a missing option."""
FLAG = re.compile(r"--[a-z][a-z-]*")
SLOWER = "--max-rate N"
"""How a reason asks for fewer requests a second."""
HIDDEN = re.compile(r"given|[a-z][a-z0-9+.-]*:…")
"""How results show an option whose value may be secret."""
LOWEST_RATE = 1


def missing_options(results: Results) -> list[str]:
    """Return the options that would have more judged; what more required MUST requirements need comes first.

    An option that the run was given is never asked for, and none for what would only be observed.
    """
    groups = [(found[1], group) for group in _gaps(results) if (found := PASSES.search(group.reason))]
    groups.sort(key=lambda pair: -sum(is_needed(results, item) for item in pair[1].items))
    given = {f"--{name}" for name in results["run"].get("options", {})}
    named = dict.fromkeys(option for option, _ in groups)
    return [option for option in named if not set(FLAG.findall(option)[:1]) & given]


def is_needed(results: Results, item: selection.Item) -> bool:
    """Whether a requirement is a MUST of a required class."""
    return item["level"] == Level.MUST and bool(results["classes"][item["class"]]["required"])


def is_throttled(results: Results) -> bool:
    """Whether the target refused requests because they came too fast."""
    return any(SLOWER in group.reason for group in _gaps(results))


def _gaps(results: Results) -> list[selection.Group]:
    """Return what was not judged, without the groups that no verdict could come of."""
    return [
        group
        for group in selection.not_judged(results)
        if any(item["level"] != Level.INFO for item in group.items)
    ]


def slower_rate(results: Results) -> int:
    """Return half of the requests a second that the run sent: a number to try if the target throttles."""
    timeline = results["run"].get("timeline", {"seconds": 1, "replies": {}})
    intervals = [sum(counts) for counts in zip(*timeline["replies"].values(), strict=True)]
    busy = [count for count in intervals if count]
    rate = sum(busy) / (len(busy) * timeline["seconds"]) if busy else 2.0
    given = results["run"].get("options", {}).get("max-rate")
    return max(LOWEST_RATE, floor(min(rate, float(given) if given else rate) / 2))


def numbered(results: Results, text: str) -> str:
    """Return a text in which a limit on requests a second has a number."""
    return text.replace(SLOWER, f"--max-rate {slower_rate(results)}") if SLOWER in text else text


def command(results: Results, *more: str) -> str:
    """Return the command of a run with the options of this one and ``more``; secrets are left to the environment."""
    target, replaced = results["target"], {one.partition(" ")[0] for one in more}
    if target["kind"] == "reference":
        return " ".join(["beacon-conformance run", *more])
    options = [f"--target {shlex.quote(target['url'])}"]
    for name, value in results["run"].get("options", {}).items():
        if not HIDDEN.fullmatch(value) and f"--{name}" not in replaced:
            options.append(f"--{name} {shlex.quote(value)}")
    return " ".join(["beacon-conformance run", *options, *more])


def secrets_needed(results: Results) -> str:
    """Return the names of the environment variables that such a command needs, as text; empty if none is known."""
    if results["target"]["kind"] == "reference":
        return ""
    names = [
        f"BEACON_{name.replace('-', '_').upper()}"
        for name, value in results["run"].get("options", {}).items()
        if HIDDEN.fullmatch(value)
    ]
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last
