"""How reports write a check: as a sentence, and not as the name of a function. Pure."""

import re


def sentence(name: str) -> str:
    """Return the name of a check as a sentence; of one that has parameters, they follow in brackets."""
    function, bracket, parameters = name.partition("[")
    words = function.removeprefix("test_").replace("_", " ")
    # A name cannot have an apostrophe, and letters alone tell a possessive from a word.
    return re.sub(r" s\b", "'s", words) + (f" {bracket}{parameters}" if bracket else "")
