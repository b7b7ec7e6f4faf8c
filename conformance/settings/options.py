"""Every option of a run, as tables. The options of pytest, the command line and the configuration file come from them."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any

from conformance.settings.observer import OTHER_FORMS


class Takes(Enum):
    """How often an option may be given, and whether it has a value."""

    ONE_VALUE = auto()
    SEVERAL_VALUES = auto()
    NO_VALUE = auto()
    YES = auto()
    """No value on the command line; ``true`` or ``false`` in the environment and in a file."""


class Group(StrEnum):
    """What an option is about: the headings of ``--help``."""

    TARGET = "target"
    READ_BACK = "read-back"
    BROWSER = "browser"
    NETWORK = "network and trust"
    EFFORT = "effort"
    SELECTION = "selection"
    REPORT = "report"


@dataclass(frozen=True)
class Option:
    """One option, under the same name on the command line, in the environment and in a configuration file."""

    name: str
    metavar: str
    help: str
    """Short enough for one line of ``--help`` on 80 columns; docs/options.md says more."""
    group: Group
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
            case Takes.YES:
                return declaration | {"action": "store_const", "const": "true"}
            case Takes.NO_VALUE:
                return declaration | {"action": "store_true"}


OPTIONS = (
    Option("target", "URL", "base URL, or reference (the default: the bundled one)", Group.TARGET),
    Option("token", "T", "a token that the target knows (store A)", Group.TARGET),
    Option("other-token", "T", "a second store's token", Group.TARGET),
    Option("revoked-token", "T", "a token that is not valid any more; only observed", Group.TARGET),
    Option("origin", "O", "an origin that store A allows", Group.TARGET),
    Option("other-origin", "O", "a second origin that store A allows", Group.TARGET),
    Option("other-store-origin", "O", "an origin that the other token's store allows", Group.TARGET),
    Option("implementation", "TEXT", "its name and version, for the reports", Group.TARGET),
    Option("observer", "SPEC", f"read-back: https://…, {OTHER_FORMS}", Group.READ_BACK),
    Option("observer-headers", "H", "header lines for an http(s) observer", Group.READ_BACK),
    Option("browser", "B", "auto, a browser's path, or ws://… (default: none)", Group.BROWSER),
    Option("require", "C,…", "classes to judge fully (default: all that it can)", Group.SELECTION),
    Option("waivers", "FILE", "known deviations (TOML); they change no verdict", Group.REPORT),
    Option("report-dir", "D", "the folder for the reports (default: reports/)", Group.REPORT),
    Option("seed", "N", "generate other batches (default: 0)", Group.EFFORT),
    Option("challenge", "C", "a reviewer's text; it decides run id and seed", Group.EFFORT),
    Option("record", "", "leave a recording, which rejudge judges again", Group.REPORT, Takes.YES),
    Option("set", "S", "judge by this requirement set (default: the newest)", Group.SELECTION),
    Option("replay", "FILE", "a results.json: judge its failed examples first", Group.EFFORT),
    Option("effort", "E", "quick, standard (the default) or thorough", Group.EFFORT),
    Option("max-requests", "N", "send at most this many requests", Group.EFFORT),
    Option("headers", "L", "lines Name: value for every request (an access gate's)", Group.NETWORK),
    Option("ca-file", "F", "authorities trusted besides the system's (PEM)", Group.NETWORK),
    Option("client-cert", "F", "a client's certificate and key, in one PEM file", Group.NETWORK),
    Option("connect-to", "HOST:PORT", "connect there, but keep the host of the URL", Group.NETWORK),
    Option("max-rate", "N", "requests per second (default: 20; here: no limit)", Group.NETWORK),
    Option("connections", "N", "connections at the same time (default: 8)", Group.NETWORK),
    Option("proxy", "URL", "send through this http(s) proxy (default: none)", Group.NETWORK),
    Option("wait", "S", "seconds to wait for a target that is still starting", Group.NETWORK),
    Option("timeout", "S", "seconds to wait for one answer (default: 10)", Group.NETWORK),
    Option("patience", "S", "seconds to wait for a stored event (default: 20)", Group.READ_BACK),
    Option("settle", "S", "seconds to wait for a late event (default: 0)", Group.READ_BACK),
)
"""The settings of a run. ``--help`` shows them by group, in this order."""
TOKEN_FILES = (
    Option("token-file", "F", "a file that contains the token and nothing else", Group.TARGET),
    Option("other-token-file", "F", "the same for --other-token", Group.TARGET),
    Option("revoked-token-file", "F", "the same for --revoked-token", Group.TARGET),
)
"""Another way to give a token."""
CONFIGURABLE = (*OPTIONS, *TOKEN_FILES)
"""The options that have an environment variable and a key of the configuration file."""
YES_OR_NO = frozenset(option.name for option in CONFIGURABLE if option.takes is Takes.YES)
"""The keys whose value is ``true`` or ``false``."""
SELECTION = (
    Option(
        "requirement",
        "ID",
        "only this id, chapter or pattern (cors.*); repeatable",
        Group.SELECTION,
        takes=Takes.SEVERAL_VALUES,
    ),
    Option("check", "NAME", "only this check, by its full name in results.json", Group.SELECTION),
)
ALLOW_PRODUCTION = Option(
    "allow-production",
    "",
    "judge the production host; its events count as real",
    Group.TARGET,
    takes=Takes.NO_VALUE,
)
OF_A_FILE = (
    Option("config", "F", "a TOML file with the same names", Group.TARGET),
    Option(
        "only",
        "NAME",
        "only this target of the file; repeatable",
        Group.TARGET,
        takes=Takes.SEVERAL_VALUES,
    ),
    Option("jobs", "N", "judge so many of the file's targets at once", Group.TARGET),
)
"""The configuration file, and which of its targets are judged."""
EVERY_OPTION = (*CONFIGURABLE, *OF_A_FILE, ALLOW_PRODUCTION, *SELECTION)
"""Every option of a run."""
