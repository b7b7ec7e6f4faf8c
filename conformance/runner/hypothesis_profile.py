"""Sets up Hypothesis for a run: an explicit profile, a separate folder, and the same examples everywhere."""

import gzip
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, configuration
from hypothesis.internal.conjecture import providers

PROFILE = "conformance"
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
"""Explaining a failure costs 100-190 more requests, so that phase is left out."""
UTF_8 = [[[0, 0xD7FF], [0xE000, 0x10FFFF]], []]
"""The intervals of characters that UTF-8 can encode, and (empty) of those that it does not decode to the same character."""


def load_profile(examples: int) -> Callable[[], None]:
    """Load an explicit profile, and return a function that loads the earlier one: this process may have tests of its own.

    Without a profile, the environment variable ``CI`` would change it. ``examples`` is the number of examples of one check.
    """
    # Early releases have no function for it.
    before = getattr(hypothesis.settings, "_current_profile", None) or "default"
    hypothesis.settings.register_profile(
        PROFILE,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        max_examples=examples,
        phases=PHASES,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    hypothesis.settings.load_profile(PROFILE)
    return lambda: hypothesis.settings.load_profile(before)


def use_home(folder: Path) -> Callable[[], None]:
    """Make Hypothesis write its files into a folder, and return a function that ends this.

    The folder also gets a table of UTF-8 characters, because Hypothesis needs 1.1 s and 200 MB to compute it. A release of
    Hypothesis that does not look for the table there computes it anyway.
    """
    table = folder / "unicode_data" / unicodedata.unidata_version / "codec-v2-utf-8.json.gz"
    table.parent.mkdir(parents=True)
    table.write_bytes(gzip.compress(json.dumps(UTF_8).encode(), mtime=1))
    before = getattr(configuration, "__hypothesis_home_directory", None)
    configuration.set_hypothesis_home_dir(folder)
    return lambda: configuration.set_hypothesis_home_dir(before)


def ignore_local_constants() -> Callable[[], None]:
    """Make a seed give the same examples in a checkout, in the wheel and in any folder; return a function that undoes this.

    Hypothesis also takes examples from the constants in source files outside of ``site-packages``, and no setting stops it.
    A release that does this in another way gives other examples, but no run fails because of it.
    """
    nothing = getattr(providers, "Constants", None)
    before = getattr(providers, "_get_local_constants", None)
    if nothing is None or before is None:
        return lambda: None
    vars(providers)["_get_local_constants"] = nothing
    _forget_constants()

    def undo() -> None:
        vars(providers)["_get_local_constants"] = before
        _forget_constants()

    return undo


def _forget_constants() -> None:
    """Empty the cache of constants: another use of Hypothesis in this process may have filled it."""
    cache = getattr(providers, "CONSTANTS_CACHE", None)
    if cache is not None:
        cache.cache.clear()
