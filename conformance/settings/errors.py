"""The error for user input that cannot be used."""

LONGEST = 1500
"""Characters of an error."""


class ConfigurationError(ValueError):
    """A setting cannot be used; its text is one line that says what is wrong and what to write instead."""

    def __init__(self, text: str) -> None:
        super().__init__(in_one_line(text))


def in_one_line(text: str) -> str:
    """Return a text with control characters as escapes, cut to a usual length: a file may contain anything."""
    shown = text if text.isprintable() else "".join(map(_visible, text))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
