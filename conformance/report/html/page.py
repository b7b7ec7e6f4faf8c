"""The compliance report as HTML: a separate page, and a fragment for ``report.html``."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.report.content import causes, checks, examined, excerpts, guesses, selection, waivers, words
from conformance.report.content.headers import unusual_headers
from conformance.report.html import charts
from conformance.requirements import BY_ID, Level, Needs
from conformance.requirements.advice import Advice, advice_on
from conformance.requirements.open_questions import OPEN_QUESTIONS
from conformance.requirements.published import Source, sources_of
from conformance.results import Results, as_text, headline
from conformance.results.verdicts import RunVerdict, Verdict

OPTION = re.compile(r"(--[a-z][a-z-]*|beacon-conformance [a-z]+)")
LONGEST_PAGE, LONGEST_PART = 1_450_000, 550_000
"""The largest sizes in bytes, so that code hosts and mail servers accept both pages. ``report.html`` also lists checks."""


@dataclass(frozen=True)
class Detail:
    """How much of the evidence a page shows. ``results.json`` has all of it."""

    evidence: int
    """Checks of one requirement that are shown with their exchange; the others only by name."""
    body: int
    """Characters of a body, of the lines before a body, and of a value."""
    short_command: int
    """Characters: a command up to this length is shown open."""
    command: int
    """Characters: a longer command is left out, because a cut command does not work."""
    reason: int = 240
    """Characters of the reason next to a check that is only named; 0 shows only the name."""


DETAILS = (
    Detail(3, 2000, 1000, 6000),
    Detail(2, 1000, 1000, 2000),
    Detail(1, 600, 1000, 1000),
    Detail(1, 200, 400, 400),
    Detail(1, 80, 200, 200, 0),
    Detail(1, 40, 100, 100, 0),
)
"""Levels of detail, the most detailed first. A page uses the first one with which it is not too long."""
MOST_CAUSES = 4
"""Reasons at the top of the page; the section on what is not green has the others."""
MOST_CAUSES_WITH_MORE = 2
"""Reasons at the top if the doctor warned, or the failures look like a known mistake: the next step is on the first screen."""
MOST_NAMED = 4
"""Requirements that are named at the top for one reason."""
LONGEST_REASON = 240
"""Characters of a reason at the top."""
MOST_SEEN = 2
"""The number of observations that are shown for an open question."""


def compliance_page(results: Results) -> str:
    """Return ``compliance.html``: a complete document that has no script and loads nothing."""
    return _render("page.html.jinja", results, LONGEST_PAGE)


def compliance_part(results: Results) -> str:
    """Return the body of the report as a fragment whose style applies only to the fragment."""
    return _render("part.html.jinja", results, LONGEST_PART)


def _render(template: str, results: Results, longest: int) -> str:
    page, context = environment().get_template(template), _context(results)
    text = ""
    for detail in DETAILS:
        text = page.render(context, detail=detail, evidence_of=_evidence_of(detail)) + "\n"
        if len(text.encode()) <= longest:
            break
    return text


def _evidence_of(detail: Detail) -> Callable[[selection.Item], list[selection.Item]]:
    return lambda requirement: selection.evidence_of(requirement, detail.evidence)


@cache
def environment() -> Environment:
    """Return the Jinja environment of every page."""
    made = Environment(
        autoescape=True,
        loader=PackageLoader("conformance.report.html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        message=excerpts.message,
        sent_message=excerpts.sent_message,
        store_in_words=excerpts.store_in_words,
        options=_options,
        word=lambda verdict: words.VERDICTS[Verdict(verdict)],
        why=selection.why,
        level=words.level,
        seen=selection.seen,
        seen_before=examined.observed,
        does=lambda requirement: selection.does(requirement, MOST_SEEN),
        upto=excerpts.shortened,
        cut=lambda text: excerpts.cut(text, LONGEST_REASON),
        failing=selection.failing,
        sentence=checks.sentence,
        sources=_sources,
        unusual=unusual_headers,
        advice=_advice,
    )
    return made


def _advice(name: str) -> Advice | None:
    """Return the advice on a requirement, or None if this version has none for its id."""
    requirement = BY_ID.get(name)
    return advice_on(requirement) if requirement else None


def _sources(text: str) -> Markup:
    """Return a requirement's source as HTML: each public page and standard is a link."""
    return Markup(", ").join(
        Markup('<a href="{}" rel="noreferrer">{}</a>').format(one.address, one.name)
        if one.address
        else escape(one.name)
        for one in sources_of(text)
    )


