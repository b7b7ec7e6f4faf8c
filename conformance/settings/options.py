"""Every option of a run, as tables. The options of pytest, the command line and the configuration file come from them."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from conformance.settings.observer import OTHER_FORMS, USUAL_FORM


class Takes(Enum):
    """How often an option may be given, and whether it has a value."""

    ONE_VALUE = auto()
    SEVERAL_VALUES = auto()
    NO_VALUE = auto()


@dataclass(frozen=True)
class Option:
    """One option, under the same name on the command line, in the environment and in a configuration file."""

    name: str
    metavar: str
    help: str
    takes: Takes = Takes.ONE_VALUE

    @property
    def flag(self) -> str:
        """The command-line option, such as ``--other-token``."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable, such as ``BEACON_OTHER_TOKEN``."""
        return f"BEACON_{self.name.replace('-', '_').upper()}"

    @property
    def field(self) -> str:
        """The field of ``Settings``."""
        return self.name.replace("-", "_")

    @property
    def dest(self) -> str:
        """The name under which a parser stores the value. No other pytest plugin uses it."""
        return f"beacon_{self.field}"

    @property
    def declaration(self) -> dict[str, Any]:
        """The keyword arguments with which argparse and pytest add this option."""
        variable = f" [{self.variable}]" if self in CONFIGURABLE else ""
        declaration: dict[str, Any] = {"dest": self.dest, "help": f"{self.help}{variable}"}
        match self.takes:
            case Takes.ONE_VALUE:
                return declaration | {"metavar": self.metavar}
            case Takes.SEVERAL_VALUES:
                return declaration | {"metavar": self.metavar, "action": "append", "default": []}
            case Takes.NO_VALUE:
                return declaration | {"action": "store_true"}


OPTIONS = (
    Option("target", "URL", "base URL of the target, or the word reference (the default: the bundled one)"),
    Option("token", "T", "a token that the target knows (store A)"),
    Option("other-token", "T", "a second store's token"),
    Option("revoked-token", "T", "a token that the target knew once and refuses now (only observed)"),
    Option("origin", "O", "an origin that store A's allowed domains include"),
    Option(
        "other-origin",
        "O",
        "a second origin that store A allows, best with a port: it shows whether the answer follows the request",
    ),
    Option(
        "other-store-origin",
        "O",
        "an origin that the other token's store allows: the second origin where store A has only one",
    ),
    Option("observer", "SPEC", f"read-back: {USUAL_FORM}, or {OTHER_FORMS}"),
    Option(
        "observer-headers", "H", "header lines for requests to an http(s) observer, such as Authorization: …"
    ),
    Option(
        "browser",
        "B",
        "judge through a real browser, too: auto, the path of its program, or ws://… (default: none)",
    ),
    Option(
        "require",
        "C,…",
        "classes that must be fully judged (default: every class that the other options suffice to judge)",
    ),
    Option("waivers", "FILE", "known deviations (TOML): they change the exit status, never a verdict"),
    Option("report-dir", "D", "the folder for the reports (default: reports/)"),
    Option("seed", "N", "generate other batches (default: 0, the same batches in every run)"),
    Option("challenge", "C", "a reviewer's text: it begins the run's id and decides the seed"),
    Option("set", "S", "judge by this requirement set (default: the newest)"),
    Option(
        "replay", "FILE", "a results.json: the generated examples that failed in that run are judged first"
    ),
    Option("effort", "E", "how much is sent: quick, standard (the default) or thorough"),
    Option("max-requests", "N", "send at most this many requests; what is left out is not judged"),
    Option(
        "max-rate",
        "N",
        "send at most this many requests per second (default: 20, and no limit on this machine)",
    ),
    Option(
        "connections",
        "N",
        "how many checks wait for answers at the same time, and how many requests of a burst (default: 8)",
    ),
    Option("proxy", "URL", "send through this http(s) proxy, to an http(s) observer too (default: no proxy)"),
    Option("timeout", "S", "seconds to wait for one answer (default: 10)"),
    Option("patience", "S", "seconds to wait until a stored event is visible (default: 20)"),
    Option(
        "settle",
        "S",
        "seconds to wait for a missing event after a later one is visible; then it counts as skipped (default: 0)",
    ),
)
"""The settings of a run, in the order of ``--help``."""
TOKEN_FILES = (
    Option("token-file", "F", "a file that contains --token and nothing else"),
    Option("other-token-file", "F", "a file that contains --other-token"),
    Option("revoked-token-file", "F", "a file that contains --revoked-token"),
)
"""Another way to give a token."""
CONFIGURABLE = (*OPTIONS, *TOKEN_FILES)
"""The options that have an environment variable and a key of the configuration file."""
SELECTION = (
    Option("requirement", "ID", "judge only this requirement; may be repeated", takes=Takes.SEVERAL_VALUES),
    Option("check", "NAME", "judge only this check, by its full name in results.json"),
)
ALLOW_PRODUCTION = Option(
    "allow-production",
    "",
    "judge the production host, where a run's events count as real ones",
    takes=Takes.NO_VALUE,
)
OF_A_FILE = (
    Option("config", "F", "a TOML file with the same names"),
    Option(
        "only",
        "NAME",
        "judge only this target of the file's [targets.NAME]; may be repeated",
        takes=Takes.SEVERAL_VALUES,
    ),
    Option("jobs", "N", "judge this many of the file's targets in parallel (default: 1)"),
)
"""The configuration file, and which of its targets are judged."""
EVERY_OPTION = (*CONFIGURABLE, *OF_A_FILE, ALLOW_PRODUCTION, *SELECTION)
"""Every option, in the order of ``--help``."""
