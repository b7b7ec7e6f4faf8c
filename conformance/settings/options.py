"""What a run can be told, each under one name on the command line, in the environment and in a file."""

from dataclasses import dataclass


class ConfigurationError(ValueError):
    """What the user wrote cannot be used: one line that says what, and what to write instead."""


@dataclass(frozen=True)
class Option:
    """One thing a run can be told, under one name on the command line, in the environment and in a file."""

    name: str
    metavar: str
    help: str

    @property
    def flag(self) -> str:
        """The command-line option, as ``--other-token``."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """The environment variable, as ``BEACON_OTHER_TOKEN``."""
        return f"BEACON_{self.name.replace('-', '_').upper()}"

    @property
    def field(self) -> str:
        """The field of ``Settings``."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option("target", "URL", "base URL of the target, or the word reference (the default: the bundled one)"),
    Option("token", "T", "a token the target knows (store A)"),
    Option("other-token", "T", "a second store's token"),
    Option("revoked-token", "T", "a token that the target knew once and refuses now (only observed)"),
    Option("origin", "O", "an origin that store A's allowed domains include"),
    Option(
        "other-origin",
        "O",
        "a second one, best with a port: only two show that reflection follows the request",
    ),
    Option(
        "observer",
        "SPEC",
        "read-back: https://host/path?token={token}&since={since}, or sink://, file://, exec:, sql+…",
    ),
    Option("observer-headers", "H", "header lines of an http(s) observer's requests, as Authorization: …"),
    Option("require", "C,…", "classes that must be fully judged (default: http; for the reference all)"),
    Option("waivers", "FILE", "known deviations (TOML): they change the exit status, never a verdict"),
    Option("report-dir", "D", "where the reports go (default: reports/)"),
    Option("seed", "N", "explore with other generated batches (default: 0, the reproducible ones)"),
    Option("replay", "FILE", "a results.json: the generated examples that failed then are judged first"),
    Option("effort", "E", "how much is sent: quick, standard (the default) or thorough"),
    Option("max-requests", "N", "send no more requests than this; what they leave out is not judged"),
    Option(
        "max-rate",
        "N",
        "send no more requests a second than this (default: 20, and no limit on this machine)",
    ),
    Option("connections", "N", "how many checks wait for answers at the same time (default: 8)"),
    Option(
        "proxy", "URL", "send through this http(s) proxy, to an http(s) observer too (default: none at all)"
    ),
    Option("timeout", "S", "seconds to wait for one answer (default: 10)"),
    Option("patience", "S", "seconds to wait for an ingested event to show (default: 20)"),
    Option(
        "settle",
        "S",
        "seconds from a later event's appearance until an absent one counts as skipped (default: 0)",
    ),
)
"""In the order of ``--help``; ``--config`` names the file itself and stands beside them."""
TOKEN_FILES = (
    Option("token-file", "F", "a file with --token in it and nothing else"),
    Option("other-token-file", "F", "a file with --other-token in it"),
    Option("revoked-token-file", "F", "a file with --revoked-token in it"),
)
"""Where a token may stand instead; each is told in the same three ways."""