def _named_sources(requirements: Iterable[selection.Item]) -> list[tuple[Source, int]]:
    """Return every source that requirements name, with the number of requirements; the most used first."""
    counted = Counter(one for item in requirements for one in sources_of(item["source"]))
    return counted.most_common()


def _options(text: str) -> Markup:
    """Return a text as HTML: options and commands in it are marked as code, the rest is escaped."""
    parts = OPTION.split(text)
    marked = [
        Markup('<code class="option">{}</code>').format(part) if OPTION.fullmatch(part) else escape(part)
        for part in parts
    ]
    return Markup().join(marked)


def _context(results: Results) -> dict[str, Any]:
    requirements = results["requirements"]
    chapters = {
        name: [item for item in requirements if item["chapter"] == name] for name in _chapters(results)
    }
    longest = max(map(len, chapters.values()))
    warned, guessed = examined.warnings(results), guesses.guesses(results)
    return {
        "results": results,
        "title": words.TITLE,
        "silent": _is_silent(results),
        "digest": hashlib.sha256(as_text(results).encode()).hexdigest(),
        "filters": _filters(requirements, chapters),
        "headline": headline(results),
        "verdict": words.RUN_VERDICTS[RunVerdict(results["verdict"])],
        "counts": charts.by_verdict(requirements),
        "causes": causes.causes(results),
        "most_causes": MOST_CAUSES_WITH_MORE if warned or guessed else MOST_CAUSES,
        "most_named": MOST_NAMED,
        "guesses": guessed,
        "no_verdict": guesses.NO_VERDICT,
        "warnings": warned,
        "seen_first": examined.SEEN_FIRST,
        "options_first": examined.OPTIONS_FIRST,
        "run_options": examined.options(results),
        "steps": list(causes.next_steps(results)),
        "shown_secrets": words.shown_secrets(results),
        "warning": words.CERTIFIES_NOTHING if results["target"]["kind"] == "reference" else "",
        "classes": [_class(name, summary) for name, summary in results["classes"].items()],
        "groups": selection.not_judged(results),
        "exit": words.EXITS.get(results["exit_status"], ""),
        "failing_requirements": selection.having(results, *selection.FAILING),
        "broken": selection.FAILING,
        "observed": selection.having(results, Verdict.OBSERVED),
        "chapters": [
            (name, items, charts.by_verdict(items), charts.chapter_bar(items, longest))
            for name, items in chapters.items()
        ],
        "timeline": charts.timeline(results["run"]),
        "sizes": charts.sizes(results["run"]),
        "short_body": excerpts.SHORT_BODY,
        "register": OPEN_QUESTIONS,
        "by_id": {item["id"]: item for item in requirements},
        "limits": words.LIMITS,
        "bases": words.BASES,
        "named_sources": _named_sources(requirements),
        "waivers": waivers.waivers(results),
        "waived": waivers.waived(results),
        "waivers_explained": waivers.EXPLAINED,
        "waivers_consequence": waivers.consequence(results),
    }


def _is_silent(results: Results) -> bool:
    """Whether the target could not be judged at all, so that there is nothing to show of a single requirement."""
    return (
        bool(results["run"]["unreachable"])
        and not results["waivers"]
        and all(item["verdict"] == Verdict.NOT_JUDGED for item in results["requirements"])
    )


def _filters(requirements: list[dict[str, Any]], chapters: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what the table of all requirements can be filtered by: names and labels of what occurs in it."""
    verdicts = {item["verdict"] for item in requirements}
    levels = {item["level"] for item in requirements}
    return {
        "verdict": [(one, words.VERDICTS[one].text) for one in words.VERDICTS if one in verdicts],
        "level": [(one, one) for one in Level if one in levels],
        "chapter": [(one, one) for one in chapters],
    }


def _chapters(results: Results) -> list[str]:
    """Return the chapters of a results file in its order; another version may have other chapters."""
    return list(dict.fromkeys(item["chapter"] for item in results["requirements"]))


def _class(name: str, summary: dict[str, Any]) -> dict[str, Any]:
    described = words.CLASSES[Needs(name)]
    word = words.RUN_VERDICTS[RunVerdict(summary["verdict"])] if summary["must"] else words.NOTHING_ASKED
    return {
        **summary,
        "name": name,
        "about": described.about,
        "needs": described.needs,
        "word": word,
        "kind": summary["verdict"] if summary["must"] else "nothing-asked",
    }
